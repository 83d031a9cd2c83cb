//! What a pool plan changes on a console, in an order in which no pool loses an engine before it has its new ones, and how that is
//! taken back.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::{EngineId, PoolId, ScannerId, SiteId};
use crate::model::{Engine, EngineStatus, Pool};
use crate::rules::keys::{bare, fold_case, same_host};
use crate::rules::{PlannedEngine, PlannedSite, PoolPlan, Scanners, SiteList, counted, may_join_pool};

/// One change to one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanChange {
    /// The pool's name, as it is afterwards.
    pub pool: String,
    /// The pool, where it is already there.
    pub id: Option<PoolId>,
    /// What changes.
    pub step: PlanStep,
}

/// What changes in a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanStep {
    /// It is created.
    Create,
    /// It gets its name instead of this one.
    Rename(String),
    /// An engine joins it.
    Join(EngineId, String),
    /// It gets a site.
    Give {
        /// The site.
        site: SiteId,
        /// Its name.
        name: String,
        /// What scans it now, as far as is known.
        from: Option<ScannerId>,
    },
    /// An engine leaves it.
    Leave(EngineId, String),
    /// A site goes back to where it was.
    Return {
        /// The site.
        site: SiteId,
        /// Its name.
        name: String,
        /// What is to scan it again.
        to: ScannerId,
    },
    /// It is deleted.
    Delete,
}

impl PlanChange {
    /// For example "Europe: berlin joins".
    #[must_use]
    pub fn label(&self, scanners: &Scanners) -> String {
        let what = match &self.step {
            PlanStep::Create => "is created".to_owned(),
            PlanStep::Rename(from) => format!("is renamed from {from}"),
            PlanStep::Join(_, engine) => format!("{engine} joins"),
            PlanStep::Leave(_, engine) => format!("{engine} leaves"),
            PlanStep::Give { name, from: Some(from), .. } => {
                format!("gets the site {name} from {}", scanners.label(*from))
            }
            PlanStep::Give { name, from: None, .. } => format!("gets the site {name}"),
            PlanStep::Return { name, to, .. } => {
                format!("gives the site {name} back to {}", scanners.label(*to))
            }
            PlanStep::Delete => "is deleted".to_owned(),
        };
        format!("{}: {what}", self.pool)
    }

    /// What undoes it; `None` where that is not known.
    #[must_use]
    fn undone(&self) -> Option<Self> {
        let Self { pool, id, step } = self.clone();
        let (pool, step) = match step {
            PlanStep::Create => (pool, PlanStep::Delete),
            PlanStep::Rename(from) => (from, PlanStep::Rename(pool)),
            PlanStep::Join(engine, name) => (pool, PlanStep::Leave(engine, name)),
            PlanStep::Leave(engine, name) => (pool, PlanStep::Join(engine, name)),
            PlanStep::Give { site, name, from } => (pool, PlanStep::Return { site, name, to: from? }),
            PlanStep::Return { .. } | PlanStep::Delete => return None,
        };
        Some(Self { pool, id, step })
    }
}

/// What takes back changes that were made, in this order: the last first.
#[must_use]
pub fn taken_back(done: &[PlanChange]) -> Vec<PlanChange> {
    done.iter().rev().filter_map(PlanChange::undone).collect()
}

/// What a plan comes to on this console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanDifference {
    /// What changes, in the order in which it is to be done: pools are created first, engines leave last.
    pub changes: Vec<PlanChange>,
    /// What of the plan can't be done, and why.
    pub left_out: Vec<(String, String)>,
    /// What to know before: how engines were found, what stays as it is.
    pub notes: Vec<String>,
}

/// How an engine of a plan was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FoundBy {
    Id,
    Place,
    Name,
}

/// Compares a plan with the pools as they are. `console` is this console's host: ids of another one mean nothing. Engines are found
/// by id, then by address and port, then by name; sites and pools by name, or by id. Pools that the plan does not have stay as they
/// are, and so do sites that a pool has beyond the plan: they need some engine.
#[must_use]
pub fn plan_difference(
    plan: &PoolPlan,
    engines: &[Engine],
    pools: &[Pool],
    sites: &SiteList,
    console: &str,
) -> PlanDifference {
    let same_console = plan.console.eq_ignore_ascii_case(console);
    let engines = EngineIndex::new(engines, same_console);
    let mut site_names = FxHashMap::default();
    if plan.has_sites() {
        for place in 0..sites.len() {
            site_names.insert(folded(sites.name(place)), place);
        }
    }
    let find_site = |site: &PlannedSite| {
        let by_id = site.id.filter(|_| same_console).and_then(|id| sites.place(SiteId(id)));
        by_id
            .or_else(|| site_names.get(&folded(&site.name)).copied().filter(|_| !site.name.trim().is_empty()))
    };
    let targets = match_pools(plan, pools, same_console);

    let mut found = PlanDifference::default();
    // Created, renamed, joined, given, left: each kind after the other.
    let mut kinds: [Vec<PlanChange>; 5] = Default::default();
    let mut by = (0, 0);
    let mut taken_sites = FxHashSet::default();
    for (planned, target) in plan.pools.iter().zip(&targets) {
        let name = planned.name.trim().to_owned();
        let id = target.map(|pool| pool.id);
        let change = |step| PlanChange { pool: name.clone(), id, step };
        match target {
            None => kinds[0].push(change(PlanStep::Create)),
            Some(pool) if folded(&pool.name) != folded(&name) => {
                kinds[1].push(change(PlanStep::Rename(pool.name.clone())));
            }
            Some(_) => {}
        }
        let members: &[EngineId] = target.map_or(&[], |pool| &pool.engines);
        let mut wanted = Vec::new();
        let mut missing = Vec::new();
        for planned in &planned.engines {
            let Some((engine, found_by)) = engines.find(planned) else {
                found.left_out.push((
                    format!("{name}: {}", planned.label()),
                    "There is no such engine. Add it, then import the plan again.".to_owned(),
                ));
                missing.push(planned.label());
                continue;
            };
            by.0 += usize::from(found_by == FoundBy::Place);
            by.1 += usize::from(found_by == FoundBy::Name);
            if wanted.contains(&engine.id) {
                continue;
            }
            wanted.push(engine.id);
            if members.contains(&engine.id) {
                continue;
            }
            match may_join_pool(engine) {
                Ok(()) => kinds[2].push(change(PlanStep::Join(engine.id, engine.name.clone()))),
                Err(refusal) => {
                    found.left_out.push((format!("{name}: {}", engine.name), refusal.to_string()));
                }
            }
        }
        let extra: Vec<EngineId> = members.iter().filter(|id| !wanted.contains(id)).copied().collect();
        if missing.is_empty() {
            for engine in extra {
                kinds[4].push(change(PlanStep::Leave(engine, engines.name(engine))));
            }
        } else if !extra.is_empty() {
            let names: Vec<String> = extra.iter().map(|id| engines.name(*id)).collect();
            let verb = if names.len() == 1 { "stays" } else { "stay" };
            found.notes.push(format!(
                "{} {verb} in {name}, because not all of its engines were found.",
                names.join(", ")
            ));
        }
        for planned in &planned.sites {
            let Some(place) = find_site(planned) else {
                found
                    .left_out
                    .push((format!("{name}: site {}", planned.label()), "There is no such site.".to_owned()));
                continue;
            };
            let Some(site) = sites.id(place).filter(|site| taken_sites.insert(*site)) else { continue };
            let from = sites.scanner(place);
            let there = id.is_some() && from == id.map(ScannerId::from);
            if !there {
                kinds[3].push(change(PlanStep::Give { site, name: sites.name(place).to_owned(), from }));
            }
        }
    }
    found.changes = kinds.into_iter().flatten().collect();
    note_finds(&mut found.notes, by);
    note_others(&mut found.notes, pools, &targets);
    let idle = pools_without_active(&found.changes, pools, &engines);
    found.notes.extend(idle);
    found
}

/// The pool of the console that each pool of the plan is: by name, or else by id on the same console. No pool is two of the plan's.
fn match_pools<'a>(plan: &PoolPlan, pools: &'a [Pool], same_console: bool) -> Vec<Option<&'a Pool>> {
    let by_name = |name: &str| pools.iter().find(|pool| folded(&pool.name) == folded(name));
    let mut found: Vec<Option<&Pool>> = plan.pools.iter().map(|planned| by_name(&planned.name)).collect();
    let mut taken: FxHashSet<PoolId> = found.iter().flatten().map(|pool| pool.id).collect();
    for (planned, found) in plan.pools.iter().zip(&mut found) {
        if found.is_none() && same_console {
            let by_id = pools.iter().find(|pool| Some(pool.id.get()) == planned.id);
            *found = by_id.filter(|pool| taken.insert(pool.id));
        }
    }
    found
}

fn note_finds(notes: &mut Vec<String>, (by_place, by_name): (usize, usize)) {
    for (count, how) in [(by_place, "by address and port"), (by_name, "by name")] {
        if count > 0 {
            let were = if count == 1 { "was" } else { "were" };
            notes.push(format!("{} {were} matched {how}, not by ID.", counted(count, "engine")));
        }
    }
}

fn note_others(notes: &mut Vec<String>, pools: &[Pool], targets: &[Option<&Pool>]) {
    let is_planned = |pool: &Pool| targets.iter().flatten().any(|target| target.id == pool.id);
    let others: Vec<&str> =
        pools.iter().filter(|pool| !is_planned(pool)).map(|pool| pool.name.as_str()).collect();
    if !others.is_empty() {
        let verb = if others.len() == 1 { "stays as it is" } else { "stay as they are" };
        notes.push(format!("Not in the plan, and {verb}: {}.", others.join(", ")));
    }
}

/// Pools that have an active engine now, and none afterwards.
fn pools_without_active(changes: &[PlanChange], pools: &[Pool], engines: &EngineIndex<'_>) -> Vec<String> {
    let active = |ids: &[EngineId]| ids.iter().any(|id| engines.is_active(*id));
    let after = |pool: &Pool| {
        let mut members = pool.engines.clone();
        for change in changes.iter().filter(|change| change.id == Some(pool.id)) {
            match &change.step {
                PlanStep::Join(engine, _) => members.push(*engine),
                PlanStep::Leave(engine, _) => members.retain(|id| id != engine),
                _ => {}
            }
        }
        members
    };
    let loses = pools.iter().filter(|pool| active(&pool.engines) && !active(&after(pool)));
    loses.map(|pool| format!("{} would have no active engine left to scan with.", pool.name)).collect()
}

/// The engines, ready to be found.
struct EngineIndex<'a> {
    by_id: FxHashMap<EngineId, &'a Engine>,
    by_name: FxHashMap<String, &'a Engine>,
    all: &'a [Engine],
    same_console: bool,
}

impl<'a> EngineIndex<'a> {
    fn new(all: &'a [Engine], same_console: bool) -> Self {
        Self {
            by_id: all.iter().map(|engine| (engine.id, engine)).collect(),
            by_name: all.iter().map(|engine| (folded(&engine.name), engine)).collect(),
            all,
            same_console,
        }
    }

    fn find(&self, planned: &PlannedEngine) -> Option<(&'a Engine, FoundBy)> {
        let by_id = planned.id.filter(|_| self.same_console).and_then(|id| self.by_id.get(&EngineId(id)));
        if let Some(engine) = by_id {
            return Some((engine, FoundBy::Id));
        }
        let by_place = self.all.iter().find(|engine| {
            !bare(&planned.address).is_empty()
                && engine.port == planned.port
                && same_host(&engine.address, &planned.address)
        });
        if let Some(engine) = by_place {
            return Some((engine, FoundBy::Place));
        }
        let by_name = self.by_name.get(&folded(&planned.name)).filter(|_| !planned.name.trim().is_empty());
        by_name.map(|engine| (*engine, FoundBy::Name))
    }

    fn name(&self, id: EngineId) -> String {
        self.by_id.get(&id).map_or_else(|| format!("Engine {id}"), |engine| engine.name.clone())
    }

    fn is_active(&self, id: EngineId) -> bool {
        self.by_id.get(&id).is_some_and(|engine| engine.status == EngineStatus::Active)
    }
}

fn folded(name: &str) -> String {
    fold_case(name.trim())
}
