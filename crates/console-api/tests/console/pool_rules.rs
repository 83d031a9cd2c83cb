//! The rules about pools: their form, their table, moving engines and splitting
//! (docs/api-quirks.md, "Changing" and "Special engines and pools").

use std::time::{Duration, Instant};

use console_api::rules::{
    PoolColumn, SplitProposal, check_new_pools, check_pool, halfway, new_pool_names, only_in, pool_changes,
    prepare_pool_rows, select_pools, split_evenly, unavailable,
};
use console_api::{Engine, EngineId, Error, Pool, PoolId, PoolMoved, TransportError};
use serde_json::json as value;

use crate::support::{Script, done, engine, json, now, pool, refused};

fn ids(ids: &[u64]) -> Vec<EngineId> {
    ids.iter().copied().map(EngineId).collect()
}

fn fleet(statuses: &[(u64, &str)]) -> Vec<Engine> {
    let with_id = |(id, status): &(u64, &str)| {
        let mut engine = engine(&value!({"name": format!("engine {id}"), "status": status}));
        engine.id = EngineId(*id);
        engine
    };
    statuses.iter().map(with_id).collect()
}

#[test]
fn a_name_is_unique_among_the_pools_without_regard_to_case_and_blanks() {
    let pools = [pool(1, "Europe", &[], &[]), pool(2, "Zürich", &[], &[])];
    let other = |name| format!("Another pool is already called {name}.");
    for (name, this, problem) in [
        ("", None, Some("Enter a name.".to_owned())),
        (" \t ", None, Some("Enter a name.".to_owned())),
        ("a\nb", None, Some("A name can't have line breaks, tabs or other control characters.".to_owned())),
        (" EUROPE ", None, Some(other("Europe"))),
        ("ZÜRICH", Some(1), Some(other("Zürich"))),
        ("europe", Some(1), None),
        ("Asia", None, None),
    ] {
        let check = check_pool(name, &[], this.map(PoolId), &pools);
        assert_eq!(check.name, problem, "{name:?}");
        assert_eq!(check.draft.map(|draft| draft.name), problem.is_none().then(|| name.trim().to_owned()));
    }
    let long = "x".repeat(256);
    assert_eq!(check_pool(&long, &[], None, &[]).name.as_deref(), Some("A name has at most 255 characters."));
}

#[test]
fn a_pool_may_be_empty_and_has_no_engine_twice() {
    let engines =
        |list: &[u64]| check_pool("North", &ids(list), None, &[]).draft.map(|draft| draft.engines).unwrap();
    assert_eq!(engines(&[]), []);
    assert_eq!(engines(&[7, 3, 7, 5, 3]), ids(&[7, 3, 5]));
}

#[test]
fn new_pools_differ_from_those_that_are_there_and_from_one_another() {
    let names = ["North", "south ", " NORTH", "Europe", ""].map(str::to_owned);
    let problems = check_new_pools(&names, &[pool(1, "europe", &[], &[])]);
    let twice = "Another of the new pools has this name.";
    let expected =
        [None, None, Some(twice), Some("Another pool is already called europe."), Some("Enter a name.")];
    assert_eq!(problems.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
}

#[test]
fn what_one_of_two_lists_has_alone() {
    for (these, those, alone) in [
        (&[][..], &[][..], &[][..]),
        (&[3, 1, 2], &[], &[3, 1, 2]),
        (&[3, 1, 2], &[2, 3], &[1]),
        (&[1], &[1, 2], &[]),
    ] {
        assert_eq!(only_in(&ids(these), &ids(those)), ids(alone));
    }
}

#[test]
fn pools_are_found_by_their_names_and_those_of_their_engines() {
    let engines = fleet(&[(1, "active"), (2, "unknown"), (3, "active")]);
    let pools = [
        pool(10, "North", &[1, 2, 99], &[5]),
        pool(11, "South 10", &[3], &[]),
        pool(12, "South 9", &[], &[]),
    ];
    let rows = prepare_pool_rows(&pools, &engines);
    assert_eq!(rows.iter().map(|row| row.active).collect::<Vec<_>>(), [1, 1, 0]);
    for (text, found) in [
        ("", &["North", "South 9", "South 10"][..]),
        ("south", &["South 9", "South 10"]),
        ("ENGINE 3", &["South 10"]),
        ("north engine 2", &["North"]),
        ("east", &[]),
    ] {
        let shown = select_pools(&rows, text, PoolColumn::Name, false);
        assert_eq!(shown.iter().map(|at| &*rows[*at].pool.name).collect::<Vec<_>>(), found, "{text:?}");
    }
}

#[test]
fn pools_are_sorted_by_each_column_and_unknown_sites_come_last() {
    let engines = fleet(&[(1, "active"), (2, "unknown"), (3, "active")]);
    let mut untold = pool(13, "untold", &[], &[]);
    untold.sites = None;
    let pools =
        [pool(10, "b", &[1, 2], &[5]), pool(11, "a", &[1, 3], &[5, 6]), pool(12, "c", &[2], &[]), untold];
    let rows = prepare_pool_rows(&pools, &engines);
    for (column, up, down) in [
        (PoolColumn::Name, ["a", "b", "c", "untold"], ["untold", "c", "b", "a"]),
        // Two pools have two engines, of which one and two are active.
        (PoolColumn::Engines, ["untold", "c", "b", "a"], ["a", "b", "c", "untold"]),
        (PoolColumn::Sites, ["c", "b", "a", "untold"], ["a", "b", "c", "untold"]),
    ] {
        for (descending, names) in [(false, up), (true, down)] {
            let shown = select_pools(&rows, "", column, descending);
            let shown = shown.iter().map(|at| &*rows[*at].pool.name).collect::<Vec<_>>();
            assert_eq!(shown, names, "{column:?} {descending}");
        }
        assert_eq!(PoolColumn::from_key(column.key()), Some(column));
    }
}

#[test]
fn ten_thousand_engines_in_five_hundred_pools_are_ready_at_once() {
    let one = engine(&value!({}));
    let engines =
        (0..10_000).map(|id| Engine { id: EngineId(id), name: format!("engine {id}"), ..one.clone() });
    let engines = engines.collect::<Vec<_>>();
    let members = |at: u64| (0..40).map(|step| (at * 20 + step) % 10_000).collect::<Vec<_>>();
    let pools: Vec<Pool> =
        (0..500).map(|at| pool(20_000 + at, &format!("pool {at}"), &members(at), &[])).collect();
    let begun = Instant::now();
    let rows = prepare_pool_rows(&pools, &engines);
    assert_eq!(select_pools(&rows, "engine 9999", PoolColumn::Sites, true).len(), 2);
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[test]
fn engines_are_dealt_out_evenly_and_keep_their_order() {
    for (engines, parts, sizes) in [
        (0, 0, &[][..]),
        (5, 0, &[]),
        (0, 2, &[0, 0]),
        (5, 1, &[5]),
        (4, 2, &[2, 2]),
        (5, 2, &[3, 2]),
        (11, 3, &[4, 4, 3]),
        (10, 3, &[4, 3, 3]),
        (2, 4, &[1, 1, 0, 0]),
    ] {
        let all = (1..=engines).map(EngineId).collect::<Vec<_>>();
        let parts = split_evenly(&all, parts);
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        if !parts.is_empty() {
            assert_eq!(parts.concat(), all, "none is lost and none changes its place");
        }
    }
    for parts in 1..40 {
        let sizes =
            split_evenly(&(0..1000).map(EngineId).collect::<Vec<_>>(), parts).into_iter().map(|it| it.len());
        let sizes = sizes.collect::<Vec<_>>();
        assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 1000);
    }
}

#[test]
fn only_active_engines_that_can_join_are_available() {
    for (fields, why) in [
        (value!({}), None),
        (value!({"status": "running"}), None),
        (value!({"status": "not-responding"}), Some("It is not active: Not responding.")),
        (value!({"status": "unknown"}), Some("It is not active: Unknown.")),
        (
            value!({"address": "localhost"}),
            Some("Not possible for the local engine, which comes with the console."),
        ),
        (
            value!({"address": "nse.extranet.rapid7.com"}),
            Some("Not possible for an engine hosted by Rapid7."),
        ),
        (value!({"isAWSPreAuthEngine": true}), Some("Not possible for an AWS pre-authorised engine.")),
    ] {
        assert_eq!(unavailable(&engine(&fields)).as_deref(), why, "{fields}");
    }
}

#[test]
fn names_for_new_pools_pass_over_those_that_are_taken() {
    let pools = [pool(1, "pool 2", &[], &[]), pool(2, "Pool 5 ", &[], &[])];
    assert_eq!(new_pool_names("Pool", 4, &pools), ["Pool 1", "Pool 3", "Pool 4", "Pool 6"]);
    assert!(new_pool_names("Pool", 0, &pools).is_empty());
}

#[test]
fn engines_move_between_the_proposed_pools_and_are_never_lost() {
    let names = || ["a", "b", "c"].map(str::to_owned).to_vec();
    for (moved, to, expected) in [
        (&[][..], 1, [&[1, 2][..], &[3, 4], &[5]]),
        (&[1], 1, [&[2], &[3, 4, 1], &[5]]),
        // In the order in which they are named; one that is already there stays where it is.
        (&[5, 3, 1], 1, [&[2], &[3, 4, 5, 1], &[]]),
        (&[9], 0, [&[1, 2], &[3, 4], &[5]]),
        (&[1], 3, [&[1, 2], &[3, 4], &[5]]),
    ] {
        let mut proposal = SplitProposal::new(names(), &ids(&[1, 2, 3, 4, 5]));
        proposal.move_to(&ids(moved), to);
        let now = proposal.pools.iter().map(|pool| pool.engines.clone()).collect::<Vec<_>>();
        assert_eq!(now, expected.map(ids), "{moved:?} to {to}");
        proposal.deal(&ids(&[5, 4, 3, 2, 1]));
        assert_eq!(proposal.pools[0].engines, ids(&[5, 4]));
        assert_eq!(proposal.pools[2].name, "c");
        assert_eq!(proposal.problems(&[pool(1, "B", &[], &[])]).iter().filter(|it| it.is_some()).count(), 1);
    }
}

#[test]
fn a_move_is_summed_up_before_with_what_it_leaves_behind() {
    let engines = fleet(&[(1, "active"), (2, "active"), (3, "unknown"), (4, "active")]);
    let (from, to) = (pool(10, "North", &[1, 2, 3], &[5, 6]), pool(11, "South", &[2, 4], &[]));
    for (moved, left, joined, warned) in [
        (&[][..], ([3, 3], [2, 2]), ([2, 2], [2, 2]), false),
        (&[1], ([3, 2], [2, 1]), ([2, 3], [2, 3]), false),
        // One is in both already.
        (&[1, 2], ([3, 1], [2, 0]), ([2, 3], [2, 3]), true),
        (&[1, 2, 3], ([3, 0], [2, 0]), ([2, 4], [2, 3]), true),
    ] {
        let [before, after] = pool_changes(&ids(moved), &from, &to, &engines);
        assert_eq!((before.engines, before.active), left, "{moved:?}");
        assert_eq!((after.engines, after.active), joined, "{moved:?}");
        let warning = "2 sites use North, which would have no active engine left to scan with.";
        assert_eq!(before.warning().as_deref(), warned.then_some(warning), "{moved:?}");
        assert_eq!(after.warning(), None);
    }
}

const ADD: &str = "PUT api/3/scan_engine_pools/11/engines/6";
const LEAVE: &str = "DELETE api/3/scan_engine_pools/10/engines/6";
const NEW_MEMBERS: &str = "GET api/3/scan_engine_pools/11/engines";
const OLD_MEMBERS: &str = "GET api/3/scan_engine_pools/10/engines";

fn moved(script: &Script) -> Result<PoolMoved, Error> {
    let moved = now(script.client().move_to_pool(EngineId(6), PoolId(10), PoolId(11)));
    script.assert_done();
    moved
}

#[test]
fn an_engine_that_moves_is_added_first_and_leaves_after_that() {
    assert_eq!(moved(&Script::new().then(ADD, done()).then(LEAVE, done())), Ok(PoolMoved::Done));
}

#[test]
fn an_engine_that_could_not_be_added_does_not_leave() {
    let script = Script::new().then(ADD, refused(400, "Cannot join."));
    assert!(matches!(moved(&script), Err(Error::Rejected { status: 400, .. })));
    // A time-out leaves doubt, and the pool itself tells.
    let script = Script::new()
        .then(ADD, Err(TransportError::Timeout))
        .then(NEW_MEMBERS, json(200, r#"{"resources":[1]}"#));
    assert_eq!(moved(&script), Err(Error::NotDone(Box::new(Error::Timeout))));
}

#[test]
fn an_engine_that_was_added_in_spite_of_a_time_out_leaves() {
    let script = Script::new()
        .then(ADD, Err(TransportError::Timeout))
        .then(NEW_MEMBERS, json(200, r#"{"resources":[1,6]}"#))
        .then(LEAVE, done());
    assert_eq!(moved(&script), Ok(PoolMoved::Done));
}

#[test]
fn where_the_engine_is_not_known_it_does_not_leave() {
    let script = Script::new().then(ADD, Err(TransportError::Timeout)).then(NEW_MEMBERS, refused(400, "no"));
    let stopped = moved(&script).unwrap();
    assert_eq!(stopped, PoolMoved::Unknown(Error::Timeout));
    let words = halfway(&stopped, "North", "South").unwrap();
    assert!(words.contains("may have been added") && words.contains("still in North"), "{words}");
}

#[test]
fn an_engine_that_could_not_leave_is_in_both_and_the_words_say_so() {
    let script = Script::new()
        .then(ADD, done())
        .then(LEAVE, refused(400, "Locked."))
        .then(OLD_MEMBERS, json(200, r#"{"resources":[1,6]}"#));
    let stopped = moved(&script).unwrap();
    assert!(matches!(&stopped, PoolMoved::InBoth(Error::Rejected { .. })));
    let words = halfway(&stopped, "North", "South").unwrap();
    assert!(words.contains("now in both") && words.contains("Locked."), "{words}");
    assert_eq!(halfway(&PoolMoved::Done, "North", "South"), None);
}

#[test]
fn an_engine_that_has_left_all_the_same_has_moved() {
    for answer in [refused(404, "gone"), Err(TransportError::Timeout)] {
        let script = Script::new()
            .then(ADD, done())
            .then(LEAVE, answer)
            .then(OLD_MEMBERS, json(200, r#"{"resources":[1]}"#));
        assert_eq!(moved(&script), Ok(PoolMoved::Done));
    }
}
