//! The scans of an engine, as a list shows them.

use core::time::Duration;

use crate::model::{Engine, Pool, Scan, ScanStatus, Severity};
use crate::rules::scans_on;

/// The scans of a page as they are shown: on the first one those that are under way on the engine come first, also those
/// that the page does not have; after that, the page in the console's order. Each scan is there once.
#[must_use]
pub fn scan_rows(
    engine: &Engine,
    pools: &[Pool],
    first: bool,
    under_way: &[Scan],
    page: &[Scan],
) -> Vec<Scan> {
    let here = under_way.iter().filter(|scan| scans_on(engine, core::slice::from_ref(scan), pools).sure > 0);
    let top = page.iter().filter(|scan| scan.status.is_under_way()).chain(here).filter(|_| first);
    let mut rows: Vec<Scan> = Vec::new();
    for scan in top.chain(page) {
        match rows.iter_mut().find(|row| row.id == scan.id) {
            // Which site it is, not every list tells.
            Some(row) => {
                row.site = row.site.or(scan.site);
                row.site_name = row.site_name.take().or_else(|| scan.site_name.clone());
            }
            None => rows.push(scan.clone()),
        }
    }
    rows
}

/// The reason for a scan's state. That of a stopped scan is often just the name of who stopped it
/// (docs/api-quirks.md, "Reading").
#[must_use]
pub fn scan_message(scan: &Scan) -> Option<String> {
    let message = scan.message.as_deref()?;
    let is_name = scan.status == ScanStatus::Stopped
        && (scan.started_by.as_deref() == Some(message)
            || !message.contains(char::is_whitespace) && !message.ends_with('.') && !is_state(message));
    Some(if is_name { format!("Stopped by {message}") } else { message.to_owned() })
}

/// Whether a single word says what became of a scan, rather than who did it.
fn is_state(word: &str) -> bool {
    let states = ["cancelled", "canceled", "timeout", "n/a"];
    states.iter().any(|state| word.eq_ignore_ascii_case(state))
        || !matches!(ScanStatus::parse(word), ScanStatus::Other(_))
}

/// How good or bad a scan's state is; `None` while it is under way or where that is unknown.
#[must_use]
pub const fn scan_severity(status: &ScanStatus) -> Option<Severity> {
    match status {
        ScanStatus::Finished => Some(Severity::Good),
        ScanStatus::Stopped => Some(Severity::Uncertain),
        ScanStatus::Aborted | ScanStatus::Error => Some(Severity::Bad),
        _ => None,
    }
}

/// For example "2 d 3 h", "1 h 5 min", "4 min 2 s", "12 s".
#[must_use]
pub fn duration_in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let Some(at) = units.iter().position(|(_, length)| seconds >= *length) else { return "0 s".to_owned() };
    let (unit, length) = units[at];
    let rest = units.get(at + 1).map(|(unit, smaller)| (unit, seconds % length / smaller));
    match rest.filter(|(_, count)| *count > 0) {
        Some((smaller, count)) => format!("{} {unit} {count} {smaller}", seconds / length),
        None => format!("{} {unit}", seconds / length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (12, "12 s"),
            (60, "1 min"),
            (242, "4 min 2 s"),
            (3_600, "1 h"),
            (3_905, "1 h 5 min"),
            (183_600, "2 d 3 h"),
        ] {
            assert_eq!(duration_in_words(Duration::from_secs(seconds)), words);
        }
    }
}
