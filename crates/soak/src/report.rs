//! The table at the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::board::{BOUND, Board, Side, Wrong};
use crate::hostile::Tally;
use crate::plan::Change;
use crate::usage::Memory;

/// How many wrong statuses are told one by one.
const TOLD: usize = 40;

/// What a run has found out.
#[derive(Debug)]
pub(crate) struct Report {
    /// Repeats the run.
    pub(crate) seed: u64,
    /// From the first to the last change.
    pub(crate) length: Duration,
    /// How long starting and pairing all engines took.
    pub(crate) set_up: Duration,
    /// What was done and seen.
    pub(crate) counted: Counted,
    /// What became of neighbours and people, if there were any.
    pub(crate) hostile: Option<Arc<Tally>>,
    /// The console's memory when all engines were paired.
    pub(crate) memory_before: Memory,
    /// The console's memory at the end.
    pub(crate) memory: Memory,
    /// The console's processor time, from the first change to the end.
    pub(crate) processor: Duration,
    /// How long that was.
    pub(crate) measured: Duration,
    /// How many engines ran at the beginning, and their memory.
    pub(crate) engines_before: (usize, u64),
    /// How many processes there were of engines at the end, frozen ones too, and their memory.
    pub(crate) engines: (usize, u64),
    /// Load average of one and of five minutes, at the end.
    pub(crate) load: Option<(f32, f32)>,
    /// The processors.
    pub(crate) processors: usize,
}

/// What is counted while the engines are changed.
#[derive(Debug)]
pub(crate) struct Counted {
    /// How often each change was made.
    pub(crate) changes: BTreeMap<Change, usize>,
    /// How long after its time the latest change was made.
    pub(crate) latest: Duration,
    /// The most engines that were killed or frozen at a time.
    pub(crate) most_down: usize,
    /// How often the list was read.
    pub(crate) lists: u32,
    /// How long the slowest of these took.
    pub(crate) slowest_list: Duration,
    /// All statuses.
    pub(crate) board: Board,
}

impl Counted {
    /// Nothing yet.
    pub(crate) const fn new(board: Board) -> Self {
        Self {
            changes: BTreeMap::new(),
            latest: Duration::ZERO,
            most_down: 0,
            lists: 0,
            slowest_list: Duration::ZERO,
            board,
        }
    }
}

impl Report {
    /// Whether no status was wrong for too long, and no neighbour kept anyone from work.
    pub(crate) fn is_good(&self) -> bool {
        self.statuses_were_right() && self.hostile.as_ref().is_none_or(|tally| tally.is_good(self.memory))
    }

    fn statuses_were_right(&self) -> bool {
        self.counted.board.wrong().is_empty()
    }

    /// The lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        let counted = &self.counted;
        let board = &counted.board;
        let [standard, reverse] = Side::ALL.map(|side| board.count(side));
        let count = |change| counted.changes.get(&change).copied().unwrap_or_default();
        let per_core = 100.0 * self.processor.as_secs_f64() / self.measured.as_secs_f64();
        let rows = [
            ("engines", format!("{} ({standard} standard, {reverse} reverse)", standard + reverse)),
            ("seed", self.seed.to_string()),
            ("started and paired in", seconds(self.set_up)),
            ("time with changes", seconds(self.length)),
            ("kills", (count(Change::Kill) + count(Change::Restart)).to_string()),
            (
                "restarts",
                format!(
                    "{} ({} at once after the kill)",
                    count(Change::Start) + count(Change::Restart),
                    count(Change::Restart)
                ),
            ),
            ("frozen, gone on", format!("{}, {}", count(Change::Freeze), count(Change::Thaw))),
            ("most down at a time", counted.most_down.to_string()),
            ("latest change, after its time", seconds(counted.latest)),
            ("lists read", format!("{}, the slowest in {}", counted.lists, seconds(counted.slowest_list))),
            ("checks of a due status", board.checks().to_string()),
            ("wrong statuses", board.wrong().len().to_string()),
            ("longest until right", seconds(self.longest())),
            (
                "console's memory",
                format!(
                    "{} at the end, {} at most, {} before the first change",
                    mebibytes(self.memory.now),
                    mebibytes(self.memory.peak),
                    mebibytes(self.memory_before.now)
                ),
            ),
            (
                "console's processor time",
                format!(
                    "{} in {}: {per_core:.1} % of one core",
                    seconds(self.processor),
                    seconds(self.measured)
                ),
            ),
            ("engines' memory", format!("{}; {}", of_engines(self.engines_before), of_engines(self.engines))),
            (
                "machine",
                format!(
                    "{} processors{}",
                    self.processors,
                    self.load
                        .map_or_else(String::new, |(one, five)| format!(", load {one:.1} (5 min {five:.1})"))
                ),
            ),
        ];
        let mut lines: Vec<String> = vec![String::new()];
        lines.extend(rows.iter().map(|(what, value)| format!("{what:<30} {value}")));
        lines.push(String::new());
        lines.push(format!("{:<30} {:>22} {:>22}", "until the status was right", "standard", "reverse"));
        for (change, what) in [
            (Change::Kill, "killed"),
            (Change::Freeze, "frozen"),
            (Change::Start, "started again"),
            (Change::Thaw, "gone on"),
            (Change::Restart, "killed and started"),
        ] {
            let [standard, reverse] = Side::ALL.map(|side| self.settled(change, side));
            lines.push(format!("{what:<30} {standard:>22} {reverse:>22}"));
        }
        if let Some(tally) = &self.hostile {
            lines.extend(tally.lines(self.memory));
        }
        if !self.statuses_were_right() {
            lines.push(String::new());
            lines.push(format!("Wrong more than {} s after the last change:", BOUND.as_secs()));
            lines.extend(board.wrong().iter().take(TOLD).map(wrong));
            if board.wrong().len() > TOLD {
                lines.push(format!("and {} more", board.wrong().len() - TOLD));
            }
        }
        lines
    }

    fn longest(&self) -> Duration {
        let changes = [Change::Kill, Change::Freeze, Change::Thaw, Change::Start, Change::Restart];
        changes
            .into_iter()
            .flat_map(|change| Side::ALL.map(|side| self.counted.board.settled(change, side).longest))
            .max()
            .unwrap_or_default()
    }

    fn settled(&self, change: Change, side: Side) -> String {
        let settled = self.counted.board.settled(change, side);
        if settled.count == 0 {
            return "-".to_owned();
        }
        format!("{} mean, {} most", seconds(settled.sum / settled.count), seconds(settled.longest))
    }
}

fn wrong(wrong: &Wrong) -> String {
    let Wrong { name, change, expected, said, at, first, last, .. } = wrong;
    let (status, message) = match said {
        None => ("not in the list", ""),
        Some(said) => (said.status.key(), said.message.as_deref().unwrap_or("no message")),
    };
    let what = match change {
        None => "paired",
        Some(Change::Kill) => "killed",
        Some(Change::Freeze) => "frozen",
        Some(Change::Thaw) => "gone on",
        Some(Change::Start) => "started again",
        Some(Change::Restart) => "killed and started",
    };
    format!(
        "  {name}, {what}: expected {}, the console said {status} ({message}), seen {} to {} after the change, at {}",
        expected.key(),
        seconds(*first),
        seconds(*last),
        seconds(*at)
    )
}

fn of_engines((count, bytes): (usize, u64)) -> String {
    format!("{count} processes with {}", mebibytes(bytes))
}

pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use console_api::EngineStatus;

    use super::*;
    use crate::board::Said;

    fn report(board: Board) -> Report {
        Report {
            seed: 9,
            length: Duration::from_secs(300),
            set_up: Duration::from_secs(20),
            counted: Counted {
                changes: BTreeMap::from([(Change::Kill, 3), (Change::Restart, 2), (Change::Start, 1)]),
                ..Counted::new(board)
            },
            hostile: None,
            memory_before: Memory::default(),
            memory: Memory { now: 50 << 20, peak: 60 << 20 },
            processor: Duration::from_secs(31),
            measured: Duration::from_secs(310),
            engines_before: (2, 20 << 20),
            engines: (1, 10 << 20),
            load: None,
            processors: 2,
        }
    }

    #[test]
    fn the_table_counts_restarts_as_kills_too_and_tells_the_share_of_a_core() {
        let board = Board::new([("one".to_owned(), Side::Standard)], Duration::ZERO);
        let report = report(board);
        let text = report.lines().join("\n");
        assert!(report.is_good());
        for line in [
            "engines                        1 (1 standard, 0 reverse)",
            "kills                          5",
            "restarts                       3 (2 at once after the kill)",
            "wrong statuses                 0",
            "console's processor time       31.0 s in 310.0 s: 10.0 % of one core",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in:\n{text}");
        }
        assert!(!text.contains("Wrong more than"));
    }

    #[test]
    fn a_wrong_status_is_told_with_what_the_console_said() {
        let mut board = Board::new([("one".to_owned(), Side::Standard)], Duration::ZERO);
        board.changed(0, Change::Kill, Duration::from_secs(5));
        board.seen(Duration::from_secs(16), Duration::from_secs(16), |_| {
            Some(Said { status: EngineStatus::Active, message: None })
        });
        let report = report(board);
        assert!(!report.is_good());
        assert_eq!(
            report.lines().last().map(String::as_str),
            Some(
                "  one, killed: expected not-responding, the console said active (no message), seen 11.0 s to 11.0 s \
                 after the change, at 16.0 s"
            )
        );
    }
}
