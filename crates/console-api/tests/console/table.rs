//! Filtering, sorting and counting the table of engines.

use std::time::{Duration, Instant};

use console_api::rules::{
    EngineColumn, EngineFilter, EngineGrouping, EngineRow, EngineSort, Note, Notes, SeenKeys, complete,
    group_engines, in_order, prepare_rows, select, status_counts, tags_from,
};
use console_api::{Engine, EngineId, EngineStatus, PoolId, Timestamp, parse_version_engines};
use serde_json::json as value;

use crate::support::{engine, pool};

fn row_of(fields: &serde_json::Value) -> EngineRow {
    prepare_rows(vec![engine(fields)], &[], None).remove(0)
}

fn matches(text: &str, fields: &serde_json::Value) -> bool {
    EngineFilter::new(text, Vec::new()).matches(&row_of(fields))
}

/// The ids, sorted by a column up and down.
fn sorted(engines: &[serde_json::Value], column: EngineColumn) -> [Vec<u64>; 2] {
    let mut engines: Vec<Engine> = engines.iter().map(engine).collect();
    for (id, engine) in (1..).zip(&mut engines) {
        engine.id = EngineId(id);
    }
    let rows = prepare_rows(engines, &[], None);
    [false, true].map(|descending| {
        let order = select(&rows, &EngineFilter::default(), EngineSort { column, descending });
        order.into_iter().map(|index| rows[index].engine.id.get()).collect()
    })
}

#[test]
fn every_word_of_the_filter_must_occur_somewhere() {
    let oslo = value!({"name": "Oslo Süd", "address": "192.0.2.6", "status": "not-responding",
        "productVersion": "6.6.123", "contentVersion": "2445745114 (2018-10-22)", "serialNumber": "ABC"});
    for text in [
        "",
        "  ",
        "oslo",
        "SÜD",
        "192.0.2",
        "not responding",
        "responding oslo",
        "6.6.123",
        "2018-10",
        "abc",
        "O 1",
    ] {
        assert!(matches(text, &oslo), "{text:?}");
    }
    for text in ["bergen", "oslo bergen", "abd", "not-responding", "oslo192", "süd192"] {
        assert!(!matches(text, &oslo), "{text:?}");
    }
}

#[test]
fn a_filter_knows_no_case_in_any_script() {
    for (written, typed) in
        [("BUCUREȘTI", "bucurești"), ("bucurești", "BUCUREȘTI"), ("İzmir", "izmir"), ("Ρόδος", "ΡΌΔΟΣ")]
    {
        assert!(matches(typed, &value!({ "name": written })), "{typed} {written}");
    }
}

#[test]
fn statuses_filter_too() {
    let row = row_of(&value!({"status": "unknown"}));
    let only = |statuses| EngineFilter::new("oslo", statuses).matches(&row);
    assert!(only(vec![]));
    assert!(only(vec![EngineStatus::Active, EngineStatus::Unknown]));
    assert!(!only(vec![EngineStatus::Active]));
    assert!(EngineFilter::new("oslo", vec![EngineStatus::Active]).matches_text(&row));
    assert!(EngineFilter::new(" ", vec![]).is_empty());
}

#[test]
fn names_addresses_and_versions_sort_by_their_numbers() {
    let names = [value!({"name": "Engine 10"}), value!({"name": "engine 9"}), value!({"name": "Alpha"})];
    assert_eq!(sorted(&names, EngineColumn::Name), [vec![3, 2, 1], vec![1, 2, 3]]);
    let addresses =
        [value!({"address": "10.0.0.10"}), value!({"address": "b.example"}), value!({"address": "10.0.0.9"})];
    assert_eq!(sorted(&addresses, EngineColumn::Address), [vec![3, 1, 2], vec![2, 1, 3]]);
    let versions = [
        value!({"productVersion": "6.6.123"}),
        value!({"productVersion": "6.6.9"}),
        value!({"productVersion": "6.10"}),
    ];
    assert_eq!(sorted(&versions, EngineColumn::ProductVersion), [vec![2, 1, 3], vec![3, 1, 2]]);
}

#[test]
fn missing_values_come_last_in_both_directions() {
    let with = |key: &str, a: serde_json::Value, b: serde_json::Value| {
        [value!({}), value!({ key: a }), value!({ key: b })]
    };
    let one = "2024-10-07T12:00:00Z";
    let two = "2024-10-08T12:00:00Z";
    for (column, rows) in [
        (EngineColumn::ProductVersion, with("productVersion", value!("1"), value!("2"))),
        (EngineColumn::ContentVersion, with("contentVersion", value!("1"), value!("2"))),
        (EngineColumn::LastRefreshed, with("lastRefreshedDate", value!(one), value!(two))),
        (EngineColumn::LastUpdated, with("lastUpdatedDate", value!(one), value!(two))),
        (EngineColumn::SerialNumber, with("serialNumber", value!("A"), value!("B"))),
    ] {
        assert_eq!(sorted(&rows, column), [vec![2, 3, 1], vec![3, 2, 1]], "{column:?}");
    }
    let ports = [value!({"port": null}), value!({"port": 1}), value!({"port": 2})];
    assert_eq!(sorted(&ports, EngineColumn::Port), [vec![2, 3, 1], vec![3, 2, 1]]);
    let addresses =
        [value!({"address": null}), value!({"address": "1.1.1.1"}), value!({"address": "2.2.2.2"})];
    assert_eq!(sorted(&addresses, EngineColumn::Address), [vec![2, 3, 1], vec![3, 2, 1]]);
}

#[test]
fn the_worst_status_comes_first() {
    let rows = [
        "active",
        "unknown",
        "Sleeping",
        "pending-authorization",
        "incompatible-version",
        "not-responding",
        "",
    ]
    .map(|status| value!({ "status": status }));
    assert_eq!(sorted(&rows, EngineColumn::Status), [vec![6, 5, 4, 3, 2, 1, 7], vec![1, 2, 3, 4, 5, 6, 7]]);
}

#[test]
fn equal_rows_are_ordered_by_name_then_id_in_both_directions() {
    let rows = [value!({"name": "B"}), value!({"name": "A"}), value!({"name": "A"})];
    assert_eq!(sorted(&rows, EngineColumn::Status), [vec![2, 3, 1], vec![2, 3, 1]]);
    assert_eq!(sorted(&rows, EngineColumn::Id), [vec![1, 2, 3], vec![3, 2, 1]]);
    let rows = [value!({}), value!({"isAWSPreAuthEngine": true})];
    assert_eq!(sorted(&rows, EngineColumn::AwsPreAuthorised), [vec![2, 1], vec![1, 2]]);
}

#[test]
fn pools_and_their_sites_come_from_the_list_of_pools() {
    let pools = [
        pool(11, "Pool 10", &[6, 6], &[3, 4]),
        pool(9, "Pool 9", &[6, 7], &[4, 5]),
        console_api::Pool { sites: None, ..pool(12, "Without", &[6], &[]) },
    ];
    let engines = [value!({"sites": [1, 2]}), value!({"id": 7}), value!({"id": 8, "enginePools": [9]})]
        .map(|f| engine(&f));
    let mut engines = Vec::from(engines);
    for (id, engine) in (6..).zip(&mut engines) {
        engine.id = EngineId(id);
    }
    let rows = prepare_rows(engines, &pools, None);
    assert_eq!(rows[0].pools, [9, 11, 12].map(PoolId));
    assert_eq!(rows[0].pool_names, "Pool 9, Pool 10, Without");
    assert_eq!((rows[0].sites_through_pools, rows[0].sites_count()), (3, 5), "site 4 counts once");
    assert_eq!(rows[1].pools, [PoolId(9)]);
    assert!(rows[2].pools.is_empty());
    let order = |column| {
        select(&rows, &EngineFilter::default(), EngineSort { column, descending: false })
            .into_iter()
            .map(|index| rows[index].engine.id.get())
            .collect::<Vec<_>>()
    };
    assert_eq!(order(EngineColumn::Sites), [8, 7, 6]);
    assert_eq!(order(EngineColumn::Pools)[2], 8, "an engine in no pool comes last");
}

#[test]
fn the_platform_comes_from_version_engines() {
    let report = parse_version_engines(
        "Remote Engine Name: Oslo\nRemote Engine Platform: Linux64\n\n\
         Remote Engine Name: Oslo\nRemote Engine Serial No: B\nRemote Engine Platform: Windows64\n",
    );
    let engines = vec![
        engine(&value!({})),
        engine(&value!({"name": "Renamed", "serialNumber": "B"})),
        engine(&value!({"name": "Lima"})),
    ];
    let platforms: Vec<_> =
        prepare_rows(engines, &[], Some(&report)).into_iter().map(|row| row.platform).collect();
    assert_eq!(platforms[1].as_deref(), Some("Windows64"));
    assert_eq!(platforms[2], None);
}

#[test]
fn version_engines_fills_in_what_an_older_console_does_not_tell_and_no_more() {
    let report = parse_version_engines(
        "Remote Engine Name: Oslo\nRemote Engine Version: 6.4.65\nRemote Engine Serial No: B\n\
         Remote Engine Last Content Update ID: 2445745114 (2018-10-22)\nRemote Engine Status: Active\n\n\
         Remote Engine Name: Bergen\nRemote Engine Version:\nRemote Engine Status: Pending-Auth\n",
    );
    let silent = |name: &str| engine(&value!({"name": name, "status": null}));
    let at = Timestamp::from_unix_ms(1_540_191_600_000);
    let told = engine(&value!({"status": "unknown"}));
    let engines = &mut [silent("Oslo"), silent("Bergen"), silent("Lima"), told.clone()];
    complete(engines, &report, at);
    let [oslo, bergen, lima, still] = engines;
    assert_eq!((&oslo.status, oslo.last_refreshed), (&EngineStatus::Active, Some(at)));
    assert_eq!(oslo.product_version.as_deref(), Some("6.4.65"));
    assert_eq!(oslo.content_version.as_deref(), Some("2445745114 (2018-10-22)"));
    assert_eq!(oslo.serial_number.as_deref(), Some("B"));
    // Nobody was in contact with it.
    assert_eq!((&bergen.status, bergen.last_refreshed), (&EngineStatus::PendingAuthorization, None));
    assert_eq!(bergen.product_version, None);
    assert_eq!(*lima, silent("Lima"));
    assert_eq!(*still, told, "the console's own word counts");
}

#[test]
fn the_reason_that_version_engines_gave_stands_at_the_engine_as_long_as_its_status_stays() {
    let refused = "Cannot refresh scan engine (Oslo): Unauthorized console connection from: 203.0.113.7";
    let report = parse_version_engines(&format!(
        "VERSION INFORMATION\n{refused}\nCannot refresh scan engine Bergen: Connection refused\n\
         The engine (Lima) is on holiday\n\nRemote Engine Name: Oslo\nRemote Engine Status: Pending-Auth\n\n\
         Remote Engine Name: Lima\nRemote Engine Status: Unknown\n"
    ));
    let at = Timestamp::from_unix_ms(0);
    let reason = |fields: serde_json::Value| {
        let mut it = engine(&fields);
        complete(core::slice::from_mut(&mut it), &report, at);
        it.status_message
    };
    let oslo = |status: &str| reason(value!({"name": "Oslo", "status": status}));
    assert_eq!(oslo("pending-authorization").as_deref(), Some(refused));
    assert_eq!(oslo("active"), None);
    assert_eq!(oslo("not-responding"), None, "it was another status then");
    assert_eq!(
        reason(value!({"name": "Bergen", "status": "not-responding"})).as_deref(),
        Some("Cannot refresh scan engine Bergen: Connection refused"),
        "without parentheses"
    );
    assert_eq!(
        reason(value!({"name": "Lima", "status": "unknown"})).as_deref(),
        Some("The engine (Lima) is on holiday"),
        "sentences that nobody knows are shown as they are"
    );
    for (name, status) in
        [("Berg", "not-responding"), ("VERSION INFORMATION", "unknown"), ("Quito", "unknown")]
    {
        assert_eq!(reason(value!({"name": name, "status": status})), None, "{name}");
    }
    let told = value!({"name": "Oslo", "status": "pending-authorization", "statusMessage": "its own"});
    assert_eq!(reason(told).as_deref(), Some("its own"), "the console's own word counts");
    // Without a status of its own it has that of the report, and its reason.
    let silent = value!({"name": "Oslo", "status": null});
    assert_eq!(reason(silent).as_deref(), Some(refused));
}

#[test]
fn the_five_statuses_are_always_counted() {
    let engines = ["active", "ACTIVE", "sleeping", "", "not-responding"]
        .map(|status| engine(&value!({ "status": status })));
    let counts: Vec<(String, usize)> = status_counts(engines.iter().map(|engine| &engine.status))
        .into_iter()
        .map(|entry| (entry.status.key().to_owned(), entry.count))
        .collect();
    let expected = [
        ("active", 2),
        ("unknown", 0),
        ("pending-authorization", 0),
        ("incompatible-version", 0),
        ("not-responding", 1),
        ("sleeping", 1),
        ("no-status", 1),
    ];
    assert_eq!(counts, expected.map(|(key, count)| (key.to_owned(), count)));
}

#[test]
fn ten_thousand_engines_filter_and_sort_within_a_keystroke() {
    let template =
        engine(&value!({"status": "active", "productVersion": "6.6.123", "contentVersion": "2445745114"}));
    let engines: Vec<Engine> = (0..10_000_u64)
        .map(|id| Engine {
            id: EngineId(id),
            name: format!("Engine {}", id * 7919 % 10_000),
            address: format!("192.0.{}.{}", id * 31 % 256, id % 256),
            ..template.clone()
        })
        .collect();
    let pools: Vec<_> = (0..100)
        .map(|id| {
            pool(20_000 + id, &format!("Pool {id}"), &(id * 100..id * 100 + 150).collect::<Vec<_>>(), &[])
        })
        .collect();
    let start = Instant::now();
    let rows = prepare_rows(engines, &pools, None);
    let prepared = start.elapsed();
    let filter = EngineFilter::new("engine 192 active", Vec::new());
    let order = select(&rows, &filter, EngineSort { column: EngineColumn::Address, descending: true });
    let selected = start.elapsed() - prepared;
    assert_eq!(order.len(), 10_000);
    println!("10,000 engines: prepared in {prepared:?}, filtered and sorted in {selected:?}");
    // Without optimisation and on a busy machine this takes a tenth of it.
    assert!(
        prepared < Duration::from_secs(3) && selected < Duration::from_secs(2),
        "{prepared:?} {selected:?}"
    );
}

#[test]
fn a_second_column_decides_where_the_first_makes_no_difference() {
    let engines = [
        value!({"id": 1, "name": "a", "status": "active", "port": 2}),
        value!({"id": 2, "name": "b", "status": "not-responding", "port": 1}),
        value!({"id": 3, "name": "c", "status": "active", "port": 1}),
    ];
    let rows = prepare_rows(engines.iter().map(engine).collect(), &[], None);
    let ids = |keys: &str| {
        let order = in_order(&rows, &EngineSort::list(keys), &[]);
        order.into_iter().map(|at| rows[at].engine.id.get()).collect::<Vec<_>>()
    };
    assert_eq!(ids("status,port"), [2, 3, 1]);
    assert_eq!(ids("port,-name"), [3, 2, 1]);
    assert_eq!(ids("-status,-port"), [1, 3, 2]);
    // What makes no sense is left out.
    assert_eq!(EngineSort::list("colour"), [EngineSort::default()]);
    assert_eq!(EngineSort::list("name,-name,port,id").len(), 2);
}

#[test]
fn rows_are_sorted_by_what_the_history_has_seen() {
    let engines =
        [1, 2, 3, 4].map(|id| value!({"id": id, "name": format!("engine {id}"), "status": "active"}));
    let rows = prepare_rows(engines.iter().map(engine).collect(), &[], None);
    let since = |minute: i64| Some(Timestamp::from_unix_ms(minute * 60_000));
    let seen = [
        SeenKeys { since: since(30), trouble: Some((0, 50)) },
        SeenKeys { since: since(10), trouble: Some((7, 0)) },
        SeenKeys::default(),
    ];
    let ids = |keys: &str| {
        let order = in_order(&rows, &EngineSort::list(keys), &seen);
        order.into_iter().map(|at| rows[at].engine.id.get()).collect::<Vec<_>>()
    };
    assert_eq!(ids("since"), [2, 1, 3, 4]);
    assert_eq!(ids("-since"), [1, 2, 3, 4], "what has no history comes last either way");
    assert_eq!(ids("last-week"), [2, 1, 3, 4], "the worst first");
    assert_eq!(ids("-last-week,-name"), [1, 2, 4, 3]);
}

#[test]
fn engines_are_grouped_by_pool_status_and_version_and_those_without_come_last() {
    let engines = [
        value!({"id": 1, "name": "a", "status": "active", "productVersion": "6.6.10"}),
        value!({"id": 2, "name": "b", "status": "not-responding", "productVersion": "6.6.9"}),
        value!({"id": 3, "name": "c", "status": "active"}),
        value!({"id": 4, "name": "d", "status": "resting", "productVersion": "6.6.10"}),
    ];
    let pools = [pool(9, "South", &[1, 2], &[]), pool(8, "north", &[2, 4], &[])];
    let rows = prepare_rows(engines.iter().map(engine).collect(), &pools, None);
    let note = |engine, tags: &str| Note {
        engine: EngineId(engine),
        name: String::new(),
        text: String::new(),
        tags: tags_from(tags),
        changed: Timestamp::from_unix_ms(0),
    };
    let notes = Notes::new(&[note(1, "prod, lab"), note(2, "Lab, Prod"), note(4, "prod")]);
    let groups = |grouping| {
        let (names, of) = group_engines(&rows, grouping, Some(&notes));
        let members = |place: usize| {
            let its = of.iter().enumerate().filter(move |(_, of)| **of == place);
            its.map(|(at, _)| rows[at].engine.id.get().to_string()).collect::<Vec<_>>().join(" ")
        };
        names
            .iter()
            .enumerate()
            .map(|(place, name)| format!("{name}: {}", members(place)))
            .collect::<Vec<_>>()
    };
    assert_eq!(groups(EngineGrouping::Pool), ["north: 4", "north, South: 2", "South: 1", "No pool: 3"]);
    assert_eq!(groups(EngineGrouping::Status), ["Not responding: 2", "resting: 4", "Active: 1 3"]);
    assert_eq!(groups(EngineGrouping::Version), ["6.6.10: 1 4", "6.6.9: 2", "No version reported: 3"]);
    assert_eq!(groups(EngineGrouping::Tag), ["lab, prod: 1 2", "prod: 4", "No tag: 3"]);
    for grouping in EngineGrouping::ALL {
        assert_eq!(EngineGrouping::from_key(grouping.key()), Some(grouping));
    }
}
