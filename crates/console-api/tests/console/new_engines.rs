//! Many engines that are added at once: what is wrong with each, and what will be done.

use std::collections::BTreeSet;

use console_api::rules::{
    ConsolePlace, EngineHost, KnownFleet, NewEngineCheck, NewEngineField, NewEngineText, SiteListBuilder,
    check_new_engines, names_sites, pairing_script, pools_to_create,
};
use console_api::{Engine, EngineId, SiteId};
use proptest::prelude::*;
use serde_json::json as value;

use crate::audit::sites;
use crate::support::{engine, pool};

fn engines() -> Vec<Engine> {
    [
        value!({"id": 1, "name": "Berlin", "address": "10.0.0.1", "port": 40814}),
        value!({"id": 2, "name": "oslo", "address": "2001:db8::2", "port": 40814}),
        value!({"id": 3, "name": "Local", "address": "127.0.0.1", "port": 40814}),
    ]
    .iter()
    .map(engine)
    .collect()
}

fn known() -> KnownFleet {
    let mut list = SiteListBuilder::default();
    list.push(
        &sites(&[
            (70, "Harbour", Some(1)),
            (71, "Airport", Some(9)),
            (72, "Oslo, Norway", None),
            (73, "Lodge", Some(3)),
        ]),
        0,
    );
    KnownFleet::new(&engines(), &[pool(9, "Europe", &[1], &[71])], Some(&list.finish()))
}

fn row(cells: [&str; 5]) -> NewEngineText {
    cells.map(str::to_owned)
}

fn check(rows: &[[&str; 5]]) -> Vec<NewEngineCheck> {
    check_new_engines(&rows.iter().map(|cells| row(*cells)).collect::<Vec<_>>(), &known(), true, None)
}

fn problem(cells: [&str; 5], field: NewEngineField) -> String {
    check(&[cells])[0].problems[field.at()].clone().unwrap_or_default()
}

#[test]
fn each_problem_stands_at_its_cell() {
    use NewEngineField::{Address, Name, Pools, Port, Sites};
    for (cells, field, words) in [
        (["", "10.0.0.9", "", "", ""], Name, "Enter a name."),
        ([" berlin ", "10.0.0.9", "", "", ""], Name, "Another engine is already called Berlin."),
        (["x", "", "", "", ""], Address, "Enter a host name or an IP address."),
        (
            ["x", "https://a", "", "", ""],
            Address,
            "Enter the host name or IP address alone, without “https://”.",
        ),
        (["x", "10.0.0.1", "", "", ""], Address, "Berlin already has this address and port."),
        (["x", "[2001:DB8:0::2]", "40814", "", ""], Address, "oslo already has this address and port."),
        (["x", "localhost", "", "", ""], Address, "Local already has this address and port."),
        (["x", "10.0.0.9", "0", "", ""], Port, "Use 1 to 65535."),
        (["x", "10.0.0.9", "http", "", ""], Port, "Use 1 to 65535."),
        (["x", "10.0.0.9", "", "", "Nowhere"], Sites, "There is no site called Nowhere."),
        (
            ["x", "nse.extranet.rapid7.com", "", "Europe", ""],
            Pools,
            "This engine can't join pools: it is local, or hosted by Rapid7.",
        ),
    ] {
        assert_eq!(problem(cells, field), words, "{cells:?}");
    }
    // Another engine on loopback is an ordinary one.
    assert_eq!(problem(["x", "localhost", "40815", "Europe", ""], Pools), "");
    let rows = [row(["x", "10.0.0.9", "", "Asia", ""])];
    let strict = check_new_engines(&rows, &known(), false, None);
    assert_eq!(strict[0].problems[Pools.at()].as_deref(), Some("There is no pool called Asia."));
    let none = check_new_engines(&rows, &known(), true, Some("This console has no pools."));
    assert_eq!(none[0].problems[Pools.at()].as_deref(), Some("This console has no pools."));
}

#[test]
fn of_two_rows_that_want_the_same_the_first_may_have_it() {
    let both = check(&[
        ["x", "10.0.0.9", "", "", "Harbour"],
        ["X", "10.0.0.9", "40814", "", "harbour"],
        ["y", "10.0.0.9", "40815", "", ""],
    ]);
    assert!(!both[0].is_bad() && !both[2].is_bad());
    let said = both[1].problems.iter().flatten().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        said,
        [
            "Another row has this name.",
            "Another row has this address and port.",
            "Another row has the site Harbour."
        ]
    );
}

#[test]
fn pools_and_sites_are_found_by_name_and_what_is_done_is_left_out() {
    let all = check(&[
        ["x", "10.0.0.9", "", "europe; Asia | asia", "Oslo, Norway"],
        ["Berlin", "10.0.0.1", "40814", "Europe", "Harbour"],
        ["oslo", "2001:db8::2", "", "Asia, Africa", "Airport; Lodge"],
    ]);
    assert_eq!(all[0].pools, ["Europe", "Asia"]);
    assert_eq!(all[0].new_pools, ["Asia"]);
    assert_eq!(all[0].sites.iter().map(|it| it.site).collect::<Vec<_>>(), [SiteId(72)]);
    assert_eq!(all[0].in_words(), "Will be added. Joins 2 pools. Gets Oslo, Norway.");
    assert!(all[1].is_done());
    assert_eq!((all[1].there, all[1].in_words().as_str()), (Some(EngineId(1)), "Is in the console."));
    assert_eq!(all[2].in_words(), "Is in the console. Joins 2 pools. Gets 2 sites.");
    assert_eq!(all[2].sites[0].from.map(console_api::ScannerId::get), Some(9));
    assert_eq!(pools_to_create(&all), ["Asia", "Africa"]);
    assert_eq!(all[0].draft.as_ref().map(|draft| draft.port), Some(40814));
}

#[test]
fn sites_are_not_looked_for_before_they_are_known() {
    let rows = [row(["x", "10.0.0.9", "", "", "Nowhere"])];
    assert!(names_sites(&rows));
    let blind = check_new_engines(&rows, &KnownFleet::new(&engines(), &[], None), true, None);
    assert_eq!((blind[0].problems.clone(), blind[0].sites.len()), (Default::default(), 0));
}

#[test]
fn the_script_has_the_documented_commands_of_each_engine_and_no_line_of_its_names() {
    let mut engines = engines();
    engines[1].name = "evil\nrm -rf /".to_owned();
    let engines = engines.iter().take(2).collect::<Vec<_>>();
    let console = ConsolePlace { address: "10.9.8.7".to_owned(), port: 40815 };
    let text = pairing_script(EngineHost::Linux, &engines, &console);
    let commands = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect::<Vec<_>>();
    let one = ["sudo -i", "screen -x nexpose", "show consoles", "enable console <ID>", "show consoles"];
    assert_eq!(
        commands,
        [&["ssh <user>@10.0.0.1"][..], &one, &["ssh <user>@2001:db8::2"], &one].concat(),
        "{text}"
    );
    assert!(text.contains("#### Berlin (10.0.0.1, port 40814)\n"));
    let windows = pairing_script(EngineHost::Windows, &engines, &console);
    assert!(windows.contains("consoles.xml"), "{windows}");
    assert!(windows.lines().all(|line| line.is_empty() || line.starts_with('#')), "{windows}");
}

fn cells() -> impl Strategy<Value = NewEngineText> {
    let cell = |choices: &'static [&'static str]| prop::sample::select(choices).prop_map(str::to_owned);
    (
        cell(&["", "a", "A", "b", "Berlin", "c"]),
        cell(&["", "10.0.0.1", "10.0.0.2", "h", "H", "::1", "[::1]"]),
        cell(&["", "40814", "1", "x"]),
        cell(&["", "Europe", "Asia", "asia;Europe"]),
        cell(&["", "Harbour", "harbour", "Airport|Lodge", "?"]),
    )
        .prop_map(|(name, address, port, pools, sites)| [name, address, port, pools, sites])
}

proptest! {
    /// What is sent for all rows together clashes nowhere: no two engines share a name or a place, no site goes to two of them.
    #[test]
    fn rows_that_are_fine_never_clash(rows in prop::collection::vec(cells(), 0..12)) {
        let checks = check_new_engines(&rows, &known(), true, None);
        prop_assert_eq!(checks.len(), rows.len());
        let (mut names, mut places, mut moved) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for check in checks.iter().filter(|check| !check.is_bad()) {
            let draft = check.draft.clone().unwrap();
            prop_assert!(names.insert(draft.name.to_lowercase()));
            let host = draft.address.trim_matches(['[', ']']).to_lowercase();
            prop_assert!(places.insert((host, draft.port)));
            for site in &check.sites {
                prop_assert!(moved.insert(site.site));
            }
            prop_assert!(check.problems.iter().all(Option::is_none));
        }
    }
}
