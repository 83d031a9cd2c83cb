//! Progress: what is being done, how long it took, and the table at the end.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::failure::Outcome;

/// Writes a line of progress (standard error, beside cargo's own). A reader that went away is not an error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Writes a line of the result (standard output).
pub(crate) fn print(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// The long steps of one command.
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(String, Duration, bool)>,
}

impl Steps {
    /// None so far.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Does one long step with a line at its start and its end.
    pub(crate) fn step<T>(&mut self, what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        say(&format!("==> {what} …"));
        let started = Instant::now();
        let outcome = work();
        let took = started.elapsed();
        let word = if outcome.is_ok() { "done in" } else { "failed after" };
        say(&format!("==> {what}: {word} {}", seconds(took)));
        self.done.push((what.to_owned(), took, outcome.is_ok()));
        outcome
    }

    /// The steps with their times.
    pub(crate) fn print_table(&self) {
        if self.done.is_empty() {
            return;
        }
        let width = self.done.iter().map(|(what, ..)| what.chars().count()).max().unwrap_or(0).max(5);
        for (what, took, good) in &self.done {
            let note = if *good { "" } else { "  failed" };
            say(&format!("    {what:width$}  {:>10}{note}", seconds(*took)));
        }
        say(&format!("    {:width$}  {:>10}", "total", seconds(self.started.elapsed())));
    }
}

/// A duration for people: `3.4 s` or `2 min 05 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_easily() {
        assert_eq!(seconds(Duration::from_millis(3_440)), "3.4 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
