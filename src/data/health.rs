//! How the fleet is: found out anew whenever the engines and the pools were read, and as time goes by.
//!
//! What finds it out is with the screens of Health and comes with them; this is where the answer is kept for all screens.

use std::sync::Arc;

use console_api::{
    Engine, List, Pool,
    rules::{Health, Thresholds},
};
use leptos::prelude::*;

use crate::browser::preference::Preference;

/// Thresholds of this browser, whoever is signed in.
const THRESHOLDS: Preference = Preference::named("engine-console.health-thresholds");

/// How the fleet is, with what that was found out from.
#[derive(Debug)]
pub struct Found {
    /// How it is.
    pub health: Health,
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

/// What needs attention, and from where on something does. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct FleetHealth {
    found: RwSignal<Option<Arc<Found>>>,
    thresholds: RwSignal<Thresholds>,
}

impl FleetHealth {
    pub(super) fn new() -> Self {
        let remembered = THRESHOLDS.remembered();
        let thresholds = remembered.map_or_else(Thresholds::default, |text| Thresholds::from_text(&text));
        Self { found: RwSignal::new(None), thresholds: RwSignal::new(thresholds) }
    }

    /// What was last found out; `None` before the engines and pools were read.
    pub fn found(self) -> Option<Arc<Found>> {
        self.found.get()
    }

    /// This was found out. The same as before is no news.
    pub fn find(self, found: Found) {
        if self.found.with_untracked(|known| known.as_deref() != Some(&found)) {
            self.found.set(Some(Arc::new(found)));
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

    pub(super) fn forget(self) {
        self.found.set(None);
    }
}
