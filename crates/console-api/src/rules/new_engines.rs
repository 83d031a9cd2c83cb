//! Many engines that are to be added at once: what is wrong with each of them, field by field, and what will be done.

use core::net::Ipv6Addr;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::client::EngineDraft;
use crate::ids::{EngineId, ScannerId, SiteId};
use crate::model::{Engine, Pool};
use crate::rules::engine_form::{address_problem, name_problem, port_of};
use crate::rules::keys::{bare, fold_case};
use crate::rules::permission::{is_hosted_address, is_local_place};
use crate::rules::{NewEngineField, NewEngineText, SiteList, counted, is_local, sites_in_words};

/// What there is already, ready to be looked up by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownFleet {
    engines: Vec<(EngineId, String)>,
    by_name: FxHashMap<String, usize>,
    by_place: FxHashMap<(String, u16), usize>,
    local: Option<usize>,
    pools: FxHashMap<String, (String, FxHashSet<EngineId>)>,
    sites: FxHashMap<String, (SiteId, String, Option<ScannerId>)>,
    has_sites: bool,
}

impl KnownFleet {
    /// `sites`: `None` where they are not known yet; then none is looked for.
    #[must_use]
    pub fn new(engines: &[Engine], pools: &[Pool], sites: Option<&SiteList>) -> Self {
        let mut known = Self { has_sites: sites.is_some(), ..Self::default() };
        for (at, engine) in engines.iter().enumerate() {
            known.by_name.insert(folded(&engine.name), at);
            if let Some(port) = engine.port {
                known.by_place.insert((host_key(&engine.address), port), at);
            }
            if is_local(engine) {
                known.local = Some(at);
            }
            known.engines.push((engine.id, engine.name.clone()));
        }
        for pool in pools {
            let members = pool.engines.iter().copied().collect();
            known.pools.insert(folded(&pool.name), (pool.name.clone(), members));
        }
        if let Some(sites) = sites {
            for place in 0..sites.len() {
                if let Some(id) = sites.id(place) {
                    let name = sites.name(place);
                    known.sites.insert(folded(name), (id, name.to_owned(), sites.scanner(place)));
                }
            }
        }
        known
    }
}

/// A site that a new engine gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEngineSite {
    /// The site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// What scans it now, as far as is known.
    pub from: Option<ScannerId>,
}

/// What is wrong with a row, and what it comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEngineCheck {
    /// What is wrong, by the places of [`NewEngineField::ALL`].
    pub problems: [Option<String>; 5],
    /// What to send; `None` while anything is wrong.
    pub draft: Option<EngineDraft>,
    /// The engine, where this very one is already there.
    pub there: Option<EngineId>,
    /// The pools that it joins, without those that it is in.
    pub pools: Vec<String>,
    /// Which of these have to be created first.
    pub new_pools: Vec<String>,
    /// The sites that it gets, without those that it has.
    pub sites: Vec<NewEngineSite>,
}

impl NewEngineCheck {
    /// Whether anything is wrong.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.draft.is_none()
    }

    /// Whether nothing is left to be done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.draft.is_some() && self.there.is_some() && self.pools.is_empty() && self.sites.is_empty()
    }

    /// What will be done, in a sentence or two; empty where something is wrong.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.is_bad() {
            return String::new();
        }
        let mut parts = Vec::new();
        match (self.there, self.is_done()) {
            (Some(_), true) => return "Is in the console.".to_owned(),
            (Some(_), false) => parts.push("Is in the console.".to_owned()),
            (None, _) => parts.push("Will be added.".to_owned()),
        }
        match &self.pools[..] {
            [] => {}
            [only] => parts.push(format!("Joins {only}.")),
            many => parts.push(format!("Joins {}.", counted(many.len(), "pool"))),
        }
        match &self.sites[..] {
            [] => {}
            [only] => parts.push(format!("Gets {}.", only.name)),
            many => parts.push(format!("Gets {}.", sites_in_words(many.len()))),
        }
        parts.join(" ")
    }
}

/// Checks all rows, against what there is and against each other: of two rows that want the same, the first may have it.
/// `create_pools`: whether pools that don't exist are to be created; `no_pools`: why there can be none at all.
#[must_use]
pub fn check_new_engines(
    rows: &[NewEngineText],
    known: &KnownFleet,
    create_pools: bool,
    no_pools: Option<&str>,
) -> Vec<NewEngineCheck> {
    let mut names = FxHashSet::default();
    let mut places = FxHashSet::default();
    let mut taken_sites = FxHashSet::default();
    let mut check = |row: &NewEngineText| {
        let text = |field: NewEngineField| row[field.at()].trim();
        let mut problems: [Option<String>; 5] = Default::default();
        let mut wrong = |field: NewEngineField, words: String| {
            problems[field.at()].get_or_insert(words);
        };
        let (name, address) = (text(NewEngineField::Name), text(NewEngineField::Address));
        let port = match text(NewEngineField::Port) {
            "" => Some(EngineDraft::DEFAULT_PORT),
            typed => port_of(typed),
        };
        if let Some(problem) = name_problem(name) {
            wrong(NewEngineField::Name, problem.to_owned());
        }
        if let Some(problem) = address_problem(address) {
            wrong(NewEngineField::Address, problem.to_owned());
        }
        if port.is_none() {
            wrong(NewEngineField::Port, "Use 1 to 65535.".to_owned());
        }
        let place = (host_key(address), port.unwrap_or_default());
        let by_name = known.by_name.get(&folded(name)).copied();
        let local = known.local.filter(|_| is_local_place(address, port));
        let by_place = known.by_place.get(&place).copied().or(local);
        let engine = |at: usize| known.engines.get(at);
        let there = by_name.filter(|at| by_place == Some(*at)).and_then(engine).map(|(id, _)| *id);
        if there.is_none() {
            if let Some((_, name)) = by_name.and_then(engine) {
                wrong(NewEngineField::Name, format!("Another engine is already called {name}."));
            }
            if let Some((_, name)) = by_place.and_then(engine) {
                wrong(NewEngineField::Address, format!("{name} already has this address and port."));
            }
        }
        if !name.is_empty() && !names.insert(folded(name)) {
            wrong(NewEngineField::Name, "Another row has this name.".to_owned());
        }
        if !address.is_empty() && port.is_some() && !places.insert(place) {
            wrong(NewEngineField::Address, "Another row has this address and port.".to_owned());
        }

        let mut pools = Vec::new();
        let mut new_pools = Vec::new();
        let is_pool = |name: &str| known.pools.contains_key(&folded(name));
        for pool in list_of(text(NewEngineField::Pools), &is_pool) {
            if let Some(why) = no_pools {
                wrong(NewEngineField::Pools, why.to_owned());
            } else if is_local_place(address, port) || is_hosted_address(address) {
                wrong(
                    NewEngineField::Pools,
                    "This engine can't join pools: it is local, or hosted by Rapid7.".to_owned(),
                );
            }
            match known.pools.get(&folded(&pool)) {
                Some((_, members)) if there.is_some_and(|id| members.contains(&id)) => {}
                Some((name, _)) => pools.push(name.clone()),
                None => {
                    if let Some(problem) = name_problem(&pool) {
                        wrong(NewEngineField::Pools, problem.to_owned());
                    } else if !create_pools {
                        wrong(NewEngineField::Pools, format!("There is no pool called {pool}."));
                    }
                    pools.push(pool.clone());
                    new_pools.push(pool);
                }
            }
        }

        let mut sites = Vec::new();
        let is_site = |name: &str| known.sites.contains_key(&folded(name));
        for name in list_of(text(NewEngineField::Sites), &is_site).into_iter().filter(|_| known.has_sites) {
            match known.sites.get(&folded(&name)) {
                None => wrong(NewEngineField::Sites, format!("There is no site called {name}.")),
                Some((_, name, _)) if !taken_sites.insert(folded(name)) => {
                    wrong(NewEngineField::Sites, format!("Another row has the site {name}."));
                }
                Some((_, _, from)) if there.is_some() && *from == there.map(ScannerId::from) => {}
                Some((site, name, from)) => {
                    sites.push(NewEngineSite { site: *site, name: name.clone(), from: *from });
                }
            }
        }
        let fine = problems.iter().all(Option::is_none);
        let draft = port.filter(|_| fine).map(|port| EngineDraft {
            name: name.to_owned(),
            address: address.to_owned(),
            port,
        });
        NewEngineCheck { problems, draft, there, pools, new_pools, sites }
    };
    rows.iter().map(&mut check).collect()
}

/// The names of pools that have to be created for these rows, each once.
#[must_use]
pub fn pools_to_create(checks: &[NewEngineCheck]) -> Vec<String> {
    let mut seen = FxHashSet::default();
    let all = checks.iter().flat_map(|check| &check.new_pools);
    all.filter(|name| seen.insert(folded(name))).cloned().collect()
}

/// Whether any row names a site.
#[must_use]
pub fn names_sites(rows: &[NewEngineText]) -> bool {
    rows.iter().any(|row| !row[NewEngineField::Sites.at()].trim().is_empty())
}

/// The names in a cell, each once: the whole of it where that is known; otherwise what semicolons, bars and line breaks part, or where
/// there are none of these, commas.
fn list_of(cell: &str, is_known: &dyn Fn(&str) -> bool) -> Vec<String> {
    const PARTS: [char; 3] = [';', '|', '\n'];
    let mut seen = FxHashSet::default();
    let parts: Vec<&str> = if is_known(cell) {
        vec![cell]
    } else if cell.contains(PARTS) {
        cell.split(PARTS).collect()
    } else {
        cell.split(',').collect()
    };
    let names = parts.into_iter().map(str::trim).filter(|name| !name.is_empty());
    names.filter(|name| seen.insert(folded(name))).map(str::to_owned).collect()
}

fn folded(name: &str) -> String {
    fold_case(name.trim())
}

/// One text for all spellings of one host.
fn host_key(address: &str) -> String {
    let address = bare(address);
    address.parse::<Ipv6Addr>().map_or_else(|_| address.to_ascii_lowercase(), |ip| ip.to_string())
}
