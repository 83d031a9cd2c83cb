//! Engine pools.

use crate::ids::{EngineId, PoolId, SiteId};
use crate::wire::{Fields, Row};

/// An engine pool: several engines that share the load of the sites assigned to the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its id, unique among engines and pools.
    pub id: PoolId,
    /// Its name, unique in the console; `Pool 6` if the console gave none.
    pub name: String,
    /// The engines in it. Engines of any status may be; only active ones share the load
    /// (docs/api-quirks.md, "Special engines and pools").
    pub engines: Vec<EngineId>,
    /// The sites that use it. `None` from consoles that do not say so here (docs/api-quirks.md, "Reading"); then
    /// [`pool_sites`](crate::Client::pool_sites) tells.
    pub sites: Option<Vec<SiteId>>,
}

impl Pool {
    pub(crate) fn row(fields: Fields<'_>) -> Row<Self> {
        Self::read(fields).into()
    }

    pub(crate) fn read(fields: Fields<'_>) -> Option<Self> {
        let id = PoolId(fields.natural("id")?);
        Some(Self {
            id,
            name: fields.text("name").unwrap_or_else(|| format!("Pool {id}")),
            engines: fields.ids("engines").unwrap_or_default().into_iter().map(EngineId).collect(),
            sites: fields.ids("sites").map(|ids| ids.into_iter().map(SiteId).collect()),
        })
    }
}
