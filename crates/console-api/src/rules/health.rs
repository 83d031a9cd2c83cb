//! What needs attention in a fleet of engines, worst first: what people who run consoles write scripts to find.
//!
//! Only what happened is found out here, for ten thousand engines in one go. The words for it come from
//! [`Problem::words`], for those that are on screen.

use crate::rules::keys::sort_distinct;
use core::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::ids::{EngineId, PoolId, ScannerId};
use crate::model::{Engine, EngineStatus, Pool, Severity};
use crate::rules::load::{count, may_share};
use crate::rules::{
    Load, Staleness, StatusCount, Thresholds, Versions, is_hosted, is_local, keys, loads, next_step,
    staleness, status_counts,
};
use crate::timestamp::Timestamp;

/// What is wrong. The order is that of urgency among problems of one severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// Sites can't be scanned: their engine is down, or their pool has no active engine.
    SitesNotScanned,
    /// The engine's status is not active.
    Status,
    /// The engine has not been in contact for a long time.
    NotHeardOf,
    /// The engine stops responding and comes back again and again, as far as this browser has seen.
    Flapping,
    /// Fewer than two active engines are in a pool, so it shares no load and has no spare.
    SmallPool,
    /// The engine has never been in contact.
    NeverRefreshed,
    /// The engine carries far more sites than the others.
    Overloaded,
    /// The local engine, which shares its machine with the console, has many sites although there are others.
    LocalOverused,
    /// The engine's product or content version differs from that of most others.
    VersionDrift,
    /// The engines have many different versions, of which none is usual.
    VersionsScattered,
    /// The engine is active but has no site.
    NoSite,
}

impl ProblemKind {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 11] = [
        Self::SitesNotScanned,
        Self::Status,
        Self::NotHeardOf,
        Self::Flapping,
        Self::SmallPool,
        Self::NeverRefreshed,
        Self::Overloaded,
        Self::LocalOverused,
        Self::VersionDrift,
        Self::VersionsScattered,
        Self::NoSite,
    ];

    /// The word for it in an address.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::SitesNotScanned => "sites-not-scanned",
            Self::Status => "status",
            Self::NotHeardOf => "not-heard-of",
            Self::Flapping => "flapping",
            Self::SmallPool => "small-pool",
            Self::NeverRefreshed => "never-refreshed",
            Self::Overloaded => "overloaded",
            Self::LocalOverused => "local-overused",
            Self::VersionDrift => "version-drift",
            Self::VersionsScattered => "versions-scattered",
            Self::NoSite => "no-site",
        }
    }

    /// The words on screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SitesNotScanned => "Sites not scanned",
            Self::Status => "Status",
            Self::NotHeardOf => "No contact",
            Self::Flapping => "Flapping",
            Self::SmallPool => "Small pool",
            Self::NeverRefreshed => "Never refreshed",
            Self::Overloaded => "Overloaded",
            Self::LocalOverused => "Local engine overused",
            Self::VersionDrift => "Version drift",
            Self::VersionsScattered => "Many versions",
            Self::NoSite => "Without site",
        }
    }

    /// The words that stand with the name of what it is about, for a search.
    pub(crate) const fn phrase(self) -> &'static str {
        match self {
            Self::SitesNotScanned => "sites can't be scanned",
            Self::Status => "",
            Self::NotHeardOf => "has not been in contact for",
            Self::Flapping => "keeps going down and coming back",
            Self::SmallPool => "active engine",
            Self::NeverRefreshed => "has never been in contact",
            Self::Overloaded => "carries far more sites than the others",
            Self::LocalOverused => "the local engine",
            Self::VersionDrift => "has another version than most engines",
            Self::VersionsScattered => "the engines have many different versions",
            Self::NoSite => "has no site",
        }
    }
}

/// One thing that needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// How bad it is: bad or uncertain.
    pub severity: Severity,
    /// The engine or the pool that it is about; `None` when it is about all engines.
    pub about: Option<ScannerId>,
    /// Whether that is a pool.
    pub is_pool: bool,
    /// How many sites are at stake.
    pub sites: usize,
}

impl Problem {
    /// A number that stands for the problem from one reading to the next.
    #[must_use]
    pub fn key(&self) -> u64 {
        Self::key_of(self.kind, self.about)
    }

    /// The key of the problem of this kind about this engine or pool.
    pub(crate) fn key_of(kind: ProblemKind, about: Option<ScannerId>) -> u64 {
        // Ids are far below 2^48: they count engines and pools.
        (kind as u64) << 48 | about.map_or(0, ScannerId::get) & 0xffff_ffff_ffff
    }

    /// The engine that it is about.
    #[must_use]
    pub fn engine(&self) -> Option<EngineId> {
        self.about.filter(|_| !self.is_pool).map(|id| EngineId(id.get()))
    }

    /// The pool that it is about.
    #[must_use]
    pub fn pool(&self) -> Option<PoolId> {
        self.about.filter(|_| self.is_pool).map(|id| PoolId(id.get()))
    }
}

/// How a fleet is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// What needs attention, worst first.
    pub problems: Vec<Problem>,
    /// How many engines have which status.
    pub statuses: Vec<StatusCount>,
    /// The product versions.
    pub product: Versions,
    /// The content versions.
    pub content: Versions,
    /// The sites of each engine, in the order of the engines.
    pub loads: Vec<Load>,
    /// How many engines and how many sites go into [`average`](Self::average).
    pub carrying: (usize, f64),
}

impl Health {
    /// How many sites each engine carries on average; the local engine and those that don't work are left out.
    #[must_use]
    pub fn average(&self) -> f64 {
        if self.carrying.0 == 0 { 0.0 } else { self.carrying.1 / count(self.carrying.0) }
    }

    /// Adds that these engines are flapping, as [`History::flapping`](crate::rules::History::flapping) found out. No console tells.
    pub fn add_flapping(&mut self, flapping: &[EngineId], engines: &[Engine], pools: &[Pool]) {
        let places = engines.iter().zip(&self.loads).filter(|(engine, _)| flapping.contains(&engine.id));
        let found: Vec<Problem> = places
            .map(|(engine, load)| Problem {
                kind: ProblemKind::Flapping,
                severity: Severity::Uncertain,
                about: Some(engine.id.into()),
                is_pool: false,
                sites: load.may_scan(),
            })
            .collect();
        if !found.is_empty() {
            self.problems.extend(found);
            self.problems = worst_first(&self.problems, engines, pools);
        }
    }

    /// How many sites each engine but this one carries on average.
    #[must_use]
    pub fn average_of_others(&self, load: &Load) -> f64 {
        match self.carrying.0.checked_sub(1) {
            None | Some(0) => 0.0,
            Some(others) => (self.carrying.1 - load.carries()).max(0.0) / count(others),
        }
    }
}

/// Below this nobody is overloaded, however little the others have.
const MANY_SITES: f64 = 10.0;
/// To say what the others carry takes so many engines.
const TO_COMPARE: usize = 3;
/// What a pool needs to share load and to have a spare.
const ENOUGH_ACTIVE: usize = 2;

/// Finds out what needs attention. Pools whose sites the console does not report count as if they might have some.
#[must_use]
pub fn health(engines: &[Engine], pools: &[Pool], now: Timestamp, thresholds: Thresholds) -> Health {
    health_under(loads(engines, pools), engines, pools, now, thresholds)
}

/// The same with the [`loads`] of these engines worked out before: with thousands of engines each of the two takes its time.
#[must_use]
pub fn health_under(
    loads: Vec<Load>,
    engines: &[Engine],
    pools: &[Pool],
    now: Timestamp,
    thresholds: Thresholds,
) -> Health {
    let product = Versions::of(engines.iter().map(|engine| engine.product_version.as_deref()));
    let content = Versions::of(engines.iter().map(|engine| engine.content_version.as_deref()));
    let carrying = engines
        .iter()
        .zip(&loads)
        .filter(|(engine, _)| carries(engine))
        .fold((0, 0.0), |(engines, sites), (_, load)| (engines + 1, sites + load.carries()));
    let mut health = Health {
        problems: Vec::new(),
        statuses: status_counts(engines.iter().map(|engine| &engine.status)),
        product,
        content,
        loads,
        carrying,
    };
    let mut problems = Vec::new();
    for (engine, load) in engines.iter().zip(&health.loads) {
        of_engine(engine, load, &health, now, thresholds, &mut problems);
    }
    let by_id: FxHashMap<EngineId, &Engine> = engines.iter().map(|engine| (engine.id, engine)).collect();
    problems.extend(pools.iter().filter_map(|pool| of_pool(pool, &by_id)));
    if health.product.are_scattered() || health.content.are_scattered() {
        problems.push(Problem {
            kind: ProblemKind::VersionsScattered,
            severity: Severity::Uncertain,
            about: None,
            is_pool: false,
            sites: 0,
        });
    }
    health.problems = worst_first(&problems, engines, pools);
    health
}

/// Whether an engine goes into the average: the local one is a case of its own.
fn carries(engine: &Engine) -> bool {
    may_share(engine) && !is_local(engine)
}

fn of_engine(
    engine: &Engine,
    load: &Load,
    health: &Health,
    now: Timestamp,
    thresholds: Thresholds,
    problems: &mut Vec<Problem>,
) {
    let mut found = |kind, severity, sites| {
        let about = Some(engine.id.into());
        problems.push(Problem { kind, severity, about, is_pool: false, sites });
    };
    let severity = engine.status.severity();
    if severity == Severity::Bad {
        if load.direct > 0 {
            found(ProblemKind::SitesNotScanned, Severity::Bad, load.direct);
        }
        // How long ago it was heard of belongs to the same story, and what it is short of comes after it works.
        found(ProblemKind::Status, Severity::Bad, load.may_scan());
        return;
    }
    match staleness(engine, now, thresholds) {
        // A console that does not even tell a status does not tell times either.
        Staleness::Never if engine.status == EngineStatus::Missing => {
            found(ProblemKind::Status, Severity::Uncertain, load.may_scan());
        }
        // Nothing can be done here about an engine of Rapid7's that the console must not contact.
        Staleness::Never if is_hosted(engine) => {
            if severity != Severity::Good && next_step(engine).is_some() {
                found(ProblemKind::Status, severity, load.may_scan());
            }
        }
        Staleness::Never => found(ProblemKind::NeverRefreshed, Severity::Uncertain, load.may_scan()),
        Staleness::Alarm => found(ProblemKind::NotHeardOf, Severity::Bad, load.may_scan()),
        Staleness::Warning => found(ProblemKind::NotHeardOf, Severity::Uncertain, load.may_scan()),
        Staleness::Fresh if severity != Severity::Good => {
            if next_step(engine).is_some() {
                found(ProblemKind::Status, severity, load.may_scan());
            }
        }
        Staleness::Fresh => {}
    }
    let differs = |version: &Option<String>, versions: &Versions| {
        versions.usual().zip(version.as_deref()).is_some_and(|(usual, version)| usual != version)
    };
    if differs(&engine.product_version, &health.product) || differs(&engine.content_version, &health.content)
    {
        found(ProblemKind::VersionDrift, Severity::Uncertain, load.may_scan());
    }
    if is_local(engine) {
        let others = health.carrying.0 > 0;
        let most = usize::try_from(thresholds.local_sites).unwrap_or(usize::MAX);
        if others && load.direct > most {
            found(ProblemKind::LocalOverused, Severity::Uncertain, load.direct);
        }
        // One without sites is as it should be.
        return;
    }
    if engine.status == EngineStatus::Active && load.is_idle() {
        found(ProblemKind::NoSite, Severity::Uncertain, 0);
    }
    let carried = load.carries();
    let many = f64::from(thresholds.load_times) * health.average_of_others(load);
    if carries(engine) && health.carrying.0 >= TO_COMPARE && carried >= MANY_SITES && carried >= many {
        found(ProblemKind::Overloaded, Severity::Uncertain, load.may_scan());
    }
}

fn of_pool(pool: &Pool, engines: &FxHashMap<EngineId, &Engine>) -> Option<Problem> {
    let sites = pool.sites.as_ref().map_or(0, Vec::len);
    // "Default Engine Pool" is there from the start, empty, and harms nobody.
    if pool.engines.is_empty() && sites == 0 {
        return None;
    }
    let active = active_engines(pool, engines);
    let (kind, severity) = match active {
        0 if sites > 0 => (ProblemKind::SitesNotScanned, Severity::Bad),
        _ if active < ENOUGH_ACTIVE => (ProblemKind::SmallPool, Severity::Uncertain),
        _ => return None,
    };
    Some(Problem { kind, severity, about: Some(pool.id.into()), is_pool: true, sites })
}

/// How many engines of a pool are active, or may be: older consoles tell no status.
fn active_engines(pool: &Pool, engines: &FxHashMap<EngineId, &Engine>) -> usize {
    let mut members = pool.engines.clone();
    sort_distinct(&mut members);
    members.iter().filter(|id| engines.get(id).is_some_and(|engine| may_share(engine))).count()
}

fn worst_first(problems: &[Problem], engines: &[Engine], pools: &[Pool]) -> Vec<Problem> {
    let engines = engines.iter().map(|engine| (ScannerId::from(engine.id), engine.name.as_str()));
    let pools = pools.iter().map(|pool| (ScannerId::from(pool.id), pool.name.as_str()));
    let names: FxHashMap<ScannerId, &str> = engines.chain(pools).collect();
    let name = |problem: &Problem| problem.about.and_then(|id| names.get(&id).copied()).unwrap_or_default();
    let named: Vec<(&Problem, &str)> = problems.iter().map(|problem| (problem, name(problem))).collect();
    let order = keys::sorted(problems.len(), &|a, b| compare(named[a], named[b]));
    order.into_iter().map(|at| problems[at]).collect()
}

fn compare((mine, my_name): (&Problem, &str), (its, its_name): (&Problem, &str)) -> Ordering {
    its.severity
        .cmp(&mine.severity)
        .then(mine.kind.cmp(&its.kind))
        .then(its.sites.cmp(&mine.sites))
        .then_with(|| my_name.cmp(its_name))
        .then(mine.about.cmp(&its.about))
}
