//! What `version engines` told last. Older consoles tell no status and no versions with their engines: this fills them
//! in, for as long as one is signed in.

use std::sync::Arc;

use console_api::{Engine, Timestamp, VersionReport, rules::complete};
use leptos::prelude::*;

use crate::clock;

/// The last report with its time. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Told(RwSignal<Option<(Arc<VersionReport>, Timestamp)>>);

impl Told {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// The console has just told this.
    pub(super) fn hear(self, report: VersionReport) {
        self.0.set(Some((Arc::new(report), Timestamp::from_unix_ms(clock::now()))));
    }

    /// Fills in what the console does not tell of these engines.
    pub(super) fn complete(self, engines: &mut [Engine]) {
        if let Some((report, at)) = self.0.get_untracked() {
            complete(engines, &report, at);
        }
    }

    /// What it told.
    pub(super) fn report(self) -> Option<Arc<VersionReport>> {
        self.0.with(|told| told.as_ref().map(|(report, _)| Arc::clone(report)))
    }

    pub(super) fn forget(self) {
        self.0.set(None);
    }
}
