//! Log lines on the standard error.

use std::fmt;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use time::macros::format_description;

/// Writes one line, without its end.
type Printer = Box<dyn FnMut(String) + Send>;

/// The engine's log: one line each, with the time in UTC.
#[derive(Default)]
pub struct Log {
    /// The last failure, so that a peer that tries every few seconds does not fill the log with one and the same.
    last_failure: Mutex<String>,
    printer: Mutex<Option<Printer>>,
}

impl Log {
    /// Writes one line.
    pub fn line(&self, text: impl AsRef<str>) {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.write(text.as_ref());
    }

    /// Writes one line, unless it repeats the line before.
    pub fn failure(&self, text: impl Into<String>) {
        let text = text.into();
        let mut last = self.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != text {
            self.write(&text);
            *last = text;
        }
    }

    /// Hands the lines to somebody else than the standard error: to the line editor, which has the terminal.
    pub fn redirect(&self, printer: impl FnMut(String) + Send + 'static) {
        *self.printer.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(printer));
    }

    fn write(&self, text: &str) {
        let time = OffsetDateTime::now_utc()
            .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
            .unwrap_or_default();
        let line = format!("{time} {text}");
        match &mut *self.printer.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(printer) => printer(line),
            // Nobody may be reading any more: that must not end the engine.
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}
