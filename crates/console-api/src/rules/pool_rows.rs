//! The rows of the table of pools: prepared once, then filtered and sorted at every keystroke.

use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::keys::{self, fold_case};

/// One pool, with what the table shows about it and with its keys for filtering and sorting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolRow {
    /// The pool.
    pub pool: Pool,
    /// How many of its engines are active; only those share the load (docs/api-quirks.md, "Special engines and pools").
    pub active: usize,
    search: String,
    name_key: Box<[u8]>,
}

impl PoolRow {
    /// How many sites use it; `None` where the console does not report.
    #[must_use]
    pub fn sites(&self) -> Option<usize> {
        self.pool.sites.as_ref().map(Vec::len)
    }
}

/// A column of the table **Scan Engine Pools**.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolColumn {
    /// The pool's name.
    Name,
    /// How many engines are in it; equal ones by how many are active.
    Engines,
    /// How many sites use it.
    Sites,
}

impl PoolColumn {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Name, Self::Engines, Self::Sites];

    /// A stable word for addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Engines => "engines",
            Self::Sites => "sites",
        }
    }

    /// The column of a key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.key() == key)
    }
}

/// The engines by their ids: looking through ten thousand for each member of each pool would take too long.
pub(crate) struct ById<'a> {
    engines: &'a [Engine],
    order: Vec<usize>,
}

impl<'a> ById<'a> {
    pub(crate) fn new(engines: &'a [Engine]) -> Self {
        Self { engines, order: keys::sorted(engines.len(), &|a, b| engines[a].id.cmp(&engines[b].id)) }
    }

    pub(crate) fn get(&self, id: crate::EngineId) -> Option<&'a Engine> {
        let at = self.order.binary_search_by(|at| self.engines[*at].id.cmp(&id)).ok()?;
        self.engines.get(self.order[at])
    }

    /// How many of these engines are active.
    pub(crate) fn active(&self, ids: &[crate::EngineId]) -> usize {
        let active = |id: &&crate::EngineId| {
            self.get(**id).is_some_and(|engine| engine.status == EngineStatus::Active)
        };
        ids.iter().filter(active).count()
    }
}

/// Prepares the rows of the table. A pool is also found by the names of its engines.
#[must_use]
pub fn prepare_pool_rows(pools: &[Pool], engines: &[Engine]) -> Vec<PoolRow> {
    let engines = ById::new(engines);
    let row = |pool: &Pool| {
        // A line break between the names, so that no word matches across two of them.
        let names = pool.engines.iter().filter_map(|id| engines.get(*id)).map(|engine| engine.name.as_str());
        let names: Vec<&str> = core::iter::once(pool.name.as_str()).chain(names).collect();
        PoolRow {
            active: engines.active(&pool.engines),
            search: fold_case(&names.join("\n")),
            name_key: keys::natural(&pool.name),
            pool: pool.clone(),
        }
    };
    pools.iter().map(row).collect()
}

/// The indices of the rows in whose name, or whose engines' names, all words of the text occur, in sorted order. A pool
/// whose sites are not known comes last either way.
#[must_use]
pub fn select_pools(rows: &[PoolRow], text: &str, column: PoolColumn, descending: bool) -> Vec<usize> {
    let words: Vec<String> = text.split_whitespace().map(fold_case).collect();
    let matches = |at: &usize| words.iter().all(|word| rows[*at].search.contains(word.as_str()));
    let chosen: Vec<usize> = (0..rows.len()).filter(matches).collect();
    let order = keys::sorted(chosen.len(), &|a, b| {
        let (mine, its) = (&rows[chosen[a]], &rows[chosen[b]]);
        let directed = |order: core::cmp::Ordering| if descending { order.reverse() } else { order };
        let by_column = match column {
            PoolColumn::Name => directed(mine.name_key.cmp(&its.name_key)),
            PoolColumn::Engines => {
                directed((mine.pool.engines.len(), mine.active).cmp(&(its.pool.engines.len(), its.active)))
            }
            PoolColumn::Sites => match (mine.sites(), its.sites()) {
                (Some(mine), Some(its)) => directed(mine.cmp(&its)),
                (mine, its) => its.is_some().cmp(&mine.is_some()),
            },
        };
        by_column.then_with(|| mine.name_key.cmp(&its.name_key)).then_with(|| mine.pool.id.cmp(&its.pool.id))
    });
    order.into_iter().map(|at| chosen[at]).collect()
}
