//! What `version engines` told last. Older consoles tell no status and no versions with their engines: this fills them
//! in, for as long as one is signed in.

use std::sync::Arc;

use console_api::{Engine, Timestamp, VersionReport, rules::complete};
use leptos::prelude::*;

use crate::clock;

/// The last report with its time. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct Told(StoredValue<Option<(Arc<VersionReport>, Timestamp)>>);

impl Told {
    pub(super) fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The console has just told this.
    pub(super) fn hear(self, report: VersionReport) {
        self.0.set_value(Some((Arc::new(report), Timestamp::from_unix_ms(clock::now()))));
    }

    /// Fills in what the console does not tell of these engines.
    pub(super) fn complete(self, engines: &mut [Engine]) {
        if let Some((report, at)) = self.0.get_value() {
            complete(engines, &report, at);
        }
    }

    pub(super) fn forget(self) {
        self.0.set_value(None);
    }
}
