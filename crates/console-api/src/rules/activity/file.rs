//! How entries are kept, and the file that carries what is kept from one browser to another.

use serde::{Deserialize, Serialize};

use super::{Entry, EntryItem, Outcome, Thing, Undo};
use crate::ids::{EngineId, PoolId, ScannerId, SiteId};
use crate::rules::{Note, View, notes};
use crate::timestamp::Timestamp;
use crate::wire::{Field, Many, Nested, Read, Row, WithId};

/// Stands in each file, so that no other file is taken for one.
const FORMAT: &str = "engine-console kept data";

/// The text that an entry is kept as.
#[must_use]
pub fn entry_to_json(entry: &Entry) -> String {
    serde_json::to_string(&WrittenEntry::of(entry)).unwrap_or_default()
}

/// Reads what [`entry_to_json`] wrote; `None` where that makes no sense.
#[must_use]
pub fn entry_from_json(text: &str) -> Option<Entry> {
    let any: Nested<'_, WireEntry<'_>> = serde_json::from_str(text).ok()?;
    match Entry::read_any(any) {
        Row::Read(entry) => Some(entry),
        Row::Skip | Row::Broken => None,
    }
}

/// A file with entries, notes and views, for another browser.
#[must_use]
pub fn kept_file(entries: &[Entry], notes: &[Note], views: &[View]) -> String {
    let file = WrittenFile {
        format: FORMAT,
        version: 1,
        activity: entries.iter().map(WrittenEntry::of).collect(),
        notes: notes.iter().map(Note::written).collect(),
        views: views.iter().map(View::to_text).collect(),
    };
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

/// The entries, notes and views of a file; `None` if it is none of these files. What makes no sense in it is left out.
#[must_use]
pub fn read_kept_file(text: &str) -> Option<(Vec<Entry>, Vec<Note>, Vec<View>)> {
    let any: Nested<'_, WireFile<'_>> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let file = any.object()?;
    if file.format.words()? != FORMAT {
        return None;
    }
    let (entries, notes) = (file.activity.items(), file.notes.items());
    Some((entries.unwrap_or_default(), notes.unwrap_or_default(), file.views.items().unwrap_or_default()))
}

#[derive(Serialize)]
struct WrittenFile<'a> {
    format: &'static str,
    version: u32,
    activity: Vec<WrittenEntry<'a>>,
    notes: Vec<notes::Written<'a>>,
    views: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireFile<'a> {
    #[serde(borrow)]
    format: Field<'a>,
    activity: Many<'a, Entry>,
    notes: Many<'a, Note>,
    views: Many<'a, View>,
}

/// In a list of views, what is none is left out.
impl Read for View {
    type Wire<'a> = WithId<'a>;

    fn read(_: WithId<'_>) -> Row<Self> {
        Row::Broken
    }

    fn read_value(value: Field<'_>) -> Row<Self> {
        Row::from(value.words().and_then(|text| Self::from_text(&text)))
    }
}

#[derive(Serialize)]
struct WrittenEntry<'a> {
    id: u64,
    what: &'a str,
    who: &'a str,
    began: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    items: Vec<WrittenItem<'a>>,
}

#[derive(Serialize)]
struct WrittenItem<'a> {
    thing: &'static str,
    id: u64,
    name: &'a str,
    outcome: &'static str,
    words: &'a str,
    /// What would be undone: the site or the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muted: Option<u64>,
}

impl<'a> WrittenEntry<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            id: entry.id,
            what: &entry.what,
            who: &entry.who,
            began: entry.began.to_string(),
            ended: entry.ended.map(|ended| ended.to_string()),
            items: entry.items.iter().map(WrittenItem::of).collect(),
        }
    }
}

impl<'a> WrittenItem<'a> {
    fn of(item: &'a EntryItem) -> Self {
        let (of, site, pools) = match item.undo {
            Some(Undo::Site { site, was, now }) => (Some(site.get()), Some((was, now)), (None, None)),
            Some(Undo::Pools { engine, left, joined }) => (Some(engine.get()), None, (left, joined)),
            Some(Undo::Mute { .. }) | None => (None, None, (None, None)),
        };
        Self {
            thing: item.thing.key(),
            id: item.key,
            name: &item.name,
            outcome: item.outcome.label(),
            words: &item.words,
            of,
            was: site.map(|(was, _)| was.get()),
            now: site.map(|(_, now)| now.get()),
            left: pools.0.map(PoolId::get),
            joined: pools.1.map(PoolId::get),
            muted: if let Some(Undo::Mute { stamp }) = item.undo { Some(stamp) } else { None },
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireEntry<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    what: Field<'a>,
    who: Field<'a>,
    began: Field<'a>,
    ended: Field<'a>,
    items: Many<'a, EntryItem>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireItem<'a> {
    #[serde(borrow)]
    thing: Field<'a>,
    id: Field<'a>,
    name: Field<'a>,
    outcome: Field<'a>,
    words: Field<'a>,
    of: Field<'a>,
    was: Field<'a>,
    now: Field<'a>,
    left: Field<'a>,
    joined: Field<'a>,
    muted: Field<'a>,
}

fn words(field: Field<'_>) -> String {
    field.words().map(Into::into).unwrap_or_default()
}

impl Read for Entry {
    type Wire<'a> = WireEntry<'a>;

    fn read(wire: WireEntry<'_>) -> Row<Self> {
        let (Some(id), Some(began)) = (wire.id.natural(), wire.began.time()) else { return Row::Broken };
        let ended: Option<Timestamp> = wire.ended.time();
        let items = wire.items.items().unwrap_or_default();
        Row::Read(Self { id, what: words(wire.what), who: words(wire.who), began, ended, items })
    }
}

impl Read for EntryItem {
    type Wire<'a> = WireItem<'a>;

    fn read(wire: WireItem<'_>) -> Row<Self> {
        let thing = words(wire.thing);
        let outcome = words(wire.outcome);
        let scanner = |field: &Field<'_>| field.natural().map(ScannerId);
        let pool = |field: &Field<'_>| field.natural().map(PoolId);
        let undo = wire.of.natural().and_then(|of| {
            match (scanner(&wire.was), scanner(&wire.now), pool(&wire.left), pool(&wire.joined)) {
                (Some(was), Some(now), ..) => Some(Undo::Site { site: SiteId(of), was, now }),
                (_, _, None, None) => None,
                (_, _, left, joined) => Some(Undo::Pools { engine: EngineId(of), left, joined }),
            }
        });
        let undo = undo.or_else(|| wire.muted.natural().map(|stamp| Undo::Mute { stamp }));
        Row::Read(Self {
            thing: Thing::ALL.into_iter().find(|it| it.key() == thing).unwrap_or(Thing::Console),
            key: wire.id.natural().unwrap_or_default(),
            name: words(wire.name),
            outcome: Outcome::ALL.into_iter().find(|it| it.label() == outcome).unwrap_or(Outcome::Unknown),
            words: words(wire.words),
            undo,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let item = EntryItem {
            thing: Thing::Site,
            key: 9,
            name: "Oslo \"west\"".to_owned(),
            outcome: Outcome::Done,
            words: "moved".to_owned(),
            undo: Some(Undo::Site { site: SiteId(9), was: ScannerId(3), now: ScannerId(4) }),
        };
        let pools = |left, joined| Some(Undo::Pools { engine: EngineId(9), left, joined });
        Entry {
            id: 1_700_000_000_000_123,
            what: "Moving sites".to_owned(),
            who: "admin".to_owned(),
            began: Timestamp::from_unix_ms(1_700_000_000_000),
            ended: Some(Timestamp::from_unix_ms(1_700_000_001_500)),
            items: vec![
                item.clone(),
                EntryItem { undo: None, outcome: Outcome::Failed, ..item.clone() },
                EntryItem {
                    thing: Thing::Engine,
                    undo: pools(Some(PoolId(1)), Some(PoolId(2))),
                    ..item.clone()
                },
                EntryItem { undo: Some(Undo::Mute { stamp: 4_000_000_000 }), ..item.clone() },
                EntryItem { thing: Thing::Engine, undo: pools(None, Some(PoolId(2))), ..item },
            ],
        }
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let whole = entry();
        assert_eq!(entry_from_json(&entry_to_json(&whole)), Some(whole.clone()));
        let running = Entry { ended: None, ..whole };
        assert_eq!(entry_from_json(&entry_to_json(&running)), Some(running));
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        for broken in ["", "7", "[]", "{}", r#"{"id":"x","began":"2026-01-01T00:00:00Z"}"#, r#"{"id":5}"#] {
            assert_eq!(entry_from_json(broken), None, "{broken}");
        }
        let odd =
            r#"{"id":5,"began":"2026-01-01T00:00:00Z","items":[7,{"outcome":"melted","thing":"cloud"}]}"#;
        let read = entry_from_json(odd).map(|entry| entry.items);
        let [item] = &read.unwrap_or_default()[..] else { panic!("one item makes sense") };
        assert_eq!((item.outcome, item.thing, item.undo), (Outcome::Unknown, Thing::Console, None));
    }

    #[test]
    fn the_file_is_read_by_another_browser_and_no_other_file_is_taken_for_it() {
        let note = Note {
            engine: EngineId(17),
            name: "Oslo".to_owned(),
            text: "Ask Kim.".to_owned(),
            tags: vec!["prod".to_owned()],
            changed: Timestamp::from_unix_ms(1_700_000_000_000),
        };
        let view = View::new("Down", &[("filter", "status:\"not responding\"".to_owned())]);
        let file = kept_file(&[entry()], std::slice::from_ref(&note), std::slice::from_ref(&view));
        assert_eq!(read_kept_file(&file), Some((vec![entry()], vec![note], vec![view])));
        assert_eq!(
            read_kept_file(&format!("\u{feff}{}", kept_file(&[], &[], &[]))),
            Some((Vec::new(), Vec::new(), Vec::new()))
        );
        for other in ["", "{}", "[]", "name,address", r#"{"format":"other","notes":[]}"#] {
            assert_eq!(read_kept_file(other), None, "{other}");
        }
        let half = r#"{"format":"engine-console kept data","activity":[{"id":1}],"notes":7,"views":[{},7,"filter=a"]}"#;
        assert_eq!(read_kept_file(half), Some((Vec::new(), Vec::new(), Vec::new())));
    }
}
