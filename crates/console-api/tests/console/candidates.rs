//! Engines and pools of which one is to be chosen.

use console_api::rules::{
    Candidate, Scanners, find_candidate, matching_candidates, pool_candidates, scanner_candidates,
};
use console_api::{Pool, PoolId, ScannerId, Severity};
use serde_json::json as value;

use crate::support::{engine, pool};

fn scanners() -> Scanners {
    let engines = [
        engine(&value!({"id": 1, "name": "berlin", "status": "active", "sites": [7, 8]})),
        engine(&value!({"id": 2, "name": "Aachen", "status": "not-responding", "sites": [9]})),
    ];
    let silent = Pool { sites: None, ..pool(13, "Europe west", &[2], &[]) };
    Scanners::new(&engines, &[pool(11, "Europe", &[1, 2], &[4]), pool(12, "Asia", &[], &[]), silent])
}

fn labels<'a>(of: impl IntoIterator<Item = &'a Candidate>) -> Vec<&'a str> {
    of.into_iter().map(|it| it.label.as_str()).collect()
}

#[test]
fn each_says_its_status_and_its_sites_as_far_as_they_are_reported() {
    let all = scanner_candidates(&scanners(), |_| None);
    let said = all.iter().map(|it| (it.label.as_str(), it.about.as_str(), it.severity)).collect::<Vec<_>>();
    assert_eq!(
        said,
        [
            ("Aachen", "Not responding, 1 site", Severity::Bad),
            ("pool Asia", "No engine in it, 0 sites", Severity::Bad),
            ("berlin", "Active, 2 sites", Severity::Good),
            ("pool Europe", "1 of 2 engines active, 1 site", Severity::Uncertain),
            ("pool Europe west", "Its engine is not active", Severity::Bad),
        ]
    );
}

#[test]
fn one_is_found_by_its_label_whatever_its_case() {
    let all = scanner_candidates(&scanners(), |_| None);
    assert_eq!(find_candidate(&all, " POOL europe ").map(|it| it.id), Some(ScannerId(11)));
    assert_eq!(find_candidate(&all, "Europe"), None);
    let pools = pool_candidates(&scanners(), |_| None);
    assert_eq!(labels(&pools), ["Asia", "Europe", "Europe west"]);
    assert_eq!(find_candidate(&pools, "europe").map(|it| it.id), Some(ScannerId(11)));
}

#[test]
fn all_words_must_occur_and_those_that_can_be_chosen_come_first() {
    let refuse = |id| (id == PoolId(12)).then(|| "It is empty.".to_owned());
    let pools = pool_candidates(&scanners(), refuse);
    assert_eq!(labels(matching_candidates(&pools, "")), ["Europe", "Europe west", "Asia"]);
    assert_eq!(labels(matching_candidates(&pools, "WEST eur")), ["Europe west"]);
    assert!(matching_candidates(&pools, "pool").is_empty());
    let all = scanner_candidates(&scanners(), |it| it.is_pool().then(String::new));
    assert_eq!(labels(matching_candidates(&all, "a")), ["Aachen", "pool Asia"]);
}
