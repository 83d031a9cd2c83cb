//! What `version engines` told last: the engines' machines, and, for older consoles, the status and the versions that
//! they don't tell with their engines. It is kept for as long as one is signed in.

use std::sync::Arc;

use console_api::{Engine, Timestamp, VersionReport, rules::complete};
use leptos::prelude::*;

use crate::browser::clock;

/// The last report with its time. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct LatestReport {
    report: RwSignal<Option<Arc<VersionReport>>>,
    at: StoredValue<Timestamp>,
}

impl LatestReport {
    pub(super) fn new() -> Self {
        Self { report: RwSignal::new(None), at: StoredValue::new(Timestamp::from_unix_ms(0)) }
    }

    /// The last report, if there was one.
    pub fn report(self) -> Option<Arc<VersionReport>> {
        self.report.get()
    }

    /// The console has just told this. The same as before is no news for what is drawn from it.
    pub(super) fn keep(self, report: &Arc<VersionReport>) {
        self.at.set_value(Timestamp::from_unix_ms(clock::now()));
        if !self.report.with_untracked(|known| known.as_ref() == Some(report)) {
            self.report.set(Some(Arc::clone(report)));
        }
    }

    /// Fills in what the console does not report of these engines.
    pub(super) fn complete(self, engines: &mut [Engine]) {
        if let Some(report) = self.report.get_untracked() {
            complete(engines, &report, self.at.get_value());
        }
    }

    pub(super) fn forget(self) {
        self.report.set(None);
    }
}
