//! Engine pools: read, added, saved, deleted.

use console_api::{Created, Error, Pool, PoolDraft, PoolId, Saved};
use leptos::{prelude::*, task::spawn_local};

use super::Data;

impl Data {
    /// Reads all pools anew.
    pub fn read_pools(self) {
        self.pools.read(self.session.call(async |console| console.pools_with_sites().await));
    }

    /// Reads one pool, and the lists if they are not there yet. What is known of the pool already shows at once.
    pub fn open_pool(self, id: PoolId) {
        let (known, listed) = untrack(|| {
            let list = self.pools.value();
            let listed = list.and_then(|list| list.items.iter().find(|pool| pool.id == id).cloned());
            (self.pool.value().is_some_and(|pool| pool.id == id), listed)
        });
        if !known {
            self.pool.forget();
        }
        if let Some(pool) = listed {
            self.pool.set(pool);
        }
        self.read_pool(id);
        if untrack(|| self.engines.value().is_none()) {
            self.read_engines();
        }
    }

    /// Reads one pool anew.
    pub fn read_pool(self, id: PoolId) {
        self.pool.read(self.ask_for_pool(id));
    }

    async fn ask_for_pool(self, id: PoolId) -> Result<Pool, Error> {
        self.session.call(async move |console| console.pool_with_sites(id).await).await
    }

    /// Puts what is known of a pool now into all that shows it.
    fn pool_is(self, pool: Pool) {
        if untrack(|| self.pool.value()).is_some_and(|shown| shown.id == pool.id) {
            self.pool.set(pool.clone());
        }
        self.pools.patch(|list| {
            if let Some(old) = list.items.iter_mut().find(|old| old.id == pool.id) {
                *old = pool;
            }
        });
    }

    /// Adds a pool.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn create_pool(self, draft: PoolDraft) -> Result<Created<PoolId>, Error> {
        let created = self.session.call(async move |console| console.create_pool(&draft).await).await?;
        self.read_pools();
        Ok(created)
    }

    /// Saves a pool's name and engines, unless somebody else has changed them since they were `opened`.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn save_pool(
        self,
        id: PoolId,
        opened: PoolDraft,
        wanted: PoolDraft,
    ) -> Result<Saved<Pool>, Error> {
        let saved =
            self.session.call(async move |console| console.update_pool(id, &opened, &wanted).await).await?;
        match &saved {
            Saved::Done => spawn_local(async move {
                match self.ask_for_pool(id).await {
                    Ok(pool) => self.pool_is(pool),
                    // What is shown stays until the next read; whoever looks is told why that fails.
                    Err(_) => self.read_pools(),
                }
            }),
            Saved::ChangedMeanwhile(theirs) => self.pool_is(theirs.clone()),
        }
        Ok(saved)
    }

    /// Deletes a pool. One that is gone already is no failure.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn delete_pool(self, id: PoolId) -> Result<(), Error> {
        match self.session.call(async move |console| console.delete_pool(id).await).await {
            Ok(()) | Err(Error::NotFound { .. }) => {
                self.pools.patch(|list| list.items.retain(|pool| pool.id != id));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
