//! Problems that someone does not want to be told of for a while, with the reason.
//!
//! They are remembered as text, a line each, with the user's name in it: several people may share a browser. Lines of other
//! users and of other versions of the app stay as they are; a line that makes no sense is dropped.

use core::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ids::{EngineId, ScannerId};
use crate::model::Engine;
use crate::rules::{Cause, Problem, ProblemKind, fold_case};

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Day {
    /// The day with this year, month (from 1) and day of the month. `None` where there is no such day.
    #[must_use]
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let there = (1000..=9999).contains(&year) && (1..=12).contains(&month) && (1..=last).contains(&day);
        if !there {
            return None;
        }
        Some(Self {
            year: u16::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// Reads `2026-12-05`, as a browser's date field has it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str, count: usize| {
            let all = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| all)
        };
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Self::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
    }

    /// For a person: "5 Dec 2026".
    #[must_use]
    pub fn in_words(self) -> String {
        let month = MONTHS.get(usize::from(self.month.saturating_sub(1))).copied().unwrap_or_default();
        format!("{} {month} {}", self.day, self.year)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// When a mute ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MuteEnds {
    /// When the problem is no longer in this [state](Cause::state), or is gone.
    OnChange(String),
    /// When this day begins, whatever the problem does until then.
    OnDay(Day),
}

/// A problem that is muted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The engine or the pool that it is about; `None` when it is about all engines.
    pub about: Option<ScannerId>,
    /// The problem in a few words, for when it is gone.
    pub what: String,
    /// Why it is muted.
    pub reason: String,
    /// When that ends.
    pub ends: MuteEnds,
}

impl Mute {
    /// The [key](Problem::key) of the problem.
    #[must_use]
    pub fn key(&self) -> u64 {
        Problem::key_of(self.kind, self.about)
    }

    /// Tells it from other mutes, also from those of the same problem with another reason or end: FNV-1a of all that it says.
    #[must_use]
    pub fn stamp(&self) -> u64 {
        let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
        self.line("").bytes().fold(2_166_136_261, hash).into()
    }

    fn line(&self, user: &str) -> String {
        let about = self.about.map(|about| about.to_string()).unwrap_or_default();
        let ends = match &self.ends {
            MuteEnds::OnChange(state) => format!("change {state}"),
            MuteEnds::OnDay(day) => format!("day {day}"),
        };
        let fields = [VERSION, user, self.kind.key(), &about, &ends, &self.what, &self.reason];
        fields.map(escape).join("\t")
    }

    fn read(fields: &[String]) -> Option<Self> {
        let [_, _, kind, about, ends, what, reason] = fields else { return None };
        let kind = ProblemKind::ALL.into_iter().find(|it| it.key() == kind)?;
        let about = if about.is_empty() { None } else { Some(about.parse().ok()?) };
        let ends = match ends.split_once(' ')? {
            ("change", state) => MuteEnds::OnChange(state.to_owned()),
            ("day", day) => MuteEnds::OnDay(Day::parse(day)?),
            _ => return None,
        };
        Some(Self { kind, about, what: what.clone(), reason: reason.clone(), ends })
    }
}

/// Stands before each line; another one is another version's.
const VERSION: &str = "1";

fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('\t', r"\t").replace('\n', r"\n").replace('\r', r"\r")
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.push(if char == '\\' {
            match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => break,
            }
        } else {
            char
        });
    }
    plain
}

/// What one user has muted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutes {
    user: String,
    /// The newest last; at most one for each problem.
    list: Vec<Mute>,
    /// Lines that are not this user's or not of this version.
    others: Vec<String>,
}

impl Mutes {
    /// Reads what is remembered.
    #[must_use]
    pub fn read(text: &str, user: &str) -> Self {
        let mut mutes = Self { user: fold_case(user), ..Self::default() };
        let mut mine = Vec::new();
        for line in text.lines() {
            let fields: Vec<String> = line.split('\t').map(unescape).collect();
            match &fields[..] {
                [version, user, ..] if version == VERSION && *user == mutes.user => {
                    mine.extend(Mute::read(&fields));
                }
                [version, _, ..] if version.parse::<u32>().is_ok() => mutes.others.push(line.to_owned()),
                _ => {}
            }
        }
        mutes.add(mine);
        mutes
    }

    /// As it is remembered.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mine = self.list.iter().map(|mute| mute.line(&self.user));
        self.others.iter().cloned().chain(mine).collect::<Vec<_>>().join("\n")
    }

    /// Whose they are, as [`read`](Self::read) takes it.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// All of them, the oldest first.
    #[must_use]
    pub fn list(&self) -> &[Mute] {
        &self.list
    }

    /// Mutes problems. One that is muted already has the new reason and end.
    pub fn add(&mut self, new: Vec<Mute>) {
        self.list.extend(new);
        // Of each problem the last.
        let mut seen = FxHashSet::default();
        self.list.reverse();
        self.list.retain(|mute| seen.insert(mute.key()));
        self.list.reverse();
    }

    /// Mutes these problems no longer.
    pub fn remove(&mut self, keys: &[u64]) {
        let keys: FxHashSet<u64> = keys.iter().copied().collect();
        self.list.retain(|mute| !keys.contains(&mute.key()));
    }

    /// Whether nobody wants to hear of this engine's status for some days, whatever it does.
    #[must_use]
    pub fn silences(&self, engine: EngineId) -> bool {
        self.list.iter().any(|mute| {
            let its_status = mute.kind == ProblemKind::Status && mute.about == Some(engine.into());
            its_status && matches!(mute.ends, MuteEnds::OnDay(_))
        })
    }

    /// Parts the problems into those that a person is told of and those that are muted, and says which mutes have ended.
    ///
    /// `all_known` says whether the engines and pools were read completely: a problem that is not found may be there otherwise, so
    /// that nothing ends for its absence.
    #[must_use]
    pub fn sort_out<'a>(
        &self,
        causes: &[Cause],
        engine: &dyn Fn(EngineId) -> Option<&'a Engine>,
        today: Day,
        all_known: bool,
    ) -> SortedOut {
        if self.list.is_empty() {
            return SortedOut { open: (0..causes.len()).collect(), ..SortedOut::default() };
        }
        let mut sorted = SortedOut::default();
        let muted: FxHashMap<u64, usize> =
            self.list.iter().enumerate().map(|(at, mute)| (mute.key(), at)).collect();
        let mut found: FxHashMap<usize, usize> = FxHashMap::default();
        let holds = |mute: &Mute, cause: &Cause| match &mute.ends {
            MuteEnds::OnDay(day) => today < *day,
            MuteEnds::OnChange(state) => {
                !all_known || *state == cause.state(cause.problem.engine().and_then(engine))
            }
        };
        for (at, cause) in causes.iter().enumerate() {
            match muted.get(&cause.problem.key()).filter(|mute| holds(&self.list[**mute], cause)) {
                Some(mute) => _ = found.insert(*mute, at),
                None => sorted.open.push(at),
            }
        }
        for (at, mute) in self.list.iter().enumerate() {
            let cause = found.get(&at).copied();
            let lasts = cause.is_some()
                || match mute.ends {
                    MuteEnds::OnDay(day) => today < day,
                    MuteEnds::OnChange(_) => {
                        !all_known && !causes.iter().any(|it| it.problem.key() == mute.key())
                    }
                };
            if lasts {
                sorted.muted.push((at, cause));
            } else {
                sorted.ended.push(mute.key());
            }
        }
        sorted
    }
}

/// Which problems a person is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortedOut {
    /// The places of the problems that are not muted, worst first.
    pub open: Vec<usize>,
    /// The places of the mutes that last, each with that of its problem, if it is there.
    pub muted: Vec<(usize, Option<usize>)>,
    /// The keys of the mutes that have ended.
    pub ended: Vec<u64>,
}
