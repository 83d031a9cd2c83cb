//! The last seven days of an engine, small enough for a cell of a table.

use super::{DAY, History, Seen, seconds, timestamp};
use crate::ids::EngineId;
use crate::model::Severity;
use crate::rules::{SeenKeys, counted, duration_in_words};
use crate::timestamp::Timestamp;

/// A minute is one wide; so many minutes is a drawing.
const WIDTH: u32 = 7 * DAY / 60;
/// A single reading is not invisible.
const NARROWEST: u32 = 60;

/// The last seven days of an engine as a picture and in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeekDrawing {
    /// A path for what was good, one for what was uncertain, and one for what was bad, in a box of 10,080 by 16. The worse, the
    /// higher. Where nobody watched there is nothing.
    pub paths: [String; 3],
    /// The same in a few words.
    pub words: String,
}

impl History {
    /// What a list of engines is sorted by.
    #[must_use]
    pub fn sort_keys(&self, id: EngineId, now: Timestamp) -> SeenKeys {
        let to = self.last_reading().map_or(now, |last| last.max(now));
        let from = timestamp(seconds(to).saturating_sub(7 * DAY));
        let (mut watched, mut trouble) = (false, (0, 0));
        for period in self.periods(id, from, to) {
            let Seen::Status(status) = &period.seen else { continue };
            watched = true;
            // A single reading counts as well.
            let length = (seconds(period.to) - seconds(period.from)).max(1);
            match status.severity() {
                Severity::Good => {}
                Severity::Uncertain => trouble.1 += length,
                Severity::Bad => trouble.0 += length,
            }
        }
        SeenKeys { since: self.since(id).map(|since| since.at), trouble: watched.then_some(trouble) }
    }

    /// Draws the seven days before `now`.
    #[must_use]
    pub fn week(&self, id: EngineId, now: Timestamp) -> WeekDrawing {
        let to = seconds(self.last_reading().map_or(now, |last| last.max(now)));
        let from = to.saturating_sub(7 * DAY);
        let mut paths: [String; 3] = Default::default();
        let mut watched = 0;
        for period in self.periods(id, timestamp(from), timestamp(to)) {
            let Seen::Status(status) = &period.seen else { continue };
            let (begin, end) = (seconds(period.from), seconds(period.to));
            watched += end - begin;
            let (path, height) = match status.severity() {
                Severity::Good => (0, 4),
                Severity::Uncertain => (1, 9),
                Severity::Bad => (2, 14),
            };
            let width = ((end - begin) / 60).clamp(NARROWEST, WIDTH);
            let left = ((begin - from) / 60).min(WIDTH - width);
            paths[path].push_str(&format!("M{left} {}h{width}v{height}h-{width}z", 15 - height));
        }
        let words = if watched == 0 && paths.iter().all(String::is_empty) {
            "Not watched".to_owned()
        } else {
            let downs = match self.downs(id, now).len() {
                0 => "Not seen down".to_owned(),
                downs => format!("Down {}", counted(downs, "time")),
            };
            let watched = duration_in_words(core::time::Duration::from_secs(watched.into()));
            format!("{downs}, watched for {watched}")
        };
        WeekDrawing { paths, words }
    }
}
