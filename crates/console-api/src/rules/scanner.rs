//! What can scan a site: the engines and the pools, which share one id space (docs/api-quirks.md, "Reading").

use rustc_hash::FxHashMap;

use crate::ids::{EngineId, PoolId, ScannerId};
use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::{fold_case, keys};

/// An engine or a pool, as something that a site can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// Its id.
    pub id: ScannerId,
    /// Its name.
    pub name: String,
    /// Which of the two it is.
    pub kind: ScannerKind,
}

/// Which of the two a scanner is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerKind {
    /// An engine, with its status.
    Engine(EngineStatus),
    /// A pool.
    Pool {
        /// How many engines are in it.
        engines: usize,
        /// How many of them are active; only those share the load (docs/api-quirks.md, "Special engines and pools").
        active: usize,
    },
}

impl Scanner {
    /// Whether it is a pool.
    #[must_use]
    pub const fn is_pool(&self) -> bool {
        matches!(self.kind, ScannerKind::Pool { .. })
    }

    /// The engine that it is.
    #[must_use]
    pub const fn engine(&self) -> Option<EngineId> {
        match self.kind {
            ScannerKind::Engine(_) => Some(EngineId(self.id.0)),
            ScannerKind::Pool { .. } => None,
        }
    }

    /// The pool that it is.
    #[must_use]
    pub const fn pool(&self) -> Option<PoolId> {
        match self.kind {
            ScannerKind::Engine(_) => None,
            ScannerKind::Pool { .. } => Some(PoolId(self.id.0)),
        }
    }

    /// Its name in a sentence: an engine and a pool may have the same name.
    #[must_use]
    pub fn label(&self) -> String {
        if self.is_pool() { format!("pool {}", self.name) } else { self.name.clone() }
    }
}

/// All engines and pools by their ids, and in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanners {
    all: Vec<Scanner>,
    at: FxHashMap<ScannerId, usize>,
}

impl Scanners {
    /// Puts the lists of engines and of pools together. Consoles before 6.6.79 list pools among the engines as well; the
    /// client leaves those out already.
    #[must_use]
    pub fn new(engines: &[Engine], pools: &[Pool]) -> Self {
        let active: FxHashMap<EngineId, bool> =
            engines.iter().map(|engine| (engine.id, engine.status == EngineStatus::Active)).collect();
        let of_engines = engines.iter().map(|engine| Scanner {
            id: engine.id.into(),
            name: engine.name.clone(),
            kind: ScannerKind::Engine(engine.status.clone()),
        });
        let of_pools = pools.iter().map(|pool| Scanner {
            id: pool.id.into(),
            name: pool.name.clone(),
            kind: ScannerKind::Pool {
                engines: pool.engines.len(),
                active: pool.engines.iter().filter(|id| active.get(id) == Some(&true)).count(),
            },
        });
        let mut all: Vec<Scanner> = of_engines.chain(of_pools).collect();
        all.sort_by_cached_key(|scanner| (keys::natural(&scanner.name), scanner.id));
        let at = all.iter().enumerate().map(|(at, scanner)| (scanner.id, at)).collect();
        Self { all, at }
    }

    /// The engine or pool with this id; `None` when the lists don't have it.
    #[must_use]
    pub fn get(&self, id: ScannerId) -> Option<&Scanner> {
        self.all.get(self.position(id)?)
    }

    /// Its place among [`all`](Self::all).
    #[must_use]
    pub fn position(&self, id: ScannerId) -> Option<usize> {
        self.at.get(&id).copied()
    }

    /// All of them, in the order of their names.
    #[must_use]
    pub fn all(&self) -> &[Scanner] {
        &self.all
    }

    /// The engine or pool with this [`label`](Scanner::label), as a person types it: blanks around it and case don't
    /// count. Where an engine is called like a pool's label, the pool is meant.
    #[must_use]
    pub fn find(&self, label: &str) -> Option<&Scanner> {
        let label = fold_case(label.trim());
        let called = |scanner: &&Scanner| fold_case(&scanner.label()) == label;
        let found = self.all.iter().filter(called);
        found.max_by_key(|scanner| scanner.is_pool())
    }

    /// The first so many engines and pools in whose label all words of the text occur, without regard to case.
    #[must_use]
    pub fn matching(&self, text: &str, most: usize) -> Vec<&Scanner> {
        let words: Vec<String> = text.split_whitespace().map(fold_case).collect();
        let matches = |scanner: &&Scanner| {
            let label = fold_case(&scanner.label());
            words.iter().all(|word| label.contains(word.as_str()))
        };
        self.all.iter().filter(matches).take(most).collect()
    }

    /// The name of an engine or pool in a sentence, also of one that the lists don't have.
    #[must_use]
    pub fn label(&self, id: ScannerId) -> String {
        self.get(id).map_or_else(|| format!("engine or pool {id}"), Scanner::label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_is_found_by_its_label() {
        let pool =
            |id, name: &str| Pool { id: PoolId(id), name: name.to_owned(), engines: Vec::new(), sites: None };
        let scanners = Scanners::new(&[], &[pool(1, "Europe"), pool(2, "Asia"), pool(3, "Europe west")]);
        assert_eq!(scanners.find(" POOL europe ").map(|it| it.id), Some(ScannerId(1)));
        assert_eq!(scanners.find("Europe"), None);
        let labels =
            |text, most| scanners.matching(text, most).into_iter().map(Scanner::label).collect::<Vec<_>>();
        assert_eq!(labels("EUR", 9), ["pool Europe", "pool Europe west"]);
        assert_eq!(labels("pool west", 9), ["pool Europe west"]);
        assert_eq!(labels("", 2), ["pool Asia", "pool Europe"]);
    }
}
