//! The language of **Filter engines**.

use std::sync::Arc;

use console_api::parse_version_engines;
use console_api::rules::{
    EngineFilter, EngineRow, FILTER_FLAGS, FILTER_KEYS, Fleet, Note, Notes, Thresholds, filter_suggestions,
    prepare_rows, tags_from,
};
use console_api::{EngineId, Timestamp};
use proptest::prelude::*;
use serde_json::json as value;

use crate::support::{engine, pool};

/// Four engines: Oslo in two pools with three sites, Bergen on its own, an old one that is down, and one that tells nothing.
fn rows() -> Vec<EngineRow> {
    let engines = [
        value!({"id": 1, "name": "Oslo Süd", "address": "10.2.7.1", "port": 40814, "status": "active",
            "productVersion": "6.6.260", "contentVersion": "2445745114 (2018-10-22)", "serialNumber": "4F2A",
            "sites": [7], "lastRefreshedDate": "2026-11-30T10:00:00Z"}),
        value!({"id": 17, "name": "Bergen, harbour", "address": "10.20.0.1", "port": 40815, "status": "active",
            "productVersion": "6.6.260", "lastRefreshedDate": "2026-11-30T10:00:00Z"}),
        value!({"id": 18, "name": "stale beer", "address": "[2001:db8::7]", "port": 40816, "status": "not-responding",
            "productVersion": "6.6.9", "lastRefreshedDate": "2026-11-20T10:00:00Z"}),
        value!({"id": 19, "name": "Pending", "address": "tromso.example", "port": 40816, "status": "pending-authorization"}),
    ];
    let pools = [pool(900, "North Europe", &[1], &[8, 9]), pool(901, "Linux only", &[1, 18], &[])];
    let printed =
        "Remote Engine Name: Oslo Süd\nRemote Engine Serial No: 4F2A\nRemote Engine Platform: Linux64\n";
    let report = parse_version_engines(printed);
    prepare_rows(engines.iter().map(engine).collect(), &pools, Some(&report))
}

fn found(text: &str) -> Vec<u64> {
    let rows = rows();
    let now = Timestamp::parse("2026-11-30T11:00:00Z").unwrap();
    let filter =
        EngineFilter::new(text, Vec::new()).compare_with(Fleet::of(&rows, now, Thresholds::default()));
    assert_eq!(filter.problem(), None, "{text}");
    rows.iter().filter(|row| filter.matches(row)).map(|row| row.engine.id.get()).collect()
}

#[test]
fn each_field_is_found_by_its_key() {
    for (text, ids) in [
        ("", &[1, 17, 18, 19][..]),
        ("name:SÜD", &[1]),
        ("name:oslo,bergen", &[1, 17]),
        ("status:active", &[1, 17]),
        ("status:not", &[18]),
        ("Status:\"not responding\",pending", &[18, 19]),
        ("status:not-responding", &[18]),
        ("status:act", &[1, 17]),
        ("status:inactive", &[]),
        ("address:10.2", &[1, 17]),
        ("address:10.2.0.0/16", &[1]),
        ("address:10.0.0.0/8", &[1, 17]),
        ("address:0.0.0.0/0", &[1, 17]),
        ("address:2001:db8::/32", &[18]),
        ("address:::/0", &[18]),
        ("address:10.2.7.1/32", &[1]),
        ("address:tromso", &[19]),
        ("port:40814", &[1]),
        ("port:4081", &[]),
        ("port:40815", &[17]),
        ("port:>=40815", &[17, 18, 19]),
        ("version:6.6", &[1, 17, 18]),
        ("version:<6.6.260", &[18]),
        ("version:<=6.6.260", &[1, 17, 18]),
        ("version:>6.6.10", &[1, 17]),
        ("version:=6.6.9", &[18]),
        ("version:>6.6.260", &[]),
        ("content:2018", &[1]),
        ("content:>=2445745114", &[1]),
        ("pool:north", &[1]),
        ("pool:\"North Europe\"", &[1]),
        ("pool:linux", &[1, 18]),
        ("pools:0", &[17, 19]),
        ("pools:1,2", &[1, 18]),
        ("sites:3", &[1]),
        ("sites:0", &[17, 18, 19]),
        ("sites:>0", &[1]),
        ("platform:linux", &[1]),
        ("serial:4f", &[1]),
        ("id:17", &[17]),
        ("id:1", &[1]),
        ("id:<18", &[1, 17]),
    ] {
        assert_eq!(found(text), ids, "{text}");
    }
}

#[test]
fn words_look_everywhere_and_numbers_are_whole() {
    for (text, ids) in [
        ("linux", &[1, 18][..]),
        ("linux64", &[1]),
        ("europe", &[1]),
        ("4f2a", &[1]),
        ("40814", &[1]),
        ("4081", &[]),
        ("17", &[17]),
        ("\"oslo süd\"", &[1]),
        ("\"süd oslo\"", &[]),
        ("süd oslo", &[1]),
        ("bergen,", &[17]),
        // An address of IPv6 is no key, and quotes that are still open end with the text.
        ("2001:db8::7", &[18]),
        ("db8::7", &[18]),
        ("\"oslo", &[1]),
        ("pool:\"north", &[1]),
    ] {
        assert_eq!(found(text), ids, "{text}");
    }
}

#[test]
fn a_minus_means_not_and_all_terms_must_hold() {
    for (text, ids) in [
        ("-status:active", &[18, 19][..]),
        ("-oslo status:active", &[17]),
        ("-\"stale\"", &[1, 17, 19]),
        // Who tells no version is not known to be older.
        ("-version:<6.6.260", &[1, 17, 19]),
        ("-pool:north linux", &[18]),
        ("pools:0 -sites:0", &[]),
        ("a-b", &[]),
    ] {
        assert_eq!(found(text), ids, "{text}");
    }
}

#[test]
fn outdated_and_stale_compare_with_the_fleet_and_quotes_make_them_words() {
    for (text, ids) in [
        ("outdated", &[18][..]),
        ("stale", &[18, 19]),
        ("\"stale\"", &[18]),
        ("-stale", &[1, 17]),
        ("\"outdated\"", &[]),
    ] {
        assert_eq!(found(text), ids, "{text}");
    }
    let alone = EngineFilter::new("stale", Vec::new());
    assert!(alone.needs_fleet() && !EngineFilter::new("\"stale\"", Vec::new()).needs_fleet());
    assert!(rows().iter().all(|row| !alone.matches(row)), "nothing to compare with");
}

#[test]
fn a_value_that_is_still_to_be_typed_hides_nothing() {
    for text in [
        "-",
        "- ",
        "\"",
        "status:",
        "-pool:",
        "pool:\"",
        "version:<",
        "sites:>",
        "sites:,",
        "outdated status:",
    ] {
        let expected = if text.starts_with("outdated") { vec![18] } else { vec![1, 17, 18, 19] };
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_said_and_looked_for_as_it_is() {
    for (text, words) in [
        (
            "colour:red",
            "There is no field “colour”. The fields are name, status, address, port, version, content, pool, pools, sites, platform, serial, id, tag, note.",
        ),
        ("sites:many", "“sites:” takes a number, such as sites:0 or sites:>10."),
        ("oslo address:10.2/16", "“10.2/16” is not a network, such as 10.2.0.0/16 or 2001:db8::/32."),
        ("address:10.2.0.0/33", "“10.2.0.0/33” is not a network, such as 10.2.0.0/16 or 2001:db8::/32."),
    ] {
        let filter = EngineFilter::new(text, Vec::new());
        assert_eq!(filter.problem().unwrap().to_string(), words, "{text}");
        assert!(rows().iter().all(|row| !filter.matches(row)), "{text}");
    }
}

#[test]
fn the_examples_of_the_help_are_understood() {
    for (key, example, _) in FILTER_KEYS {
        let filter = EngineFilter::new(example, Vec::new());
        assert!(filter.problem().is_none() && !filter.is_empty(), "{example}");
        assert!(example.starts_with(&format!("{key}:")), "{example}");
    }
    for (flag, _) in FILTER_FLAGS {
        assert!(EngineFilter::new(flag, Vec::new()).needs_fleet(), "{flag}");
    }
}

#[test]
fn the_last_term_is_offered_to_go_on() {
    let pools = ["North Europe", "South", "Southern Asia"];
    let tags = ["Prod", "rack 4"].map(str::to_owned);
    for (text, offered, then) in [
        ("", &[][..], ""),
        ("oslo ", &[], ""),
        ("p", &["port:", "pool:", "pools:", "platform:"], "port:"),
        ("oslo -POO", &["-pool:", "-pools:"], "oslo -pool:"),
        ("st", &["status:", "stale"], "status:"),
        ("oslo stal", &["stale"], "oslo stale "),
        ("ta", &["tag:"], "tag:"),
        ("tag:r", &["tag:Prod", "tag:\"rack 4\""], "tag:Prod "),
        ("note:x", &[], ""),
        (
            "status:",
            &[
                "status:active",
                "status:unknown",
                "status:pending-authorization",
                "status:incompatible-version",
                "status:not-responding",
            ],
            "status:active ",
        ),
        ("-status:n", &["-status:not-responding"], "-status:not-responding "),
        ("pool:sou", &["pool:South", "pool:\"Southern Asia\""], "pool:South "),
        ("x pool:\"north e", &["pool:\"North Europe\""], "x pool:\"North Europe\" "),
        ("pool:South", &["pool:\"Southern Asia\""], "pool:\"Southern Asia\" "),
        ("sites:", &[], ""),
        ("zz", &[], ""),
    ] {
        let suggestions = filter_suggestions(text, pools.into_iter(), &tags);
        let terms: Vec<_> = suggestions.iter().map(|it| it.term.as_str()).collect();
        assert_eq!(terms, offered, "{text}");
        assert_eq!(suggestions.first().map_or("", |it| it.text.as_str()), then, "{text}");
        for it in &suggestions {
            assert_eq!(EngineFilter::new(&it.text, Vec::new()).problem(), None, "{text}");
        }
    }
    let many: Vec<String> = (0..50).map(|at| format!("Pool {at}")).collect();
    assert_eq!(filter_suggestions("pool:", many.iter().map(String::as_str), &[]).len(), 8);
}

#[test]
fn a_filter_writes_itself_as_it_was_understood() {
    for (text, written) in [
        ("  OSLO   \"a b\"", "oslo \"a b\""),
        ("STATUS:Active,\"Not Responding\"", "status:active,\"not responding\""),
        ("-pool:\"A, B\"", "-pool:\"a, b\""),
        ("version:<  sites:=3,>5 id:", "sites:3,>5"),
        ("address:10.2.0.0/16 outdated -stale \"stale\"", "address:10.2.0.0/16 outdated -stale \"stale\""),
        ("content:\">2 (2018)\"", "content:\">2 (2018)\""),
        ("version:<\",", "version:\"<,\""),
    ] {
        assert_eq!(EngineFilter::new(text, Vec::new()).to_string(), written, "{text}");
    }
}

proptest! {
    /// Whatever is typed, a filter never panics, and means the same when it is read as it was written.
    #[test]
    fn what_is_written_means_the_same(text in "(-|[a-f:]|\"|,|<|=|>|/| |status:|pool:|sites:|address:|version:|stale|0|7|é|İ){0,14}") {
        let filter = EngineFilter::new(&text, Vec::new());
        let again = EngineFilter::new(&filter.to_string(), Vec::new());
        let rows = rows();
        for row in &rows {
            prop_assert_eq!(filter.matches(row), again.matches(row), "{} | {}", text, filter);
        }
        prop_assert_eq!(again.to_string(), filter.to_string());
    }
}

#[test]
fn notes_and_tags_are_looked_in_once_they_are_known() {
    let note = |engine, text: &str, tags: &str| Note {
        engine: EngineId(engine),
        name: String::new(),
        text: text.to_owned(),
        tags: tags_from(tags),
        changed: Timestamp::from_unix_ms(0),
    };
    let notes =
        [note(1, "Behind the old Firewall", "Prod, rack 4"), note(2, "", "Producer"), note(3, "ask Kim", "")];
    let notes = Arc::new(Notes::new(&notes));
    let rows = prepare_rows(
        (1..=4).map(|id| engine(&value!({"id": id, "name": format!("engine {id}")}))).collect(),
        &[],
        None,
    );
    for (text, found) in [
        ("tag:prod", &[1, 2][..]),
        ("tag:PROD tag:rack", &[1]),
        ("tag:\"rack 4\"", &[1]),
        ("tag:producer,rack", &[1, 2]),
        ("-tag:prod", &[3, 4]),
        ("note:firewall", &[1]),
        ("note:\"ask kim\"", &[3]),
        ("-note:kim", &[1, 2, 4]),
        ("tag:", &[1, 2, 3, 4]),
        // Elsewhere nothing of it is found.
        ("firewall", &[]),
    ] {
        let filter = EngineFilter::new(text, Vec::new());
        assert_eq!(filter.needs_notes(), text.contains(":") && text != "tag:", "{text}");
        let again = EngineFilter::new(&filter.to_string(), Vec::new());
        assert_eq!(again, filter, "{text}");
        let filter = filter.look_in(Arc::clone(&notes));
        let matching = rows.iter().filter(|row| filter.matches(row)).map(|row| row.engine.id.get());
        assert_eq!(matching.collect::<Vec<_>>(), found, "{text}");
    }
    let filter = EngineFilter::new("tag:prod", Vec::new());
    assert!(rows.iter().all(|row| !filter.matches(row)), "before they are known");
}
