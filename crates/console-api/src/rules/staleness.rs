//! How long ago an engine was heard of (docs/api-quirks.md, "Statuses").

use core::time::Duration;

use crate::model::Engine;
use crate::rules::is_local;
use crate::timestamp::Timestamp;

/// From where on something is worth a warning. What a person changed is remembered as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// The last contact is worth a warning from this age on. Whole hours, as text.
    pub warn: Duration,
    /// It is worth an alarm from this age on.
    pub alarm: Duration,
    /// An engine carries far more sites than the others from so many times their average on.
    pub load_times: u32,
    /// The local engine, which shares its machine with the console, is overused with more sites than this.
    pub local_sites: u32,
}

/// 24 hours and 36 hours: idle engines go for hours without contact, and 2 hours gave false alarms
/// (docs/api-quirks.md, "Statuses"). Three times the average of the others, and five sites on the local engine, are
/// this app's own choice.
impl Default for Thresholds {
    fn default() -> Self {
        Self { warn: hours(24), alarm: hours(36), load_times: 3, local_sites: 5 }
    }
}

/// One of the thresholds, as a person changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// [`Thresholds::warn`], in hours.
    Warn,
    /// [`Thresholds::alarm`], in hours.
    Alarm,
    /// [`Thresholds::load_times`].
    LoadTimes,
    /// [`Thresholds::local_sites`].
    LocalSites,
}

impl Threshold {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Warn, Self::Alarm, Self::LoadTimes, Self::LocalSites];

    /// The word for it in what is remembered.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Alarm => "alarm",
            Self::LoadTimes => "load",
            Self::LocalSites => "local",
        }
    }

    /// Reads what a person typed.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn parse(self, text: &str) -> Result<u32, String> {
        let (least, most) = match self {
            // A year and a bit: whoever wants none at all.
            Self::Warn | Self::Alarm => (1, 10_000),
            Self::LoadTimes => (2, 1_000),
            Self::LocalSites => (0, 1_000_000),
        };
        let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| format!("Type a whole number from {least} to {most}."))
    }
}

impl Thresholds {
    /// One of them: hours, times or sites.
    #[must_use]
    pub fn get(self, which: Threshold) -> u32 {
        let whole_hours = |age: Duration| u32::try_from(age.as_secs() / 3600).unwrap_or(u32::MAX);
        match which {
            Threshold::Warn => whole_hours(self.warn),
            Threshold::Alarm => whole_hours(self.alarm),
            Threshold::LoadTimes => self.load_times,
            Threshold::LocalSites => self.local_sites,
        }
    }

    /// With another value for one of them.
    #[must_use]
    pub fn with(mut self, which: Threshold, value: u32) -> Self {
        match which {
            Threshold::Warn => self.warn = hours(value),
            Threshold::Alarm => self.alarm = hours(value),
            Threshold::LoadTimes => self.load_times = value,
            Threshold::LocalSites => self.local_sites = value,
        }
        self
    }

    /// As they are remembered: `warn=24 alarm=36 load=3 local=5`.
    #[must_use]
    pub fn to_text(self) -> String {
        let words = Threshold::ALL.map(|which| format!("{}={}", which.key(), self.get(which)));
        words.join(" ")
    }

    /// What was remembered; where it makes no sense, the usual ones.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut read = Self::default();
        for (key, value) in text.split_whitespace().filter_map(|word| word.split_once('=')) {
            let which = Threshold::ALL.into_iter().find(|which| which.key() == key);
            if let Some(which) = which
                && let Ok(value) = which.parse(value)
            {
                read = read.with(which, value);
            }
        }
        if read.alarm < read.warn { Self::default() } else { read }
    }
}

const fn hours(hours: u32) -> Duration {
    Duration::from_secs(hours as u64 * 3600)
}

/// How fresh the last contact with an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Staleness {
    /// Recent enough.
    Fresh,
    /// Old enough for a warning.
    Warning,
    /// Old enough for an alarm.
    Alarm,
    /// The engine has never been in contact.
    Never,
}

/// How fresh the last contact is. The local engine often has no such time, which means nothing
/// (docs/api-quirks.md, "Special engines and pools").
#[must_use]
pub fn staleness(engine: &Engine, now: Timestamp, thresholds: Thresholds) -> Staleness {
    let Some(last) = engine.last_refreshed else {
        return if is_local(engine) { Staleness::Fresh } else { Staleness::Never };
    };
    let age = last.age(now);
    if age >= thresholds.alarm {
        Staleness::Alarm
    } else if age >= thresholds.warn {
        Staleness::Warning
    } else {
        Staleness::Fresh
    }
}
