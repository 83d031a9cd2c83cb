//! Problems in words: the reason, what to do, and the button that does it.

use crate::ids::{EngineId, PoolId};
use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::versions::is_newer;
use crate::rules::{
    Cause, ConsolePlace, FLAPPING_TIMES, Health, Load, Problem, ProblemKind, StepAction, Threshold,
    Thresholds, may_update, next_step_at, sites_in_words, sites_text,
};
use crate::timestamp::Timestamp;

/// What the app can do about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Ask the engine again.
    Refresh(EngineId),
    /// Send it the update.
    Update(EngineId),
    /// Show how it is paired.
    Pairing(EngineId),
    /// Give sites to it, or some of its sites to another.
    SelectSites(EngineId),
    /// Give all of its sites to another engine or to a pool.
    MoveSites(EngineId),
    /// Open the engine.
    OpenEngine(EngineId),
    /// Show what was seen of it.
    History(EngineId),
    /// Open the pool.
    OpenPool(PoolId),
    /// Show all engines by their versions.
    CompareVersions,
}

/// A problem in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemWords {
    /// What is wrong, in a short sentence without a full stop that names the thing.
    pub what: String,
    /// What follows from it, in a sentence; `None` where nothing does.
    pub also: Option<String>,
    /// The reason.
    pub why: String,
    /// What is recommended.
    pub advice: String,
    /// What does it, the best first.
    pub remedies: Vec<Remedy>,
}

/// What a problem is told from.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The engine, if it is about one.
    pub engine: Option<&'a Engine>,
    /// What that engine has to carry.
    pub load: Option<&'a Load>,
    /// The pool, if it is about one, and how many of its engines are active.
    pub pool: Option<(&'a Pool, usize)>,
    /// How the fleet is.
    pub health: &'a Health,
    /// From where on something counts.
    pub thresholds: Thresholds,
    /// Where engines reach the console.
    pub place: &'a ConsolePlace,
    /// The time.
    pub now: Timestamp,
}

/// How many of the things that follow from a problem are told; the rest is counted.
const FOLLOWS: usize = 3;

impl Cause {
    /// Says the problem with what follows from it. `pool` gives a pool and how many of its engines are active. `None` when the
    /// engine or the pool is not there any more.
    #[must_use]
    pub fn words<'a>(
        &self,
        about: &About<'_>,
        pool: &dyn Fn(PoolId) -> Option<(&'a Pool, usize)>,
    ) -> Option<ProblemWords> {
        let mut words = self.problem.words(about)?;
        let mut told = Vec::new();
        for problem in self.follows.iter().take(FOLLOWS) {
            told.push(problem.as_follows(problem.pool().and_then(pool)));
            let remedy = match (problem.engine(), problem.pool()) {
                (Some(id), _) if problem.kind == ProblemKind::SitesNotScanned => {
                    words.advice.push_str(" Or give its sites to another engine or to a pool.");
                    Remedy::MoveSites(id)
                }
                (None, Some(id)) => Remedy::OpenPool(id),
                _ => continue,
            };
            if !words.remedies.contains(&remedy) {
                words.remedies.push(remedy);
            }
        }
        if let Some(more) = self.follows.len().checked_sub(FOLLOWS).filter(|more| *more > 0) {
            told.push(format!("{more} more"));
        }
        words.also = (!told.is_empty()).then(|| format!("Also: {}.", told.join("; ")));
        Some(words)
    }
}

impl Problem {
    /// In a few words, where it follows from another one.
    fn as_follows(&self, pool: Option<(&Pool, usize)>) -> String {
        let sites = sites_in_words(self.sites);
        match (self.kind, pool) {
            (ProblemKind::SitesNotScanned, Some((pool, _))) => {
                format!("pool {} has no active engine for its {sites}", pool.name)
            }
            (ProblemKind::SitesNotScanned, None) => format!("{sites} can't be scanned"),
            (ProblemKind::SmallPool, Some((pool, 0))) => format!("pool {} has no active engine", pool.name),
            (ProblemKind::SmallPool, Some((pool, _))) => {
                format!("pool {} has only 1 active engine", pool.name)
            }
            (ProblemKind::VersionDrift, _) => "its version differs from that of most engines".to_owned(),
            (kind, _) => kind.label().to_lowercase(),
        }
    }

    /// Says it. `None` when the engine or the pool is not there any more.
    #[must_use]
    pub fn words(&self, about: &About<'_>) -> Option<ProblemWords> {
        match (about.engine, about.pool) {
            _ if self.about.is_none() => Some(scattered(about.health)),
            (Some(engine), _) => Some(self.of_engine(engine, about)),
            (None, Some((pool, active))) => Some(self.of_pool(pool, active)),
            (None, None) => None,
        }
    }

    fn of_engine(&self, engine: &Engine, about: &About<'_>) -> ProblemWords {
        let (name, id) = (&engine.name, engine.id);
        let sites = sites_in_words(self.sites);
        let load = about.load.copied().unwrap_or_default();
        match self.kind {
            ProblemKind::SitesNotScanned => ProblemWords {
                // Only what does not respond is down; the others wait for something.
                what: match engine.status {
                    EngineStatus::NotResponding => format!("{sites} can't be scanned: {name} is down"),
                    _ => format!("{sites} can't be scanned: {name} is not active"),
                },
                also: None,
                why: format!("They are assigned to {name}, whose status is {}.", engine.status),
                advice: format!("Restore {name}, or give its sites to another engine or to a pool."),
                remedies: vec![Remedy::MoveSites(id)],
            },
            // The last two are never about an engine.
            ProblemKind::Status | ProblemKind::SmallPool | ProblemKind::VersionsScattered => {
                status(engine, about)
            }
            ProblemKind::NotHeardOf => {
                let age =
                    engine.last_refreshed.map(|at| at.age(about.now).as_secs() / 3600).unwrap_or_default();
                let which =
                    if engine.last_refreshed.is_some_and(|at| at.age(about.now) >= about.thresholds.alarm) {
                        (Threshold::Alarm, "an alarm")
                    } else {
                        (Threshold::Warn, "a warning")
                    };
                ProblemWords {
                    what: format!("{name} has not been in contact for {}", span(age)),
                    also: None,
                    why: format!(
                        "It was last in contact {} ago; {} without contact is {}. Its status is {}.",
                        span(age),
                        span(about.thresholds.get(which.0).into()),
                        which.1,
                        engine.status
                    ),
                    advice: format!(
                        "Refresh {name}. If that does not help, check that it is running and can be reached."
                    ),
                    remedies: vec![Remedy::Refresh(id), Remedy::Pairing(id)],
                }
            }
            ProblemKind::Flapping => ProblemWords {
                what: format!("{name} keeps going down and coming back"),
                also: None,
                why: format!(
                    "As seen from this browser, it stopped responding at least {FLAPPING_TIMES} times within 24 hours. Now its status is {}.",
                    engine.status
                ),
                advice: format!(
                    "Check the network between {name} and the console, and the memory and load of its machine."
                ),
                remedies: vec![Remedy::History(id), Remedy::Refresh(id)],
            },
            ProblemKind::NeverRefreshed => ProblemWords {
                what: format!("{name} has never been in contact"),
                also: None,
                why: format!("The console has no record of any contact. Its status is {}.", engine.status),
                advice: format!("Refresh {name}. If it does not become active, pair it."),
                remedies: vec![Remedy::Refresh(id), Remedy::Pairing(id)],
            },
            ProblemKind::Overloaded => ProblemWords {
                what: format!("{name} carries far more sites than the others"),
                also: None,
                why: format!(
                    "It carries {} ({} of its own{}); the others carry {} on average.",
                    round(load.carries()),
                    load.direct,
                    if load.through_pools > 0 {
                        format!(", and its share of {} through pools", load.through_pools)
                    } else {
                        String::new()
                    },
                    round(about.health.average_of_others(&load)),
                ),
                advice: "Give some of its sites to another engine, or to a pool whose engines share them."
                    .to_owned(),
                remedies: vec![Remedy::SelectSites(id)],
            },
            ProblemKind::LocalOverused => ProblemWords {
                what: format!("{name}, the local engine, has {sites}"),
                also: None,
                why: "It runs on the console's own machine, and its scans slow the console down.".to_owned(),
                advice: "Give its sites to other engines or to pools.".to_owned(),
                remedies: vec![Remedy::SelectSites(id)],
            },
            ProblemKind::VersionDrift => drift(engine, about.health),
            ProblemKind::NoSite => ProblemWords {
                what: format!("{name} has no site"),
                also: None,
                why: "It is active, but no site is assigned to it, directly or through a pool.".to_owned(),
                advice: format!("Select sites for {name}, or add it to a pool that is in use."),
                remedies: vec![Remedy::SelectSites(id)],
            },
        }
    }

    fn of_pool(&self, pool: &Pool, active: usize) -> ProblemWords {
        let name = &pool.name;
        let among = match pool.engines.len() {
            0 => "There is no engine in it".to_owned(),
            1 if active == 0 => "Its only engine is not active".to_owned(),
            1 => "Only one engine is in it".to_owned(),
            engines if active == 0 => format!("None of its {engines} engines is active"),
            engines => format!("Only one of its {engines} engines is active"),
        };
        let remedies = vec![Remedy::OpenPool(pool.id)];
        if self.kind == ProblemKind::SitesNotScanned {
            return ProblemWords {
                what: format!("Pool {name} has no active engine"),
                also: None,
                why: format!("{} can't be scanned. {among}.", sites_in_words(self.sites)),
                advice: "Add active engines to the pool, or restore those in it.".to_owned(),
                remedies,
            };
        }
        let what = match active {
            0 => format!("Pool {name} has no active engine"),
            _ => format!("Pool {name} has only one active engine"),
        };
        ProblemWords {
            what,
            also: None,
            why: format!("{among}: nothing shares the load, and nothing takes over when it fails."),
            advice: "Add active engines to the pool.".to_owned(),
            remedies,
        }
    }
}

fn status(engine: &Engine, about: &About<'_>) -> ProblemWords {
    let id = engine.id;
    let what = format!("{}: {}", engine.name, engine.status);
    let Some(step) = next_step_at(engine, about.place) else {
        let why = engine.status.meaning().to_owned();
        let advice = format!("Refresh {}.", engine.name);
        return ProblemWords { what, also: None, why, advice, remedies: vec![Remedy::Refresh(id)] };
    };
    let first = match step.action {
        StepAction::Refresh => Remedy::Refresh(id),
        StepAction::Update => Remedy::Update(id),
        // It asks first, there.
        StepAction::Delete => Remedy::OpenEngine(id),
    };
    let mut remedies = vec![first];
    if step.pairing_helps {
        remedies.push(Remedy::Pairing(id));
    }
    let mut why = step.why;
    if let Some(at) = engine.last_refreshed {
        let hours = at.age(about.now).as_secs() / 3600;
        if at.age(about.now) >= about.thresholds.warn {
            why = format!("{why} Its last contact was {} ago.", span(hours));
        }
    }
    ProblemWords { what, also: None, why, advice: step.what, remedies }
}

fn drift(engine: &Engine, health: &Health) -> ProblemWords {
    let name = &engine.name;
    let (mut differences, mut ahead) = (Vec::new(), true);
    for (kind, version, versions) in [
        ("product version", &engine.product_version, &health.product),
        ("content version", &engine.content_version, &health.content),
    ] {
        let Some((version, usual)) = version.as_deref().zip(versions.usual()) else { continue };
        if version != usual {
            ahead &= is_newer(version, usual);
            differences.push(format!("{kind} {version} where most engines have {usual}"));
        }
    }
    let why = format!("It has {}.", differences.join(", and "));
    match may_update(engine) {
        _ if ahead => ProblemWords {
            what: format!("{name} has a newer version than most engines"),
            also: None,
            why,
            advice: "Update the others, so that all engines run the same version.".to_owned(),
            remedies: vec![Remedy::CompareVersions],
        },
        Ok(()) => ProblemWords {
            what: format!("{name} has another version than most engines"),
            also: None,
            why,
            advice: format!("Update {name}, so that all engines run the same version."),
            remedies: vec![Remedy::Update(engine.id)],
        },
        Err(refusal) => ProblemWords {
            what: format!("{name} has another version than most engines"),
            also: None,
            why,
            advice: refusal.to_string(),
            remedies: vec![Remedy::OpenEngine(engine.id)],
        },
    }
}

fn scattered(health: &Health) -> ProblemWords {
    let kinds = [("product", &health.product), ("content", &health.content)];
    let kinds = kinds.iter().filter(|(_, versions)| versions.are_scattered());
    let kinds: Vec<String> =
        kinds.map(|(kind, versions)| format!("{} {kind} versions", versions.counts.len())).collect();
    ProblemWords {
        what: "The engines have many different versions".to_owned(),
        also: None,
        why: format!("There are {}, and none that most engines have.", kinds.join(" and ")),
        advice: "Update all engines, so that all run the same version.".to_owned(),
        remedies: vec![Remedy::CompareVersions],
    }
}

/// A number of hours as people say it.
fn span(hours: u64) -> String {
    match hours {
        1 => "1 hour".to_owned(),
        0..48 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

fn round(sites: f64) -> String {
    // Small numbers need their tenths to say how far apart they are.
    let text = sites_text(sites);
    if text == "1" { "1 site".to_owned() } else { format!("{text} sites") }
}
