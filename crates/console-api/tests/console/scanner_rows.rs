//! **Scan Engines & Pools**.

use console_api::rules::{ScannerColumn, Scanners, select_scanners};
use console_api::{EngineId, Pool, PoolId, Severity};
use serde_json::json as value;

use crate::support::engine;

fn scanners() -> Scanners {
    let engines = [
        engine(&value!({"id": 1, "name": "oslo 10", "status": "active"})),
        engine(&value!({"id": 2, "name": "Oslo 9", "status": "not-responding"})),
        engine(&value!({"id": 3, "name": "Bergen", "status": "unknown"})),
    ];
    let pool = |id, name: &str, engines: &[u64]| Pool {
        id: PoolId(id),
        name: name.to_owned(),
        engines: engines.iter().copied().map(EngineId).collect(),
        sites: None,
    };
    Scanners::new(
        &engines,
        &[pool(7, "Coast", &[1, 2]), pool(8, "Arctic", &[]), pool(9, "Alps", &[1]), pool(6, "Zoo", &[3])],
    )
}

fn ids(filter: &str, column: ScannerColumn, descending: bool) -> Vec<u64> {
    select_scanners(&scanners(), filter, column, descending)
        .into_iter()
        .map(console_api::ScannerId::get)
        .collect()
}

#[test]
fn engines_and_pools_stand_together_in_the_order_of_their_names() {
    assert_eq!(ids("", ScannerColumn::Name, false), [9, 8, 3, 7, 2, 1, 6]);
    assert_eq!(ids("", ScannerColumn::Name, true), [6, 1, 2, 7, 3, 8, 9]);
    assert_eq!(ids("", ScannerColumn::Kind, false), [3, 2, 1, 9, 8, 7, 6]);
    assert_eq!(ids("", ScannerColumn::Kind, true), [9, 8, 7, 6, 3, 2, 1]);
}

#[test]
fn the_worst_come_first_by_status() {
    let worst_first = ids("", ScannerColumn::Status, false);
    assert_eq!(worst_first, [6, 8, 2, 7, 3, 1, 9]);
    assert_eq!(ids("", ScannerColumn::Status, true).first(), Some(&9));
}

#[test]
fn a_filter_looks_in_name_kind_and_status() {
    assert_eq!(ids("OSLO", ScannerColumn::Name, false), [2, 1]);
    assert_eq!(ids("pool", ScannerColumn::Name, false), [9, 8, 7, 6]);
    assert_eq!(ids("engine responding", ScannerColumn::Name, false), [2]);
    assert_eq!(ids("pool 1 of 2", ScannerColumn::Name, false), [7]);
    assert_eq!(ids("9 engine", ScannerColumn::Name, false), [2]);
    assert!(ids("9engine", ScannerColumn::Name, false).is_empty(), "not across two fields");
}

#[test]
fn a_pool_is_as_good_as_its_active_engines() {
    let scanners = scanners();
    let of = |id: u64| {
        let scanner = scanners.get(console_api::ScannerId(id)).unwrap();
        (scanner.status_label(), scanner.severity())
    };
    assert_eq!(of(7), ("1 of 2 engines active".to_owned(), Severity::Uncertain));
    assert_eq!(of(8), ("No engine in it".to_owned(), Severity::Bad));
    assert_eq!(of(9), ("Its engine is active".to_owned(), Severity::Good));
    assert_eq!(of(6), ("Its engine is not active".to_owned(), Severity::Bad));
}
