//! What was done here: who did what, when, on what, and what came of each thing. And whether it can be undone.

mod file;
mod undo;

use crate::rules::keys::sort_by_cached_key;
use crate::rules::pool_rows::ById;
use core::borrow::Borrow;
use core::cmp::Reverse;

pub use file::{entry_from_json, entry_to_json, kept_file, read_kept_file};
pub use undo::{Undo, Verdict, verdict};

use crate::ids::EngineId;
use crate::model::Engine;
use crate::rules::{counted, csv_row, fold_case, grouped};
use crate::timestamp::Timestamp;

/// How many entries are kept. Older ones are forgotten.
pub const KEPT_ENTRIES: usize = 1000;

/// What kind of thing something was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A scan engine.
    Engine,
    /// An engine pool.
    Pool,
    /// A site.
    Site,
    /// The console itself, or all of its engines at once.
    Console,
    /// A step of a plan.
    Step,
    /// A problem on Engine Health.
    Problem,
}

impl Thing {
    const ALL: [Self; 6] = [Self::Engine, Self::Pool, Self::Site, Self::Console, Self::Step, Self::Problem];

    /// The word for one, as files have it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Pool => "pool",
            Self::Site => "site",
            Self::Console => "console",
            Self::Step => "step",
            Self::Problem => "problem",
        }
    }
}

/// The outcome for one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its turn has not come.
    Waiting,
    /// The console is being asked.
    Running,
    /// The console has done it.
    Done,
    /// It was not done.
    Failed,
    /// It was cancelled before its turn came.
    NotBegun,
    /// Nobody knows: the answer did not come.
    Unknown,
}

impl Outcome {
    const ALL: [Self; 6] =
        [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::NotBegun, Self::Unknown];

    /// The word for it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::NotBegun => "not started",
            Self::Unknown => "unknown",
        }
    }

    /// Whether more is to come.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// One thing that something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryItem {
    /// What kind of thing it is.
    pub thing: Thing,
    /// Its id; for work that plans in steps, the number of the step.
    pub key: u64,
    /// Its name at that time.
    pub name: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The same in words: what was done, or why not.
    pub words: String,
    /// How it can be undone, where it can.
    pub undo: Option<Undo>,
}

impl EntryItem {
    /// Something whose turn has not come.
    #[must_use]
    pub fn waiting(thing: Thing, key: u64, name: String) -> Self {
        Self { thing, key, name, outcome: Outcome::Waiting, words: String::new(), undo: None }
    }
}

/// Something that was done, or is being done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Tells it from all others, and is larger the later it began.
    pub id: u64,
    /// What was done, for example "Moving sites".
    pub what: String,
    /// The name of the user who did it.
    pub who: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None` while it runs, or if nobody saw its end.
    pub ended: Option<Timestamp>,
    /// To what.
    pub items: Vec<EntryItem>,
}

impl Entry {
    /// The id of what begins now. `chance`, below 1000, tells apart what begins in the same millisecond in several tabs.
    #[must_use]
    pub fn id_at(now: Timestamp, chance: u64) -> u64 {
        u64::try_from(now.unix_ms()).unwrap_or_default() * 1000 + chance.min(999)
    }

    /// How many of its items are still open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.items.iter().filter(|item| item.outcome.is_open()).count()
    }

    /// How many have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.items.iter().filter(|item| item.outcome == outcome).count()
    }

    /// Says that it has ended: what is still open was not begun, or nobody knows the outcome, for this reason.
    pub fn end(&mut self, now: Timestamp, unknown: &str) {
        for item in &mut self.items {
            match item.outcome {
                Outcome::Waiting => item.outcome = Outcome::NotBegun,
                Outcome::Running => {
                    item.outcome = Outcome::Unknown;
                    unknown.clone_into(&mut item.words);
                }
                _ => {}
            }
        }
        self.ended = Some(now);
    }

    /// The engines among these that it was to be done to and was not, or where nobody knows. An item is about an engine of its id
    /// and name: engines that were only being added have no id yet.
    #[must_use]
    pub fn undone(&self, engines: &[Engine]) -> Vec<EngineId> {
        let undone = |it: &&EntryItem| it.thing == Thing::Engine && it.outcome != Outcome::Done;
        if !self.items.iter().any(|item| undone(&item)) {
            return Vec::new();
        }
        let by_id = ById::new(engines);
        let engine = |item: &EntryItem| by_id.get(EngineId(item.key)).filter(|it| it.name == item.name);
        self.items.iter().filter(undone).filter_map(engine).map(|engine| engine.id).collect()
    }

    /// What it was done to: the name of the only thing, or their number.
    #[must_use]
    pub fn on(&self) -> String {
        let [first, others @ ..] = &self.items[..] else { return String::new() };
        if others.is_empty() {
            return first.name.clone();
        }
        let one =
            if others.iter().all(|item| item.thing == first.thing) { first.thing.key() } else { "item" };
        counted(self.items.len(), one)
    }

    /// For example "38 deleted, 2 failed, 1 not begun". What was done is in the words of the work.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut parts: Vec<(&str, usize)> = Vec::new();
        let mut add = |word| match parts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => parts.push((word, 1)),
        };
        let rank = |item: &&EntryItem| Outcome::ALL.iter().position(|it| *it == item.outcome);
        let mut items: Vec<&EntryItem> = self.items.iter().collect();
        sort_by_cached_key(&mut items, |item| (item.outcome != Outcome::Done, rank(item)));
        for item in items {
            let is_told = item.outcome == Outcome::Done && !item.words.is_empty();
            add(if is_told { item.words.as_str() } else { item.outcome.label() });
        }
        if let [(word, 1)] = parts[..] {
            return word.to_owned();
        }
        parts.iter().map(|(word, count)| format!("{} {word}", grouped(*count))).collect::<Vec<_>>().join(", ")
    }

    /// How long it took; `None` while it runs. Where the clock was set back in the meantime, nothing.
    #[must_use]
    pub fn took_ms(&self) -> Option<u64> {
        self.ended.map(|ended| u64::try_from(ended.unix_ms() - self.began.unix_ms()).unwrap_or_default())
    }

    /// What can be undone of it, if it has ended.
    #[must_use]
    pub fn undoable(&self) -> Vec<&EntryItem> {
        let can = |item: &&EntryItem| item.outcome == Outcome::Done && item.undo.is_some();
        if self.ended.is_some() { self.items.iter().filter(can).collect() } else { Vec::new() }
    }

    /// Whether all these words, in small letters, occur in it: in what was done, by whom, to what, and the outcome.
    #[must_use]
    pub fn matches(&self, words: &[String]) -> bool {
        if words.is_empty() {
            return true;
        }
        let mut text = format!("{} {} ", self.what, self.who);
        for item in &self.items {
            text.extend([item.name.as_str(), " ", item.words.as_str(), " ", item.outcome.label(), " "]);
        }
        let text = fold_case(&text);
        words.iter().all(|word| text.contains(word.as_str()))
    }
}

/// The words of a search, for [`Entry::matches`].
#[must_use]
pub fn search_words(text: &str) -> Vec<String> {
    fold_case(text).split_whitespace().map(str::to_owned).collect()
}

/// Puts entries together that come from several places, the newest first. Of the same entry, the one that has ended counts, and else
/// the first.
#[must_use]
pub fn merge_entries<E: Borrow<Entry>>(mine: Vec<E>, others: Vec<E>) -> Vec<E> {
    let mut all: Vec<E> = mine.into_iter().chain(others).collect();
    // Sorting keeps the order of equals.
    let id = |entry: &E| Borrow::<Entry>::borrow(entry).id;
    sort_by_cached_key(&mut all, |entry| {
        (Reverse(id(entry)), Borrow::<Entry>::borrow(entry).ended.is_none())
    });
    all.dedup_by_key(|entry| id(entry));
    all
}

/// The heads of [`csv_of_entry`].
pub const ENTRY_HEADS: [&str; 9] =
    ["Began", "Ended", "User", "What", "Kind", "ID", "Name", "Outcome", "Details"];

/// Adds a row for each thing of an entry. Times are UTC's.
pub fn csv_of_entry(text: &mut String, entry: &Entry) {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let (began, ended) = (time(Some(entry.began)), time(entry.ended));
    for item in &entry.items {
        let id = item.key.to_string();
        csv_row(
            text,
            [
                began.as_str(),
                &ended,
                &entry.who,
                &entry.what,
                item.thing.key(),
                &id,
                &item.name,
                item.outcome.label(),
                &item.words,
            ],
        );
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::{ScannerId, SiteId};

    fn item(key: u64, outcome: Outcome, words: &str) -> EntryItem {
        let item = EntryItem::waiting(Thing::Site, key, format!("Site {key}"));
        EntryItem { outcome, words: words.to_owned(), ..item }
    }

    fn entry(items: Vec<EntryItem>) -> Entry {
        Entry {
            id: Entry::id_at(Timestamp::from_unix_ms(1_700_000_000_000), 7),
            what: "Moving sites".to_owned(),
            who: "admin".to_owned(),
            began: Timestamp::from_unix_ms(1_700_000_000_000),
            ended: None,
            items,
        }
    }

    #[test]
    fn it_is_summed_up_in_the_words_of_the_work() {
        let many = entry(vec![
            item(1, Outcome::Failed, "No answer."),
            item(2, Outcome::Done, "moved"),
            item(3, Outcome::Done, "already there"),
            item(4, Outcome::Done, "moved"),
            item(5, Outcome::NotBegun, ""),
        ]);
        assert_eq!(many.summary(), "2 moved, 1 already there, 1 failed, 1 not started");
        assert_eq!(many.on(), "5 sites");
        let one = entry(vec![item(1, Outcome::Done, "saved")]);
        assert_eq!((one.summary().as_str(), one.on().as_str()), ("saved", "Site 1"));
        assert_eq!(entry(Vec::new()).summary(), "");
        let mixed = entry(vec![
            item(1, Outcome::Done, "moved"),
            EntryItem { thing: Thing::Engine, ..item(2, Outcome::Unknown, "") },
        ]);
        assert_eq!((mixed.on().as_str(), mixed.summary().as_str()), ("2 items", "1 moved, 1 unknown"));
    }

    #[test]
    fn what_ends_in_the_middle_says_what_is_not_known() {
        let mut entry = entry(vec![
            item(1, Outcome::Done, "moved"),
            item(2, Outcome::Running, ""),
            item(3, Outcome::Waiting, ""),
        ]);
        assert_eq!(entry.open(), 2);
        assert_eq!(entry.took_ms(), None);
        // The clock was set back.
        entry.end(Timestamp::from_unix_ms(1_600_000_000_000), "Signed out.");
        assert_eq!(entry.took_ms(), Some(0));
        let outcomes: Vec<_> = entry.items.iter().map(|item| (item.outcome, item.words.as_str())).collect();
        assert_eq!(
            outcomes,
            [(Outcome::Done, "moved"), (Outcome::Unknown, "Signed out."), (Outcome::NotBegun, "")]
        );
    }

    #[test]
    fn only_what_was_done_and_has_ended_can_be_undone() {
        let undo = Some(Undo::Site { site: SiteId(1), was: ScannerId(3), now: ScannerId(4) });
        let mut entry = entry(vec![
            EntryItem { undo, ..item(1, Outcome::Done, "moved") },
            EntryItem { undo, ..item(2, Outcome::Failed, "No.") },
            item(3, Outcome::Done, "already there"),
        ]);
        assert!(entry.undoable().is_empty());
        entry.ended = Some(entry.began);
        assert_eq!(entry.undoable().iter().map(|item| item.key).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn it_is_found_by_what_it_says() {
        let entry = entry(vec![item(17, Outcome::Failed, "The engine is busy.")]);
        for (text, found) in [
            ("", true),
            ("moving SITE", true),
            ("admin busy", true),
            ("site 17 failed", true),
            ("deleted", false),
        ] {
            assert_eq!(entry.matches(&search_words(text)), found, "{text}");
        }
    }

    #[test]
    fn the_file_for_spreadsheets_has_a_row_for_each_thing() {
        let mut entry =
            entry(vec![item(1, Outcome::Done, "moved"), item(2, Outcome::Failed, "Busy, again.")]);
        entry.who = "=cmd".to_owned();
        let mut text = String::new();
        csv_of_entry(&mut text, &entry);
        assert_eq!(
            text,
            "2023-11-14T22:13:20Z,,'=cmd,Moving sites,site,1,Site 1,done,moved\r\n\
             2023-11-14T22:13:20Z,,'=cmd,Moving sites,site,2,Site 2,failed,\"Busy, again.\"\r\n"
        );
    }

    fn any_entry() -> impl Strategy<Value = Entry> {
        (0_u64..5, any::<bool>()).prop_map(|(id, ended)| {
            let plain = entry(Vec::new());
            Entry { id, ended: ended.then_some(plain.began), ..plain }
        })
    }

    proptest! {
        #[test]
        fn merging_loses_no_entry_and_no_end(
            mine in proptest::collection::vec(any_entry(), 0..8),
            others in proptest::collection::vec(any_entry(), 0..8),
        ) {
            let all: Vec<Entry> = mine.iter().chain(&others).cloned().collect();
            let merged = merge_entries(mine, others);
            prop_assert!(merged.is_sorted_by(|one, next| one.id > next.id));
            for entry in &all {
                let ended = all.iter().any(|it| it.id == entry.id && it.ended.is_some());
                let found = merged.iter().find(|it| it.id == entry.id);
                prop_assert_eq!(found.map(|it| it.ended.is_some()), Some(ended));
            }
            prop_assert_eq!(merge_entries(merged.clone(), all), merged);
        }
    }
}
