//! The history as bytes: a head, and parts with the notes of some engines each, so that a change is written without the rest.

use crate::rules::keys::{sort_by, sort_by_cached_key};
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};

use super::{
    History, Span, Words,
    pack::{Reader, put, put_bytes},
    part_of,
    track::Track,
};
use crate::ids::EngineId;

/// In so many parts the notes are kept.
pub const HISTORY_PARTS: u32 = 64;
/// How the bytes are put together. Another number is another version's.
const VERSION: u64 = 1;
/// What an exported file begins with; the version follows.
const TITLE: &str = "engine-console history ";

/// Why a history can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryProblem {
    /// Another version of the app wrote it.
    OtherVersion,
    /// It is of another console or another user.
    OtherOwner,
    /// It makes no sense.
    Broken,
}

impl fmt::Display for HistoryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherVersion => "Another version of this app wrote it.",
            Self::OtherOwner => {
                "It belongs to another user or another console, whose engines have other IDs."
            }
            Self::Broken => "It is not a history, or is damaged.",
        })
    }
}

impl History {
    /// All but the notes about engines.
    #[must_use]
    pub fn head(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, VERSION);
        put(&mut bytes, self.compacted.into());
        put(&mut bytes, self.words.all.len() as u64);
        for word in &self.words.all {
            put_bytes(&mut bytes, word.as_bytes());
        }
        put(&mut bytes, self.watched.len() as u64);
        let mut last = 0;
        for span in &self.watched {
            put(&mut bytes, (span.from - last).into());
            put(&mut bytes, (span.to - span.from).into());
            last = span.to;
        }
        if let Some(doubted) = self.doubted {
            put(&mut bytes, doubted.from.into());
            put(&mut bytes, (doubted.to - doubted.from).into());
        }
        bytes
    }

    /// The notes about the engines of a part, from 0 to [`HISTORY_PARTS`] - 1.
    #[must_use]
    pub fn part(&self, part: u32) -> Vec<u8> {
        let mut tracks: Vec<_> = self.tracks.iter().filter(|(id, _)| part_of(**id) == part).collect();
        sort_by_cached_key(&mut tracks, |(id, _)| **id);
        let mut bytes = Vec::new();
        for (id, track) in tracks {
            put(&mut bytes, id.get());
            track.write(&mut bytes);
        }
        bytes
    }

    /// Which parts have changed since this was last asked, in order.
    pub fn take_changed(&mut self) -> Vec<u32> {
        let mut parts: Vec<u32> = self.changed.drain().collect();
        sort_by(&mut parts, Ord::cmp);
        parts
    }

    /// These parts could not be written after all.
    pub fn not_written(&mut self, parts: &[u32]) {
        self.changed.extend(parts);
    }

    /// Reads a [`head`](Self::head), without the notes: [`add_part`](Self::add_part) adds them.
    ///
    /// # Errors
    /// [`HistoryProblem`].
    pub fn from_head(bytes: &[u8]) -> Result<Self, HistoryProblem> {
        let mut reader = Reader(bytes);
        match reader.number() {
            Some(VERSION) => read_head(reader).ok_or(HistoryProblem::Broken),
            Some(_) => Err(HistoryProblem::OtherVersion),
            None => Err(HistoryProblem::Broken),
        }
    }

    /// Adds the notes of a [`part`](Self::part).
    ///
    /// # Errors
    /// [`HistoryProblem::Broken`]; what could be read of it was added.
    pub fn add_part(&mut self, bytes: &[u8]) -> Result<(), HistoryProblem> {
        let mut reader = Reader(bytes);
        while !reader.0.is_empty() {
            let id = reader.number().map(EngineId).ok_or(HistoryProblem::Broken)?;
            let track = Track::read(&mut reader).ok_or(HistoryProblem::Broken)?;
            self.tracks.insert(id, track);
        }
        Ok(())
    }

    /// As a text for a file, a line for each part. `owner` says whose it is: the console and the user.
    #[must_use]
    pub fn to_text(&self, owner: &str) -> String {
        let mut text = format!("{TITLE}{VERSION}\n{}\n", owner.replace(['\n', '\r'], " "));
        let parts = (0..HISTORY_PARTS).map(|part| self.part(part));
        for bytes in std::iter::once(self.head()).chain(parts) {
            BASE64.encode_string(bytes, &mut text);
            text.push('\n');
        }
        text
    }

    /// Reads what [`to_text`](Self::to_text) wrote. All of it counts as changed.
    ///
    /// # Errors
    /// [`HistoryProblem`].
    pub fn from_text(text: &str, owner: &str) -> Result<Self, HistoryProblem> {
        let mut lines = text.lines();
        let version = lines.next().and_then(|line| line.strip_prefix(TITLE)).ok_or(HistoryProblem::Broken)?;
        if version.trim().parse() != Ok(VERSION) {
            return Err(HistoryProblem::OtherVersion);
        }
        let of = lines.next().ok_or(HistoryProblem::Broken)?;
        if of != owner.replace(['\n', '\r'], " ") {
            return Err(HistoryProblem::OtherOwner);
        }
        let mut bytes = lines.map(|line| BASE64.decode(line.trim()).map_err(|_| HistoryProblem::Broken));
        let mut history = Self::from_head(&bytes.next().ok_or(HistoryProblem::Broken)??)?;
        for part in bytes {
            history.add_part(&part?)?;
        }
        if !history.tracks.values().all(Track::is_sound) {
            return Err(HistoryProblem::Broken);
        }
        history.all_changed();
        history.news = true;
        Ok(history)
    }
}

fn read_head(mut reader: Reader<'_>) -> Option<History> {
    let compacted = reader.small()?;
    let words = (0..reader.small()?).map(|_| Some(str::from_utf8(reader.bytes()?).ok()?.to_owned()));
    let words = words.collect::<Option<Vec<String>>>()?;
    let mut last = 0_u32;
    let span = |reader: &mut Reader<'_>, after: u32| {
        let from = after.checked_add(reader.small()?)?;
        Some(Span { from, to: from.checked_add(reader.small()?)? })
    };
    let mut watched = Vec::new();
    for _ in 0..reader.small()? {
        let read = span(&mut reader, last)?;
        last = read.to;
        watched.push(read);
    }
    let doubted = if reader.0.is_empty() { None } else { Some(span(&mut reader, 0)?) };
    let words = if words.is_empty() { vec![String::new()] } else { words };
    Some(History { words: Words::of(words), watched, doubted, compacted, ..History::default() })
}
