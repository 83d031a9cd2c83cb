//! One engine gets into a pool or out of it.

use console_api::{EngineId, Error, PoolId};

use super::Data;

impl Data {
    /// Adds an engine to a pool, and reads the pools again.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn join_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.work.begin_change();
        self.session.call(async move |console| console.assign_to_pool(engine, pool).await).await?;
        self.has_members(pool, move |engines| {
            if !engines.contains(&engine) {
                engines.push(engine);
            }
        });
        Ok(())
    }

    /// Takes an engine out of a pool, and reads the pools again.
    ///
    /// # Errors
    /// Why the console did not do it. That it is not in the pool any more is no failure.
    pub async fn leave_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.work.begin_change();
        self.take_out_of_pool(engine, pool).await?;
        self.has_members(pool, move |engines| engines.retain(|id| *id != engine));
        Ok(())
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
