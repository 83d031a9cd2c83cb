//! Problems by their cause: an engine that is out of touch is one problem, whatever follows from it.

use crate::rules::keys::sort_by;
use core::fmt::Write;

use rustc_hash::FxHashMap;

use crate::ids::EngineId;
use crate::model::{Engine, Pool, Severity};
use crate::rules::load::may_share;
use crate::rules::{Problem, ProblemKind, fold_case};

/// A problem with what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What is wrong.
    pub problem: Problem,
    /// What follows from it, the worst first.
    pub follows: Vec<Problem>,
}

impl Cause {
    /// The problem and what follows from it.
    pub fn all(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(&self.problem).chain(&self.follows)
    }

    /// How bad it is: as bad as the worst of it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.all().map(|it| it.severity).max().unwrap_or(self.problem.severity)
    }

    /// Whether this kind of problem is among it.
    #[must_use]
    pub fn has(&self, kind: ProblemKind) -> bool {
        self.all().any(|it| it.kind == kind)
    }

    /// What is the same as long as nothing about it has changed: how bad it is, the status where that is the problem, and what
    /// follows. How many sites are at stake does not count.
    #[must_use]
    pub fn state(&self, engine: Option<&Engine>) -> String {
        let mut state = match self.severity() {
            Severity::Bad => "bad".to_owned(),
            Severity::Uncertain | Severity::Good => "uncertain".to_owned(),
        };
        if let Some(engine) = engine.filter(|_| self.problem.kind == ProblemKind::Status) {
            state.push(' ');
            state.push_str(engine.status.key());
        }
        let mut follows: Vec<_> = self.follows.iter().map(|it| (it.kind, it.about)).collect();
        sort_by(&mut follows, Ord::cmp);
        for (kind, about) in follows {
            // A string takes everything.
            _ = write!(state, " {}:{}", kind.key(), about.map_or(0, crate::ids::ScannerId::get));
        }
        state
    }

    /// What a search looks in, without regard to case: the names of the engine and the pools, the address, the status, how bad
    /// it is, and the kinds of problems.
    #[must_use]
    pub fn search_text(&self, engine: Option<&Engine>, pools: &[&Pool]) -> String {
        let mut text = String::new();
        if let Some(engine) = engine {
            for part in [&engine.name, &engine.address, engine.status.label()] {
                text.push_str(part);
                text.push('\n');
            }
        }
        for pool in pools {
            text.push_str("pool ");
            text.push_str(&pool.name);
            text.push('\n');
        }
        for problem in self.all() {
            text.push_str(problem.kind.label());
            text.push('\n');
            text.push_str(problem.kind.phrase());
            text.push('\n');
        }
        text.push_str(severity_word(self.severity()));
        fold_case(&text)
    }
}

/// The word for how bad a problem is.
#[must_use]
pub const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Bad => "Critical",
        Severity::Uncertain | Severity::Good => "Warning",
    }
}

/// Whether all else about an engine follows from this: the console is not in touch with it.
const fn is_out_of_touch(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::Status | ProblemKind::NotHeardOf | ProblemKind::NeverRefreshed)
}

/// Puts together what has one cause. The problems come worst first, and so do the causes, each where the worst of it stands.
///
/// What follows from an engine that is out of touch: its sites are not scanned, its versions fall behind, and a pool is short of
/// active engines of which it is the only one that is missing. A pool that misses several stays a problem of its own.
#[must_use]
pub fn by_cause(problems: &[Problem], engines: &[Engine], pools: &[Pool]) -> Vec<Cause> {
    let by_id: FxHashMap<EngineId, &Engine> = engines.iter().map(|engine| (engine.id, engine)).collect();
    let pools: FxHashMap<_, &Pool> = pools.iter().map(|pool| (pool.id, pool)).collect();
    let out_of_touch: FxHashMap<EngineId, usize> = problems
        .iter()
        .enumerate()
        .filter(|(_, it)| is_out_of_touch(it.kind))
        .filter_map(|(at, it)| Some((it.engine()?, at)))
        .collect();
    let cause_of = |at: usize, problem: &Problem| match (problem.engine(), problem.pool()) {
        (Some(engine), _) => {
            let follows = matches!(problem.kind, ProblemKind::SitesNotScanned | ProblemKind::VersionDrift);
            out_of_touch.get(&engine).copied().filter(|_| follows).unwrap_or(at)
        }
        (None, Some(pool)) => {
            let missing = pools.get(&pool).and_then(|pool| only_missing(pool, &by_id));
            missing.and_then(|engine| out_of_touch.get(&engine).copied()).unwrap_or(at)
        }
        (None, None) => at,
    };
    let mut causes: Vec<Cause> = Vec::new();
    let mut places: FxHashMap<usize, usize> = FxHashMap::default();
    for (at, problem) in problems.iter().enumerate() {
        let head = cause_of(at, problem);
        let place = *places.entry(head).or_insert_with(|| {
            causes.push(Cause { problem: problems[head], follows: Vec::new() });
            causes.len() - 1
        });
        if head != at {
            causes[place].follows.push(*problem);
        }
    }
    causes
}

/// The engine of a pool that is not active, if it is the only one.
fn only_missing(pool: &Pool, engines: &FxHashMap<EngineId, &Engine>) -> Option<EngineId> {
    let mut missing =
        pool.engines.iter().filter(|id| !engines.get(id).is_some_and(|engine| may_share(engine)));
    let first = *missing.next()?;
    // A console may name an engine twice.
    missing.all(|id| *id == first).then_some(first)
}
