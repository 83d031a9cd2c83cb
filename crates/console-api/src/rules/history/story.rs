//! Reading back: what was seen of one engine.

use super::{
    DAY, History, Span, seconds, timestamp,
    track::{Track, What},
};
use crate::ids::EngineId;
use crate::model::EngineStatus;
use crate::rules::keys::sort_by_cached_key;
use crate::timestamp::Timestamp;

/// What was seen of an engine during some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It had this status.
    Status(EngineStatus),
    /// The console did not list it.
    Gone,
    /// Nobody watched.
    Nothing,
}

/// Some time in which nothing about an engine's status changed, as far as anyone saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub from: Timestamp,
    /// Its end, which is the beginning of the next one.
    pub to: Timestamp,
    /// What was seen.
    pub seen: Seen,
}

/// Since when an engine has been as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// When it was first seen so.
    pub at: Timestamp,
    /// Whether it was watched becoming so. Otherwise it may have been so earlier.
    pub exact: bool,
    /// When it was last seen otherwise, where that is known and it was not watched becoming so.
    pub before: Option<Timestamp>,
}

/// What happened to an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It had this status from then on.
    Status {
        /// The status.
        status: EngineStatus,
        /// The one before; `None` where the history of the engine begins or nobody had watched before.
        was: Option<EngineStatus>,
        /// When it was last in contact with the console, if that was noted: by the console's clock.
        contact: Option<Timestamp>,
    },
    /// Nobody watched from then on.
    NotWatched,
    /// Its product version has changed, from one to another; empty where it was not reported.
    Product(String, String),
    /// Its content version has changed.
    Content(String, String),
    /// The console listed it no more.
    Gone,
}

/// A line of an engine's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEvent {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; `None` while it runs, and for what takes no time.
    pub to: Option<Timestamp>,
    /// Whether it continues.
    pub goes_on: bool,
    /// What it is.
    pub what: Happened,
}

/// How an engine was from a time on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stretch {
    from: u32,
    /// The word of its status; `None` while the console did not list it.
    status: Option<u32>,
    contact: u32,
}

/// The stretches of a track between changes of status.
fn stretches(track: &Track) -> Vec<Stretch> {
    let mut state = track.first;
    let of = |state: &super::State, from| Stretch {
        from,
        status: state.here.then_some(state.status),
        contact: state.contact,
    };
    let mut all = vec![of(&state, track.start)];
    for (at, what) in track.notes() {
        state.take(what);
        let next = of(&state, at);
        match all.last_mut() {
            // Several notes of one reading.
            Some(last) if last.from == at => *last = next,
            Some(last) if last.status != next.status => all.push(next),
            Some(last) if matches!(what, What::Contact(_)) => last.contact = last.contact.max(state.contact),
            _ => {}
        }
    }
    all.dedup_by(|next, before| next.status == before.status);
    all
}

impl History {
    fn seen(&self, status: Option<u32>) -> Seen {
        status.map_or(Seen::Gone, |word| Seen::Status(self.words.status(word)))
    }

    /// What was seen of an engine from one time to another, without a hole: what nobody watched is [`Seen::Nothing`].
    #[must_use]
    pub fn periods(&self, id: EngineId, from: Timestamp, to: Timestamp) -> Vec<Period> {
        let (from, to) = (seconds(from), seconds(to).max(seconds(from)));
        let mut periods: Vec<Period> = Vec::new();
        let mut at = from;
        let mut push = |from: u32, to: u32, seen: Seen| match periods.last_mut() {
            Some(last) if last.seen == seen && last.to == timestamp(from) => last.to = timestamp(to),
            _ => periods.push(Period { from: timestamp(from), to: timestamp(to), seen }),
        };
        if let Some(track) = self.tracks.get(&id) {
            let stretches = stretches(track);
            // What is kept of this engine may begin later than what is kept of others.
            let spans = self.watched.iter().map(|span| Span { from: span.from.max(track.start), ..*span });
            for span in spans.filter(|span| span.from <= span.to && span.to >= from && span.from <= to) {
                let (start, end) = (span.from.max(from), span.to.min(to));
                if start > at {
                    push(at, start, Seen::Nothing);
                }
                let first = stretches.partition_point(|stretch| stretch.from <= start).saturating_sub(1);
                for (place, stretch) in stretches.iter().enumerate().skip(first) {
                    if stretch.from > end {
                        break;
                    }
                    let until = stretches.get(place + 1).map_or(end, |next| next.from.min(end));
                    push(stretch.from.max(start), until, self.seen(stretch.status));
                }
                at = end;
            }
        }
        if at < to || periods.is_empty() {
            // The time since the last reading is not watched yet, but the next one may come in time.
            push_gap(&mut periods, at, to);
        }
        periods
    }

    /// The status that an engine had when the list was last read; `None` for what is not listed or not known.
    #[must_use]
    pub fn status(&self, id: EngineId) -> Option<EngineStatus> {
        let track = self.tracks.get(&id).filter(|track| track.now.here)?;
        Some(self.words.status(track.now.status))
    }

    /// Since when an engine has had its present status; `None` for what is not listed or not known.
    #[must_use]
    pub fn since(&self, id: EngineId) -> Option<Since> {
        let track = self.tracks.get(&id).filter(|track| track.now.here)?;
        let stretches = stretches(track);
        let last = stretches.last()?;
        // In the middle of a watched time a change is seen, at its beginning it is only found.
        let span = self.watched.iter().rposition(|span| span.from <= last.from)?;
        let has_changed = stretches.len() > 1;
        let exact = has_changed && self.watched[span].from < last.from;
        let before = span.checked_sub(1).filter(|_| has_changed && !exact);
        let before = before.map(|span| timestamp(self.watched[span].to));
        Some(Since { at: timestamp(last.from), exact, before })
    }

    /// When an engine stopped responding within the seven days before `now`, the earliest first.
    #[must_use]
    pub fn downs(&self, id: EngineId, now: Timestamp) -> Vec<Timestamp> {
        let from = seconds(now).saturating_sub(7 * DAY);
        let Some(track) = self.tracks.get(&id) else { return Vec::new() };
        let downs = track.notes().filter(|(at, what)| {
            let is_down = |word: u32| self.words.status(word) == EngineStatus::NotResponding;
            *at >= from && matches!(what, What::Status(word) if is_down(*word))
        });
        downs.map(|(at, _)| timestamp(at)).collect()
    }

    /// What happened to an engine until `now`, the newest first.
    #[must_use]
    pub fn timeline(&self, id: EngineId, now: Timestamp) -> Vec<HistoryEvent> {
        let Some(track) = self.tracks.get(&id) else { return Vec::new() };
        // A clock that is only looked at now and then may be behind the last reading.
        let now = self.last_reading().map_or(now, |last| last.max(now));
        let stretches = stretches(track);
        let contact_until = |at: u32| {
            let place = stretches.partition_point(|stretch| stretch.from <= at).checked_sub(1)?;
            stretches.get(place).map(|stretch| stretch.contact).filter(|contact| *contact > 0).map(timestamp)
        };
        let mut events = Vec::new();
        let mut was = None;
        let periods = self.periods(id, timestamp(track.start), now);
        let watches = self.is_watched_at(now);
        for (place, period) in periods.iter().enumerate() {
            let is_last = place + 1 == periods.len();
            let (from, to) = (period.from, Some(period.to).filter(|_| !is_last));
            let what = match &period.seen {
                Seen::Status(status) => {
                    let contact = contact_until(seconds(from));
                    Happened::Status { status: status.clone(), was: was.replace(status.clone()), contact }
                }
                Seen::Gone => {
                    was = None;
                    Happened::Gone
                }
                // Until the next reading is overdue, it is still watched.
                Seen::Nothing if is_last && watches => continue,
                Seen::Nothing => {
                    was = None;
                    Happened::NotWatched
                }
            };
            events.push(HistoryEvent { from, to, goes_on: is_last, what });
        }
        if watches && let Some(last) = events.last_mut() {
            (last.to, last.goes_on) = (None, true);
        }
        let (mut product, mut content) = (track.first.product, track.first.content);
        for (at, what) in track.notes() {
            let texts = |before: u32, now: u32| (self.words.get(before).into(), self.words.get(now).into());
            let what = match what {
                What::Product(word) => {
                    let (before, now) = texts(core::mem::replace(&mut product, word), word);
                    Happened::Product(before, now)
                }
                What::Content(word) => {
                    let (before, now) = texts(core::mem::replace(&mut content, word), word);
                    Happened::Content(before, now)
                }
                _ => continue,
            };
            events.push(HistoryEvent { from: timestamp(at), to: None, goes_on: false, what });
        }
        sort_by_cached_key(&mut events, |event| event.from);
        events.reverse();
        events
    }

    /// Whether someone watches at this time: the last reading is not long ago.
    #[must_use]
    pub fn is_watched_at(&self, now: Timestamp) -> bool {
        let last = self.watched.last().map(|span| span.to);
        last.is_some_and(|last| seconds(now).saturating_sub(last) <= super::WATCHED_GAP)
    }

    /// Whether this engine was ever noted.
    #[must_use]
    pub fn knows(&self, id: EngineId) -> bool {
        self.tracks.contains_key(&id)
    }
}

fn push_gap(periods: &mut Vec<Period>, from: u32, to: u32) {
    periods.push(Period { from: timestamp(from), to: timestamp(to), seen: Seen::Nothing });
}
