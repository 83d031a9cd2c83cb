//! Which engine scans what: every engine with all of its sites, and every site with the engines that may scan it.
//!
//! Made of lists that are already there, in steps that each take a few milliseconds in a browser with 10,000 engines, 500
//! pools and 100,000 sites: [`Scanners`], then [`SiteRows`], then this.

use crate::rules::keys::{sort_by, sort_distinct};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::ids::{EngineId, PoolId, ScannerId, SiteId};
use crate::model::{EngineStatus, Pool};
use crate::rules::{ScannerKind, SiteList, SiteRows, SiteSort, csv_row, fold_case, keys};

/// An engine with how many sites it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEngine {
    /// Which engine.
    pub id: EngineId,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: EngineStatus,
    /// How many sites are assigned to it directly.
    pub direct: usize,
    /// How many sites it may scan because they use one of its pools.
    pub through_pools: usize,
    /// Its pools, in the order of their names.
    pub pools: Vec<PoolId>,
}

impl AuditEngine {
    /// How many sites it may scan.
    #[must_use]
    pub const fn sites(&self) -> usize {
        self.direct + self.through_pools
    }
}

/// A site of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditedSite {
    /// Its place in the list of all sites.
    pub place: usize,
    /// Which site.
    pub id: SiteId,
    /// The pool through which the engine scans it; `None` when it is assigned directly.
    pub through: Option<PoolId>,
}

/// By what the engines are sorted; equal ones stand by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuditSort {
    /// By name.
    #[default]
    Name,
    /// By the sites assigned directly.
    Direct,
    /// By the sites through pools.
    ThroughPools,
    /// By all sites.
    Sites,
}

/// A pool as the audit needs it.
#[derive(Debug, PartialEq, Eq)]
struct AuditPool {
    name: String,
    /// Its engines, by their places in [`Audit::engines`].
    engines: Vec<u32>,
}

/// Who scans what.
#[derive(Debug, PartialEq, Eq)]
pub struct Audit {
    rows: SiteRows,
    engines: Vec<AuditEngine>,
    at: FxHashMap<EngineId, u32>,
    pools: FxHashMap<PoolId, AuditPool>,
    /// Where the sites of each scanner begin in `places`, by the scanners' order.
    starts: Vec<u32>,
    /// The places of all sites, one scanner's after the other's, each in the order of the names.
    places: Vec<u32>,
}

impl Audit {
    /// Puts it together. The rows' scanners must have been made of the same engines and pools.
    #[must_use]
    pub fn new(rows: SiteRows, pools: &[Pool]) -> Self {
        let (starts, places) = rows.grouped();
        let scanners = Arc::clone(rows.scanners());
        let mut at = FxHashMap::default();
        let mut engines = Vec::new();
        let sites_of =
            |scanner: ScannerId| scanners.position(scanner).map_or(0, |rank| group(&starts, rank).len());
        for scanner in scanners.all() {
            let ScannerKind::Engine(status) = &scanner.kind else { continue };
            let id = EngineId(scanner.id.get());
            at.insert(id, index(engines.len()));
            engines.push(AuditEngine {
                id,
                name: scanner.name.clone(),
                status: status.clone(),
                direct: sites_of(scanner.id),
                through_pools: 0,
                pools: Vec::new(),
            });
        }
        // In the order of their names, which the scanners have.
        let by_id: FxHashMap<PoolId, &Pool> = pools.iter().map(|pool| (pool.id, pool)).collect();
        let named = scanners.all().iter().filter_map(|scanner| by_id.get(&scanner.pool()?).copied());
        let mut audited = FxHashMap::default();
        for pool in named {
            let mut members: Vec<u32> = pool.engines.iter().filter_map(|id| at.get(id).copied()).collect();
            sort_distinct(&mut members);
            let sites = sites_of(pool.id.into());
            for member in &members {
                let engine = &mut engines[*member as usize];
                engine.pools.push(pool.id);
                engine.through_pools += sites;
            }
            audited.insert(pool.id, AuditPool { name: pool.name.clone(), engines: members });
        }
        Self { rows, engines, at, pools: audited, starts, places }
    }

    /// All engines, in the order of their names.
    #[must_use]
    pub fn engines(&self) -> &[AuditEngine] {
        &self.engines
    }

    /// One engine.
    #[must_use]
    pub fn engine(&self, id: EngineId) -> Option<&AuditEngine> {
        self.engines.get(*self.at.get(&id)? as usize)
    }

    /// All sites.
    #[must_use]
    pub const fn list(&self) -> &Arc<SiteList> {
        self.rows.list()
    }

    /// The name of a pool.
    #[must_use]
    pub fn pool_name(&self, id: PoolId) -> &str {
        self.pools.get(&id).map_or("", |pool| pool.name.as_str())
    }

    /// The sites of an engine or a pool, by their places, in the order of their names.
    #[must_use]
    pub fn places_of(&self, scanner: ScannerId) -> &[u32] {
        let rank = self.rows.scanners().position(scanner);
        rank.and_then(|rank| self.places.get(group(&self.starts, rank))).unwrap_or_default()
    }

    /// All sites of an engine, directly and through pools, in the order of their names.
    #[must_use]
    pub fn sites_of(&self, engine: &AuditEngine) -> Vec<AuditedSite> {
        let direct = self.places_of(engine.id.into()).iter().map(|place| (*place, None));
        let through = engine
            .pools
            .iter()
            .flat_map(|pool| self.places_of((*pool).into()).iter().map(move |place| (*place, Some(*pool))));
        let mut sites: Vec<(u32, Option<PoolId>)> = direct.chain(through).collect();
        sort_by(&mut sites, Ord::cmp);
        let site = |(place, through): (u32, Option<PoolId>)| {
            let place = place as usize;
            Some(AuditedSite { place, id: self.list().id(place)?, through })
        };
        sites.into_iter().filter_map(site).collect()
    }

    /// What scans a site, in words; empty where the console does not report.
    #[must_use]
    pub fn scanner_label(&self, place: usize) -> String {
        self.rows.scanner_label(place)
    }

    /// The pool that a site uses.
    #[must_use]
    pub fn pool_of(&self, place: usize) -> Option<PoolId> {
        self.rows.scanners().get(self.list().scanner(place)?)?.pool()
    }

    /// The engines that may scan a site, in the order of their names.
    #[must_use]
    pub fn engines_of(&self, place: usize) -> Vec<&AuditEngine> {
        let Some(scanner) = self.list().scanner(place) else { return Vec::new() };
        match self.pools.get(&PoolId(scanner.get())) {
            Some(pool) => pool.engines.iter().filter_map(|at| self.engines.get(*at as usize)).collect(),
            None => self.engine(EngineId(scanner.get())).into_iter().collect(),
        }
    }

    /// The ids of the engines that pass the filter, in order. Each word must occur in the engine's name, in that of one of
    /// its pools, or in that of one of its sites, without regard to case.
    #[must_use]
    pub fn select_engines(&self, filter: &str, sort: AuditSort, descending: bool) -> Vec<u64> {
        let mut passes: Vec<bool> = vec![true; self.engines.len()];
        for word in filter.split_whitespace().map(fold_case) {
            let scanners = self.rows.scanners_with_site(&word);
            let has_site = |scanner: ScannerId| {
                self.rows.scanners().position(scanner).is_some_and(|rank| scanners.get(rank) == Some(&true))
            };
            let pools: FxHashMap<PoolId, bool> = self
                .pools
                .iter()
                .map(|(id, pool)| (*id, fold_case(&pool.name).contains(&word) || has_site((*id).into())))
                .collect();
            for (passes, engine) in passes.iter_mut().zip(&self.engines) {
                *passes = *passes
                    && (fold_case(&engine.name).contains(&word)
                        || has_site(engine.id.into())
                        || engine.pools.iter().any(|pool| pools.get(pool) == Some(&true)));
            }
        }
        let mut chosen: Vec<usize> = (0..self.engines.len()).filter(|at| passes[*at]).collect();
        let key = |at: usize| match (sort, &self.engines[at]) {
            (AuditSort::Name, _) => 0,
            (AuditSort::Direct, engine) => engine.direct,
            (AuditSort::ThroughPools, engine) => engine.through_pools,
            (AuditSort::Sites, engine) => engine.sites(),
        };
        if sort == AuditSort::Name {
            if descending {
                chosen.reverse();
            }
        } else {
            let order = keys::sorted(chosen.len(), &|a, b| {
                let by_key = key(chosen[a]).cmp(&key(chosen[b]));
                if descending { by_key.reverse() } else { by_key }.then(chosen[a].cmp(&chosen[b]))
            });
            chosen = order.into_iter().map(|at| chosen[at]).collect();
        }
        chosen.into_iter().map(|at| self.engines[at].id.get()).collect()
    }

    /// The ids of the sites that pass the filter, in order. Each word must occur in the site's name, in that of its engine or
    /// pool, or in that of an engine that may scan it, without regard to case.
    #[must_use]
    pub fn select_sites(&self, filter: &str, sort: SiteSort) -> Vec<u64> {
        self.rows.select_where(filter, sort, &|scanner, word| {
            let pool = scanner.pool().and_then(|id| self.pools.get(&id));
            let members = pool.iter().flat_map(|pool| &pool.engines);
            members
                .filter_map(|at| self.engines.get(*at as usize))
                .any(|engine| fold_case(&engine.name).contains(word))
        })
    }

    /// The heads of [`csv_of_engine`](Self::csv_of_engine).
    pub const ENGINE_HEADS: [&'static str; 6] =
        ["Engine", "Engine ID", "Status", "Site", "Site ID", "Through"];

    /// Adds a row for each site of an engine; one without any has one row without a site.
    pub fn csv_of_engine(&self, text: &mut String, engine: &AuditEngine) {
        let id = engine.id.to_string();
        let sites = self.sites_of(engine);
        if sites.is_empty() {
            csv_row(text, [engine.name.as_str(), &id, engine.status.label(), "", "", ""]);
        }
        for site in sites {
            let through = site.through.map_or("Directly", |pool| self.pool_name(pool));
            let name = self.list().name(site.place);
            let site_id = site.id.to_string();
            csv_row(text, [engine.name.as_str(), &id, engine.status.label(), name, &site_id, through]);
        }
    }

    /// The heads of [`csv_of_site`](Self::csv_of_site).
    pub const SITE_HEADS: [&'static str; 4] =
        ["Site", "Site ID", "Engine or pool", "Engines that may scan it"];

    /// Adds the row of a site.
    pub fn csv_of_site(&self, text: &mut String, place: usize) {
        let id = self.list().id(place).map(|id| id.to_string()).unwrap_or_default();
        let engines: Vec<&str> = self.engines_of(place).iter().map(|engine| engine.name.as_str()).collect();
        csv_row(text, [self.list().name(place), &id, &self.scanner_label(place), &engines.join(", ")]);
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The part of the places that belongs to a scanner.
fn group(starts: &[u32], rank: usize) -> core::ops::Range<usize> {
    let at = |rank: usize| starts.get(rank).map_or(0, |start| *start as usize);
    at(rank)..at(rank + 1)
}
