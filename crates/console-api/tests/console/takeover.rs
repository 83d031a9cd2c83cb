//! What it takes before an engine can go (docs/api-quirks.md, "Changing" and "Special engines and pools").

use console_api::rules::{
    Change, OwnedSite, SiteMove, engine_successors, find_candidate, replacement, retirement, site_successors,
};
use console_api::{Engine, EngineId, Pool, PoolId, ScannerId, SiteId};
use serde_json::json as value;

use crate::support::{engine, pool};

fn engines() -> Vec<Engine> {
    [
        value!({"id": 1, "name": "berlin", "address": "10.0.0.1", "sites": [7, 8]}),
        value!({"id": 2, "name": "aachen", "address": "10.0.0.2", "status": "not-responding"}),
        value!({"id": 3, "name": "Local", "address": "127.0.0.1", "port": 40814}),
        value!({"id": 4, "name": "Oslo", "address": "10.0.0.4"}),
    ]
    .iter()
    .map(engine)
    .collect()
}

fn pools() -> Vec<Pool> {
    [
        pool(10, "Alone", &[1], &[]),
        pool(11, "Down", &[1, 2], &[]),
        pool(12, "Empty", &[], &[]),
        pool(13, "Oslo", &[1, 4], &[]),
    ]
    .into()
}

fn sites() -> Vec<OwnedSite> {
    [(1, 7, "mail"), (1, 8, "web"), (2, 9, "lab")]
        .map(|(engine, site, name)| OwnedSite {
            engine: EngineId(engine),
            site: SiteId(site),
            name: name.to_owned(),
        })
        .into()
}

fn site(id: u64, name: &str, from: u64, to: u64) -> Change {
    Change::Site(SiteMove {
        site: SiteId(id),
        name: name.to_owned(),
        from: Some(ScannerId(from)),
        to: ScannerId(to),
    })
}

#[test]
fn sites_never_go_to_what_goes_too_or_to_a_pool_that_would_be_empty() {
    let found = site_successors(&engines(), &pools(), &[EngineId(1)]);
    let said = found
        .iter()
        .map(|successor| (successor.label.as_str(), successor.refused.as_deref(), successor.note.is_some()))
        .collect::<Vec<_>>();
    assert_eq!(
        said,
        [
            ("aachen", None, true),
            ("pool Alone", Some("It would have no engine left."), false),
            ("pool Down", None, true),
            ("pool Empty", Some("It has no engine."), false),
            ("Local", None, false),
            ("Oslo", None, false),
            ("pool Oslo", None, false),
        ]
    );
    assert_eq!(find_candidate(&found, " POOL oslo ").map(|it| it.id), Some(ScannerId(13)));
    assert_eq!(find_candidate(&found, "oslo").map(|it| it.id), Some(ScannerId(4)));
    assert_eq!(find_candidate(&found, "berlin"), None, "it goes itself");
    let none = site_successors(&engines(), &pools(), &[EngineId(1), EngineId(2), EngineId(4)]);
    let open =
        none.iter().filter(|successor| successor.refused.is_none()).map(|successor| successor.label.as_str());
    assert_eq!(open.collect::<Vec<_>>(), ["Local"]);
}

#[test]
fn only_who_can_join_pools_takes_the_place_of_an_engine_that_is_in_one() {
    let of = |old: u64, pools: &[Pool]| {
        engine_successors(EngineId(old), &engines(), pools)
            .into_iter()
            .map(|successor| (successor.label, successor.refused))
            .collect::<Vec<_>>()
    };
    let with_pools = of(1, &pools());
    assert_eq!(
        with_pools.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["aachen", "Local", "Oslo"]
    );
    assert!(with_pools[1].1.as_deref().is_some_and(|why| why.starts_with("It can't take over the pools.")));
    assert_eq!((&with_pools[0].1, &with_pools[2].1), (&None, &None));
    assert!(of(1, &[]).iter().all(|(_, refused)| refused.is_none()), "sites alone may go to any engine");
}

#[test]
fn an_engine_is_deleted_after_its_sites_have_moved() {
    let engines = engines();
    let plan = retirement(&[&engines[0]], &sites(), Some(ScannerId(13)));
    let delete = Change::Delete { engine: EngineId(1), name: "berlin".to_owned() };
    assert_eq!(plan, [site(7, "mail", 1, 13), site(8, "web", 1, 13), delete]);
    let plan = retirement(&[&engines[0], &engines[1]], &sites(), Some(ScannerId(4)));
    assert_eq!(plan.len(), 5, "{plan:?}");
    assert_eq!(plan[4].label(), "Delete aachen");
}

#[test]
fn a_successor_joins_the_pools_before_it_gets_the_sites() {
    let engines = engines();
    let plan = replacement(&engines[0], EngineId(4), &sites(), &pools(), true);
    let place = |id: u64, name: &str| Change::Place {
        pool: PoolId(id),
        name: name.to_owned(),
        from: EngineId(1),
        to: EngineId(4),
    };
    assert_eq!(
        plan[..5],
        [
            place(10, "Alone"),
            place(11, "Down"),
            place(13, "Oslo"),
            site(7, "mail", 1, 4),
            site(8, "web", 1, 4),
        ]
    );
    assert_eq!(plan[5].engine(), Some(EngineId(1)));
    assert_eq!(replacement(&engines[0], EngineId(4), &sites(), &pools(), false).len(), 5);
}
