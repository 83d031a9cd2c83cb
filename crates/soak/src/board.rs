//! What every engine's status should be, what the console says, and since when both agree.
//!
//! Times are counted from one moment at the beginning.

use std::collections::BTreeMap;
use std::time::Duration;

use console_api::EngineStatus;

use crate::plan::{Change, Condition};

/// How long after an engine's last change its status may still be another.
pub(crate) const BOUND: Duration = Duration::from_secs(10);

/// Who opens the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// The console dials the engine.
    Standard,
    /// The engine dials the console.
    Reverse,
}

impl Side {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Standard, Self::Reverse];

    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reverse => "reverse",
        }
    }
}

/// What the console says of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// `status`.
    pub(crate) status: EngineStatus,
    /// `statusMessage`.
    pub(crate) message: Option<String>,
}

/// The status that an engine is to have.
pub(crate) const fn expected(condition: Condition) -> EngineStatus {
    match condition {
        Condition::Running => EngineStatus::Active,
        Condition::Killed | Condition::Frozen => EngineStatus::NotResponding,
    }
}

/// What an answer of the console proves about an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is as it should be. `due`: it also had to be.
    Right {
        /// The last change was long enough ago.
        due: bool,
    },
    /// It is not, and still may be.
    NotYet,
    /// It is not, though it had to be.
    Wrong,
    /// The engine was changed after the question: the answer may be about the time before.
    Nothing,
}

/// Judges what the console says about an engine that was last changed at `changed`, in answer to a question that was
/// asked at `asked`. The answer is from that moment or later.
pub(crate) fn judge(
    condition: Condition,
    changed: Duration,
    asked: Duration,
    said: Option<&EngineStatus>,
) -> Verdict {
    let Some(unchanged) = asked.checked_sub(changed) else { return Verdict::Nothing };
    match (said == Some(&expected(condition)), unchanged >= BOUND) {
        (true, due) => Verdict::Right { due },
        (false, true) => Verdict::Wrong,
        (false, false) => Verdict::NotYet,
    }
}

/// A status that was wrong for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The engine's name.
    pub(crate) name: String,
    /// Its side.
    pub(crate) side: Side,
    /// What had been done to it last.
    pub(crate) change: Option<Change>,
    /// What its status should have been.
    pub(crate) expected: EngineStatus,
    /// What the console said at first; `None` if the engine was not in the list.
    pub(crate) said: Option<Said>,
    /// When, since the beginning.
    pub(crate) at: Duration,
    /// How long after the change it was seen first.
    pub(crate) first: Duration,
    /// And last.
    pub(crate) last: Duration,
}

/// How long statuses took to become right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settled {
    /// How often that was seen.
    pub(crate) count: u32,
    /// All of them together.
    pub(crate) sum: Duration,
    /// The longest.
    pub(crate) longest: Duration,
}

#[derive(Debug)]
struct Watched {
    name: String,
    side: Side,
    condition: Condition,
    changed: Duration,
    /// The change that led to it; `None` at the beginning.
    change: Option<Change>,
    /// Since when it is right, if it is.
    right: Option<Duration>,
    /// Its entry among the wrong ones, while it is one.
    wrong: Option<usize>,
    /// It is being changed: nothing about it is known for certain.
    under_way: bool,
}

/// All engines.
#[derive(Debug)]
pub(crate) struct Board {
    engines: Vec<Watched>,
    settled: BTreeMap<(Change, Side), Settled>,
    wrong: Vec<Wrong>,
    checks: u64,
}

impl Board {
    /// Engines that have begun to run at `at`.
    pub(crate) fn new(engines: impl IntoIterator<Item = (String, Side)>, at: Duration) -> Self {
        let watched = |(name, side)| Watched {
            name,
            side,
            condition: Condition::Running,
            changed: at,
            change: None,
            right: None,
            wrong: None,
            under_way: false,
        };
        Self {
            engines: engines.into_iter().map(watched).collect(),
            settled: BTreeMap::new(),
            wrong: Vec::new(),
            checks: 0,
        }
    }

    /// An engine is going to be changed. Until [`Board::changed`] nothing is expected of it.
    pub(crate) fn begins(&mut self, engine: usize) {
        self.settle(engine);
        self.engines[engine].under_way = true;
    }

    /// An engine was changed at that moment.
    pub(crate) fn changed(&mut self, engine: usize, change: Change, at: Duration) {
        self.settle(engine);
        let watched = &mut self.engines[engine];
        watched.condition = change.leads_to();
        watched.change = Some(change);
        watched.changed = at;
        watched.right = None;
        watched.wrong = None;
        watched.under_way = false;
    }

    /// The console was asked at `asked`, and has answered at `answered`. `said` gives what it said of an engine.
    pub(crate) fn seen(&mut self, asked: Duration, answered: Duration, said: impl Fn(&str) -> Option<Said>) {
        for engine in self.engines.iter_mut().filter(|engine| !engine.under_way) {
            let said = said(&engine.name);
            let status = said.as_ref().map(|said| &said.status);
            let verdict = judge(engine.condition, engine.changed, asked, status);
            if matches!(verdict, Verdict::Right { due: true } | Verdict::Wrong) {
                self.checks += 1;
            }
            match verdict {
                Verdict::Nothing => {}
                Verdict::Right { .. } => {
                    engine.right.get_or_insert(answered);
                    engine.wrong = None;
                }
                Verdict::NotYet => engine.right = None,
                Verdict::Wrong => {
                    engine.right = None;
                    let last = asked.saturating_sub(engine.changed);
                    if let Some(known) = engine.wrong.and_then(|at| self.wrong.get_mut(at)) {
                        known.last = last;
                        continue;
                    }
                    engine.wrong = Some(self.wrong.len());
                    self.wrong.push(Wrong {
                        name: engine.name.clone(),
                        side: engine.side,
                        change: engine.change,
                        expected: expected(engine.condition),
                        said,
                        at: asked,
                        first: last,
                        last,
                    });
                }
            }
        }
    }

    /// Nothing is asked any more: counts what has become right since the last change of each engine.
    pub(crate) fn finish(&mut self) {
        for engine in 0..self.engines.len() {
            self.settle(engine);
        }
    }

    fn settle(&mut self, engine: usize) {
        let watched = &mut self.engines[engine];
        if let (Some(change), Some(right)) = (watched.change, watched.right.take()) {
            let took = right.saturating_sub(watched.changed);
            let settled = self.settled.entry((change, watched.side)).or_default();
            settled.count += 1;
            settled.sum += took;
            settled.longest = settled.longest.max(took);
        }
    }

    /// Whether every engine was right when the console was asked last.
    pub(crate) fn all_right(&self) -> bool {
        self.engines.iter().all(|engine| engine.right.is_some())
    }

    /// How many engines there are of a side.
    pub(crate) fn count(&self, side: Side) -> usize {
        self.engines.iter().filter(|engine| engine.side == side).count()
    }

    /// How many engines are killed or frozen now.
    pub(crate) fn down(&self) -> usize {
        self.engines.iter().filter(|engine| engine.condition != Condition::Running).count()
    }

    /// How often a status had to be right, and was looked at.
    pub(crate) fn checks(&self) -> u64 {
        self.checks
    }

    /// The wrong ones.
    pub(crate) fn wrong(&self) -> &[Wrong] {
        &self.wrong
    }

    /// How long statuses of a side took to become right after such a change.
    pub(crate) fn settled(&self, change: Change, side: Side) -> Settled {
        self.settled.get(&(change, side)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn said(status: EngineStatus) -> Option<Said> {
        Some(Said { status, message: Some("so it is".to_owned()) })
    }

    fn board() -> Board {
        Board::new([("one".to_owned(), Side::Standard), ("two".to_owned(), Side::Reverse)], at(0))
    }

    #[test]
    fn ten_seconds_after_the_last_change_a_status_has_to_be_right() {
        use Condition::{Frozen, Killed, Running};
        use EngineStatus::{Active, NotResponding, Unknown};
        for (condition, asked, status, verdict) in [
            (Running, 1_000, Some(Active), Verdict::Right { due: false }),
            (Running, 10_999, Some(NotResponding), Verdict::NotYet),
            (Running, 11_000, Some(NotResponding), Verdict::Wrong),
            (Running, 11_000, Some(Active), Verdict::Right { due: true }),
            (Running, 11_000, Some(Unknown), Verdict::Wrong),
            (Killed, 11_000, Some(NotResponding), Verdict::Right { due: true }),
            (Killed, 11_000, Some(Active), Verdict::Wrong),
            (Frozen, 11_000, Some(Active), Verdict::Wrong),
            (Frozen, 5_000, Some(NotResponding), Verdict::Right { due: false }),
            // It is not in the list.
            (Killed, 11_000, None, Verdict::Wrong),
            // The change came after the question.
            (Killed, 999, Some(Active), Verdict::Nothing),
        ] {
            let found = judge(condition, at(1_000), at(asked), status.as_ref());
            assert_eq!(found, verdict, "{condition:?} at {asked}: {status:?}");
        }
    }

    #[test]
    fn a_wrong_status_is_named_once_with_the_time_that_it_stayed_wrong() {
        let mut board = board();
        board.changed(0, Change::Kill, at(1_000));
        for asked in [5_000, 11_500, 12_000] {
            board.seen(at(asked), at(asked + 10), |_| said(EngineStatus::Active));
        }
        let [wrong] = board.wrong() else { panic!("{:?}", board.wrong()) };
        assert_eq!(
            (wrong.name.as_str(), wrong.side, wrong.change),
            ("one", Side::Standard, Some(Change::Kill))
        );
        assert_eq!(wrong.expected, EngineStatus::NotResponding);
        assert_eq!(wrong.said, said(EngineStatus::Active));
        assert_eq!((wrong.first, wrong.last), (at(10_500), at(11_000)));
        // Both engines at 11.5 and at 12 seconds.
        assert_eq!(board.checks(), 4);
        assert!(!board.all_right());
    }

    #[test]
    fn a_status_that_turns_wrong_again_is_another_wrong_one() {
        let mut board = board();
        for (asked, status) in [
            (11_000, EngineStatus::NotResponding),
            (11_500, EngineStatus::Active),
            (12_000, EngineStatus::NotResponding),
        ] {
            board.seen(at(asked), at(asked), |name| {
                said(if name == "one" { status.clone() } else { EngineStatus::Active })
            });
        }
        assert_eq!(board.wrong().len(), 2);
    }

    #[test]
    fn the_time_until_it_is_right_counts_from_the_change_to_the_last_time_that_it_became_right() {
        let mut board = board();
        board.changed(1, Change::Restart, at(2_000));
        // Still the status from before, then the console notices, then the engine is back.
        for (asked, status) in [
            (2_100, EngineStatus::Active),
            (2_600, EngineStatus::NotResponding),
            (3_100, EngineStatus::Active),
            (3_600, EngineStatus::Active),
        ] {
            board.seen(at(asked), at(asked + 50), |_| said(status.clone()));
        }
        board.finish();
        let settled = board.settled(Change::Restart, Side::Reverse);
        assert_eq!(settled, Settled { count: 1, sum: at(1_150), longest: at(1_150) });
        assert_eq!(board.settled(Change::Restart, Side::Standard), Settled::default());
    }

    #[test]
    fn nothing_is_expected_of_an_engine_that_is_just_being_killed() {
        let mut board = board();
        board.begins(0);
        // The console may notice before the process is gone, and before the harness has heard of it.
        board.seen(at(11_000), at(11_010), |name| {
            said(if name == "one" { EngineStatus::NotResponding } else { EngineStatus::Active })
        });
        assert_eq!((board.checks(), board.wrong()), (1, [].as_slice()));
        board.changed(0, Change::Kill, at(11_005));
        board.seen(at(21_005), at(21_010), |_| said(EngineStatus::Active));
        assert_eq!(board.wrong().len(), 1);
    }

    #[test]
    fn a_change_that_was_never_seen_to_be_right_does_not_count() {
        let mut board = board();
        board.changed(0, Change::Kill, at(1_000));
        board.seen(at(1_100), at(1_150), |_| said(EngineStatus::Active));
        assert_eq!(board.down(), 1);
        board.changed(0, Change::Start, at(1_200));
        board.finish();
        assert_eq!(board.settled(Change::Kill, Side::Standard), Settled::default());
        assert!(board.wrong().is_empty());
        assert_eq!(board.down(), 0);
    }
}
