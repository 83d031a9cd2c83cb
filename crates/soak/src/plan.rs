//! What happens to which engine when: drawn beforehand from a seed, so that a run can be repeated.

use std::time::Duration;

/// Each engine is changed once in this time on average: often, and mostly with ten quiet seconds between.
const PER_ENGINE: Duration = Duration::from_secs(30);
/// Once in this time on average a tenth of the engines is changed at the same moment, as when a switch fails.
const PER_BURST: Duration = Duration::from_secs(30);

/// What is done to an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// A running one is ended with SIGKILL.
    Kill,
    /// A running one is stopped with SIGSTOP: its connections stay open, and it says nothing any more.
    Freeze,
    /// A frozen one continues (SIGCONT).
    Thaw,
    /// One that was killed is started again.
    Start,
    /// A running or a frozen one is killed, and started again at once.
    Restart,
}

/// How an engine stands, by what was done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The process runs.
    Running,
    /// There is no process.
    Killed,
    /// The process is stopped.
    Frozen,
}

impl Change {
    /// How an engine stands after it.
    pub(crate) const fn leads_to(self) -> Condition {
        match self {
            Self::Kill => Condition::Killed,
            Self::Freeze => Condition::Frozen,
            Self::Thaw | Self::Start | Self::Restart => Condition::Running,
        }
    }
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// When, since the beginning.
    pub(crate) at: Duration,
    /// Which engine, from 0.
    pub(crate) engine: usize,
    /// What is done to it.
    pub(crate) change: Change,
}

/// How many engines are killed or frozen at a time at most: a third.
pub(crate) fn most_down(engines: usize) -> usize {
    (engines / 3).max(1)
}

/// Draws the changes of a run of this length, in the order of time. All engines run at the beginning.
pub(crate) fn draw(seed: u64, engines: usize, length: Duration) -> Vec<Step> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut draw = Draw { conditions: vec![Condition::Running; engines], down: 0 };
    let mut steps = Vec::new();
    if engines == 0 {
        return steps;
    }
    let pause = PER_ENGINE.as_secs_f64() / engines as f64;
    let burst = pause / PER_BURST.as_secs_f64();
    let mut at = Duration::ZERO;
    loop {
        at += Duration::from_secs_f64(pause * 2.0 * random.f64());
        if at >= length {
            return steps;
        }
        let many = if random.f64() < burst { (engines / 10).max(1) } else { 1 };
        for _ in 0..many {
            let (engine, change) = draw.change(&mut random);
            steps.push(Step { at, engine, change });
        }
    }
}

struct Draw {
    conditions: Vec<Condition>,
    down: usize,
}

impl Draw {
    fn change(&mut self, random: &mut fastrand::Rng) -> (usize, Change) {
        let engine = random.usize(..self.conditions.len());
        let dice = random.u8(..10);
        let before = self.conditions[engine];
        let change = match before {
            Condition::Killed => Change::Start,
            Condition::Frozen if dice < 7 => Change::Thaw,
            Condition::Frozen => Change::Restart,
            Condition::Running if self.down >= most_down(self.conditions.len()) => Change::Restart,
            Condition::Running => match dice {
                0..5 => Change::Kill,
                5..8 => Change::Freeze,
                _ => Change::Restart,
            },
        };
        let after = change.leads_to();
        self.down += usize::from(after != Condition::Running);
        self.down -= usize::from(before != Condition::Running);
        self.conditions[engine] = after;
        (engine, change)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LENGTH: Duration = Duration::from_secs(300);

    /// The conditions before and after each step, by the steps alone.
    fn replay(steps: &[Step], engines: usize) -> Vec<(Step, Condition, usize)> {
        let mut conditions = vec![Condition::Running; engines];
        steps
            .iter()
            .map(|step| {
                let before = conditions[step.engine];
                conditions[step.engine] = step.change.leads_to();
                let down = conditions.iter().filter(|it| **it != Condition::Running).count();
                (*step, before, down)
            })
            .collect()
    }

    #[test]
    fn never_more_than_a_third_is_down_and_often_nearly_that() {
        for (seed, engines) in [(1, 500), (2, 30), (3, 7), (4, 1)] {
            let steps = draw(seed, engines, LENGTH);
            let most = replay(&steps, engines).iter().map(|(_, _, down)| *down).max().unwrap();
            assert_eq!(most, most_down(engines), "{engines} engines");
        }
    }

    #[test]
    fn every_change_fits_to_how_the_engine_stands() {
        for (step, before, _) in replay(&draw(7, 100, LENGTH), 100) {
            let fits = match step.change {
                Change::Kill | Change::Freeze => before == Condition::Running,
                Change::Thaw => before == Condition::Frozen,
                Change::Start => before == Condition::Killed,
                Change::Restart => before != Condition::Killed,
            };
            assert!(fits, "{step:?} of an engine that is {before:?}");
        }
    }

    #[test]
    fn the_changes_are_spread_over_the_whole_time_and_over_all_engines() {
        let steps = draw(11, 500, LENGTH);
        assert!(steps.is_sorted_by_key(|step| step.at));
        assert!(steps.iter().all(|step| step.at < LENGTH));
        let engines: BTreeSet<usize> = steps.iter().map(|step| step.engine).collect();
        assert_eq!(engines.len(), 500, "each of them is changed");
        for second in 0..300 {
            let here = steps.iter().filter(|step| step.at.as_secs() == second).count();
            assert!(here > 0, "nothing happens in second {second}");
        }
        let bursts = steps.chunk_by(|a, b| a.at == b.at).filter(|chunk| chunk.len() == 50).count();
        assert!((1..40).contains(&bursts), "{bursts} bursts");
        for change in [Change::Kill, Change::Freeze, Change::Thaw, Change::Start, Change::Restart] {
            let count = steps.iter().filter(|step| step.change == change).count();
            assert!(count > 100, "{change:?} comes {count} times");
        }
    }

    #[test]
    fn a_seed_repeats_its_run() {
        assert_eq!(draw(5, 50, LENGTH), draw(5, 50, LENGTH));
        assert_ne!(draw(5, 50, LENGTH), draw(6, 50, LENGTH));
    }
}
