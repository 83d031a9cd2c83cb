//! One engine gets into a pool or out of it.

use console_api::{
    EngineId, Error, PoolId,
    rules::{Thing, Undo},
};
use leptos::prelude::*;

use super::Data;

impl Data {
    /// Adds an engine to a pool, and reads the pools again.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn join_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.work.begin_change();
        let noting = self.noting_engine("Adding an engine to a pool", engine);
        let is_new = self.is_outside(engine, pool);
        let done = self.session.call(async move |console| console.assign_to_pool(engine, pool).await).await;
        let undo = Undo::Pools { engine, left: None, joined: Some(pool) };
        let word = format!("added to {}", self.name_of(Thing::Pool, pool.get()));
        noting.ends_undoable(done.as_ref().err(), &word, is_new.then_some(undo));
        done?;
        self.has_members(pool, move |engines| {
            if !engines.contains(&engine) {
                engines.push(engine);
            }
        });
        Ok(())
    }

    /// Removes an engine from a pool, and reads the pools again.
    ///
    /// # Errors
    /// Why the console did not do it. That it is not in the pool any more is not a failure.
    pub async fn leave_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.work.begin_change();
        let noting = self.noting_engine("Removing an engine from a pool", engine);
        let done = self.take_out_of_pool(engine, pool).await;
        let undo = Undo::Pools { engine, left: Some(pool), joined: None };
        let word = format!("removed from {}", self.name_of(Thing::Pool, pool.get()));
        noting.ends_undoable(done.as_ref().err(), &word, Some(undo));
        done?;
        self.has_members(pool, move |engines| engines.retain(|id| *id != engine));
        Ok(())
    }

    /// Whether the pool is known, and that the engine is not in it.
    pub(super) fn is_outside(self, engine: EngineId, pool: PoolId) -> bool {
        untrack(|| self.pools.value())
            .is_some_and(|list| list.items.iter().any(|it| it.id == pool && !it.engines.contains(&engine)))
    }

    /// A missing member is told as 404, and so is a missing permission (docs/api-quirks.md, "Signing in"): the pool
    /// itself tells which.
    pub(super) async fn take_out_of_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        let left = self.session.call(async move |console| console.remove_from_pool(engine, pool).await).await;
        let Err(missing @ Error::NotFound { .. }) = left else { return left };
        let members = self.session.call(async move |console| console.pool_engines(pool).await).await;
        if members.is_ok_and(|members| !members.contains(&engine)) { Ok(()) } else { Err(missing) }
    }

    /// What was changed shows at once, and then what the console says.
    fn has_members(self, pool: PoolId, change: impl Fn(&mut Vec<EngineId>) + 'static) {
        self.pools.patch(move |list| {
            if let Some(pool) = list.items.iter_mut().find(|it| it.id == pool) {
                change(&mut pool.engines);
            }
        });
        self.read_engines();
    }
}
