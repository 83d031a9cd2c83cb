//! What is done here, as it happens: each job and each single change, with its outcome.
//!
//! The later part of the app keeps it (`keeping.rs`) and shows it. What happens before that has come waits here. No secret is in it.

use console_api::{
    Error, Saved, Timestamp,
    rules::{Entry, EntryItem, Mute, Outcome, Thing, Undo},
};
use leptos::prelude::*;

use super::{Data, Slot};
use crate::{browser::clock, session::Session};

/// What is said of what was under way when someone signed out.
const SIGNED_OUT: &str = "You signed out before the console answered.";

/// What is running, and what was done. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Activity {
    session: Session,
    /// What is running, and what has ended and was not taken yet.
    recent: StoredValue<Vec<Entry>>,
    /// Counts what has changed there.
    changes: RwSignal<u64>,
    /// Takes what is there before the visit ends.
    keeper: StoredValue<Option<Callback<()>>>,
    /// All that is known, as `keeping.rs` has put it together.
    pub(super) known: Slot,
}

impl Activity {
    pub(super) fn new(session: Session) -> Self {
        Self {
            session,
            recent: StoredValue::new(Vec::new()),
            changes: RwSignal::new(0),
            keeper: StoredValue::new(None),
            known: Slot::new(),
        }
    }

    /// Something begins. Returns its id.
    pub fn begin(self, what: &str, items: Vec<EntryItem>) -> u64 {
        let began = Timestamp::from_unix_ms(clock::now());
        let who = self.session.username();
        let what = what.to_owned();
        let begin = |recent: &mut Vec<Entry>| {
            let chance = (js_sys::Math::random() * 1000.0) as u64;
            let id = Entry::id_at(began, chance);
            // Not twice the same, even in the same millisecond.
            let id = recent.iter().map(|entry| entry.id + 1).max().unwrap_or_default().max(id);
            recent.push(Entry { id, what, who, began, ended: None, items });
            id
        };
        let id = self.recent.try_update_value(begin).unwrap_or_default();
        self.tell();
        id
    }

    /// Changes what is noted of it. Nothing happens when it has been taken.
    pub(super) fn change(self, id: u64, change: impl FnOnce(&mut Entry)) {
        let known = self.recent.try_update_value(|recent| {
            let entry = recent.iter_mut().find(|entry| entry.id == id && entry.ended.is_none());
            entry.map(change).is_some()
        });
        if known == Some(true) {
            self.tell();
        }
    }

    /// It has ended. What is open of it was not begun, or nobody knows the outcome, for this reason.
    pub(super) fn end(self, id: u64, unknown: &str) {
        let now = Timestamp::from_unix_ms(clock::now());
        self.change(id, |entry| entry.end(now, unknown));
    }

    /// Whether it continues, and here. It follows what `changes` follows alone.
    pub fn goes_on(self, id: u64) -> bool {
        self.recent.with_value(|recent| recent.iter().any(|entry| entry.id == id && entry.ended.is_none()))
    }

    /// How many jobs and changes are running here; follows it.
    pub fn running(self) -> usize {
        self.changes.track();
        self.recent.with_value(|recent| recent.iter().filter(|entry| entry.ended.is_none()).count())
    }

    /// What began last, of what is running here or has just ended.
    pub fn newest(self) -> Option<u64> {
        self.recent.with_value(|recent| recent.iter().map(|entry| entry.id).max())
    }

    /// Counts what has changed; follows it.
    pub(super) fn changes(self) -> u64 {
        self.changes.get()
    }

    /// What is running here now, and what has just ended. What has ended is not given again.
    pub(super) fn take(self) -> Vec<Entry> {
        let take = |recent: &mut Vec<Entry>| {
            let all = recent.clone();
            recent.retain(|entry| entry.ended.is_none());
            all
        };
        self.recent.try_update_value(take).unwrap_or_default()
    }

    /// Tells this when the visit ends, before all is forgotten.
    pub(super) fn keep_with(self, keeper: impl Fn() + Send + Sync + 'static) {
        self.keeper.set_value(Some(Callback::new(move |()| keeper())));
    }

    fn tell(self) {
        self.changes.try_update(|changes| *changes += 1);
    }

    pub(super) fn forget(self) {
        let open = self.recent.with_value(|recent| recent.iter().map(|entry| entry.id).collect::<Vec<_>>());
        for id in open {
            self.end(id, SIGNED_OUT);
        }
        if let Some(keeper) = self.keeper.try_update_value(Option::take).flatten() {
            keeper.run(());
        }
        self.recent.update_value(Vec::clear);
        self.known.forget();
        self.tell();
    }

    /// What the console says to one thing of it: a failure, or in a word what was done, and how that can be undone.
    pub(super) fn item(self, id: u64, key: u64, failed: Option<&Error>, word: &str, undo: Option<Undo>) {
        let (outcome, words) = match failed {
            None => (Outcome::Done, word.to_owned()),
            Some(Error::Cancelled) => (Outcome::Unknown, SIGNED_OUT.to_owned()),
            Some(error @ Error::UnknownOutcome(_)) => (Outcome::Unknown, error.in_full()),
            Some(error) => (Outcome::Failed, error.in_full()),
        };
        self.change(id, |entry| {
            if let Some(item) = entry.items.iter_mut().find(|item| item.key == key) {
                (item.outcome, item.words) = (outcome, words);
                item.undo = undo.or(item.undo);
            }
        });
    }
}

/// A single change that is under way. If nobody waits for its end, the outcome is unknown.
pub struct Noting {
    activity: Activity,
    id: u64,
    key: u64,
}

impl Noting {
    /// It has ended: it failed, or was done, which a word says.
    pub fn ends(self, failed: Option<&Error>, word: &str) {
        self.ends_undoable(failed, word, None);
    }

    /// The same, and this is how it can be undone if it was done.
    pub fn ends_undoable(self, failed: Option<&Error>, word: &str, undo: Option<Undo>) {
        self.activity.item(self.id, self.key, failed, word, undo.filter(|_| failed.is_none()));
        self.activity.end(self.id, "");
    }

    /// A save has ended.
    pub(super) fn saved<T>(self, saved: &Result<Saved<T>, Error>) {
        match saved {
            Ok(Saved::ChangedMeanwhile(_)) => self.refrained(THEIRS_STAYS),
            Ok(Saved::Done) => self.ends(None, "saved"),
            Err(error) => self.ends(Some(error), ""),
        }
    }

    /// It was not done, for this reason.
    pub fn refrained(self, why: &str) {
        self.activity.change(self.id, |entry| {
            for item in &mut entry.items {
                (item.outcome, item.words) = (Outcome::Failed, why.to_owned());
            }
        });
        self.activity.end(self.id, "");
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        // Nothing happens where it has ended.
        self.activity.end(self.id, "You left the page before the console answered.");
    }
}

/// What a save says of what someone else has saved in the meantime.
const THEIRS_STAYS: &str = "Someone else had changed it in the meantime, so nothing was saved.";

impl Data {
    /// One thing is about to be changed.
    pub(super) fn noting(self, what: &str, thing: Thing, key: u64, name: String) -> Noting {
        let item = EntryItem { outcome: Outcome::Running, ..EntryItem::waiting(thing, key, name) };
        Noting { activity: self.activity, id: self.activity.begin(what, vec![item]), key }
    }

    /// These problems have been muted.
    pub fn note_mutes(self, mutes: &[Mute]) {
        let items = (0..).zip(mutes).map(|(key, mute)| EntryItem {
            outcome: Outcome::Done,
            words: "muted".to_owned(),
            undo: Some(Undo::Mute { stamp: mute.stamp() }),
            ..EntryItem::waiting(Thing::Problem, key, mute.what.clone())
        });
        let id = self.activity.begin("Muting problems", items.collect());
        self.activity.end(id, "");
    }

    /// The name of an engine or a pool, or else of a site, as far as it is known.
    pub(super) fn name_of(self, thing: Thing, key: u64) -> String {
        let name =
            untrack(|| match thing {
                Thing::Engine => self.engines.value().and_then(|list| {
                    list.items.iter().find(|it| it.id.get() == key).map(|it| it.name.clone())
                }),
                Thing::Pool => self.pools.value().and_then(|list| {
                    list.items.iter().find(|it| it.id.get() == key).map(|it| it.name.clone())
                }),
                Thing::Site => {
                    let open = self.site.value().filter(|it| it.id.get() == key).map(|it| it.name.clone());
                    let listed = || {
                        let listed = self.sites.value()?;
                        listed.page.items.iter().find(|it| it.id.get() == key).map(|it| it.name.clone())
                    };
                    open.or_else(listed)
                }
                Thing::Console | Thing::Step | Thing::Problem => None,
            });
        name.unwrap_or_else(|| format!("ID {key}"))
    }
}
