//! What it takes before an engine can go: its sites, and where it is replaced its places in pools, get to another.

use crate::ids::{EngineId, PoolId, ScannerId, SiteId};
use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::{Scanners, SiteMove, may_join_pool, pools_of};

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

/// An engine or pool that may take over what another one has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Its id.
    pub id: ScannerId,
    /// Its name in a sentence.
    pub label: String,
    /// Why it can't, as a sentence.
    pub refused: Option<String>,
    /// What to know before it does, as a sentence.
    pub note: Option<String>,
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

    /// The engine that is rid of something by it.
    #[must_use]
    pub fn engine(&self) -> Option<EngineId> {
        match self {
            Self::Site(site) => site.from.map(|from| EngineId(from.0)),
            Self::Place { from, .. } => Some(*from),
            Self::Delete { engine, .. } => Some(*engine),
        }
    }
}

/// The engines and pools that may take over the sites of engines that go, in the order of their names. Those that go are
/// not among them. A pool in which no other engine would be left can't: its sites would not be scanned any more.
#[must_use]
pub fn site_successors(engines: &[Engine], pools: &[Pool], going: &[EngineId]) -> Vec<Successor> {
    let scanners = Scanners::new(engines, pools);
    let active = |id: &EngineId| {
        engines.iter().any(|engine| engine.id == *id && engine.status == EngineStatus::Active)
    };
    let successor = |scanner: &crate::rules::Scanner| {
        let (refused, note) = match (scanner.engine(), scanner.pool()) {
            (Some(engine), _) if going.contains(&engine) => return None,
            (Some(engine), _) => (None, engines.iter().find(|it| it.id == engine).and_then(not_active)),
            (None, pool) => {
                let pool = pools.iter().find(|it| Some(it.id) == pool)?;
                let stay = pool.engines.iter().filter(|id| !going.contains(id));
                let (some, works) = stay.fold((false, false), |(_, works), id| (true, works || active(id)));
                let refused = (!some).then(|| match pool.engines.is_empty() {
                    true => "It has no engine.".to_owned(),
                    false => "It would have no engine left.".to_owned(),
                });
                let note = (some && !works)
                    .then(|| "None of its engines is active: until one is, nothing is scanned.".to_owned());
                (refused, note)
            }
        };
        Some(Successor { id: scanner.id, label: scanner.label(), refused, note })
    };
    scanners.all().iter().filter_map(successor).collect()
}

/// The engines that may take the place of another one, in the order of their names. Where it is in a pool, that must be
/// one that can join pools (docs/api-quirks.md, "Special engines and pools").
#[must_use]
pub fn engine_successors(old: EngineId, engines: &[Engine], pools: &[Pool]) -> Vec<Successor> {
    let has_pools = !pools_of(old, pools).is_empty();
    let scanners = Scanners::new(engines, &[]);
    let successor = |scanner: &crate::rules::Scanner| {
        let engine = engines.iter().find(|it| Some(it.id) == scanner.engine() && it.id != old)?;
        let refused = may_join_pool(engine).err().filter(|_| has_pools);
        let refused = refused.map(|refusal| format!("It can't take over the pools. {refusal}"));
        Some(Successor { id: scanner.id, label: scanner.label(), refused, note: not_active(engine) })
    };
    scanners.all().iter().filter_map(successor).collect()
}

fn not_active(engine: &Engine) -> Option<String> {
    let label = match &engine.status {
        EngineStatus::Active | EngineStatus::Missing => return None,
        status => status.label(),
    };
    Some(format!("Its status is {label}: until it is active, it scans nothing."))
}

/// The one that is called so, as a person types it: blanks around it and case don't count. Where an engine is called
/// like a pool's label, the pool is meant.
#[must_use]
pub fn find_successor<'a>(successors: &'a [Successor], label: &str) -> Option<&'a Successor> {
    let wanted = crate::rules::fold_case(label.trim());
    successors.iter().rfind(|successor| crate::rules::fold_case(&successor.label) == wanted)
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
/// no difference to who tries again: what is done already stays done.
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
