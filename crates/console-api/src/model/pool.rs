//! Engine pools.

use serde::Deserialize;

use crate::ids::{EngineId, PoolId, SiteId};
use crate::wire::{Field, Many, Read, Row};

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

impl Read for Pool {
    type Wire<'a> = Wire<'a>;

    fn read(wire: Wire<'_>) -> Row<Self> {
        let Some(id) = wire.id.natural().map(PoolId) else { return Row::Broken };
        Row::Read(Self {
            id,
            name: wire.name.text().unwrap_or_else(|| format!("Pool {id}")),
            engines: wire.engines.items().unwrap_or_default(),
            sites: wire.sites.items(),
        })
    }
}

/// A pool as it comes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    name: Field<'a>,
    engines: Many<'a, EngineId>,
    sites: Many<'a, SiteId>,
}
