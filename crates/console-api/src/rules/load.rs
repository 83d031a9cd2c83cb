//! How many sites each engine has to carry, directly and through pools.

use crate::rules::keys::sort_distinct;
use rustc_hash::FxHashMap;

use crate::ids::EngineId;
use crate::model::{Engine, EngineStatus, Pool};

/// The sites of one engine.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// How many sites are assigned to it directly.
    pub direct: usize,
    /// How many sites it may scan because they use one of its pools. A site has one scanner, so none counts twice.
    pub through_pools: usize,
    /// Its part of those: the active engines of a pool share its sites
    /// (docs/api-quirks.md, "Special engines and pools").
    pub share_of_pools: f64,
    /// Whether it is in a pool whose sites the console does not report.
    pub untold: bool,
}

impl Load {
    /// How many sites it may scan.
    #[must_use]
    pub const fn may_scan(&self) -> usize {
        self.direct + self.through_pools
    }

    /// How many sites it carries: its own, and its part of those of its pools.
    #[must_use]
    pub fn carries(&self) -> f64 {
        count(self.direct) + self.share_of_pools
    }

    /// Whether it certainly has no site at all.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.may_scan() == 0 && !self.untold
    }
}

/// A number of sites, not negative, with at most one decimal: "2.5", and "12" from ten on.
///
/// Calculated in whole numbers: the standard library's formatting of fractions, used nowhere else, has 13 kB before compression.
#[must_use]
pub fn sites_text(sites: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and no console has so many sites"
    )]
    let tenths = if sites < 10.0 { (sites * 10.0).round() } else { sites.round() * 10.0 } as u64;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

/// A count to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no console has 2^52 sites")]
pub(crate) const fn count(count: usize) -> f64 {
    count as f64
}

/// The sites of each engine, in the order of the engines.
#[must_use]
pub fn loads(engines: &[Engine], pools: &[Pool]) -> Vec<Load> {
    let mut loads: Vec<Load> =
        engines.iter().map(|engine| Load { direct: engine.sites.len(), ..Load::default() }).collect();
    let at: FxHashMap<EngineId, usize> =
        engines.iter().enumerate().map(|(at, engine)| (engine.id, at)).collect();
    for pool in pools {
        let mut members: Vec<usize> = pool.engines.iter().filter_map(|id| at.get(id).copied()).collect();
        sort_distinct(&mut members);
        let sharing = members.iter().filter(|at| may_share(&engines[**at])).count();
        let sites = pool.sites.as_ref().map_or(0, Vec::len);
        for at in members {
            let load = &mut loads[at];
            load.untold |= pool.sites.is_none();
            load.through_pools += sites;
            if may_share(&engines[at]) {
                load.share_of_pools += count(sites) / count(sharing);
            }
        }
    }
    loads
}

/// Only active engines share the load of a pool. Where the console reports no status, any may.
pub(crate) const fn may_share(engine: &Engine) -> bool {
    matches!(engine.status, EngineStatus::Active | EngineStatus::Missing)
}

#[cfg(test)]
mod tests {
    use super::sites_text;

    #[test]
    fn small_numbers_of_sites_have_tenths_where_they_say_something() {
        for (sites, text) in [
            (0.0, "0"),
            (0.04, "0"),
            (0.25, "0.3"),
            (1.0, "1"),
            (2.5, "2.5"),
            (9.94, "9.9"),
            (9.97, "10"),
            (10.4, "10"),
            (1234.5, "1235"),
        ] {
            assert_eq!(sites_text(sites), text, "{sites}");
        }
    }
}
