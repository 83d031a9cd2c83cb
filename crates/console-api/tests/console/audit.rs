//! Which engine scans what, and the scans of several sites in one list.

use std::sync::Arc;

use console_api::rules::{Audit, AuditSort, Scanners, SiteListBuilder, SiteRows, SiteSort, newest_scans};
use console_api::{Engine, EngineId, Pool, Site, SiteId};
use serde_json::{Value, json as value};

use crate::support::{Script, engine, json, now, pool};

fn named(id: u64, name: &str) -> Engine {
    engine(&value!({"id": id, "name": name}))
}

pub(crate) fn sites(sites: &[(u64, &str, Option<u64>)]) -> Vec<Site> {
    let rows =
        sites.iter().map(|(id, name, scanner)| value!({"id": id, "name": name, "scanEngine": scanner}));
    let body = value!({"resources": rows.collect::<Vec<_>>()});
    let script = Script::new().then("GET api/3/sites?page=0&size=500", json(200, &body.to_string()));
    now(script.client().sites(&console_api::PageRequest::default())).unwrap().items
}

/// Oslo (1) with two sites of its own, Bergen (2) and Oslo in the pool Norway (9), Tromsø (3) with nothing.
fn audit() -> Audit {
    let engines = [named(1, "Oslo"), named(2, "Bergen"), named(3, "Tromsø")];
    let pools: [Pool; 2] = [pool(9, "Norway", &[1, 2, 2, 77], &[]), pool(10, "Empty", &[], &[])];
    let mut builder = SiteListBuilder::default();
    builder.push(
        &sites(&[
            (11, "Harbour", Some(1)),
            (12, "Airport", Some(1)),
            (13, "Mountain, \"lodge\"", Some(9)),
            (14, "Lost", Some(55)),
            (15, "Untold", None),
            (16, "Nobody's", Some(10)),
        ]),
        0,
    );
    let scanners = Arc::new(Scanners::new(&engines, &pools));
    Audit::new(SiteRows::new(Arc::new(builder.finish()), scanners), &pools)
}

fn sites_of(audit: &Audit, engine: u64) -> Vec<(String, Option<u64>)> {
    let engine = audit.engine(EngineId(engine)).unwrap();
    let sites = audit.sites_of(engine).into_iter();
    sites
        .map(|site| (audit.list().name(site.place).to_owned(), site.through.map(console_api::PoolId::get)))
        .collect()
}

fn scanned_by(audit: &Audit, site: u64) -> Vec<&str> {
    let place = audit.list().place(SiteId(site)).unwrap();
    audit.engines_of(place).into_iter().map(|engine| engine.name.as_str()).collect()
}

#[test]
fn an_engine_has_its_own_sites_and_those_of_its_pools() {
    let audit = audit();
    let figures =
        audit.engines().iter().map(|it| (it.name.as_str(), it.direct, it.through_pools, it.pools.len()));
    assert_eq!(figures.collect::<Vec<_>>(), [("Bergen", 0, 1, 1), ("Oslo", 2, 1, 1), ("Tromsø", 0, 0, 0)]);
    let expected = [("Airport", None), ("Harbour", None), ("Mountain, \"lodge\"", Some(9))]
        .map(|(a, b)| (a.to_owned(), b));
    assert_eq!(sites_of(&audit, 1), expected);
    assert_eq!(sites_of(&audit, 2), expected[2..]);
    assert_eq!(sites_of(&audit, 3), []);
    assert_eq!(audit.engine(EngineId(9)), None, "a pool is no engine");
}

#[test]
fn a_site_has_the_engines_that_may_scan_it() {
    let audit = audit();
    for (site, engines) in
        [(11, vec!["Oslo"]), (13, vec!["Bergen", "Oslo"]), (14, vec![]), (15, vec![]), (16, vec![])]
    {
        assert_eq!(scanned_by(&audit, site), engines, "site {site}");
    }
    let label = |site| audit.scanner_label(audit.list().place(SiteId(site)).unwrap());
    assert_eq!([label(11), label(13), label(15)], ["Oslo", "pool Norway", ""]);
}

#[test]
fn both_are_searched_by_site_engine_and_pool() {
    let audit = audit();
    for (filter, engines, sites) in [
        ("", vec![2, 1, 3], vec![12, 11, 14, 13, 16, 15]),
        ("oslo", vec![1], vec![12, 11, 13]),
        ("BERGEN", vec![2], vec![13]),
        ("norway", vec![2, 1], vec![13]),
        ("harb", vec![1], vec![11]),
        ("lodge", vec![2, 1], vec![13]),
        ("lodge oslo", vec![1], vec![13]),
        ("nothing like it", vec![], vec![]),
    ] {
        assert_eq!(audit.select_engines(filter, AuditSort::Name, false), engines, "{filter:?}");
        assert_eq!(audit.select_sites(filter, SiteSort::default()), sites, "{filter:?}");
    }
    assert_eq!(audit.select_engines("", AuditSort::Sites, true), [1, 2, 3]);
    assert_eq!(audit.select_engines("", AuditSort::ThroughPools, false), [3, 2, 1]);
    assert_eq!(audit.select_engines("", AuditSort::Name, true), [3, 1, 2]);
}

#[test]
fn the_files_have_a_row_for_each_site() {
    let audit = audit();
    let mut text = String::new();
    for engine in audit.engines() {
        audit.csv_of_engine(&mut text, engine);
    }
    let lodge = "\"Mountain, \"\"lodge\"\"\"";
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            &format!("Bergen,2,Active,{lodge},13,Norway"),
            "Oslo,1,Active,Airport,12,Directly",
            "Oslo,1,Active,Harbour,11,Directly",
            &format!("Oslo,1,Active,{lodge},13,Norway"),
            "Tromsø,3,Active,,,",
        ]
    );
    let mut text = String::new();
    audit.csv_of_site(&mut text, audit.list().place(SiteId(13)).unwrap());
    assert_eq!(text, format!("{lodge},13,pool Norway,\"Bergen, Oslo\"\r\n"));
}

#[test]
fn the_newest_scans_of_several_sites_stand_in_one_list() {
    let scan = |id: u64, status: &str, day: u64| value!({"id": id, "status": status, "startTime": format!("2026-07-{day:02}T00:00:00Z")});
    let list = |rows: &[Value]| {
        let body = value!({ "resources": rows });
        let script =
            Script::new().then("GET api/3/sites/1/scans?page=0&size=500", json(200, &body.to_string()));
        now(script.client().site_scans(SiteId(1), None, &console_api::PageRequest::default())).unwrap().items
    };
    let scans = list(&[
        scan(1, "finished", 9),
        scan(2, "running", 2),
        scan(3, "finished", 12),
        scan(4, "paused", 1),
        scan(3, "finished", 12),
        value!({"id": 5, "status": "aborted"}),
    ]);
    let ids = |most| newest_scans(scans.clone(), most).iter().map(|scan| scan.id.get()).collect::<Vec<_>>();
    assert_eq!(ids(100), [2, 4, 3, 1, 5], "under way first, without a time last");
    assert_eq!(ids(3), [2, 4, 3]);
}
