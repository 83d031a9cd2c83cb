//! What it takes before an engine can go: its sites, and where it is replaced its places in pools, get to another.

use crate::ids::{EngineId, PoolId, ScannerId, SiteId};
use crate::model::{Engine, Pool};
use crate::rules::{SiteMove, pools_of};

/// A site and the engine that it is assigned to directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedSite {
    /// The engine that scans it.
    pub engine: EngineId,
    /// The site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
}

/// One of the things to be done, in an order in which nothing is ever without an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A site gets another engine or pool.
    Site(SiteMove),
    /// An engine takes the place of another in a pool: it joins first, then the other one leaves.
    Place {
        /// The pool.
        pool: PoolId,
        /// Its name.
        name: String,
        /// The engine that leaves.
        from: EngineId,
        /// The engine that takes its place.
        to: EngineId,
    },
    /// An engine is deleted, once all else is done that was to be done about it.
    Delete {
        /// The engine.
        engine: EngineId,
        /// Its name.
        name: String,
    },
}

impl Change {
    /// What it is about, for a list of such things.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Site(site) => site.name.clone(),
            Self::Place { name, .. } => format!("pool {name}"),
            Self::Delete { name, .. } => format!("Delete {name}"),
        }
    }

    /// The engine that benefits.
    #[must_use]
    pub fn engine(&self) -> Option<EngineId> {
        match self {
            Self::Site(site) => site.from.map(|from| EngineId(from.0)),
            Self::Place { from, .. } => Some(*from),
            Self::Delete { engine, .. } => Some(*engine),
        }
    }
}

/// What it takes to delete engines that have sites: those go to `to` first.
#[must_use]
pub fn retirement(engines: &[&Engine], sites: &[OwnedSite], to: Option<ScannerId>) -> Vec<Change> {
    let goes = |it: &&OwnedSite| engines.iter().any(|engine| engine.id == it.engine);
    let moves = sites.iter().filter(goes).filter_map(|it| Some(moved(it, to?)));
    let deleted =
        engines.iter().map(|engine| Change::Delete { engine: engine.id, name: engine.name.clone() });
    moves.chain(deleted).collect()
}

/// What it takes to replace an engine: the other one joins all of its pools and gets all of its sites. The order makes
/// no difference to who tries again: what is already done stays done.
#[must_use]
pub fn replacement(
    old: &Engine,
    new: EngineId,
    sites: &[OwnedSite],
    pools: &[Pool],
    delete: bool,
) -> Vec<Change> {
    let places = pools_of(old.id, pools).into_iter().map(|pool| Change::Place {
        pool: pool.id,
        name: pool.name.clone(),
        from: old.id,
        to: new,
    });
    let moves = sites.iter().filter(|it| it.engine == old.id).map(|it| moved(it, new.into()));
    let deleted = delete.then(|| Change::Delete { engine: old.id, name: old.name.clone() });
    places.chain(moves).chain(deleted).collect()
}

fn moved(site: &OwnedSite, to: ScannerId) -> Change {
    Change::Site(SiteMove { site: site.site, name: site.name.clone(), from: Some(site.engine.into()), to })
}

/// The first few of some names, for a sentence: "a, b, c and 9 more".
#[must_use]
pub fn some_names(names: &[&str], most: usize) -> String {
    match names.len().checked_sub(most) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..most].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_where_they_are_too_many() {
        assert_eq!(some_names(&["a", "b"], 2), "a, b");
        assert_eq!(some_names(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(some_names(&[], 2), "");
    }
}
