//! What was noted of one engine, packed: a note takes some five bytes.

use super::{
    DAY, HOUR,
    pack::{Reader, folded, put, put_bytes},
};
use crate::rules::keys::sort_by;

/// How an engine was. Words stand for what they have in [`Words`](super::Words).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Whether the console listed it.
    pub(super) here: bool,
    pub(super) status: u32,
    pub(super) product: u32,
    pub(super) content: u32,
    /// When it last talked to the console, by the console's clock, in seconds since 1970; 0 for never.
    pub(super) contact: u32,
}

/// What was noted at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Status(u32),
    Product(u32),
    Content(u32),
    Contact(u32),
    Gone,
    Back,
}

impl State {
    pub(super) fn take(&mut self, what: What) {
        match what {
            What::Status(word) => self.status = word,
            What::Product(word) => self.product = word,
            What::Content(word) => self.content = word,
            What::Contact(at) => self.contact = at,
            What::Gone => self.here = false,
            What::Back => self.here = true,
        }
    }
}

/// The notes about one engine, in the order of their times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Track {
    /// From when on it is known, in seconds since 1970.
    pub(super) start: u32,
    /// How it was then.
    pub(super) first: State,
    /// When something was last noted.
    pub(super) last: u32,
    /// How it is, with the newest contact, whether that is noted or not.
    pub(super) now: State,
    /// The last contact among the notes.
    pub(super) noted: u32,
    /// When it was noted.
    pub(super) noted_at: u32,
    /// When it last stopped responding, the latest last; 0 for never.
    pub(super) downs: [u32; 3],
    notes: Vec<u8>,
}

impl Track {
    pub(super) fn new(start: u32, first: State) -> Self {
        Self {
            start,
            first,
            last: start,
            now: first,
            noted: first.contact,
            noted_at: start,
            downs: [0; 3],
            notes: Vec::new(),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.notes.len()
    }

    /// Notes something at a time that is not before the last one.
    pub(super) fn add(&mut self, at: u32, what: What) {
        let (kind, value) = match what {
            What::Status(word) => (0, Some(u64::from(word))),
            What::Product(word) => (1, Some(u64::from(word))),
            What::Content(word) => (2, Some(u64::from(word))),
            What::Contact(contact) => (3, Some(folded(i64::from(at) - i64::from(contact)))),
            What::Gone => (4, None),
            What::Back => (5, None),
        };
        put(&mut self.notes, u64::from(at.saturating_sub(self.last)) << 3 | kind);
        if let Some(value) = value {
            put(&mut self.notes, value);
        }
        self.last = self.last.max(at);
        self.now.take(what);
        if let What::Contact(contact) = what {
            (self.noted, self.noted_at) = (contact, at);
        }
    }

    /// It has stopped responding.
    pub(super) fn goes_down(&mut self, at: u32) {
        self.downs.rotate_left(1);
        self.downs[2] = at;
    }

    /// The notes with their times. Those that make no sense end it.
    pub(super) fn notes(&self) -> Notes<'_> {
        Notes { reader: Reader(&self.notes), at: self.start }
    }

    /// The same track with some of its notes: those before `from` are only remembered as the state at its start, those after `to`
    /// and those that `keep` refuses are left out.
    pub(super) fn part(&self, from: u32, to: u32, keep: &mut dyn FnMut(u32, What) -> bool) -> Self {
        let mut first = self.first;
        let mut part = None;
        for (at, what) in self.notes().take_while(|(at, _)| *at <= to) {
            if at < from {
                first.take(what);
                continue;
            }
            let part = part.get_or_insert_with(|| Self::new(self.start.max(from), first));
            if keep(at, what) {
                part.add(at, what);
            }
        }
        let mut part = part.unwrap_or_else(|| Self::new(self.start.max(from), first));
        part.downs = self.downs.map(|at| if at > to { 0 } else { at });
        sort_by(&mut part.downs, Ord::cmp);
        if self.last <= to {
            part.now = self.now;
        }
        part
    }

    /// The same track without what is older than `from`, with contacts of past days thinned to one a day, and with its oldest
    /// notes left out where they take more than `most` bytes.
    pub(super) fn compacted(&self, from: u32, now: u32, most: usize) -> Self {
        // The last contact before a change says since when, so it stays.
        let notes = self.notes();
        let mut next = self.notes().skip(1);
        let mut kept_day = None;
        let mut kept = Vec::new();
        for (at, what) in notes {
            let before_change =
                next.next().is_some_and(|(then, next)| then == at && !matches!(next, What::Contact(_)));
            let day = at / DAY;
            let is_kept = !matches!(what, What::Contact(_))
                || before_change
                || now.saturating_sub(at) < 2 * DAY
                || kept_day != Some(day);
            if is_kept && matches!(what, What::Contact(_)) {
                kept_day = Some(day);
            }
            kept.push(is_kept);
        }
        let mut at_note = kept.iter().copied();
        let skipped = self.notes().take_while(|(at, _)| *at < from).count();
        for _ in 0..skipped {
            at_note.next();
        }
        let mut part = self.part(from, u32::MAX, &mut |_, _| at_note.next().unwrap_or(true));
        while part.size() > most {
            let Some((middle, _)) = part.notes().nth(part.notes().count() / 2) else { break };
            let shorter = part.part(middle.saturating_add(1), u32::MAX, &mut |_, _| true);
            part = shorter;
        }
        part
    }

    /// Whether a new contact is worth a note of its own: not more than one an hour.
    pub(super) fn is_contact_due(&self, at: u32) -> bool {
        self.now.contact != self.noted && at.saturating_sub(self.noted_at) >= HOUR
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        for state in [self.first, self.now] {
            for number in [u32::from(state.here), state.status, state.product, state.content, state.contact] {
                put(bytes, number.into());
            }
        }
        for number in [self.start, self.last, self.noted, self.noted_at].into_iter().chain(self.downs) {
            put(bytes, number.into());
        }
        put_bytes(bytes, &self.notes);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut state = || {
            Some(State {
                here: reader.small()? != 0,
                status: reader.small()?,
                product: reader.small()?,
                content: reader.small()?,
                contact: reader.small()?,
            })
        };
        let (first, now) = (state()?, state()?);
        Some(Self {
            first,
            now,
            start: reader.small()?,
            last: reader.small()?,
            noted: reader.small()?,
            noted_at: reader.small()?,
            downs: [reader.small()?, reader.small()?, reader.small()?],
            notes: reader.bytes()?.to_vec(),
        })
    }

    /// Whether all of it makes sense.
    pub(super) fn is_sound(&self) -> bool {
        let mut notes = self.notes();
        let last = notes.by_ref().last().map_or(self.start, |(at, _)| at);
        notes.reader.0.is_empty() && last == self.last && self.start <= self.last
    }
}

/// What [`Track::notes`] gives: when, and what.
pub(super) struct Notes<'a> {
    reader: Reader<'a>,
    at: u32,
}

impl Iterator for Notes<'_> {
    type Item = (u32, What);

    fn next(&mut self) -> Option<Self::Item> {
        // Nothing is taken from bytes that make no sense.
        let mut reader = self.reader;
        let head = reader.number()?;
        let at = self.at.checked_add(u32::try_from(head >> 3).ok()?)?;
        let what = match head & 7 {
            0 => What::Status(reader.small()?),
            1 => What::Product(reader.small()?),
            2 => What::Content(reader.small()?),
            3 => {
                let contact = i64::from(at).checked_sub(reader.signed()?)?;
                What::Contact(u32::try_from(contact).ok()?)
            }
            4 => What::Gone,
            5 => What::Back,
            _ => return None,
        };
        (self.reader, self.at) = (reader, at);
        Some((at, what))
    }
}
