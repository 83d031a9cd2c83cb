//! An update in stages: which engines are updated together, so that a bad update is noticed early and no pool is ever without an
//! active engine because of it.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::{EngineId, PoolId};
use crate::model::{Engine, Pool};
use crate::rules::load::may_share;
use crate::rules::rows::Members;
use crate::rules::{counted, has_new_versions, may_update, tells_versions};

/// Engines in the order in which they are updated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StagedUpdate {
    /// The waves: the next begins once all of one have come back. The first is a single engine.
    pub waves: Vec<Vec<EngineId>>,
    /// With how many waves one engine of each pool has been updated.
    pub first_of_pools: usize,
    /// Those that are left out, with the reason.
    pub left_out: Vec<(EngineId, String)>,
}

impl StagedUpdate {
    /// How many engines are updated.
    #[must_use]
    pub fn count(&self) -> usize {
        self.waves.iter().map(Vec::len).sum()
    }

    /// For example "12 engines in 4 waves: first one alone, then one of each pool (up to wave 2), then the others."
    #[must_use]
    pub fn in_words(&self) -> String {
        let count = counted(self.count(), "engine");
        match (self.waves.len(), self.first_of_pools) {
            (0, _) => "There is no engine to update.".to_owned(),
            (1, _) => format!("{count} in one wave."),
            (waves, 1) => format!("{count} in {waves} waves: first one alone, then the others."),
            (waves, first) if waves == first => {
                format!("{count} in {waves} waves: first one alone, then one of each pool.")
            }
            (waves, first) => format!(
                "{count} in {waves} waves: first one alone, then one of each pool (up to wave {first}), then the others."
            ),
        }
    }
}

/// Plans the waves for the `chosen` engines, of all `engines` that there are. `at_once`: how many at most are updated together, at
/// least 1. `scanning`: whether scans are or may be under way on one, where those are to be left out.
#[must_use]
pub fn staged_update(
    chosen: &[Engine],
    engines: &[Engine],
    pools: &[Pool],
    at_once: usize,
    scanning: &dyn Fn(EngineId) -> bool,
) -> StagedUpdate {
    let at_once = at_once.max(1);
    let members = Members::of(pools);
    let active = active_ones(engines);
    let mut plan = StagedUpdate::default();
    let mut open = Vec::new();
    for engine in chosen {
        let its_pools = members.pools_of(engine.id);
        match obstacle(engine, &its_pools, &active, &[]) {
            Some(why) => plan.left_out.push((engine.id, why)),
            None if scanning(engine.id) => {
                plan.left_out.push((engine.id, "Scans are or may be under way on it.".to_owned()));
            }
            None => open.push((engine.id, its_pools)),
        }
    }
    // One of each pool first; those without a pool have their first as well.
    let mut begun: FxHashSet<Option<PoolId>> = FxHashSet::default();
    let (first, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, pools)| {
        let keys: Vec<Option<PoolId>> =
            if pools.is_empty() { vec![None] } else { pools.iter().map(|pool| Some(pool.id)).collect() };
        let is_first = keys.iter().any(|key| !begun.contains(key));
        if is_first {
            begun.extend(keys);
        }
        is_first
    });
    let mut first = first.into_iter();
    if let Some((alone, _)) = first.next() {
        plan.waves.push(vec![alone]);
    }
    fill_waves(&mut plan.waves, first.collect(), at_once, &active);
    plan.first_of_pools = plan.waves.len();
    fill_waves(&mut plan.waves, others, at_once, &active);
    plan
}

/// Deals engines out to waves, in their order as far as their pools allow.
fn fill_waves(
    waves: &mut Vec<Vec<EngineId>>,
    open: Vec<(EngineId, Vec<&Pool>)>,
    at_once: usize,
    active: &FxHashSet<EngineId>,
) {
    let mut open = VecDeque::from(open);
    while !open.is_empty() {
        let mut wave: Vec<EngineId> = Vec::new();
        // How many active engines of a pool stay outside this wave.
        let mut stays: FxHashMap<PoolId, usize> = FxHashMap::default();
        // Those that a later wave takes. No more are looked at than the wave needs: there may be thousands of both.
        let mut later = Vec::new();
        while wave.len() < at_once
            && let Some((id, its_pools)) = open.pop_front()
        {
            // One that is not active anyway makes no difference to its pools.
            let pools = if active.contains(&id) { &its_pools[..] } else { &[] };
            for pool in pools {
                stays.entry(pool.id).or_insert_with(|| active_in(pool, active));
            }
            if pools.iter().all(|pool| stays.get(&pool.id) > Some(&1)) {
                for pool in pools {
                    stays.entry(pool.id).and_modify(|staying| *staying -= 1);
                }
                wave.push(id);
            } else {
                later.push((id, its_pools));
            }
        }
        if wave.is_empty() {
            // Each may be updated alone, so that this is never reached; it would never end otherwise.
            return;
        }
        for one in later.into_iter().rev() {
            open.push_front(one);
        }
        waves.push(wave);
    }
}

/// Why an engine must not be updated now, while those that are `away` are being updated; `None` if it may. To be asked right before
/// each update: engines go down by themselves, too.
#[must_use]
pub fn update_obstacle_now(
    engine: &Engine,
    engines: &[Engine],
    pools: &[Pool],
    away: &[EngineId],
) -> Option<String> {
    obstacle(engine, &Members::of(pools).pools_of(engine.id), &active_ones(engines), away)
}

/// Whether an engine has come back from an update: with new versions, and active again.
#[must_use]
pub fn is_back(before: &Engine, now: &Engine) -> bool {
    has_new_versions(before, now) && may_share(now)
}

fn obstacle(
    engine: &Engine,
    pools: &[&Pool],
    active: &FxHashSet<EngineId>,
    away: &[EngineId],
) -> Option<String> {
    if let Err(refusal) = may_update(engine) {
        return Some(refusal.to_string());
    }
    if !active.contains(&engine.id) {
        return Some(format!("It is not active: {}.", engine.status.label()));
    }
    if !tells_versions(engine) {
        return Some(
            "The console does not report its versions, so the app could not tell when it is updated."
                .to_owned(),
        );
    }
    let stays = |id: &EngineId| *id != engine.id && active.contains(id) && !away.contains(id);
    let alone = pools.iter().find(|pool| !pool.engines.iter().any(stays))?;
    Some(format!("Pool {} would have no other active engine in the meantime.", alone.name))
}

/// Those that scan for their pools.
fn active_ones(engines: &[Engine]) -> FxHashSet<EngineId> {
    engines.iter().filter(|engine| may_share(engine)).map(|engine| engine.id).collect()
}

fn active_in(pool: &Pool, active: &FxHashSet<EngineId>) -> usize {
    // A console that names an engine twice in one pool must not count it twice.
    pool.engines.iter().filter(|id| active.contains(id)).collect::<FxHashSet<_>>().len()
}
