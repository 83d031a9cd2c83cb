//! How long ago an engine was heard of (console-facts §1).

use core::time::Duration;

use crate::model::Engine;
use crate::rules::is_local;
use crate::timestamp::Timestamp;

/// From which age on the last contact is worth a warning, and an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A warning from this age on.
    pub warn: Duration,
    /// An alarm from this age on.
    pub alarm: Duration,
}

/// 24 hours and 36 hours: idle engines go for hours without contact, and 2 hours gave false alarms.
impl Default for Thresholds {
    fn default() -> Self {
        Self { warn: Duration::from_secs(24 * 3600), alarm: Duration::from_secs(36 * 3600) }
    }
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
    /// The engine has never been heard of.
    Never,
}

/// How fresh the last contact is. The local engine often has no such time, which means nothing (console-facts §5).
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
