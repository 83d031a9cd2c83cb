//! The problems of the tab, found by what they are about.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, Pool, PoolId, Severity,
    rules::{Cause, sort_distinct},
};

use crate::{
    data::health::Attention,
    ui::table::{keys::KeyMap, row::RowKey},
};

/// The problems with the places of what they are about.
pub(super) struct Listed {
    pub(super) attention: Arc<Attention>,
    /// Those that are not muted, by their places among all causes.
    causes: KeyMap<usize>,
    engines: KeyMap<usize>,
    pools: KeyMap<usize>,
}

impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.attention, &other.attention)
    }
}

impl Listed {
    pub(super) fn of(attention: Arc<Attention>) -> Self {
        let found = &attention.found;
        let places = attention.sorted.open.iter().copied();
        let causes = places.filter_map(|at| Some((found.causes.get(at)?.problem.key(), at))).collect();
        let engines = found.engines.items.iter().enumerate().map(|(at, it)| (it.id.get(), at)).collect();
        let pools = found.pools.iter().flat_map(|list| &list.items);
        let pools = pools.enumerate().map(|(at, it)| (it.id.get(), at)).collect();
        Self { attention, causes, engines, pools }
    }

    /// Whether there is such a problem, and it is not muted.
    pub(super) fn has(&self, key: RowKey) -> bool {
        self.causes.contains_key(&key)
    }

    /// One that is not muted.
    pub(super) fn cause(&self, key: RowKey) -> Option<&Cause> {
        self.attention.found.causes.get(*self.causes.get(&key)?)
    }

    pub(super) fn engine_at(&self, id: EngineId) -> Option<(usize, &Engine)> {
        let at = *self.engines.get(&id.get())?;
        Some((at, self.attention.found.engines.items.get(at)?))
    }

    pub(super) fn engine(&self, id: EngineId) -> Option<&Engine> {
        self.engine_at(id).map(|(_, engine)| engine)
    }

    pub(super) fn pool(&self, id: PoolId) -> Option<&Pool> {
        let at = *self.pools.get(&id.get())?;
        self.attention.found.pools.as_ref()?.items.get(at)
    }

    /// A pool and how many of its engines are active.
    pub(super) fn pool_with_active(&self, id: PoolId) -> Option<(&Pool, usize)> {
        let pool = self.pool(id)?;
        let mut members = pool.engines.clone();
        sort_distinct(&mut members);
        let is_active = |id: &&EngineId| {
            self.engine(**id).is_some_and(|engine| engine.status.severity() == Severity::Good)
        };
        let active = members.iter().filter(is_active).count();
        Some((pool, active))
    }

    /// What a search looks in.
    pub(super) fn search_text(&self, cause: &Cause) -> String {
        let engine = cause.problem.engine().and_then(|id| self.engine(id));
        let pools = cause.all().filter_map(|it| self.pool(it.pool()?)).collect::<Vec<_>>();
        cause.search_text(engine, &pools)
    }
}
