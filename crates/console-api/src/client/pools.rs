//! Engine pools.

use crate::rules::sort_distinct;
use futures::future::join_all;
use serde::Serialize;

use crate::client::{Client, Created, PoolMoved, Saved};
use crate::error::Error;
use crate::ids::{EngineId, PoolId, SiteId};
use crate::model::{List, Pool};
use crate::transport::{Method, Transport};
use crate::wire;

/// What a person decides about a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolDraft {
    /// The name; the console refuses one that it has already.
    pub name: String,
    /// The engines in it, in any order; may be none. Local, hosted and AWS pre-authorised engines can't join
    /// (docs/api-quirks.md, "Special engines and pools"; see [`may_join_pool`](crate::rules::may_join_pool)).
    pub engines: Vec<EngineId>,
}

impl PoolDraft {
    /// The pool as it is.
    #[must_use]
    pub fn of(pool: &Pool) -> Self {
        Self { name: pool.name.clone(), engines: pool.engines.clone() }
    }

    /// Whether both say the same: the order of the engines means nothing.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let sorted = |engines: &[EngineId]| {
            let mut engines = engines.to_vec();
            sort_distinct(&mut engines);
            engines
        };
        self.name == other.name && sorted(&self.engines) == sorted(&other.engines)
    }
}

/// A pool as it is sent.
#[derive(Serialize)]
struct Wire<'a> {
    /// A creation fails with it, though the specification calls it required; a change fails with 500 without it
    /// (docs/api-quirks.md, "Changing").
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<PoolId>,
    name: &'a str,
    engines: &'a [EngineId],
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<&'a [SiteId]>,
}

impl<T: Transport> Client<T> {
    /// All engine pools.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn pools(&self) -> Result<List<Pool>, Error> {
        wire::list(&self.get_list(POOLS).await?)
    }

    /// All engine pools, with their sites also from consoles that do not tell them in the list
    /// (docs/api-quirks.md, "Reading"): each pool is asked for then, a few at a time. Where that fails the sites stay
    /// `None`.
    ///
    /// # Errors
    /// Any [`Error`] of reading the list.
    pub async fn pools_with_sites(&self) -> Result<List<Pool>, Error> {
        let mut list = self.pools().await?;
        let mut untold: Vec<&mut Pool> = list.items.iter_mut().filter(|pool| pool.sites.is_none()).collect();
        for some in untold.chunks_mut(POOLS_AT_ONCE) {
            join_all(some.iter_mut().map(async |pool| pool.sites = self.pool_sites(pool.id).await.ok()))
                .await;
        }
        Ok(list)
    }

    /// One engine pool.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn pool(&self, id: PoolId) -> Result<Pool, Error> {
        wire::one(&self.get(pool_path(id)).await?)
    }

    /// One engine pool, with its sites also from consoles that do not tell them with it
    /// (docs/api-quirks.md, "Reading"). Where that fails the sites stay `None`.
    ///
    /// # Errors
    /// Any [`Error`] of reading the pool.
    pub async fn pool_with_sites(&self, id: PoolId) -> Result<Pool, Error> {
        let mut pool = self.pool(id).await?;
        if pool.sites.is_none() {
            pool.sites = self.pool_sites(id).await.ok();
        }
        Ok(pool)
    }

    /// Adds a pool. After a failure that leaves doubt the list is read again, as with
    /// [`create_engine`](Self::create_engine).
    ///
    /// # Errors
    /// [`Error::Rejected`] for a name that is taken, or an engine that can't join.
    pub async fn create_pool(&self, draft: &PoolDraft) -> Result<Created<PoolId>, Error> {
        let name = draft.name.trim();
        let body = wire::json(&Wire { id: None, name, engines: &draft.engines, sites: None });
        let despite = match self.change(Method::Post, POOLS, Some(body)).await {
            Ok(response) => match wire::created_id(&response) {
                Some(id) => return Ok(Created { id: PoolId(id), despite: None }),
                None => wire::unexpected(&response),
            },
            Err(error) if error.leaves_doubt() => error,
            Err(error) => return Err(error),
        };
        match self.pools().await {
            Ok(list) => match list.items.iter().find(|pool| pool.name == name) {
                Some(pool) => Ok(Created { id: pool.id, despite: Some(despite) }),
                None => Err(despite.not_done()),
            },
            Err(_) => Err(Error::UnknownOutcome(Box::new(despite))),
        }
    }

    /// Changes name or engines of a pool. The pool is read again just before, with its sites, because what is left
    /// out of the body counts as none (docs/api-quirks.md, "Changing").
    ///
    /// # Errors
    /// Any [`Error`] of a read or a change.
    pub async fn update_pool(
        &self,
        id: PoolId,
        opened: &PoolDraft,
        wanted: &PoolDraft,
    ) -> Result<Saved<Pool>, Error> {
        let fresh = self.pool(id).await?;
        if !PoolDraft::of(&fresh).same_as(opened) {
            return Ok(Saved::ChangedMeanwhile(fresh));
        }
        let sites = match fresh.sites {
            Some(sites) => sites,
            None => self.pool_sites(id).await?,
        };
        let body = wire::json(&Wire {
            id: Some(id),
            name: wanted.name.trim(),
            engines: &wanted.engines,
            sites: Some(&sites),
        });
        self.send(Method::Put, pool_path(id), Some(body)).await?;
        Ok(Saved::Done)
    }

    /// Deletes a pool.
    ///
    /// # Errors
    /// [`Error::Rejected`] while a site uses it.
    pub async fn delete_pool(&self, id: PoolId) -> Result<(), Error> {
        self.send(Method::Delete, pool_path(id), None).await
    }

    /// The engines in a pool.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn pool_engines(&self, id: PoolId) -> Result<Vec<EngineId>, Error> {
        Ok(wire::list(&self.get(format!("{}/engines", pool_path(id))).await?)?.items)
    }

    /// Makes these, and no others, the engines of a pool.
    ///
    /// # Errors
    /// [`Error::Rejected`] for an engine that can't join.
    pub async fn set_pool_engines(&self, id: PoolId, engines: &[EngineId]) -> Result<(), Error> {
        self.send(Method::Put, format!("{}/engines", pool_path(id)), Some(wire::json(&engines))).await
    }

    /// Adds an engine to a pool; its other pools stay as they are.
    ///
    /// # Errors
    /// [`Error::Rejected`] for an engine that can't join.
    pub async fn assign_to_pool(&self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.send(Method::Put, member_path(pool, engine), None).await
    }

    /// Removes an engine from a pool.
    ///
    /// # Errors
    /// Any [`Error`] of a change.
    pub async fn remove_from_pool(&self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.send(Method::Delete, member_path(pool, engine), None).await
    }

    /// Moves an engine from one pool to another: it is added first and taken out after that, so that it always belongs to a pool.
    /// Where a failure leaves doubt, the pools are read again. Doing it once more finishes what stopped half-way.
    ///
    /// # Errors
    /// Why it could not be added: then nothing has changed. Also whatever ends the session, wherever it stopped.
    pub async fn move_to_pool(&self, engine: EngineId, from: PoolId, to: PoolId) -> Result<PoolMoved, Error> {
        if let Err(error) = self.assign_to_pool(engine, to).await {
            if !error.leaves_doubt() {
                return Err(error);
            }
            match self.pool_engines(to).await {
                Ok(engines) if engines.contains(&engine) => {}
                Ok(_) => return Err(error.not_done()),
                Err(_) => return Ok(PoolMoved::Unknown(error.cause())),
            }
        }
        match self.remove_from_pool(engine, from).await {
            Ok(()) => Ok(PoolMoved::Done),
            Err(error) if error.ends_session() || matches!(error, Error::Cancelled) => Err(error),
            // It may have left by itself, or in spite of the error.
            Err(error) => match self.pool_engines(from).await {
                Ok(engines) if !engines.contains(&engine) => Ok(PoolMoved::Done),
                _ => Ok(PoolMoved::InBoth(error.cause())),
            },
        }
    }

    /// The sites that use a pool.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn pool_sites(&self, id: PoolId) -> Result<Vec<SiteId>, Error> {
        Ok(wire::list(&self.get(format!("{}/sites", pool_path(id))).await?)?.items)
    }
}

const POOLS: &str = "api/3/scan_engine_pools";
/// How many pools are asked for their sites at the same time.
const POOLS_AT_ONCE: usize = 4;

fn pool_path(id: PoolId) -> String {
    format!("{POOLS}/{id}")
}

fn member_path(pool: PoolId, engine: EngineId) -> String {
    format!("{}/engines/{engine}", pool_path(pool))
}
