//! The fleet over time: how many engines had which status at times between two others.

use super::{History, seconds, timestamp};
use crate::ids::EngineId;
use crate::model::EngineStatus;
use crate::timestamp::Timestamp;

/// How many engines had which status at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FleetPoint {
    /// When it was counted: at the last moment of its time that someone watched; else the middle of its time.
    pub at: Timestamp,
    /// The engines of each status: those of [`EngineStatus::KNOWN`] in their order, then all others. `None` when nobody watched.
    pub counts: Option<[u32; 6]>,
}

/// Counts them, some engines at a time.
#[derive(Clone, Debug)]
pub struct FleetCounts {
    /// When it is counted; `None` when nobody watched.
    when: Vec<Option<u32>>,
    points: Vec<FleetPoint>,
}

/// Where a status stands among the counts.
fn place(status: &EngineStatus) -> usize {
    EngineStatus::KNOWN.iter().position(|known| known == status).unwrap_or(EngineStatus::KNOWN.len())
}

impl FleetCounts {
    /// The time from one moment to another in so many equal pieces, nothing counted yet. Each piece is counted at the last moment of it that
    /// someone watched.
    #[must_use]
    pub fn new(history: &History, from: Timestamp, to: Timestamp, pieces: u32) -> Self {
        let (from, to) = (seconds(from), seconds(to).max(seconds(from)));
        let length = u64::from(to - from);
        let edge = |piece: u32| from + (length * u64::from(piece) / u64::from(pieces.max(1))) as u32;
        let mut when = Vec::new();
        let mut points = Vec::new();
        for piece in 0..pieces {
            let (start, end) = (edge(piece), edge(piece + 1));
            let at = history.watched_until(start, end);
            when.push(at);
            let middle = timestamp(start + (end - start) / 2);
            points.push(FleetPoint { at: at.map_or(middle, timestamp), counts: at.map(|_| [0; 6]) });
        }
        Self { when, points }
    }

    /// Counts these engines.
    pub fn add(&mut self, history: &History, ids: &[EngineId]) {
        let places: Vec<usize> =
            history.words.all.iter().map(|word| place(&EngineStatus::parse(word))).collect();
        for track in ids.iter().filter_map(|id| history.tracks.get(id)) {
            let mut state = track.first;
            let mut notes = track.notes().peekable();
            for (at, point) in self.when.iter().zip(&mut self.points) {
                let (Some(at), Some(counts)) = (at, &mut point.counts) else { continue };
                if *at < track.start {
                    continue;
                }
                while let Some((_, what)) = notes.next_if(|(then, _)| then <= at) {
                    state.take(what);
                }
                let place = usize::try_from(state.status).ok().and_then(|word| places.get(word));
                if state.here
                    && let Some(count) = counts.get_mut(place.copied().unwrap_or_default())
                {
                    *count += 1;
                }
            }
        }
    }

    /// What was counted, in the order of time.
    #[must_use]
    pub fn points(&self) -> &[FleetPoint] {
        &self.points
    }
}

impl History {
    /// The last moment between two that someone watched.
    fn watched_until(&self, start: u32, end: u32) -> Option<u32> {
        let place = self.watched.partition_point(|span| span.from <= end).checked_sub(1)?;
        let span = self.watched[place];
        (span.to >= start).then(|| span.to.min(end))
    }

    /// How the fleet was from one time to another, in so many pieces.
    #[must_use]
    pub fn fleet(&self, from: Timestamp, to: Timestamp, pieces: u32) -> Vec<FleetPoint> {
        let mut counts = FleetCounts::new(self, from, to, pieces);
        counts.add(self, &self.ids());
        counts.points
    }
}
