//! **Split into pools**: new pools of equal size from the engines that are available.

use crate::client::PoolDraft;
use crate::ids::EngineId;
use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::keys::{fold_case, sorted};
use crate::rules::{check_new_pools, may_join_pool};

/// Why an engine is not available for new pools, as a sentence; `None` when it is: active, and of a kind that can join.
#[must_use]
pub fn unavailable(engine: &Engine) -> Option<String> {
    if let Err(refusal) = may_join_pool(engine) {
        return Some(refusal.to_string());
    }
    (engine.status != EngineStatus::Active)
        .then(|| ["It is not active: ", engine.status.label(), "."].concat())
}

/// Deals things out into so many parts, in their order: the sizes differ by one at most, and the larger parts come
/// first. No parts give nothing.
#[must_use]
pub fn split_evenly(engines: &[EngineId], parts: usize) -> Vec<Vec<EngineId>> {
    if parts == 0 {
        return Vec::new();
    }
    let (size, larger) = (engines.len() / parts, engines.len() % parts);
    let start = |part: usize| part * size + part.min(larger);
    (0..parts).map(|part| engines[start(part)..start(part + 1)].to_vec()).collect()
}

/// Names for so many new pools that no pool has yet: the base with a number behind it.
#[must_use]
pub fn new_pool_names(base: &str, count: usize, pools: &[Pool]) -> Vec<String> {
    let taken: Vec<String> = pools.iter().map(|pool| fold_case(pool.name.trim())).collect();
    let mut names = (1_usize..).map(|number| format!("{base} {number}"));
    let mut free = || names.find(|name| !taken.contains(&fold_case(name)));
    (0..count).filter_map(|_| free()).collect()
}

/// New pools that are proposed, before anything is created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitProposal {
    /// The pools, with their names as they were typed.
    pub pools: Vec<PoolDraft>,
}

impl SplitProposal {
    /// Distributes the engines, in their order, to pools with these names.
    #[must_use]
    pub fn new(names: Vec<String>, engines: &[EngineId]) -> Self {
        let parts = split_evenly(engines, names.len());
        let pools = names.into_iter().zip(parts);
        Self { pools: pools.map(|(name, engines)| PoolDraft { name, engines }).collect() }
    }

    /// Distributes the engines again, in their order. The names stay.
    pub fn deal(&mut self, engines: &[EngineId]) {
        let names = self.pools.iter().map(|pool| pool.name.clone()).collect();
        *self = Self::new(names, engines);
    }

    /// Moves engines into the pool at this place, from wherever they are. They come last there, in the order in which they
    /// are named. Engines that are in none of the pools stay out, and a place that is none changes nothing.
    pub fn move_to(&mut self, engines: &[EngineId], to: usize) {
        if to >= self.pools.len() {
            return;
        }
        let order = sorted(engines.len(), &|a, b| engines[a].cmp(&engines[b]));
        let place =
            |id: &EngineId| order.binary_search_by(|at| engines[*at].cmp(id)).ok().map(|at| order[at]);
        let mut moved: Vec<(usize, EngineId)> = Vec::new();
        for (at, pool) in self.pools.iter_mut().enumerate() {
            if at != to {
                pool.engines.retain(|id| match place(id) {
                    Some(place) => {
                        moved.push((place, *id));
                        false
                    }
                    None => true,
                });
            }
        }
        let order = sorted(moved.len(), &|a, b| moved[a].cmp(&moved[b]));
        self.pools[to].engines.extend(order.into_iter().map(|at| moved[at].1));
    }

    /// What is wrong with the pools, in their order, as sentences for their names.
    #[must_use]
    pub fn problems(&self, pools: &[Pool]) -> Vec<Option<String>> {
        let names: Vec<String> = self.pools.iter().map(|pool| pool.name.clone()).collect();
        check_new_pools(&names, pools)
    }
}
