//! What was done here, and what was written about engines, is kept in this browser. Only the later part of the app reaches this.

use std::{sync::Arc, time::Duration};

use console_api::{
    Engine, Timestamp,
    rules::{
        Entry, KEPT_ENTRIES, Note, Notes, View, entry_from_json, entry_to_json, kept_file, merge_entries,
        merge_notes, merge_views, read_kept_file,
    },
};
use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*, task::spawn_local};

use super::Data;
use crate::browser::{
    clock,
    effect::follow,
    kept::{Kept, Pair, Store, text},
    timer::after,
};

/// What happens in this time is put together.
const TOGETHER: Duration = Duration::from_millis(200);
/// What is running is written down this often, in milliseconds: if the page goes, more than this is not lost.
const WRITE_EVERY_MS: f64 = 5000.0;

/// All that was done here as far as it is known, the newest first.
pub type Entries = Vec<Arc<Entry>>;

/// All notes as they are kept, those that say nothing any more among them.
struct AllNotes(Vec<Note>);

fn entry_pair(entry: &Entry) -> Pair {
    ((entry.id as f64).into(), entry_to_json(entry).into())
}

fn view_pair(view: &View) -> Pair {
    (view.key().into(), view.to_text().into())
}

fn note_pair(note: &Note) -> Pair {
    ((note.engine.get() as f64).into(), note.to_json().into())
}

impl Data {
    /// Reads what was kept, and keeps what is done from now on until the visit ends.
    pub fn keep_what_is_done(self) {
        let Some(kept) = self.kept() else { return };
        let visit = untrack(|| self.session.visit());
        let written_at = StoredValue::new_local(None::<f64>);
        let take = {
            let kept = StoredValue::new_local(kept.clone());
            // All that is known where the tab is `closing`; otherwise not each step of what is running.
            move |closing: bool| {
                let news = self.activity.take();
                let now = clock::monotonic_ms();
                let due =
                    closing || written_at.get_value().is_none_or(|before| now - before > WRITE_EVERY_MS);
                let pairs = news
                    .iter()
                    .filter(|entry| due || entry.ended.is_some() || entry.open() == entry.items.len())
                    .map(entry_pair)
                    .collect::<Vec<_>>();
                self.know(news.into_iter().map(Arc::new).collect(), self.known_entries());
                if !pairs.is_empty() {
                    written_at.set_value(Some(now));
                    let kept = kept.get_value();
                    // Where it is not kept, its signal tells.
                    spawn_local(async move { _ = kept.put(Store::Activity, pairs).await });
                }
            }
        };
        let waiting = StoredValue::new_local(None::<Timeout>);
        let begun = StoredValue::new(false);
        follow(move || {
            self.activity.changes();
            if !begun.get_value() {
                begun.set_value(true);
                waiting.set_value(Some(after(TOGETHER, move || {
                    // Nothing: the visit is over, and what was to be taken is.
                    if begun.try_set_value(false).is_none() {
                        take(false);
                    }
                })));
            }
        });
        // The tab may be closed before those milliseconds are over.
        let closing = window_event_listener(ev::pagehide, move |_| take(true));
        on_cleanup(move || closing.remove());
        self.activity.keep_with(move || take(true));
        spawn_local(async move {
            let entries = kept.read(Store::Activity, None).await.unwrap_or_default();
            let notes = kept.read(Store::Notes, None).await.unwrap_or_default();
            let views = kept.read(Store::Views, None).await.unwrap_or_default();
            if !self.session.is_visit(visit) {
                return;
            }
            self.forget_oldest(&kept, &entries);
            let read = |json| Some(Arc::new(entry_from_json(&text(json)?)?));
            self.know(self.known_entries(), entries.iter().filter_map(|(_, json)| read(json)).collect());
            self.know_notes(notes.iter().filter_map(|(_, json)| Note::from_json(&text(json)?)).collect());
            self.know_views(views.iter().filter_map(|(_, view)| View::from_text(&text(view)?)).collect());
        });
    }

    /// Entries beyond the newest are forgotten.
    fn forget_oldest(self, kept: &Kept, entries: &[Pair]) {
        let Some(first_kept) = entries.len().checked_sub(KEPT_ENTRIES).filter(|many| *many > 0) else {
            return;
        };
        let Some((key, _)) = entries.get(first_kept) else { return };
        let (kept, span) = (kept.clone(), (0.0.into(), key.clone()));
        spawn_local(async move { _ = kept.change(Store::Activity, vec![span], Vec::new()).await });
    }

    /// All that was done here, the newest first; `None` before it is known.
    pub fn entries(self) -> Option<Arc<Entries>> {
        self.activity.known.get()
    }

    /// Of an entry that is known twice, the one that has ended counts, and else the first.
    fn know(self, first: Entries, second: Entries) {
        let mut all = merge_entries(first, second);
        all.truncate(KEPT_ENTRIES);
        self.activity.known.set(all);
    }

    fn known_entries(self) -> Entries {
        untrack(|| self.entries()).map(|known| known.as_ref().clone()).unwrap_or_default()
    }

    /// What is written about engines; `None` before it is known.
    pub fn notes(self) -> Option<Arc<Notes>> {
        self.notes_read.get()
    }

    fn know_notes(self, new: Vec<Note>) {
        let known = untrack(|| self.all_notes.get::<AllNotes>()).map(|it| it.0.clone()).unwrap_or_default();
        let all = merge_notes(known, new);
        self.notes_read.set(Notes::new(&all));
        self.all_notes.set(AllNotes(all));
    }

    /// Writes a note about an engine, in place of the one that was there. Where it is not kept, [`Kept::trouble`] tells.
    pub fn write_note(self, engine: &Engine, text: String, tags: Vec<String>) {
        let before = untrack(|| self.all_notes.get::<AllNotes>());
        let before =
            before.and_then(|all| all.0.iter().find(|it| it.engine == engine.id).map(|it| it.changed));
        // Later than the one before, even where the clock was set back in the meantime.
        let now = before.map_or(i64::MIN, |before| before.unix_ms() + 1).max(clock::now());
        let (engine, name) = (engine.id, engine.name.clone());
        let note = Note { engine, name, text, tags, changed: Timestamp::from_unix_ms(now) };
        let pair = note_pair(&note);
        self.know_notes(vec![note]);
        self.put(Store::Notes, vec![pair]);
    }

    /// The saved views of the list of engines, by their names; `None` before they are known.
    pub fn views(self) -> Option<Arc<Vec<View>>> {
        self.views_read.get()
    }

    fn known_views(self) -> Vec<View> {
        untrack(|| self.views()).map(|known| known.as_ref().clone()).unwrap_or_default()
    }

    fn know_views(self, new: Vec<View>) {
        self.views_read.set(merge_views(self.known_views(), new));
    }

    /// Saves a view, in place of one of the same name: of that, all but the `known` fields stays.
    pub fn save_view(self, view: View, known: &[&str]) {
        let mut all = self.known_views();
        let before = all.iter().position(|it| it.key() == view.key()).map(|at| all.remove(at));
        let view = before.map_or(view.clone(), |before| view.instead_of(&before, known));
        self.views_read.set(merge_views(all, vec![view.clone()]));
        self.put(Store::Views, vec![view_pair(&view)]);
    }

    /// Deletes the view with this key.
    pub fn delete_view(self, key: &str) {
        let mut all = self.known_views();
        all.retain(|view| view.key() != key);
        self.views_read.set(all);
        let span = (key.into(), format!("{key}\u{0}").into());
        if let Some(kept) = self.kept() {
            spawn_local(async move { _ = kept.change(Store::Views, vec![span], Vec::new()).await });
        }
    }

    /// In a task of its own; where it is not kept, [`Kept::trouble`] tells.
    fn put(self, store: Store, pairs: Vec<Pair>) {
        if let Some(kept) = self.kept() {
            spawn_local(async move { _ = kept.put(store, pairs).await });
        }
    }

    fn clear(self, store: Store) {
        if let Some(kept) = self.kept() {
            spawn_local(async move { _ = kept.clear(store).await });
        }
    }

    /// Everything that was done here and written about engines, and all views, as a file for another browser.
    pub fn kept_as_file(self) -> String {
        untrack(|| {
            let entries = self.entries().unwrap_or_default();
            let entries = entries.iter().map(|entry| entry.as_ref().clone()).collect::<Vec<_>>();
            let notes = self.all_notes.get::<AllNotes>();
            kept_file(&entries, notes.as_ref().map_or(&[], |all| &all.0), &self.known_views())
        })
    }

    /// Adds what is in such a file to what is kept: of two notes about an engine, the later one counts. Tells how many entries,
    /// notes and views were in it. `None`: it is no such file, or nobody is signed in any more.
    pub fn add_from_file(self, file: &str) -> Option<(usize, usize, usize)> {
        self.kept()?;
        let (entries, notes, views) = read_kept_file(file)?;
        let counts = (entries.len(), notes.len(), views.len());
        self.know_views(views);
        self.put(Store::Views, self.known_views().iter().map(view_pair).collect());
        self.know(self.known_entries(), entries.into_iter().map(Arc::new).collect());
        self.know_notes(notes);
        self.put(Store::Activity, self.known_entries().iter().map(|entry| entry_pair(entry)).collect());
        let all = untrack(|| self.all_notes.get::<AllNotes>());
        self.put(Store::Notes, all.map(|all| all.0.iter().map(note_pair).collect()).unwrap_or_default());
        Some(counts)
    }

    /// Forgets what was done here: all that has ended.
    pub fn forget_entries(self) {
        let going_on = self.activity.take().into_iter().filter(|entry| entry.ended.is_none());
        self.activity.known.set(going_on.map(Arc::new).collect::<Entries>());
        self.clear(Store::Activity);
    }

    /// Forgets all notes and tags.
    pub fn forget_notes(self) {
        self.all_notes.set(AllNotes(Vec::new()));
        self.notes_read.set(Notes::default());
        self.clear(Store::Notes);
    }
}
