//! Updates in stages: the waves, and that no pool is ever without an active engine because of them.

use std::collections::{BTreeMap, BTreeSet};

use console_api::rules::{StagedUpdate, staged_update, update_obstacle_now};
use console_api::{Engine, EngineId, EngineStatus, Pool};
use proptest::prelude::*;
use serde_json::json as value;

use crate::support::{engine, pool};

/// Engines from 1 on, those in `down` not responding.
fn fleet(count: u64, down: &[u64]) -> Vec<Engine> {
    let plain = engine(&value!({"productVersion": "6.6.1", "address": "10.0.0.1"}));
    let one = |id: u64| Engine {
        id: EngineId(id),
        name: format!("e{id}"),
        status: if down.contains(&id) { EngineStatus::NotResponding } else { EngineStatus::Active },
        ..plain.clone()
    };
    (1..=count).map(one).collect()
}

fn waves(plan: &StagedUpdate) -> Vec<Vec<u64>> {
    plan.waves.iter().map(|wave| wave.iter().map(|id| id.get()).collect()).collect()
}

fn plan(engines: &[Engine], pools: &[Pool], at_once: usize) -> StagedUpdate {
    staged_update(engines, engines, pools, at_once, &|_| false)
}

#[test]
fn one_goes_alone_then_one_of_each_pool_then_the_others() {
    let pools = [pool(90, "A", &[1, 2, 3], &[]), pool(91, "B", &[4, 5, 6], &[])];
    let staged = plan(&fleet(8, &[]), &pools, 3);
    // Of a pool of three, two are updated together at most.
    assert_eq!(waves(&staged), [vec![1], vec![4, 7], vec![2, 3, 5], vec![6, 8]]);
    assert_eq!(staged.first_of_pools, 2);
    assert_eq!(
        staged.in_words(),
        "8 engines in 4 waves: first one alone, then one of each pool (up to wave 2), then the others."
    );
    assert_eq!(waves(&plan(&fleet(3, &[]), &[], 10)), [vec![1], vec![2, 3]]);
    assert_eq!(waves(&plan(&fleet(2, &[]), &[pool(90, "A", &[1, 2], &[])], 0)), [[1], [2]]);
    assert_eq!(plan(&[], &[], 5).in_words(), "There is no engine to update.");
}

#[test]
fn what_can_not_be_updated_safely_is_left_out_with_the_reason() {
    let mut engines = fleet(7, &[2]);
    engines[3].address = "127.0.0.1".to_owned();
    engines[4].product_version = None;
    engines[4].content_version = None;
    engines[4].last_updated = None;
    let pools = [pool(90, "A", &[1, 2], &[]), pool(91, "B", &[6, 7], &[])];
    let staged = staged_update(&engines, &engines, &pools, 5, &|id| id == EngineId(6));
    let said: BTreeMap<u64, &str> =
        staged.left_out.iter().map(|(id, why)| (id.get(), why.as_str())).collect();
    assert_eq!(
        said,
        BTreeMap::from([
            (1, "Pool A would have no other active engine in the meantime."),
            (2, "It is not active: Not responding."),
            (4, "The local engine is updated together with the console."),
            (5, "The console does not report its versions, so the app could not tell when it is updated."),
            (6, "Scans are or may be under way on it."),
        ])
    );
    assert_eq!(waves(&staged), [[3], [7]]);
}

#[test]
fn an_engine_that_is_away_does_not_count_for_its_pool() {
    let engines = fleet(3, &[3]);
    let pools = [pool(90, "A", &[1, 2, 3], &[])];
    assert_eq!(update_obstacle_now(&engines[0], &engines, &pools, &[]), None);
    assert_eq!(
        update_obstacle_now(&engines[0], &engines, &pools, &[EngineId(2)]).as_deref(),
        Some("Pool A would have no other active engine in the meantime.")
    );
}

fn fleets() -> impl Strategy<Value = (Vec<Engine>, Vec<Pool>)> {
    let members = prop::collection::vec(prop::collection::btree_set(1_u64..=10, 0..6), 0..5);
    (prop::collection::btree_set(1_u64..=10, 0..5), members).prop_map(|(down, members)| {
        let down: Vec<u64> = down.into_iter().collect();
        let pools = (90..)
            .zip(members)
            .map(|(id, members)| pool(id, &format!("P{id}"), &members.into_iter().collect::<Vec<_>>(), &[]));
        (fleet(10, &down), pools.collect())
    })
}

fn active(engines: &[Engine]) -> BTreeSet<EngineId> {
    engines.iter().filter(|engine| engine.status == EngineStatus::Active).map(|engine| engine.id).collect()
}

proptest! {
    #[test]
    fn every_engine_is_in_one_wave_or_left_out_and_no_wave_empties_a_pool(
        (engines, pools) in fleets(),
        at_once in 1_usize..6,
    ) {
        let staged = plan(&engines, &pools, at_once);
        let mut all: Vec<EngineId> = staged.waves.iter().flatten().copied().collect();
        all.extend(staged.left_out.iter().map(|(id, _)| *id));
        all.sort_unstable();
        prop_assert_eq!(all, (1..=10).map(EngineId).collect::<Vec<_>>());
        let active = active(&engines);
        for (at, wave) in staged.waves.iter().enumerate() {
            prop_assert!(!wave.is_empty() && wave.len() <= at_once);
            prop_assert!(at > 0 || wave.len() == 1);
            for pool in pools.iter().filter(|pool| pool.engines.iter().any(|id| active.contains(id))) {
                prop_assert!(pool.engines.iter().any(|id| active.contains(id) && !wave.contains(id)), "{:?}", pool);
            }
        }
        // One of each pool that has any comes before the others.
        let first: BTreeSet<EngineId> = staged.waves.iter().take(staged.first_of_pools).flatten().copied().collect();
        let updated: BTreeSet<EngineId> = staged.waves.iter().flatten().copied().collect();
        for pool in &pools {
            if pool.engines.iter().any(|id| updated.contains(id)) {
                prop_assert!(pool.engines.iter().any(|id| first.contains(id)), "{:?}", pool);
            }
        }
    }

    /// Whatever fails and whoever tries again: what is asked before each update keeps an active engine in every pool that had one.
    /// `ends` says of each update whether the engine comes back, and after how many other beginnings it ends.
    #[test]
    fn no_pool_loses_its_last_active_engine(
        (mut engines, pools) in fleets(),
        order in prop::collection::vec(0_usize..10, 1..40),
        ends in prop::collection::vec((any::<bool>(), 0_usize..4), 40),
    ) {
        let had: Vec<&Pool> = {
            let active = active(&engines);
            pools.iter().filter(|pool| pool.engines.iter().any(|id| active.contains(id))).collect()
        };
        let mut away: Vec<(EngineId, bool, usize)> = Vec::new();
        for (at, (back, after)) in order.into_iter().zip(ends) {
            let ids: Vec<EngineId> = away.iter().map(|(id, ..)| *id).collect();
            let one = engines[at].clone();
            if !ids.contains(&one.id) && update_obstacle_now(&one, &engines, &pools, &ids).is_none() {
                away.push((one.id, back, after));
            }
            let up = |engines: &[Engine], away: &[(EngineId, bool, usize)]| {
                let mut up = active(engines);
                for (id, ..) in away {
                    up.remove(id);
                }
                up
            };
            let now = up(&engines, &away);
            for pool in &had {
                prop_assert!(pool.engines.iter().any(|id| now.contains(id)), "{:?} {:?}", pool, away);
            }
            for (_, _, after) in &mut away {
                *after = after.saturating_sub(1);
            }
            away.retain(|(id, back, after)| {
                if *after == 0 && !back {
                    engines.iter_mut().filter(|engine| engine.id == *id).for_each(|engine| engine.status = EngineStatus::NotResponding);
                }
                *after > 0
            });
        }
    }
}
