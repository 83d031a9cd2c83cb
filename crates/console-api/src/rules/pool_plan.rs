//! A pool plan: the pools of a console with their engines and sites, as a file. docs/pool-plan.schema.json describes it.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::ids::{EngineId, SiteId};
use crate::model::{Engine, Pool};
use crate::rules::keys::fold_case;

/// What says that a file is a pool plan.
const FORMAT: &str = "engine-console/pool-plan";
/// The version that is written, and the latest that is understood.
const VERSION: u32 = 1;

/// The pools of a console, to be put back later or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolPlan {
    /// `engine-console/pool-plan`.
    format: String,
    /// 1.
    version: u32,
    /// The host of the console in the browser's address bar. Ids mean something on this console alone.
    #[serde(default)]
    pub console: String,
    /// When it was exported (RFC 3339, UTC).
    #[serde(default)]
    pub exported: String,
    /// The pools.
    pub pools: Vec<PlannedPool>,
}

/// A pool of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedPool {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Its name.
    pub name: String,
    /// The engines in it.
    #[serde(default)]
    pub engines: Vec<PlannedEngine>,
    /// The sites that use it.
    #[serde(default)]
    pub sites: Vec<PlannedSite>,
}

/// An engine of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedEngine {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Its name; empty where it was not known.
    #[serde(default)]
    pub name: String,
    /// Its host name or IP address; empty where it was not known.
    #[serde(default)]
    pub address: String,
    /// Its port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// A site of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSite {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Its name; empty where it was not known.
    #[serde(default)]
    pub name: String,
}

impl PoolPlan {
    /// The pools as they are. `console` is the console's host, `exported` the time (RFC 3339, UTC).
    #[must_use]
    pub fn of(
        engines: &[Engine],
        pools: &[Pool],
        site_name: &dyn Fn(SiteId) -> Option<String>,
        console: &str,
        exported: &str,
    ) -> Self {
        let by_id: FxHashMap<EngineId, &Engine> = engines.iter().map(|engine| (engine.id, engine)).collect();
        let engine = |id: &EngineId| {
            let known = by_id.get(id);
            PlannedEngine {
                id: Some(id.get()),
                name: known.map(|engine| engine.name.clone()).unwrap_or_default(),
                address: known.map(|engine| engine.address.clone()).unwrap_or_default(),
                port: known.and_then(|engine| engine.port),
            }
        };
        let site = |id: &SiteId| PlannedSite { id: Some(id.get()), name: site_name(*id).unwrap_or_default() };
        let pool = |pool: &Pool| PlannedPool {
            id: Some(pool.id.get()),
            name: pool.name.clone(),
            engines: pool.engines.iter().map(engine).collect(),
            sites: pool.sites.iter().flatten().map(site).collect(),
        };
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            console: console.to_owned(),
            exported: exported.to_owned(),
            pools: pools.iter().map(pool).collect(),
        }
    }

    /// The plan as JSON, for people as well.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Fails for maps with keys that are no text, of which it has none.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a plan. What is not known in it is passed over.
    ///
    /// # Errors
    /// Why it can't be used, for a person.
    pub fn from_json(text: &str) -> Result<Self, String> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Head {
            format: String,
            version: u32,
        }
        let text = text.trim_start_matches('\u{feff}');
        let head: Head =
            serde_json::from_str(text).map_err(|error| format!("This is not a pool plan: {error}."))?;
        if head.format != FORMAT {
            return Err(format!("This is not a pool plan: its “format” is not “{FORMAT}”."));
        }
        if head.version > VERSION {
            return Err(format!(
                "This pool plan is of version {}, which a newer version of this app has written. This one understands version {VERSION}.",
                head.version
            ));
        }
        let plan: Self =
            serde_json::from_str(text).map_err(|error| format!("This pool plan can't be read: {error}."))?;
        plan.contradiction().map_or(Ok(plan), Err)
    }

    /// What in it can't be true at once.
    fn contradiction(&self) -> Option<String> {
        let mut names = FxHashSet::default();
        let mut sites = FxHashSet::default();
        for pool in &self.pools {
            if pool.name.trim().is_empty() {
                return Some("A pool of this plan has no name.".to_owned());
            }
            if !names.insert(fold_case(pool.name.trim())) {
                return Some(format!("The plan has the pool {} twice.", pool.name.trim()));
            }
            for site in &pool.sites {
                let key = (site.id, fold_case(site.name.trim()));
                if !sites.insert(key) {
                    return Some(format!("The plan gives the site {} to two pools, or twice.", site.label()));
                }
            }
        }
        None
    }

    /// Whether it has any site.
    #[must_use]
    pub fn has_sites(&self) -> bool {
        self.pools.iter().any(|pool| !pool.sites.is_empty())
    }
}

impl PlannedSite {
    /// Its name, or its id in words.
    #[must_use]
    pub fn label(&self) -> String {
        match self.id {
            Some(id) if self.name.is_empty() => format!("with ID {id}"),
            _ => self.name.clone(),
        }
    }
}

impl PlannedEngine {
    /// For example "berlin (10.0.0.10, port 40814)".
    #[must_use]
    pub fn label(&self) -> String {
        let name = match self.id {
            Some(id) if self.name.is_empty() => format!("engine with ID {id}"),
            _ => self.name.clone(),
        };
        match (self.address.as_str(), self.port) {
            ("", _) => name,
            (address, Some(port)) => format!("{name} ({address}, port {port})"),
            (address, None) => format!("{name} ({address})"),
        }
    }
}
