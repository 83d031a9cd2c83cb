//! Log lines on the standard error.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use time::macros::format_description;

/// The engine's log: one line each, with the time in UTC.
#[derive(Debug, Default)]
pub struct Log {
    /// The last failure, so that a peer that tries every few seconds does not fill the log with one and the same.
    last_failure: Mutex<String>,
}

impl Log {
    /// Writes one line.
    pub fn line(&self, text: impl AsRef<str>) {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clear();
        write(text.as_ref());
    }

    /// Writes one line, unless it repeats the line before.
    pub fn failure(&self, text: impl Into<String>) {
        let text = text.into();
        let mut last = self.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != text {
            write(&text);
            *last = text;
        }
    }
}

fn write(text: &str) {
    let time = OffsetDateTime::now_utc()
        .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
        .unwrap_or_default();
    // Nobody may be reading any more: that must not end the engine.
    drop(writeln!(std::io::stderr(), "{time} {text}"));
}
