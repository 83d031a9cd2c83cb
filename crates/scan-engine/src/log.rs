//! Log lines on the standard error.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::format_description;

/// How many failures of one kind are written at once, if they differ.
const BURST: u32 = 5;
/// After these, one more is written in this time.
const PER_LINE: Duration = Duration::from_secs(15);
/// A failure that was written is not written again within this time, however many others there were in the meantime.
const REPEAT: Duration = Duration::from_secs(600);

/// Writes one line, without its end.
type Printer = Box<dyn FnMut(String) + Send>;

/// What a failure is about. Those of one kind share a bound on how often they are written: peers decide what failures
/// there are, and must not fill the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Connections can't be accepted.
    Accept,
    /// There are too many connections.
    Full,
    /// A connection that someone else has opened.
    Connection,
    /// The connection with the console of this id, which is enabled, or which this engine dials: those who are neither
    /// can't crowd it out.
    Console(u32),
    /// A file could not be written.
    File,
}

/// The engine's log: one line each, with the time in UTC.
#[derive(Default)]
pub struct Log {
    failures: Mutex<BTreeMap<Kind, Failures>>,
    printer: Mutex<Option<Printer>>,
}

/// What was written of one kind of failure.
#[derive(Debug)]
struct Failures {
    /// How many may be written now.
    free: u32,
    /// When that number was last right.
    counted: Instant,
    /// Those that were written a short time ago.
    written: Vec<(String, Instant)>,
    /// How many were not.
    left_out: u64,
}

impl Log {
    /// Writes one line.
    pub fn line(&self, text: impl AsRef<str>) {
        self.write(text.as_ref());
    }

    /// Writes one line, unless it says again what was said a short time ago, or there are too many of its kind. How many
    /// were left out, the next line of the kind says.
    pub fn failure(&self, kind: Kind, text: impl Into<String>) {
        let now = Instant::now();
        let line = self.failures().entry(kind).or_insert_with(|| Failures::new(now)).take(text.into(), now);
        if let Some(line) = line {
            self.write(&line);
        }
    }

    /// What this kind is about has gone well in the meantime: if it fails again, that is news, even with the same words.
    pub fn recovered(&self, kind: Kind) {
        if let Some(failures) = self.failures().get_mut(&kind) {
            failures.written.clear();
        }
    }

    /// Nothing of this kind will come any more.
    pub fn forget(&self, kind: Kind) {
        self.failures().remove(&kind);
    }

    /// Hands the lines to someone else than the standard error: to the line editor, which has the terminal.
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

    fn failures(&self) -> MutexGuard<'_, BTreeMap<Kind, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    const fn new(now: Instant) -> Self {
        Self { free: BURST, counted: now, written: Vec::new(), left_out: 0 }
    }

    /// The line to be written for this failure, if any.
    fn take(&mut self, text: String, now: Instant) -> Option<String> {
        let periods = now.saturating_duration_since(self.counted).as_secs() / PER_LINE.as_secs();
        if periods > 0 {
            self.free = self.free.saturating_add(u32::try_from(periods).unwrap_or(BURST)).min(BURST);
            self.counted = now;
        }
        self.written.retain(|(_, at)| now.saturating_duration_since(*at) < REPEAT);
        if self.free == 0 || self.written.iter().any(|(written, _)| *written == text) {
            self.left_out += 1;
            return None;
        }
        self.free -= 1;
        let line = match std::mem::take(&mut self.left_out) {
            0 => text.clone(),
            1 => format!("{text} (one more of this kind was not written)"),
            count => format!("{text} ({count} more of this kind were not written)"),
        };
        self.written.push((text, now));
        Some(line)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn failures_that_take_turns_are_written_once_each() {
        let start = Instant::now();
        let mut failures = Failures::new(start);
        let written: Vec<String> = (0..1000)
            .filter_map(|turn| {
                let text = if turn % 2 == 0 { "one" } else { "the other" };
                failures.take(text.to_owned(), start + Duration::from_millis(turn))
            })
            .collect();
        assert_eq!(written, ["one", "the other"]);
        assert_eq!(
            failures.take("one".to_owned(), start + REPEAT + Duration::from_secs(1)).as_deref(),
            Some("one (998 more of this kind were not written)"),
            "after ten minutes it is worth a line again"
        );
    }

    #[test]
    fn failures_that_all_differ_are_written_a_few_at_once_and_then_slowly() {
        let start = Instant::now();
        let mut failures = Failures::new(start);
        // A thousand in each of 60 seconds.
        let written = (0..60_000)
            .filter_map(|turn| failures.take(format!("number {turn}"), start + Duration::from_millis(turn)));
        assert_eq!(written.count(), 5 + 3, "five, and one in each quarter of a minute");
        assert!(failures.written.len() <= 8);
    }

    #[test]
    fn a_flood_of_one_kind_leaves_room_for_others_and_for_what_is_no_failure() {
        let log = Log::default();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        log.redirect(move |line| kept.lock().unwrap().push(line));
        for number in 0..1000 {
            log.failure(Kind::Connection, format!("number {number}"));
        }
        log.failure(Kind::Console(1), "not reached");
        log.line("all is well");
        log.recovered(Kind::Console(1));
        log.failure(Kind::Console(1), "not reached");
        log.failure(Kind::Console(1), "not reached");
        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), 5 + 3, "{lines:#?}");
        assert!(lines[7].ends_with("Z not reached"));
    }
}
