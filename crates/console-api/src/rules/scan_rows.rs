//! The scans of an engine, as a list shows them.

use core::time::Duration;

use crate::ids::EngineId;
use crate::model::{Scan, ScanStatus, Severity};

/// The scans of a page as they are shown: on the first one those that are under way on the engine come first, also those
/// that the page does not have; after that, the page in the console's order. Each scan is there once.
#[must_use]
pub fn scan_rows(engine: EngineId, first: bool, under_way: &[Scan], page: &[Scan]) -> Vec<Scan> {
    let here = under_way.iter().filter(|scan| scan.engines.contains(&engine));
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

/// How good or bad a scan's state is; `None` while it is under way or where that can't be told.
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
    use crate::ids::{ScanId, SiteId};

    fn scan(id: u64, engine: u64, status: ScanStatus) -> Scan {
        Scan {
            id: ScanId(id),
            name: None,
            scan_type: None,
            status,
            message: None,
            started_by: None,
            started: None,
            ended: None,
            duration: None,
            assets: None,
            vulnerabilities: None,
            engines: vec![EngineId(engine)],
            engine_name: None,
            site: None,
            site_name: None,
        }
    }

    #[test]
    fn scans_under_way_are_on_top_of_the_first_page_and_each_is_there_once() {
        let mut known = scan(5, 1, ScanStatus::Running);
        known.site = Some(SiteId(8));
        let under_way = [known, scan(3, 1, ScanStatus::Paused), scan(6, 2, ScanStatus::Running)];
        let page = [
            scan(9, 1, ScanStatus::Finished),
            scan(5, 1, ScanStatus::Running),
            scan(4, 1, ScanStatus::Error),
        ];
        let ids = |first| {
            let rows = scan_rows(EngineId(1), first, &under_way, &page);
            rows.iter().map(|row| row.id.get()).collect::<Vec<_>>()
        };
        assert_eq!(ids(true), [5, 3, 9, 4]);
        assert_eq!(ids(false), [9, 5, 4]);
        assert_eq!(scan_rows(EngineId(1), true, &under_way, &page)[0].site, Some(SiteId(8)));
    }

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
