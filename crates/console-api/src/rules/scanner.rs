//! What can scan a site: the engines and the pools, which share one id space (docs/api-quirks.md, "Reading").

use crate::rules::keys::sort_by_cached_key;
use rustc_hash::FxHashMap;

use crate::ids::{EngineId, PoolId, ScannerId};
use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::keys;

/// An engine or a pool, as something that a site can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// Its id.
    pub id: ScannerId,
    /// Its name.
    pub name: String,
    /// Which of the two it is.
    pub kind: ScannerKind,
    /// How many sites are assigned to it directly; `None` where the console does not report it.
    pub sites: Option<usize>,
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
            sites: Some(engine.sites.len()),
        });
        let of_pools = pools.iter().map(|pool| Scanner {
            id: pool.id.into(),
            name: pool.name.clone(),
            kind: ScannerKind::Pool {
                engines: pool.engines.len(),
                active: pool.engines.iter().filter(|id| active.get(id) == Some(&true)).count(),
            },
            sites: pool.sites.as_ref().map(Vec::len),
        });
        let mut all: Vec<Scanner> = of_engines.chain(of_pools).collect();
        sort_by_cached_key(&mut all, |scanner| (keys::natural(&scanner.name), scanner.id));
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

    /// The name of an engine or pool in a sentence, also of one that the lists don't have.
    #[must_use]
    pub fn label(&self, id: ScannerId) -> String {
        self.get(id).map_or_else(|| format!("engine or pool {id}"), Scanner::label)
    }
}
