//! What was seen of the engines over time: each change of status and version, the contacts, and when nobody watched.
//!
//! The console keeps none of this. Each reading of its list of engines is noted here, and most readings change nothing but the
//! time until which the list was watched. Times are whole seconds of the browser's clock.
//!
//! The notes of an engine are packed ([`track`]), and stay so: ten thousand engines over 90 days are some 10 to 20 MB, and never more
//! than [`BUDGET`].

mod fleet;
mod pack;
mod store;
mod story;
mod track;
mod week;
mod words;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod any_order;
#[cfg(test)]
mod tests;

use rustc_hash::{FxHashMap, FxHashSet};

use self::track::{State, Track, What};
pub use self::{
    fleet::{FleetCounts, FleetPoint},
    store::{HISTORY_PARTS, HistoryProblem},
    story::{Happened, HistoryEvent, Period, Seen, Since},
    week::WeekDrawing,
    words::{event_words, history_sentence},
};
use crate::ids::EngineId;
use crate::model::{Engine, EngineStatus};
use crate::timestamp::Timestamp;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// What is older is forgotten, in seconds.
pub const HISTORY_KEPT: u32 = 90 * DAY;
/// Between two readings that are further apart, in seconds, nobody watched. The longest interval of **Auto-refresh** is five
/// minutes, of which one may be missed.
pub const WATCHED_GAP: u32 = 11 * MINUTE;
/// An engine that stops responding so many times within 24 hours is flapping.
pub const FLAPPING_TIMES: usize = 3;
/// How many bytes all notes may take.
const BUDGET: usize = 40 << 20;
/// How many the notes of one engine may take, however few engines there are, and however many.
const MOST: usize = 64 << 10;
const LEAST: usize = 4 << 10;
/// A clock that goes back by no more, in seconds, was only set right.
const JITTER: u32 = 2 * MINUTE;
/// How many different statuses and versions are told apart; so long they may be.
const WORDS: usize = 1 << 16;
const WORD: usize = 120;

/// Statuses and versions, each kept once. The first is the empty one: not reported.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    all: Vec<String>,
    places: FxHashMap<String, u32>,
}

impl Words {
    fn of(all: Vec<String>) -> Self {
        let places = all.iter().zip(0..).map(|(word, at)| (word.clone(), at)).collect();
        Self { all, places }
    }

    fn get(&self, word: u32) -> &str {
        usize::try_from(word).ok().and_then(|at| self.all.get(at)).map_or("", String::as_str)
    }

    fn status(&self, word: u32) -> EngineStatus {
        EngineStatus::parse(self.get(word))
    }

    fn place(&mut self, word: &str) -> u32 {
        let word = word.char_indices().nth(WORD).map_or(word, |(end, _)| &word[..end]);
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        if self.all.len() >= WORDS {
            return 0;
        }
        let place = self.all.len() as u32;
        self.all.push(word.to_owned());
        self.places.insert(word.to_owned(), place);
        place
    }
}

/// A time from one reading to another, in seconds since 1970, in which the list was read again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: u32,
    to: u32,
}

/// What was seen of the engines of one console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    words: Words,
    /// When someone watched, in order; they don't touch.
    watched: Vec<Span>,
    tracks: FxHashMap<EngineId, Track>,
    /// From when to when the clock said something that is not believed yet.
    doubted: Option<Span>,
    /// When it was last compacted.
    compacted: u32,
    /// Which parts have changed since they were written.
    changed: FxHashSet<u32>,
    /// Whether more than the time has changed since that was last asked.
    news: bool,
}

impl Default for History {
    fn default() -> Self {
        Self {
            words: Words::of(vec![String::new()]),
            watched: Vec::new(),
            tracks: FxHashMap::default(),
            doubted: None,
            compacted: 0,
            changed: FxHashSet::default(),
            news: false,
        }
    }
}

fn seconds(at: Timestamp) -> u32 {
    u32::try_from((at.unix_ms() / 1000).max(0)).unwrap_or(u32::MAX)
}

fn timestamp(at: u32) -> Timestamp {
    Timestamp::from_unix_ms(i64::from(at) * 1000)
}

/// A reading that is being noted; it ends with [`History::note_gone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading(u32);

impl History {
    /// Whether nothing was noted yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }

    /// When it begins; `None` while it is empty.
    #[must_use]
    pub fn begins(&self) -> Option<Timestamp> {
        self.watched.first().map(|span| timestamp(span.from))
    }

    /// When the list was last read; `None` while it is empty.
    #[must_use]
    pub fn last_reading(&self) -> Option<Timestamp> {
        self.watched.last().map(|span| timestamp(span.to))
    }

    /// How many engines it knows, those that are gone among them.
    #[must_use]
    pub fn engines(&self) -> usize {
        self.tracks.len()
    }

    /// The engines that it knows, in no order.
    #[must_use]
    pub fn ids(&self) -> Vec<EngineId> {
        self.tracks.keys().copied().collect()
    }

    /// How many bytes the notes take, and what belongs to them.
    #[must_use]
    pub fn size(&self) -> usize {
        let tracks = self.tracks.values().map(|track| track.size() + size_of::<Track>()).sum::<usize>();
        let words = self.words.all.iter().map(String::len).sum::<usize>();
        tracks + words + self.watched.len() * size_of::<Span>()
    }

    /// Whether the clock says a time that is not believed: it went back by more than a day, less than an hour ago.
    #[must_use]
    pub const fn doubts_clock(&self) -> bool {
        self.doubted.is_some()
    }

    /// Whether a status, a version or the list of engines has changed since this was last asked.
    pub fn take_news(&mut self) -> bool {
        core::mem::take(&mut self.news)
    }

    /// Notes a whole reading of the list in one go.
    pub fn note(&mut self, engines: &[Engine], at: Timestamp) {
        if let Some(reading) = self.begin(at) {
            self.note_some(reading, engines);
            let ids = engines.iter().map(|engine| engine.id).collect();
            self.note_gone(reading, &ids);
        }
    }

    /// Begins to note a reading that was made at that time. `None` where the clock is not believed: then nothing is noted, and there will
    /// be a gap.
    ///
    /// A clock that went back by up to a day was ahead: what was noted of the time that comes once more is left out. Where it went back
    /// by more it may be wrong now, as after its battery was empty; it is believed once it has said so for an hour.
    pub fn begin(&mut self, at: Timestamp) -> Option<Reading> {
        let at = seconds(at);
        let Some(last) = self.watched.last().map(|span| span.to) else {
            self.watched.push(Span { from: at, to: at });
            return Some(Reading(at));
        };
        let back = last.saturating_sub(at);
        if back > DAY && !self.is_believed(at) {
            return None;
        }
        self.doubted = None;
        if back > JITTER {
            self.cut(at);
        } else if back > 0 {
            // Another tab may have been a little faster.
            return Some(Reading(last));
        }
        // Each reading has a second of its own, so that what changes twice is seen twice.
        let at = if back == 0 && at == last { at.saturating_add(1) } else { at };
        match self.watched.last_mut() {
            Some(span) if at - span.to <= WATCHED_GAP => span.to = at,
            _ => self.watched.push(Span { from: at, to: at }),
        }
        Some(Reading(at))
    }

    fn is_believed(&mut self, at: u32) -> bool {
        let doubted = match self.doubted {
            Some(span) if at >= span.to && at - span.to <= WATCHED_GAP => Span { from: span.from, to: at },
            _ => Span { from: at, to: at },
        };
        self.doubted = Some(doubted);
        doubted.to - doubted.from >= HOUR
    }

    /// Leaves out what was noted after a time.
    fn cut(&mut self, at: u32) {
        self.watched.retain(|span| span.from <= at);
        if let Some(span) = self.watched.last_mut() {
            span.to = span.to.min(at);
        }
        self.tracks.retain(|_, track| track.start <= at);
        for track in self.tracks.values_mut() {
            if track.last > at {
                *track = track.part(0, at, &mut |_, _| true);
            }
        }
        self.compacted = self.compacted.min(at);
        self.all_changed();
        self.news = true;
    }

    fn all_changed(&mut self) {
        self.changed = (0..HISTORY_PARTS).collect();
    }

    /// Notes these engines, which are some of a reading, or all.
    pub fn note_some(&mut self, Reading(at): Reading, engines: &[Engine]) {
        for engine in engines {
            self.note_engine(engine, at);
        }
    }

    fn note_engine(&mut self, engine: &Engine, at: u32) {
        let contact = engine.last_refreshed.map_or(0, seconds);
        let status = engine.status.key();
        let product = engine.product_version.as_deref().unwrap_or_default();
        let content = engine.content_version.as_deref().unwrap_or_default();
        let Some(track) = self.tracks.get_mut(&engine.id) else {
            let first = State {
                here: true,
                status: self.words.place(status),
                product: self.words.place(product),
                content: self.words.place(content),
                contact,
            };
            self.tracks.insert(engine.id, Track::new(at, first));
            self.touch(engine.id);
            return;
        };
        let before = track.now;
        let words = &self.words;
        let is_same = before.here
            && words.get(before.status) == status
            && words.get(before.product) == product
            && words.get(before.content) == content;
        if is_same {
            track.now.contact = contact;
            if track.is_contact_due(at) {
                track.add(at, What::Contact(contact));
                self.changed.insert(part_of(engine.id));
            }
            return;
        }
        let [status, product, content] = [status, product, content].map(|word| self.words.place(word));
        // When it was last in touch before it changed.
        if before.contact != track.noted {
            track.add(at, What::Contact(before.contact));
        }
        if !before.here {
            track.add(at, What::Back);
        }
        if before.status != status {
            track.add(at, What::Status(status));
            if self.words.status(status) == EngineStatus::NotResponding {
                track.goes_down(at);
            }
        }
        if before.product != product {
            track.add(at, What::Product(product));
        }
        if before.content != content {
            track.add(at, What::Content(content));
        }
        track.now.contact = contact;
        self.touch(engine.id);
    }

    fn touch(&mut self, id: EngineId) {
        self.changed.insert(part_of(id));
        self.news = true;
    }

    /// Notes that no other engines than these were in the list. It must have been read as a whole: what could not be understood
    /// is not gone.
    pub fn note_gone(&mut self, Reading(at): Reading, listed: &FxHashSet<EngineId>) {
        let gone = self.tracks.iter_mut().filter(|(id, track)| track.now.here && !listed.contains(id));
        let mut ids = Vec::new();
        for (id, track) in gone {
            track.add(at, What::Gone);
            ids.push(*id);
        }
        for id in ids {
            self.touch(id);
        }
    }

    /// Whether it is time to [compact](Self::compact_some): once a day, and whenever it has become too large.
    #[must_use]
    pub fn is_compaction_due(&self) -> bool {
        let now = self.believed_until();
        now.saturating_sub(self.compacted) >= DAY || self.size() > BUDGET + BUDGET / 8
    }

    /// Until when someone watched for an hour without a gap. A clock that is wrong for a moment must not make 90 days old what is new.
    fn believed_until(&self) -> u32 {
        let long = self.watched.iter().rev().find(|span| span.to - span.from >= HOUR);
        long.map_or(0, |span| span.to)
    }

    /// Forgets what is older than [`HISTORY_KEPT`], and thins out old contacts, of these engines. [`end_compaction`](Self::end_compaction)
    /// must follow once that was done with all of them.
    pub fn compact_some(&mut self, ids: &[EngineId]) {
        let now = self.believed_until();
        let from = now.saturating_sub(HISTORY_KEPT);
        let most = (BUDGET / self.tracks.len().max(1)).clamp(LEAST, MOST);
        for id in ids {
            let Some(track) = self.tracks.get_mut(id) else { continue };
            if !track.now.here && track.last < from {
                self.tracks.remove(id);
            } else {
                let compacted = track.compacted(from, now, most);
                if compacted == *track {
                    continue;
                }
                *track = compacted;
            }
            self.changed.insert(part_of(*id));
        }
    }

    /// Ends what [`compact_some`](Self::compact_some) has begun.
    pub fn end_compaction(&mut self) {
        let now = self.believed_until();
        let from = now.saturating_sub(HISTORY_KEPT);
        self.watched.retain(|span| span.to >= from);
        if let Some(span) = self.watched.first_mut() {
            span.from = span.from.max(from);
        }
        self.compacted = now;
    }

    /// Both for all engines.
    pub fn compact(&mut self) {
        self.compact_some(&self.ids());
        self.end_compaction();
    }

    /// Whether this engine is flapping: it stopped responding at least [`FLAPPING_TIMES`] times within the 24 hours before
    /// `now`.
    #[must_use]
    pub fn is_flapping(&self, id: EngineId, now: Timestamp) -> bool {
        let now = seconds(now);
        self.tracks.get(&id).is_some_and(|track| {
            track.now.here && track.downs[0] > 0 && now.saturating_sub(track.downs[0]) <= DAY
        })
    }

    /// The engines that are flapping, by their ids.
    #[must_use]
    pub fn flapping(&self, now: Timestamp) -> Vec<EngineId> {
        let mut ids: Vec<_> = self.tracks.keys().copied().filter(|id| self.is_flapping(*id, now)).collect();
        ids.sort_unstable();
        ids
    }
}

/// Which part of the store an engine's notes are in.
fn part_of(id: EngineId) -> u32 {
    (id.get() % u64::from(HISTORY_PARTS)) as u32
}
