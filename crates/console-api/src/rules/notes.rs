//! Notes and tags on engines, which only this browser keeps.

use crate::rules::keys::{sort_by, sort_by_cached_key};
use serde::{Deserialize, Serialize};

use crate::ids::EngineId;
use crate::model::Engine;
use crate::rules::fold_case;
use crate::timestamp::Timestamp;
use crate::wire::{Field, Read, Row};

/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 4000;
/// The longest tag, in characters.
const LONGEST_TAG: usize = 40;
/// How many tags an engine can have.
const MOST_TAGS: usize = 20;

/// What someone wrote about an engine. Without text and tags it says that there is nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The engine.
    pub engine: EngineId,
    /// Its name when this was written.
    pub name: String,
    /// The text.
    pub text: String,
    /// The tags, each once.
    pub tags: Vec<String>,
    /// When it was changed last.
    pub changed: Timestamp,
}

impl Note {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.tags.is_empty()
    }

    /// Which of two is the later one. Those of the same moment have an order as well, so that it makes no difference who merges with
    /// whom.
    fn rank(&self) -> (Timestamp, &str, &[String], &str) {
        (self.changed, &self.text, &self.tags, &self.name)
    }

    /// The text that it is kept as.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.written()).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote; `None` where that makes no sense.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        match Self::read_any(serde_json::from_str(text).ok()?) {
            Row::Read(note) => Some(note),
            Row::Skip | Row::Broken => None,
        }
    }

    pub(crate) fn written(&self) -> Written<'_> {
        Written {
            engine: self.engine.get(),
            name: &self.name,
            text: &self.text,
            tags: self.tags.join(","),
            changed: self.changed.to_string(),
        }
    }
}

/// As it is kept.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    engine: u64,
    name: &'a str,
    text: &'a str,
    tags: String,
    changed: String,
}

/// As it comes back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    engine: Field<'a>,
    name: Field<'a>,
    text: Field<'a>,
    tags: Field<'a>,
    changed: Field<'a>,
}

impl Read for Note {
    type Wire<'a> = Wire<'a>;

    fn read(wire: Wire<'_>) -> Row<Self> {
        let (Some(engine), Some(changed)) = (wire.engine.natural(), wire.changed.time()) else {
            return Row::Broken;
        };
        let words = |field: Field<'_>| field.words().map(Into::into).unwrap_or_default();
        let text: String = words(wire.text);
        Row::Read(Self {
            engine: EngineId(engine),
            name: words(wire.name),
            text: text.chars().take(LONGEST_NOTE).collect(),
            tags: tags_from(&wire.tags.words().unwrap_or_default()),
            changed,
        })
    }
}

/// The tags in a text: separated by commas or lines, each once whatever its case, without spaces around.
#[must_use]
pub fn tags_from(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', ';', '\n']) {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
        let tag: String = tag.chars().take(LONGEST_TAG).collect();
        let known = tags.iter().any(|known| fold_case(known) == fold_case(&tag));
        if !tag.is_empty() && !known && tags.len() < MOST_TAGS {
            tags.push(tag);
        }
    }
    tags
}

/// Puts notes together that come from several places: of each engine the one that was changed last.
#[must_use]
pub fn merge_notes(mine: Vec<Note>, others: Vec<Note>) -> Vec<Note> {
    let mut all: Vec<Note> = mine.into_iter().chain(others).collect();
    sort_by(&mut all, |one, other| one.engine.cmp(&other.engine).then(other.rank().cmp(&one.rank())));
    all.dedup_by_key(|note| note.engine);
    all
}

/// What the filter of the list looks in, and what it is grouped by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Sorted by their engines, without empty ones.
    list: Vec<Note>,
}

impl Notes {
    /// Those that say something.
    #[must_use]
    pub fn new(notes: &[Note]) -> Self {
        let mut list: Vec<Note> = notes.iter().filter(|note| !note.is_empty()).cloned().collect();
        sort_by_cached_key(&mut list, |note| note.engine);
        Self { list }
    }

    /// What is written about an engine.
    #[must_use]
    pub fn of(&self, engine: EngineId) -> Option<&Note> {
        let at = self.list.binary_search_by_key(&engine, |note| note.engine).ok()?;
        self.list.get(at)
    }

    /// The engine's tags, in one text and in their order.
    #[must_use]
    pub fn tags_of(&self, engine: &Engine) -> String {
        let mut tags = self.of(engine.id).map(|note| note.tags.clone()).unwrap_or_default();
        sort_by_cached_key(&mut tags, |tag| fold_case(tag));
        tags.join(", ")
    }

    /// All tags, each once whatever its case, in their order.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = self.list.iter().flat_map(|note| note.tags.iter().cloned()).collect();
        sort_by_cached_key(&mut tags, |tag| fold_case(tag));
        tags.dedup_by_key(|tag| fold_case(tag));
        tags
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note(engine: u64, text: &str, tags: &str, changed: i64) -> Note {
        Note {
            engine: EngineId(engine),
            name: format!("Engine {engine}"),
            text: text.to_owned(),
            tags: tags_from(tags),
            changed: Timestamp::from_unix_ms(changed),
        }
    }

    #[test]
    fn tags_are_parted_trimmed_and_there_once() {
        for (text, tags) in [
            ("", &[][..]),
            (" , ;", &[]),
            ("Prod, rack  4,prod\nold", &["Prod", "rack 4", "old"]),
            ("Ärger, ärger", &["Ärger"]),
        ] {
            assert_eq!(tags_from(text), tags, "{text:?}");
        }
        assert_eq!(tags_from(&"x".repeat(90))[0].len(), 40);
        let many = (0..50).map(|at| at.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(tags_from(&many).len(), 20);
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let written = note(17, "Behind the \"old\" firewall\nask Kim", "prod, rack 4", 1_700_000_000_000);
        assert_eq!(Note::from_json(&written.to_json()), Some(written));
        for broken in
            ["", "[]", "17", "{}", r#"{"engine":"x","changed":"2026-01-01T00:00:00Z"}"#, r#"{"engine":1}"#]
        {
            assert_eq!(Note::from_json(broken), None, "{broken}");
        }
    }

    #[test]
    fn the_later_change_counts_also_when_it_says_that_nothing_is_there() {
        let mine = vec![note(1, "old", "", 10), note(2, "mine", "", 20)];
        let theirs = vec![note(1, "", "", 15), note(2, "theirs", "", 5), note(3, "new", "", 1)];
        let merged = merge_notes(mine, theirs);
        let texts: Vec<_> = merged.iter().map(|note| (note.engine.get(), note.text.as_str())).collect();
        assert_eq!(texts, [(1, ""), (2, "mine"), (3, "new")]);
        let notes = Notes::new(&merged);
        assert_eq!(notes.of(EngineId(1)), None);
        assert_eq!(notes.of(EngineId(3)).map(|note| note.text.as_str()), Some("new"));
    }

    fn any_note() -> impl Strategy<Value = Note> {
        (0_u64..4, "[ab]{0,2}", "[xy]{0,2}", 0_i64..4)
            .prop_map(|(engine, text, tags, changed)| note(engine, &text, &tags, changed))
    }

    proptest! {
        #[test]
        fn it_makes_no_difference_who_merges_with_whom(
            mine in proptest::collection::vec(any_note(), 0..6),
            theirs in proptest::collection::vec(any_note(), 0..6),
        ) {
            let merged = merge_notes(mine.clone(), theirs.clone());
            prop_assert_eq!(&merge_notes(theirs.clone(), mine.clone()), &merged);
            prop_assert_eq!(&merge_notes(merged.clone(), theirs.clone()), &merged);
            for note in mine.iter().chain(&theirs) {
                let kept = merged.iter().find(|it| it.engine == note.engine);
                prop_assert!(kept.is_some_and(|kept| kept.changed >= note.changed));
            }
        }
    }
}
