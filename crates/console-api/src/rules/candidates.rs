//! The engines and pools of which one is to be chosen, with what a person has to know to choose, and why some can't be.

use crate::ids::{EngineId, PoolId, ScannerId};
use crate::model::{Engine, EngineStatus, Pool, Severity};
use crate::rules::{Scanner, Scanners, fold_case, may_join_pool, pools_of, sites_in_words};

/// An engine or pool that may be chosen for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: ScannerId,
    /// What it is called where it is chosen.
    pub label: String,
    /// Its status and its sites, for example "Active, 3 sites".
    pub about: String,
    /// How good or bad its status is.
    pub severity: Severity,
    /// Why it can't be chosen, as a sentence.
    pub refused: Option<String>,
    /// What to know before it is chosen, as a sentence.
    pub note: Option<String>,
    /// The label as it is compared.
    folded: String,
}

impl Candidate {
    fn new(scanner: &Scanner, label: String) -> Self {
        let sites = scanner.sites.map(|sites| format!(", {}", sites_in_words(sites)));
        Self {
            id: scanner.id,
            about: scanner.status_label() + sites.as_deref().unwrap_or_default(),
            severity: scanner.severity(),
            refused: None,
            note: None,
            folded: fold_case(&label),
            label,
        }
    }
}

/// All engines and pools, in the order of their names; `refuse` says why one of them can't be chosen.
#[must_use]
pub fn scanner_candidates(
    scanners: &Scanners,
    refuse: impl Fn(&Scanner) -> Option<String>,
) -> Vec<Candidate> {
    let candidate = |scanner: &Scanner| Candidate {
        refused: refuse(scanner),
        ..Candidate::new(scanner, scanner.label())
    };
    scanners.all().iter().map(candidate).collect()
}

/// All pools, in the order of their names and called by these alone; `refuse` says why one of them can't be chosen.
#[must_use]
pub fn pool_candidates(scanners: &Scanners, refuse: impl Fn(PoolId) -> Option<String>) -> Vec<Candidate> {
    let candidate = |scanner: &Scanner| {
        let refused = refuse(scanner.pool()?);
        Some(Candidate { refused, ..Candidate::new(scanner, scanner.name.clone()) })
    };
    scanners.all().iter().filter_map(candidate).collect()
}

/// The engines and pools that may take over the sites of engines that go, in the order of their names. Those that go are
/// not among them. A pool in which no other engine would be left can't: its sites would not be scanned any more.
#[must_use]
pub fn site_successors(engines: &[Engine], pools: &[Pool], going: &[EngineId]) -> Vec<Candidate> {
    let scanners = Scanners::new(engines, pools);
    let active = |id: &EngineId| {
        engines.iter().any(|engine| engine.id == *id && engine.status == EngineStatus::Active)
    };
    let successor = |scanner: &Scanner| {
        let (refused, note) = match (scanner.engine(), scanner.pool()) {
            (Some(engine), _) if going.contains(&engine) => return None,
            (Some(_), _) => (None, not_active(scanner)),
            (None, pool) => {
                let pool = pools.iter().find(|it| Some(it.id) == pool)?;
                let stay = pool.engines.iter().filter(|id| !going.contains(id));
                let (some, works) = stay.fold((false, false), |(_, works), id| (true, works || active(id)));
                let refused = (!some).then(|| match pool.engines.is_empty() {
                    true => "It has no engine.".to_owned(),
                    false => "It would have no engine left.".to_owned(),
                });
                let note = (some && !works)
                    .then(|| "None of its engines is active: until one is, nothing is scanned.".to_owned());
                (refused, note)
            }
        };
        Some(Candidate { refused, note, ..Candidate::new(scanner, scanner.label()) })
    };
    scanners.all().iter().filter_map(successor).collect()
}

/// The engines that may take the place of another one, in the order of their names. Where it is in a pool, that must be
/// one that can join pools (docs/api-quirks.md, "Special engines and pools").
#[must_use]
pub fn engine_successors(old: EngineId, engines: &[Engine], pools: &[Pool]) -> Vec<Candidate> {
    let has_pools = !pools_of(old, pools).is_empty();
    let scanners = Scanners::new(engines, &[]);
    let successor = |scanner: &Scanner| {
        let engine = engines.iter().find(|it| Some(it.id) == scanner.engine() && it.id != old)?;
        let refused = may_join_pool(engine).err().filter(|_| has_pools);
        let refused = refused.map(|refusal| format!("It can't take over the pools. {refusal}"));
        Some(Candidate { refused, note: not_active(scanner), ..Candidate::new(scanner, scanner.label()) })
    };
    scanners.all().iter().filter_map(successor).collect()
}

fn not_active(scanner: &Scanner) -> Option<String> {
    let crate::rules::ScannerKind::Engine(status) = &scanner.kind else { return None };
    match status {
        EngineStatus::Active | EngineStatus::Missing => None,
        status => Some(format!("Its status is {}: until it is active, it scans nothing.", status.label())),
    }
}

/// The one that is called so, as a person types it: blanks around it and case don't count. Where an engine is called
/// like a pool's label, the pool is meant.
#[must_use]
pub fn find_candidate<'a>(candidates: &'a [Candidate], label: &str) -> Option<&'a Candidate> {
    let wanted = fold_case(label.trim());
    candidates.iter().rfind(|candidate| candidate.folded == wanted)
}

/// Those in whose label all words of the text occur, without regard to case: first those that can be chosen, then the
/// others, each in their order.
#[must_use]
pub fn matching_candidates<'a>(candidates: &'a [Candidate], text: &str) -> Vec<&'a Candidate> {
    let words: Vec<String> = text.split_whitespace().map(fold_case).collect();
    let matches = |it: &&Candidate| words.iter().all(|word| it.folded.contains(word.as_str()));
    let (free, refused): (Vec<_>, Vec<_>) =
        candidates.iter().filter(matches).partition(|it| it.refused.is_none());
    [free, refused].concat()
}
