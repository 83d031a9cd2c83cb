//! Which scans occupy an engine now, and which may: consoles do not always say where a scan runs
//! (docs/api-quirks.md, "Reading").

use crate::ids::ScannerId;
use crate::model::{Engine, Pool, Scan};
use crate::rules::pools_of;
use crate::rules::rows::Members;

/// What is known of the scans on an engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScansOn {
    /// How many surely occupy it.
    pub sure: usize,
    /// Those that may, in a sentence each: which, and why it is not sure.
    pub maybe: Vec<String>,
}

/// How many scans that may run on an engine are told one by one.
const TOLD: usize = 3;

impl ScansOn {
    /// Whether there is none, and none that may be.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sure == 0 && self.maybe.is_empty()
    }

    /// All of it in sentences; empty where there is nothing to say.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = match self.sure {
            0 => Vec::new(),
            1 => vec!["1 scan is under way on it.".to_owned()],
            sure => vec![format!("{sure} scans are under way on it.")],
        };
        words.extend(self.maybe.iter().take(TOLD).cloned());
        if let Some(more @ 1..) = self.maybe.len().checked_sub(TOLD) {
            words.push(format!("The same is true of {more} more."));
        }
        words.join(" ")
    }
}

/// The scans that are under way on an engine, of these that are under way anywhere.
#[must_use]
pub fn scans_on(engine: &Engine, scans: &[Scan], pools: &[Pool]) -> ScansOn {
    on(engine, scans, &pools_of(engine.id, pools))
}

/// The same of each of many engines.
#[must_use]
pub fn scans_on_each(engines: &[Engine], scans: &[Scan], pools: &[Pool]) -> Vec<ScansOn> {
    let members = Members::of(pools);
    engines.iter().map(|engine| on(engine, scans, &members.pools_of(engine.id))).collect()
}

fn on(engine: &Engine, scans: &[Scan], pools: &[&Pool]) -> ScansOn {
    let mut on = ScansOn::default();
    for scan in scans {
        match place(scan, engine, pools) {
            Place::Elsewhere => {}
            Place::Here => on.sure += 1,
            Place::Perhaps(why, pool) => {
                let site = scan.site_name.as_deref().or(scan.name.as_deref());
                let (of, site) = site.map_or(("", ""), |site| (" of ", site));
                let id = scan.id.to_string();
                let parts = ["Scan ", &id, of, site, " may be on it: ", pool, why];
                on.maybe.push(parts.concat());
            }
        }
    }
    on
}

/// Where a scan is, seen from an engine.
enum Place<'a> {
    Elsewhere,
    Here,
    /// Why it is not sure, behind the name of the pool, if it is because of one.
    Perhaps(&'static str, &'a str),
}

const IN_POOL: &str = " is the pool that it runs in, and the console does not say on which of its engines.";
const IN_SOME_POOL: &str = "it runs in a pool, and the console does not say in which.";
const ITS_SITE: &str = "its site is assigned to this engine, but the console does not say where it runs.";
const POOLS_SITE: &str =
    "its site may use a pool of this engine, and the console does not say where it runs.";
const NOTHING: &str = "the console does not say where it runs.";

/// `pools` are those that the engine is in.
fn place<'a>(scan: &Scan, engine: &Engine, pools: &[&'a Pool]) -> Place<'a> {
    let within = |meant: &dyn Fn(&Pool) -> bool| match pools.iter().find(|pool| meant(pool)) {
        Some(pool) => Place::Perhaps(IN_POOL, &pool.name),
        None => Place::Elsewhere,
    };
    if scan.engines.contains(&engine.id) {
        return Place::Here;
    }
    if !scan.engines.is_empty() {
        // An id can be a pool's.
        return within(&|pool| scan.engines.iter().any(|id| ScannerId::from(*id).is_pool(pool.id)));
    }
    match (&scan.engine_name, scan.site) {
        (Some(name), _) if !scan.in_pool && *name == engine.name => Place::Here,
        (Some(name), _) => within(&|pool| pool.name == *name),
        (None, _) if scan.in_pool && pools.is_empty() => Place::Elsewhere,
        (None, _) if scan.in_pool => Place::Perhaps(IN_SOME_POOL, ""),
        (None, Some(site)) if engine.sites.contains(&site) => Place::Perhaps(ITS_SITE, ""),
        (None, Some(site)) => {
            let may_use = |pool: &&Pool| pool.sites.as_ref().is_none_or(|sites| sites.contains(&site));
            match pools.iter().copied().find(may_use) {
                Some(_) => Place::Perhaps(POOLS_SITE, ""),
                None => Place::Elsewhere,
            }
        }
        (None, None) => Place::Perhaps(NOTHING, ""),
    }
}
