//! How the fleet is: found out again whenever the engines and the pools were read, and as time goes by.
//!
//! What finds it out is with the screens of Health and comes with them; this is where the answer is kept for all screens.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, List, Pool,
    rules::{Cause, Day, Health, Mute, Mutes, SortedOut, Thresholds},
};
use leptos::prelude::*;
use rustc_hash::FxHashMap;

use super::slot::Slot;
use crate::browser::preference::Preference;

/// Thresholds of this browser, whoever is signed in.
const THRESHOLDS: Preference = Preference::named("engine-console.health-thresholds");

/// The problems that are muted, of all users of this browser.
const MUTED: Preference = Preference::named("engine-console.muted-problems");

/// How the fleet is, with what that was found out from.
#[derive(Debug)]
pub struct Found {
    /// How it is.
    pub health: Health,
    /// Its problems by their causes, worst first.
    pub causes: Vec<Cause>,
    /// The engines, in the order of [`Health::loads`].
    pub engines: Arc<List<Engine>>,
    /// The pools; `None` when they could not be read.
    pub pools: Option<Arc<List<Pool>>>,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        // What was read and is equal keeps its identity.
        let pools = match (&self.pools, &other.pools) {
            (Some(mine), Some(its)) => Arc::ptr_eq(mine, its),
            (mine, its) => mine.is_none() && its.is_none(),
        };
        Arc::ptr_eq(&self.engines, &other.engines) && pools && self.health == other.health
    }
}

impl Found {
    /// Whether the console reported all engines and pools. Where it did not, a problem may be there that was not found.
    fn is_whole(&self) -> bool {
        let pools = self.pools.as_ref().is_some_and(|list| list.unreadable == 0);
        pools && self.engines.unreadable == 0
    }
}

/// Which problems need attention, and which are muted.
#[derive(Debug)]
pub struct Attention {
    /// How the fleet is.
    pub found: Arc<Found>,
    /// What is muted.
    pub mutes: Arc<Mutes>,
    /// The places of [`Found::causes`] and [`Mutes::list`].
    pub sorted: SortedOut,
}

impl PartialEq for Attention {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.found, &other.found)
            && Arc::ptr_eq(&self.mutes, &other.mutes)
            && self.sorted == other.sorted
    }
}

impl Attention {
    /// The causes that are not muted, worst first.
    pub fn open(&self) -> impl Iterator<Item = &Cause> {
        self.sorted.open.iter().filter_map(|at| self.found.causes.get(*at))
    }
}

/// What needs attention, and from where on something does. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct FleetHealth {
    /// [`Found`].
    found: Slot,
    thresholds: RwSignal<Thresholds>,
    /// [`Mutes`].
    mutes: Slot,
    /// [`Attention`].
    attention: Slot,
    /// Whether the browser keeps what is muted.
    keeps: RwSignal<bool>,
}

impl FleetHealth {
    pub(super) fn new() -> Self {
        let remembered = THRESHOLDS.remembered();
        let thresholds = remembered.map_or_else(Thresholds::default, |text| Thresholds::from_text(&text));
        Self {
            found: Slot::new(),
            thresholds: RwSignal::new(thresholds),
            mutes: Slot::new(),
            attention: Slot::new(),
            keeps: RwSignal::new(true),
        }
    }

    /// What was last found out; `None` before the engines and pools were read.
    pub fn found(self) -> Option<Arc<Found>> {
        self.found.get()
    }

    /// This was found out. The same as before is no news.
    pub fn find(self, found: Found) {
        if !self.found.is(&found) {
            self.found.set(found);
        }
    }

    /// The thresholds that a person chose, or else the usual ones.
    pub fn thresholds(self) -> Thresholds {
        self.thresholds.get()
    }

    /// Takes other thresholds, and remembers them.
    pub fn set_thresholds(self, thresholds: Thresholds) {
        THRESHOLDS.remember(&thresholds.to_text());
        self.thresholds.set(thresholds);
    }

    /// Loads what this user has muted in this browser.
    pub fn load_mutes(self, user: &str) {
        self.mutes.set(Mutes::read(&MUTED.remembered().unwrap_or_default(), user));
    }

    /// Changes what is muted, and keeps it in this browser. Another tab may have changed it in the meantime: what is kept counts.
    pub fn change_mutes(self, change: impl FnOnce(&mut Mutes)) {
        let Some(known) = untrack(|| self.mutes.get::<Mutes>()) else { return };
        let mut mutes = if self.keeps.get_untracked() {
            Mutes::read(&MUTED.remembered().unwrap_or_default(), known.user())
        } else {
            known.as_ref().clone()
        };
        change(&mut mutes);
        self.keeps.set(MUTED.remember(&mutes.to_text()));
        self.mutes.set(mutes);
    }

    /// Mutes a problem no longer that is muted in the way that has this [stamp](console_api::rules::Mute::stamp). False: none is.
    pub fn unmute_stamped(self, stamp: u64) -> bool {
        let mut found = false;
        self.change_mutes(|mutes| {
            let keys = mutes.list().iter().filter(|mute| mute.stamp() == stamp).map(Mute::key);
            let keys = keys.collect::<Vec<_>>();
            found = !keys.is_empty();
            mutes.remove(&keys);
        });
        found
    }

    /// Whether the browser keeps what is muted. Where it does not, it is lost with the page.
    pub fn keeps_mutes(self) -> bool {
        self.keeps.get()
    }

    /// Whether this engine's status is muted for some days, so that it is no news either.
    pub fn silences(self, engine: EngineId) -> bool {
        untrack(|| self.mutes.get::<Mutes>()).is_some_and(|mutes| mutes.silences(engine))
    }

    /// Which problems need attention, and which are muted, as was last sorted out; `None` before it is known.
    pub fn attention(self) -> Option<Arc<Attention>> {
        self.attention.get()
    }

    /// Separates the problems that need attention from those that are muted. Mutes that have ended are forgotten.
    pub fn sort_out(self, today: Day) {
        let (Some(found), Some(mutes)) = (self.found.get::<Found>(), self.mutes.get::<Mutes>()) else {
            return;
        };
        let engines = if mutes.list().is_empty() { &[][..] } else { &found.engines.items };
        let by_id = engines.iter().map(|engine| (engine.id, engine)).collect::<FxHashMap<EngineId, _>>();
        let engine = |id: EngineId| by_id.get(&id).copied();
        let sorted = mutes.sort_out(&found.causes, &engine, today, found.is_whole());
        if !sorted.ended.is_empty() {
            // This comes again with what is left.
            self.change_mutes(|mutes| mutes.remove(&sorted.ended));
            return;
        }
        let new = Attention { found: Arc::clone(&found), mutes, sorted };
        if !self.attention.is(&new) {
            self.attention.set(new);
        }
    }

    pub(super) fn forget(self) {
        for slot in [self.found, self.mutes, self.attention] {
            slot.forget();
        }
    }
}
