//! The scans of several sites in one list.

use crate::model::Scan;
use crate::rules::keys;

/// How many scans are kept of a pool's sites: their histories go back for years.
pub const MERGED_SCANS: usize = 100;

/// The newest so many scans: those that are under way first, then by when they began, the latest first. A scan that
/// occurs twice counts once.
#[must_use]
pub fn newest_scans(scans: Vec<Scan>, most: usize) -> Vec<Scan> {
    let order = keys::sorted(scans.len(), &|a, b| {
        let (a, b) = (&scans[a], &scans[b]);
        b.status
            .is_under_way()
            .cmp(&a.status.is_under_way())
            .then_with(|| b.started.cmp(&a.started))
            .then_with(|| b.id.cmp(&a.id))
    });
    let mut slots: Vec<Option<Scan>> = scans.into_iter().map(Some).collect();
    let sorted = order.into_iter().filter_map(|at| slots.get_mut(at).and_then(Option::take));
    let mut newest: Vec<Scan> = Vec::new();
    for scan in sorted {
        if newest.len() == most {
            break;
        }
        // Equal ids stand side by side unless one reading saw the scan end.
        if !newest.iter().any(|known| known.id == scan.id) {
            newest.push(scan);
        }
    }
    newest
}
