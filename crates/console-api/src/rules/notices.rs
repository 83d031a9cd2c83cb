//! News of engines for whoever looks elsewhere: one notice for all that have the same in common, and none in quiet hours.

use crate::rules::keys::sort_by_cached_key;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::EngineId;
use crate::model::{Engine, EngineStatus, Pool, Severity};
use crate::rules::{Cause, ProblemKind, Turn, counted, sites_in_words};

/// Hours of the day without notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The first minute of the day, from 0 to 1439.
    from: u32,
    /// The first minute after them.
    to: u32,
}

impl QuietHours {
    /// From one time of the day to another, as a browser's time field has them: `22:00`. `None` where one of them is no time, or both
    /// are the same.
    #[must_use]
    pub fn new(from: &str, to: &str) -> Option<Self> {
        let (from, to) = (minute_of(from)?, minute_of(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// Reads `22:00-07:00`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Self::new(from, to)
    }

    /// Whether this minute of the day is among them; they may go over midnight.
    #[must_use]
    pub const fn contains(self, minute: u32) -> bool {
        if self.from < self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }
}

fn minute_of(time: &str) -> Option<u32> {
    let (hour, minute) = time.trim().split_once(':')?;
    let number = |text: &str, end: u32| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|number| digits && *number < end)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

/// News about engines that have the same in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Good: they came back. Bad: they failed.
    pub severity: Severity,
    /// What happened, with the name or the number of engines.
    pub what: String,
    /// Which engines, what they have in common, and what follows.
    pub more: String,
}

/// How many engines are named.
const NAMED: usize = 5;

/// One notice for all engines that turned to the same status, the bad ones first. What the pools and the `causes` of the fleet's problems
/// tell of them is added: whether all are in one pool or one network, and what follows.
#[must_use]
pub fn notices(turns: &[Turn], engines: &[Engine], pools: &[Pool], causes: &[Cause]) -> Vec<Notice> {
    let mut groups: Vec<(&EngineStatus, Vec<&Turn>)> = Vec::new();
    for turn in turns {
        match groups.iter_mut().find(|(status, _)| **status == turn.status) {
            Some((_, group)) => group.push(turn),
            None => groups.push((&turn.status, vec![turn])),
        }
    }
    sort_by_cached_key(&mut groups, |(status, _)| core::cmp::Reverse(status.severity()));
    let notice = |(status, group): (&EngineStatus, Vec<&Turn>)| {
        let is_bad = status.severity() == Severity::Bad;
        let who = match &group[..] {
            [one] => one.name.clone(),
            many => counted(many.len(), "engine"),
        };
        let what = if is_bad { format!("{who}: {status}") } else { format!("{who}: {status} again") };
        let mut more = Vec::new();
        if group.len() > 1 {
            let names: Vec<&str> = group.iter().take(NAMED).map(|turn| turn.name.as_str()).collect();
            let rest = match group.len() - names.len() {
                0 => String::new(),
                rest => format!(" and {rest} more"),
            };
            more.push(format!("{}{rest}.", names.join(", ")));
            let ids: FxHashSet<EngineId> = group.iter().map(|turn| turn.engine).collect();
            more.extend(in_common(&ids, engines, pools));
        }
        if is_bad {
            more.extend(consequences(&group, causes));
        }
        Notice { severity: if is_bad { Severity::Bad } else { Severity::Good }, what, more: more.join(" ") }
    };
    groups.into_iter().map(notice).collect()
}

/// The pool that has all of them, or else the network.
fn in_common(ids: &FxHashSet<EngineId>, engines: &[Engine], pools: &[Pool]) -> Option<String> {
    let has_all = |pool: &&Pool| {
        let members: FxHashSet<EngineId> = pool.engines.iter().copied().collect();
        ids.iter().all(|id| members.contains(id))
    };
    if let Some(pool) = pools.iter().find(has_all) {
        return Some(format!("All are in pool {}.", pool.name));
    }
    let addresses = engines.iter().filter(|engine| ids.contains(&engine.id)).map(|engine| &engine.address);
    let mut networks = addresses.map(|address| {
        let address: core::net::Ipv4Addr = address.parse().ok()?;
        let [a, b, c, _] = address.octets();
        Some([a, b, c])
    });
    let first = networks.next()??;
    let [a, b, c] = first;
    networks.all(|other| other == Some(first)).then(|| format!("All are in the network {a}.{b}.{c}.0/24."))
}

/// What follows from these engines being bad.
fn consequences(group: &[&Turn], causes: &[Cause]) -> Option<String> {
    let by_engine: FxHashMap<EngineId, &Cause> = causes
        .iter()
        .filter(|cause| cause.problem.kind == ProblemKind::Status || cause.has(ProblemKind::SitesNotScanned))
        .filter_map(|cause| Some((cause.problem.engine()?, cause)))
        .collect();
    let these = group.iter().filter_map(|turn| by_engine.get(&turn.engine));
    let problems = these.flat_map(|cause| cause.all());
    let sites: usize = problems.filter(|it| it.kind == ProblemKind::SitesNotScanned).map(|it| it.sites).sum();
    (sites > 0).then(|| format!("{} can't be scanned.", sites_in_words(sites)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(id: u64, name: &str, status: EngineStatus) -> Turn {
        Turn { engine: EngineId(id), name: name.to_owned(), status }
    }

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let night = QuietHours::from_text("22:00-07:00").unwrap();
        for (minute, is_quiet) in [(0, true), (419, true), (420, false), (1319, false), (1320, true)] {
            assert_eq!(night.contains(minute), is_quiet, "{minute}");
        }
        let noon = QuietHours::new("12:00", "13:30").unwrap();
        for (minute, is_quiet) in [(719, false), (720, true), (809, true), (810, false)] {
            assert_eq!(noon.contains(minute), is_quiet, "{minute}");
        }
        for bad in ["", "22:00", "24:00-07:00", "22:60-07:00", "7:00-08:00", "22:00-22:00", "+1:00-02:00"] {
            assert_eq!(QuietHours::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn many_engines_with_one_status_are_one_notice() {
        let down = |id| turn(id, &format!("e{id}"), EngineStatus::NotResponding);
        let mut turns: Vec<Turn> = (1..=7).map(down).collect();
        turns.push(turn(8, "back", EngineStatus::Active));
        let said = notices(&turns, &[], &[], &[]);
        assert_eq!(said.len(), 2);
        assert_eq!(said[0].what, "7 engines: Not responding");
        assert_eq!(said[0].more, "e1, e2, e3, e4, e5 and 2 more.");
        assert_eq!((said[1].severity, said[1].what.as_str()), (Severity::Good, "back: Active again"));
        assert_eq!(said[1].more, "");
        assert_eq!(notices(&[], &[], &[], &[]), []);
    }
}
