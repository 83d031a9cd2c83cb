//! The form of an engine pool: what is wrong with it as one types, in words
//! (docs/api-quirks.md, "Changing" and "Special engines and pools").

use crate::client::PoolDraft;
use crate::ids::{EngineId, PoolId};
use crate::model::Pool;
use crate::rules::engine_form::name_problem;
use crate::rules::keys::sort_by;
use crate::rules::keys::{fold_case, sorted};

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolCheck {
    /// What is wrong with the name.
    pub name: Option<String>,
    /// What to send; `None` while anything is wrong.
    pub draft: Option<PoolDraft>,
}

/// Checks a form against the pools that there are. `this` is the one that is edited. A pool may be empty.
#[must_use]
pub fn check_pool(name: &str, engines: &[EngineId], this: Option<PoolId>, pools: &[Pool]) -> PoolCheck {
    let name = name.trim();
    let folded = fold_case(name);
    let taken = || {
        let other = pools.iter().find(|pool| Some(pool.id) != this && fold_case(pool.name.trim()) == folded);
        other.map(|pool| ["Another pool is already called ", &pool.name, "."].concat())
    };
    let problem = name_problem(name).map(str::to_owned).or_else(taken);
    let draft =
        problem.is_none().then(|| PoolDraft { name: name.to_owned(), engines: without_doubles(engines) });
    PoolCheck { name: problem, draft }
}

/// What is wrong with the names of pools that are to be created together, in their order: each must differ from the
/// pools that there are, and from the ones before it.
#[must_use]
pub fn check_new_pools(names: &[String], pools: &[Pool]) -> Vec<Option<String>> {
    let folded: Vec<String> = names.iter().map(|name| fold_case(name.trim())).collect();
    let problem = |at: usize| {
        let twice = || {
            folded[..at].contains(&folded[at]).then(|| "Another of the new pools has this name.".to_owned())
        };
        check_pool(&names[at], &[], None, pools).name.or_else(twice)
    };
    (0..names.len()).map(problem).collect()
}

/// The engines that one of two lists has and the other has not, in the order of the first.
#[must_use]
pub fn only_in(these: &[EngineId], those: &[EngineId]) -> Vec<EngineId> {
    let order = sorted(those.len(), &|a, b| those[a].cmp(&those[b]));
    let missing = |id: &&EngineId| order.binary_search_by(|at| those[*at].cmp(*id)).is_err();
    these.iter().filter(missing).copied().collect()
}

fn without_doubles(engines: &[EngineId]) -> Vec<EngineId> {
    let order = sorted(engines.len(), &|a, b| engines[a].cmp(&engines[b]).then(a.cmp(&b)));
    let mut first: Vec<usize> =
        order.chunk_by(|a, b| engines[*a] == engines[*b]).filter_map(|same| same.first().copied()).collect();
    sort_by(&mut first, Ord::cmp);
    first.into_iter().map(|at| engines[at]).collect()
}
