//! What needs attention in a fleet, worst first, and in which words.

use std::collections::HashMap;

use console_api::rules::{
    About, Cause, ConsolePlace, Health, Problem, ProblemKind, ProblemWords, Remedy, Threshold, Thresholds,
    by_cause, health, loads, notices, turns, turns_in_words,
};
use console_api::{Engine, EngineId, Pool, PoolId, Severity, Timestamp};
use serde_json::{Value, json as value};

use crate::support::{engine, pool};
use ProblemKind::{
    LocalOverused, NeverRefreshed, NoSite, NotHeardOf, Overloaded, SitesNotScanned, SmallPool, Status,
    VersionDrift, VersionsScattered,
};
use Severity::{Bad, Uncertain};

/// "Now" of all cases.
fn noon() -> Timestamp {
    Timestamp::parse("2026-07-20T12:00:00Z").unwrap()
}

/// An engine that is as it should be, with some fields on top: heard of an hour ago, with a site.
fn fit(id: u64, fields: &Value) -> Engine {
    let mut all = value!({
        "id": id, "name": format!("engine-{id}"), "address": format!("192.0.2.{id}"), "sites": [id],
        "lastRefreshedDate": "2026-07-20T11:00:00Z", "productVersion": "6.6.260", "contentVersion": "2026-07-19"
    });
    for (key, value) in fields.as_object().unwrap() {
        all[key] = value.clone();
    }
    engine(&all)
}

fn found(engines: &[Engine], pools: &[Pool]) -> Vec<(ProblemKind, Severity, u64)> {
    let health = health(engines, pools, noon(), Thresholds::default());
    let told = health.problems.iter();
    told.map(|it| (it.kind, it.severity, it.about.map_or(0, console_api::ScannerId::get))).collect()
}

fn words(engines: &[Engine], pools: &[Pool]) -> Vec<ProblemWords> {
    let thresholds = Thresholds::default();
    let health = health(engines, pools, noon(), thresholds);
    health.problems.iter().map(|it| words_of(it, engines, pools, &health)).collect()
}

fn words_of(problem: &Problem, engines: &[Engine], pools: &[Pool], health: &Health) -> ProblemWords {
    words_of_cause(&Cause { problem: *problem, follows: Vec::new() }, engines, pools, health)
}

fn words_of_cause(cause: &Cause, engines: &[Engine], pools: &[Pool], health: &Health) -> ProblemWords {
    let problem = &cause.problem;
    let at = problem.engine().and_then(|id| engines.iter().position(|engine| engine.id == id));
    let pool = problem.pool().and_then(|id| pools.iter().find(|pool| pool.id == id));
    let by_id: HashMap<EngineId, &Engine> = engines.iter().map(|engine| (engine.id, engine)).collect();
    let active = |pool: &Pool| {
        let active = pool.engines.iter().filter(|id| by_id[*id].status.severity() == Severity::Good);
        active.count()
    };
    let place = ConsolePlace { address: "console.example".to_owned(), port: 40815 };
    let about = About {
        engine: at.map(|at| &engines[at]),
        load: at.map(|at| &health.loads[at]),
        pool: pool.map(|pool| (pool, active(pool))),
        health,
        thresholds: Thresholds::default(),
        place: &place,
        now: noon(),
    };
    let pool = |id: PoolId| pools.iter().find(|pool| pool.id == id).map(|pool| (pool, active(pool)));
    cause.words(&about, &pool).unwrap()
}

/// What a cause is about, with what follows from it.
type Told = (ProblemKind, u64, Vec<(ProblemKind, u64)>);

fn causes(engines: &[Engine], pools: &[Pool]) -> Vec<Told> {
    let about = |it: &Problem| (it.kind, it.about.map_or(0, console_api::ScannerId::get));
    let health = health(engines, pools, noon(), Thresholds::default());
    let causes = by_cause(&health.problems, engines, pools);
    let told = causes.iter().map(|it| (about(&it.problem), it.follows.iter().map(about).collect()));
    told.map(|((kind, id), follows)| (kind, id, follows)).collect()
}

#[test]
fn all_is_well_with_a_fleet_that_is_as_it_should_be() {
    let engines = [fit(1, &value!({})), fit(2, &value!({"sites": []}))];
    let default = pool(8, "Default Engine Pool", &[], &[]);
    assert_eq!(found(&engines, &[pool(9, "Both", &[1, 2], &[50]), default]), []);
    assert_eq!(found(&[], &[]), []);
}

#[test]
fn each_rule_finds_its_case_and_no_other() {
    type Case = (&'static str, Value, Vec<(ProblemKind, Severity, u64)>);
    let cases: [Case; 20] = [
        (
            "down, with a site",
            value!({"status": "not-responding"}),
            vec![(SitesNotScanned, Bad, 1), (Status, Bad, 1)],
        ),
        ("down, without site", value!({"status": "not-responding", "sites": []}), vec![(Status, Bad, 1)]),
        (
            "down for days: one story",
            value!({"status": "not-responding", "sites": [], "lastRefreshedDate": "2026-07-01T00:00:00Z"}),
            vec![(Status, Bad, 1)],
        ),
        ("pending", value!({"status": "pending-authorization", "sites": []}), vec![(Status, Bad, 1)]),
        (
            "incompatible: the update is told already",
            value!({"status": "incompatible-version", "sites": [], "productVersion": "5.22.9"}),
            vec![(Status, Bad, 1)],
        ),
        ("unknown", value!({"status": "unknown"}), vec![(Status, Uncertain, 1)]),
        ("a status nobody knows", value!({"status": "Sleeping"}), vec![(Status, Uncertain, 1)]),
        ("running is as good as active", value!({"status": "RUNNING"}), vec![]),
        (
            "an older console that tells nothing",
            value!({"status": null, "lastRefreshedDate": null}),
            vec![(Status, Uncertain, 1)],
        ),
        ("just not yet", value!({"lastRefreshedDate": "2026-07-19T12:00:01Z"}), vec![]),
        ("24 hours", value!({"lastRefreshedDate": "2026-07-19T12:00:00Z"}), vec![(NotHeardOf, Uncertain, 1)]),
        ("36 hours", value!({"lastRefreshedDate": "2026-07-19T00:00:00Z"}), vec![(NotHeardOf, Bad, 1)]),
        (
            "unknown since long: one story",
            value!({"status": "unknown", "lastRefreshedDate": "2026-07-01T00:00:00Z"}),
            vec![(NotHeardOf, Bad, 1)],
        ),
        ("never", value!({"lastRefreshedDate": null}), vec![(NeverRefreshed, Uncertain, 1)]),
        ("a clock that is ahead", value!({"lastRefreshedDate": "2026-07-21T12:00:00Z"}), vec![]),
        ("without site", value!({"sites": []}), vec![(NoSite, Uncertain, 1)]),
        (
            "another product version",
            value!({"productVersion": "6.6.251"}),
            vec![(VersionDrift, Uncertain, 1)],
        ),
        (
            "another content version",
            value!({"contentVersion": "2026-07-02"}),
            vec![(VersionDrift, Uncertain, 1)],
        ),
        ("no version told", value!({"productVersion": null, "contentVersion": null}), vec![]),
        (
            "the local engine tells no time and needs no site",
            value!({"address": "127.0.0.1", "lastRefreshedDate": null, "sites": []}),
            vec![],
        ),
    ];
    for (what, fields, expected) in cases {
        let mut engines = vec![fit(1, &fields)];
        engines.extend((2..=5).map(|id| fit(id, &value!({}))));
        assert_eq!(found(&engines, &[]), expected, "{what}");
    }
}

#[test]
fn hosted_engines_that_the_console_must_not_contact_are_left_alone() {
    let hosted = |more: &Value| {
        let mut fields =
            value!({"address": "nse.extranet.rapid7.com", "lastRefreshedDate": null, "status": "unknown"});
        for (key, value) in more.as_object().unwrap() {
            fields[key] = value.clone();
        }
        fit(1, &fields)
    };
    let outside =
        value!({"statusMessage": "The address is outside of the networks that the console may contact."});
    assert_eq!(found(&[hosted(&outside)], &[]), []);
    assert_eq!(found(&[hosted(&value!({}))], &[]), [(Status, Uncertain, 1)]);
    assert_eq!(found(&[hosted(&value!({"status": "active"}))], &[]), []);
}

#[test]
fn pools_need_two_active_engines() {
    let engines = [
        fit(1, &value!({})),
        fit(2, &value!({})),
        fit(3, &value!({"status": "not-responding", "sites": []})),
        fit(4, &value!({"status": null, "lastRefreshedDate": "2026-07-20T11:00:00Z"})),
    ];
    let of_pool = |members: &[u64], sites: &[u64]| {
        let found = found(&engines, &[pool(9, "P", members, sites)]);
        found.into_iter().filter(|it| it.2 == 9).map(|it| (it.0, it.1)).collect::<Vec<_>>()
    };
    assert_eq!(of_pool(&[], &[]), [], "the empty pool that is there from the start");
    assert_eq!(of_pool(&[], &[50]), [(SitesNotScanned, Bad)]);
    assert_eq!(of_pool(&[3], &[50]), [(SitesNotScanned, Bad)]);
    assert_eq!(of_pool(&[3], &[]), [(SmallPool, Uncertain)]);
    assert_eq!(of_pool(&[1], &[50]), [(SmallPool, Uncertain)]);
    assert_eq!(of_pool(&[1, 3], &[50]), [(SmallPool, Uncertain)]);
    assert_eq!(of_pool(&[1, 2], &[50]), []);
    assert_eq!(of_pool(&[1, 4], &[50]), [], "where no status is told, it may be active");
    assert_eq!(of_pool(&[1, 77], &[50]), [(SmallPool, Uncertain)], "an engine that is not in the list");
}

#[test]
fn sites_through_pools_count_and_are_shared_by_the_active_engines() {
    let engines = [
        fit(1, &value!({"sites": [1, 2]})),
        fit(2, &value!({"sites": []})),
        fit(3, &value!({"sites": [3], "status": "not-responding"})),
    ];
    let pools = [pool(8, "A", &[1, 2, 3, 3], &[10, 11, 12, 13]), pool(9, "B", &[2], &[14])];
    let loads = loads(&engines, &pools);
    let figures = loads.iter().map(|load| (load.direct, load.through_pools, load.carries()));
    assert_eq!(figures.collect::<Vec<_>>(), [(2, 4, 4.0), (0, 5, 3.0), (1, 4, 1.0)]);
    assert!(found(&engines, &pools).iter().all(|it| it.0 != NoSite));
    let untold = Pool { sites: None, ..pool(9, "B", &[2], &[]) };
    assert!(found(&engines, &[untold]).iter().all(|it| it.0 != NoSite), "it may have sites");
}

#[test]
fn one_engine_that_carries_far_more_than_the_others_is_told() {
    let with_sites = |count: &[u64]| {
        let engine = |(id, count): (u64, &u64)| fit(id, &value!({"sites": (0..*count).collect::<Vec<_>>()}));
        (1..).zip(count).map(engine).collect::<Vec<_>>()
    };
    for (what, sites, overloaded) in [
        ("three times the others", vec![12, 4, 4], vec![1]),
        ("not quite", vec![11, 4, 4], vec![]),
        ("few sites are no load", vec![9, 1, 1], vec![]),
        ("two can't be compared", vec![50, 1], vec![]),
        ("two of many", vec![40, 40, 4, 4, 4, 4, 4, 4], vec![1, 2]),
    ] {
        let problems = found(&with_sites(&sites), &[]);
        let told = problems.iter().filter(|it| it.0 == Overloaded).map(|it| it.2).collect::<Vec<_>>();
        assert_eq!(told, overloaded, "{what}");
    }
    let engines = with_sites(&[2, 2, 2, 2]);
    let sites: Vec<u64> = (100..160).collect();
    let shared = found(&engines, &[pool(9, "P", &[1, 2, 3, 4], &sites)]);
    assert_eq!(shared, [], "whoever shares a pool's sites does not carry them alone");
    let strict = Thresholds { load_times: 2, ..Thresholds::default() };
    let health = health(&with_sites(&[11, 4, 4]), &[], noon(), strict);
    assert_eq!(health.problems.iter().map(|it| it.kind).collect::<Vec<_>>(), [Overloaded]);
}

#[test]
fn the_local_engine_is_overused_when_there_are_others() {
    let local =
        |sites: u64| fit(1, &value!({"address": "127.0.0.1", "sites": (0..sites).collect::<Vec<_>>()}));
    assert_eq!(found(&[local(6)], &[]), [], "there is no other");
    assert_eq!(found(&[local(5), fit(2, &value!({}))], &[]), []);
    assert_eq!(found(&[local(6), fit(2, &value!({}))], &[]), [(LocalOverused, Uncertain, 1)]);
}

#[test]
fn versions_without_a_usual_one_are_one_problem() {
    let with = |versions: &[&str]| {
        let engine = |(id, version): (u64, &&str)| fit(id, &value!({"productVersion": version}));
        (1..).zip(versions).map(engine).collect::<Vec<_>>()
    };
    let engines = with(&["6.6.260", "6.6.260", "6.6.9", "6.6.10"]);
    assert_eq!(found(&engines, &[]), [(VersionsScattered, Uncertain, 0)], "half is not most");
    let health = health(&engines, &[], noon(), Thresholds::default());
    let counts = health.product.counts.iter().map(|entry| (entry.version.as_str(), entry.count));
    assert_eq!(counts.collect::<Vec<_>>(), [("6.6.260", 2), ("6.6.10", 1), ("6.6.9", 1)]);
    assert_eq!(found(&with(&["6.6.260", "6.6.260", "6.6.9"]), &[]), [(VersionDrift, Uncertain, 3)]);
    assert_eq!(found(&with(&["6.6.260"]), &[]), []);
}

#[test]
fn the_worst_comes_first() {
    let engines = [
        fit(1, &value!({"sites": []})),
        fit(2, &value!({"status": "not-responding", "sites": [1]})),
        fit(3, &value!({"status": "not-responding", "sites": [2, 3]})),
        fit(4, &value!({"status": "unknown"})),
        fit(5, &value!({"lastRefreshedDate": "2026-07-01T00:00:00Z"})),
        fit(6, &value!({"lastRefreshedDate": "2026-07-19T10:00:00Z"})),
        fit(7, &value!({"lastRefreshedDate": null})),
        fit(8, &value!({"productVersion": "6.6.251"})),
    ];
    let pools = [pool(20, "down", &[2, 3], &[50, 51, 52]), pool(21, "small", &[8], &[])];
    assert_eq!(
        found(&engines, &pools),
        [
            (SitesNotScanned, Bad, 20),
            (SitesNotScanned, Bad, 3),
            (SitesNotScanned, Bad, 2),
            (Status, Bad, 3),
            (Status, Bad, 2),
            (NotHeardOf, Bad, 5),
            (Status, Uncertain, 4),
            (NotHeardOf, Uncertain, 6),
            (SmallPool, Uncertain, 21),
            (NeverRefreshed, Uncertain, 7),
            (VersionDrift, Uncertain, 8),
            (NoSite, Uncertain, 1),
        ]
    );
}

#[test]
fn what_follows_from_an_engine_that_is_down_is_one_problem_with_it() {
    let engines = [
        fit(1, &value!({"status": "not-responding", "sites": [1, 2, 3]})),
        fit(2, &value!({})),
        fit(3, &value!({"status": "unknown"})),
        fit(4, &value!({"lastRefreshedDate": "2026-07-01T00:00:00Z", "productVersion": "6.6.251"})),
        fit(5, &value!({"productVersion": "6.6.251"})),
        fit(6, &value!({})),
        fit(7, &value!({})),
    ];
    let alone = pool(20, "Alone", &[1], &[50]);
    let short = pool(21, "Short", &[1, 1, 2], &[]);
    let both = pool(22, "Both are missing", &[1, 3], &[51]);
    let one = pool(23, "Only one is in it", &[2], &[]);
    let gone = pool(24, "One is not in the list", &[2, 77], &[]);
    assert_eq!(
        causes(&engines, &[alone, short, both, one, gone]),
        [
            // It stands where the worst of it would.
            (Status, 1, vec![(SitesNotScanned, 1), (SitesNotScanned, 20), (SmallPool, 21)]),
            (SitesNotScanned, 22, vec![]),
            (NotHeardOf, 4, vec![(VersionDrift, 4)]),
            (Status, 3, vec![]),
            (SmallPool, 24, vec![]),
            (SmallPool, 23, vec![]),
            (VersionDrift, 5, vec![]),
        ]
    );
    assert_eq!(causes(&[fit(2, &value!({})), fit(6, &value!({}))], &[]), []);
}

#[test]
fn a_cause_says_what_follows_from_it_and_offers_what_helps() {
    let engines = [fit(1, &value!({"status": "not-responding", "sites": [1, 2, 3]})), fit(2, &value!({}))];
    let pools: Vec<Pool> = (20..24).map(|id| pool(id, &format!("P{id}"), &[1, 2], &[])).collect();
    let health = health(&engines, &pools, noon(), Thresholds::default());
    let causes = by_cause(&health.problems, &engines, &pools);
    let words = words_of_cause(&causes[0], &engines, &pools, &health);
    assert_eq!(causes.len(), 1);
    assert_eq!(words.what, "engine-1: Not responding");
    assert_eq!(
        words.also.as_deref(),
        Some(
            "Also: 3 sites can't be scanned; pool P20 has only 1 active engine; pool P21 has only 1 active engine; 2 more."
        )
    );
    assert!(words.advice.ends_with("Or give its sites to another engine or to a pool."), "{}", words.advice);
    let id = EngineId(1);
    assert_eq!(
        words.remedies,
        [
            Remedy::Refresh(id),
            Remedy::Pairing(id),
            Remedy::MoveSites(id),
            Remedy::OpenPool(PoolId(20)),
            Remedy::OpenPool(PoolId(21)),
        ]
    );

    let alone = [fit(1, &value!({"status": "not-responding", "sites": []})), fit(2, &value!({}))];
    let pools = [pool(20, "Alone", &[1], &[50, 51])];
    let health = console_api::rules::health(&alone, &pools, noon(), Thresholds::default());
    let causes = by_cause(&health.problems, &alone, &pools);
    let words = words_of_cause(&causes[0], &alone, &pools, &health);
    assert_eq!(words.also.as_deref(), Some("Also: pool Alone has no active engine for its 2 sites."));

    let waits = [fit(1, &value!({"status": "pending-authorization"})), fit(2, &value!({}))];
    let health = console_api::rules::health(&waits, &[], noon(), Thresholds::default());
    let first = words_of(&health.problems[0], &waits, &[], &health);
    assert_eq!(first.what, "1 site can't be scanned: engine-1 is not active", "it is not down");
}

#[test]
fn a_search_finds_a_cause_by_what_is_said_of_it() {
    let engines = [fit(1, &value!({"name": "Bergen", "status": "not-responding"})), fit(2, &value!({}))];
    let pools = [pool(20, "Norway", &[1, 2], &[])];
    let health = health(&engines, &pools, noon(), Thresholds::default());
    let causes = by_cause(&health.problems, &engines, &pools);
    let text = causes[0].search_text(Some(&engines[0]), &[&pools[0]]);
    for word in
        ["bergen", "192.0.2.1", "not responding", "pool norway", "can't be scanned", "small pool", "critical"]
    {
        assert!(text.contains(word), "{word:?} in {text:?}");
    }
    assert!(!text.contains("has no site"));
}

#[test]
fn each_problem_says_why_and_what_to_do_and_has_a_button() {
    let id = EngineId(1);
    let rest = || (2..=5).map(|id| fit(id, &value!({})));
    let one = |fields: &Value| {
        let engines: Vec<Engine> = std::iter::once(fit(1, fields)).chain(rest()).collect();
        words(&engines, &[]).into_iter().next().unwrap()
    };
    let down = one(&value!({"status": "not-responding", "sites": [1, 2]}));
    assert_eq!(down.what, "2 sites can't be scanned: engine-1 is down");
    assert_eq!(down.remedies, [Remedy::MoveSites(id)]);

    let down = one(&value!({
        "status": "not-responding", "sites": [], "port": 40900, "lastRefreshedDate": "2026-07-18T12:00:00Z"
    }));
    assert_eq!(down.what, "engine-1: Not responding");
    assert!(down.why.ends_with("Its last contact was 2 days ago."), "{}", down.why);
    assert!(down.advice.contains("192.0.2.1 on port 40900"), "{}", down.advice);
    assert_eq!(down.remedies, [Remedy::Refresh(id), Remedy::Pairing(id)]);

    let old = one(&value!({"status": "incompatible-version", "sites": []}));
    assert_eq!(old.remedies, [Remedy::Update(id)]);

    let late = one(&value!({"lastRefreshedDate": "2026-07-19T05:30:00Z"}));
    assert_eq!(late.what, "engine-1 has not been in contact for 30 hours");
    assert!(late.why.contains("24 hours without contact is a warning"), "{}", late.why);
    let lost = one(&value!({"lastRefreshedDate": "2026-07-10T12:00:00Z"}));
    assert!(
        lost.what.ends_with("10 days") && lost.why.contains("36 hours without contact is an alarm"),
        "{}",
        lost.why
    );

    let drift = one(&value!({"productVersion": "6.6.251"}));
    assert!(drift.why.contains("product version 6.6.251 where most engines have 6.6.260"), "{}", drift.why);
    assert_eq!(drift.remedies, [Remedy::Update(id)]);
    let ahead = one(&value!({"productVersion": "6.6.1000"}));
    assert_eq!(ahead.remedies, [Remedy::CompareVersions], "the others are behind: {}", ahead.advice);
    let local = one(&value!({"productVersion": "6.6.251", "address": "localhost"}));
    assert!(local.advice.contains("together with the console"), "{}", local.advice);

    let busy = one(&value!({"sites": (0..12).collect::<Vec<u64>>()}));
    assert_eq!(busy.why, "It carries 12 sites (12 of its own); the others carry 1 site on average.");

    assert_eq!(one(&value!({"sites": []})).remedies, [Remedy::SelectSites(id)]);
    assert_eq!(
        one(&value!({"lastRefreshedDate": null})).remedies,
        [Remedy::Refresh(id), Remedy::Pairing(id)]
    );
}

#[test]
fn pools_are_told_with_how_many_of_their_engines_are_active() {
    let engines = [fit(1, &value!({})), fit(2, &value!({"status": "unknown"}))];
    let told = |members: &[u64], sites: &[u64]| {
        let pools = [pool(9, "Europe", members, sites)];
        let health = health(&engines, &pools, noon(), Thresholds::default());
        let problem = health.problems.iter().find(|problem| problem.is_pool).unwrap();
        let words = words_of(problem, &engines, &pools, &health);
        assert_eq!(words.remedies, [Remedy::OpenPool(PoolId(9))]);
        format!("{}. {}", words.what, words.why)
    };
    assert!(
        told(&[1, 2], &[])
            .starts_with("Pool Europe has only one active engine. Only one of its 2 engines is active")
    );
    assert!(told(&[1], &[]).contains("Only one engine is in it"));
    assert_eq!(
        told(&[2], &[7]),
        "Pool Europe has no active engine. 1 site can't be scanned. Its only engine is not active."
    );
    assert!(told(&[], &[7, 8]).ends_with("There is no engine in it."));
}

#[test]
fn thresholds_are_remembered_and_nonsense_is_not() {
    let changed = Thresholds::default().with(Threshold::Warn, 12).with(Threshold::LocalSites, 0);
    assert_eq!(changed.to_text(), "warn=12 alarm=36 load=3 local=0");
    assert_eq!(Thresholds::from_text(&changed.to_text()), changed);
    for odd in ["", "x", "warn=", "warn=-1", "warn=0", "warn=40", "load=1", "other=7", "warn=99999999999"] {
        assert_eq!(Thresholds::from_text(odd), Thresholds::default(), "{odd:?}");
    }
    assert_eq!(Threshold::Warn.parse(" 48 "), Ok(48));
    assert!(Threshold::LoadTimes.parse("1").unwrap_err().contains("from 2"));
}

#[test]
fn engines_that_go_bad_or_come_back_between_two_readings_are_told() {
    let list = |statuses: &[&str]| {
        let engine = |(id, status): (u64, &&str)| fit(id, &value!({ "status": status }));
        (1..).zip(statuses).map(engine).collect::<Vec<_>>()
    };
    for (before, now, told) in [
        (vec!["active"], vec!["not-responding"], vec!["engine-1 failed: Not responding."]),
        (vec!["unknown"], vec!["pending-authorization"], vec!["engine-1 failed: Pending authorization."]),
        (vec!["not-responding"], vec!["active"], vec!["engine-1 recovered: Active."]),
        (vec!["not-responding"], vec!["unknown"], vec![]),
        (vec!["not-responding"], vec!["incompatible-version"], vec![]),
        (vec!["unknown"], vec!["active"], vec![]),
        (vec!["active"], vec!["active", "not-responding"], vec![]),
        (vec!["active", "active"], vec!["active"], vec![]),
        (
            vec!["active", "not-responding"],
            vec!["not-responding", "active"],
            vec!["engine-1 failed: Not responding.", "engine-2 recovered: Active."],
        ),
        (
            vec!["active"; 5],
            vec!["not-responding"; 5],
            vec!["5 engines failed: engine-1, engine-2, engine-3 and 2 more."],
        ),
        (
            vec!["not-responding"; 3],
            vec!["active"; 3],
            vec!["3 engines recovered: engine-1, engine-2, engine-3."],
        ),
    ] {
        let words = turns_in_words(&turns(&list(&before), &list(&now)));
        assert_eq!(words.into_iter().map(|it| it.1).collect::<Vec<_>>(), told, "{before:?} to {now:?}");
    }
}

#[test]
fn an_engine_that_flaps_is_a_problem_of_its_own() {
    let engines = [fit(1, &value!({})), fit(2, &value!({"status": "not-responding"})), fit(3, &value!({}))];
    let mut health = health(&engines, &[], noon(), Thresholds::default());
    let before = health.problems.len();
    health.add_flapping(&[], &engines, &[]);
    assert_eq!(health.problems.len(), before);
    // One that is not listed any more has no problem.
    health.add_flapping(&[EngineId(2), EngineId(3), EngineId(9)], &engines, &[]);
    let flapping: Vec<_> = health.problems.iter().filter(|it| it.kind == ProblemKind::Flapping).collect();
    assert_eq!(flapping.iter().map(|it| it.about.unwrap().get()).collect::<Vec<_>>(), [2, 3]);
    assert!(health.problems.is_sorted_by(|one, next| one.severity >= next.severity));
    let causes = by_cause(&health.problems, &engines, &[]);
    assert_eq!(causes.iter().filter(|it| it.problem.kind == ProblemKind::Flapping).count(), 2);
    let said = words_of(flapping[1], &engines, &[], &health);
    assert_eq!(said.what, "engine-3 keeps going down and coming back");
    assert_eq!(said.remedies[0], Remedy::History(EngineId(3)));
}

#[test]
fn one_notice_says_what_many_engines_have_in_common_and_what_follows() {
    let down = value!({"status": "not-responding"});
    let (before, now) = ([fit(1, &value!({})), fit(2, &value!({}))], [fit(1, &down), fit(2, &down)]);
    let turned = turns(&before, &now);
    let pools = [pool(900, "Europe", &[1, 2, 3], &[])];
    let causes = by_cause(&health(&now, &[], noon(), Thresholds::default()).problems, &now, &[]);
    let said = notices(&turned, &now, &pools, &causes);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].what, "2 engines: Not responding");
    assert_eq!(said[0].more, "engine-1, engine-2. All are in pool Europe. 2 sites can't be scanned.");
    let said = notices(&turned, &now, &[], &[]);
    assert_eq!(said[0].more, "engine-1, engine-2. All are in the network 192.0.2.0/24.");
    let said = notices(&turns(&now[..1], &before[..1]), &before, &pools, &[]);
    assert_eq!((said[0].what.as_str(), said[0].more.as_str()), ("engine-1: Active again", ""));
}
