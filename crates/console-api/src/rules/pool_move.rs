//! Engines that go from one pool to another: what that means before, and what to say when it stops half-way.

use crate::client::PoolMoved;
use crate::ids::EngineId;
use crate::model::{Engine, Pool};
use crate::rules::only_in;
use crate::rules::pool_rows::ById;

/// A pool before and after engines have moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolChange {
    /// The pool's name.
    pub name: String,
    /// How many engines are in it, before and after.
    pub engines: [usize; 2],
    /// How many of those are active, before and after.
    pub active: [usize; 2],
    /// How many sites use it; `None` where the console does not report.
    pub sites: Option<usize>,
}

impl PoolChange {
    fn new(pool: &Pool, after: &[EngineId], engines: &ById<'_>) -> Self {
        Self {
            name: pool.name.clone(),
            engines: [pool.engines.len(), after.len()],
            active: [engines.active(&pool.engines), engines.active(after)],
            sites: pool.sites.as_ref().map(Vec::len),
        }
    }

    /// What to think of before: the sites of a pool without an active engine are not scanned.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let sites = self.sites.filter(|sites| *sites > 0)?;
        (self.active[0] > 0 && self.active[1] == 0).then(|| {
            let sites = if sites == 1 { "1 site uses".to_owned() } else { format!("{sites} sites use") };
            format!("{sites} {}, which would have no active engine left to scan with.", self.name)
        })
    }
}

/// What moving engines does to the pool that they leave, and to the one that they join. Engines that are in the other
/// pool already only leave.
#[must_use]
pub fn pool_changes(moved: &[EngineId], from: &Pool, to: &Pool, engines: &[Engine]) -> [PoolChange; 2] {
    let engines = ById::new(engines);
    let left = only_in(&from.engines, moved);
    let mut joined = to.engines.clone();
    joined.extend(only_in(moved, &to.engines));
    [PoolChange::new(from, &left, &engines), PoolChange::new(to, &joined, &engines)]
}

/// What to say of an engine whose move stopped half-way: what happened, where it is, and what helps. `None`: it did not
/// stop.
#[must_use]
pub fn halfway(moved: &PoolMoved, from: &str, to: &str) -> Option<String> {
    match moved {
        PoolMoved::Done => None,
        PoolMoved::InBoth(error) => Some(format!(
            "It was added to {to}, but could not be removed from {from}: it is now in both. {error} Retry failed removes it from {from}."
        )),
        PoolMoved::Unknown(error) => Some(format!(
            "It may have been added to {to}; it is still in {from}. {error} Retry failed moves it."
        )),
    }
}
