//! All sites of the console: read page by page, kept small, for what needs them all at once.

use std::sync::Arc;

use console_api::{
    Error, PageRequest, ScannerId, SiteId, Sort, Timestamp,
    rules::{SiteList, SiteListBuilder},
};
use futures::{
    StreamExt,
    future::{AbortHandle, abortable},
    stream,
};
use leptos::{prelude::*, task::spawn_local};

use super::Data;
use crate::browser::{clock, effect::follow_from, timer::breathe};

/// How many pages are asked for at a time, once the first has told how many there are.
const AT_ONCE: usize = 3;
/// A list that is older is read again when it is wanted.
const FRESH_MS: i64 = 5 * 60_000;
/// A list that is not longer is read again whenever it is wanted: it takes a call or two.
const SHORT: usize = 1_000;

/// How far the reading has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many sites have come.
    pub done: usize,
    /// How many there are, once the console has reported.
    pub total: Option<u64>,
    /// Whether the console is slow: it did not answer in time, and is asked for smaller pages.
    pub slow: bool,
}

impl Progress {
    /// What to add where it is told how far it has come; nothing unless the console is slow.
    pub fn slow_words(&self) -> &'static str {
        if self.slow { SLOW } else { "" }
    }
}

/// What is said of a slow console.
pub const SLOW: &str = " (the console is slow: it is asked for smaller pages, and what has come is kept)";

/// Where the reading stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Nothing is being read.
    #[default]
    Idle,
    /// It continues.
    Running(Progress),
    /// Someone has stopped it. It can continue from there.
    Stopped(Progress),
    /// It failed. It can continue from there.
    Failed(Progress, Error),
}

/// What has come so far.
#[derive(Default)]
struct Begun {
    builder: SiteListBuilder,
    /// The page that comes next; `None` before the first.
    next: Option<PageRequest>,
    pages: Option<u64>,
    progress: Progress,
}

/// All sites of the console. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct AllSites {
    list: RwSignal<Option<Arc<SiteList>>>,
    read_at: RwSignal<Option<Timestamp>>,
    reading: RwSignal<Reading>,
    begun: StoredValue<Begun>,
    turn: StoredValue<u64>,
    under_way: StoredValue<Option<AbortHandle>>,
    /// Moves that were made while the list was being read: the pages may be older.
    moved: StoredValue<Vec<(SiteId, ScannerId)>>,
    /// The moves that were made last, and how often some were: for other lists of sites.
    last: StoredValue<Vec<(SiteId, ScannerId)>>,
    moves: RwSignal<u64>,
}

impl AllSites {
    pub(super) fn new() -> Self {
        Self {
            list: RwSignal::new(None),
            read_at: RwSignal::new(None),
            reading: RwSignal::new(Reading::Idle),
            begun: StoredValue::new(Begun::default()),
            turn: StoredValue::new(0),
            under_way: StoredValue::new(None),
            moved: StoredValue::new(Vec::new()),
            last: StoredValue::new(Vec::new()),
            moves: RwSignal::new(0),
        }
    }

    /// The sites as they were last read, completely.
    pub fn list(self) -> Option<Arc<SiteList>> {
        self.list.get()
    }

    /// The same, for whoever does not follow it.
    pub fn list_now(self) -> Option<Arc<SiteList>> {
        self.list.get_untracked()
    }

    /// When they were last read.
    pub fn read_at(self) -> Option<Timestamp> {
        self.read_at.get()
    }

    /// Where the reading stands.
    pub fn reading(self) -> Reading {
        self.reading.get()
    }

    /// Stops the reading; [`Data::go_on_reading_sites`] continues from there.
    pub fn stop(self) {
        if let Reading::Running(progress) = self.reading.get_untracked() {
            self.give_up();
            self.reading.set(Reading::Stopped(progress));
        }
    }

    pub(super) fn forget(self) {
        self.give_up();
        self.begun.set_value(Begun::default());
        self.list.set(None);
        self.read_at.set(None);
        self.reading.set(Reading::Idle);
        self.moved.set_value(Vec::new());
    }

    /// It has come so far.
    fn runs(self, turn: u64, progress: Option<Progress>) {
        if let Some(progress) = progress.filter(|_| self.turn.try_get_value() == Some(turn)) {
            self.reading.set(Reading::Running(progress));
        }
    }

    fn give_up(self) {
        self.turn.update_value(|turn| *turn += 1);
        if let Some(handle) = self.under_way.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }

    /// Looks at the moves that were made last, each time that some were.
    pub(super) fn follow_moves(self, look: impl Fn(&[(SiteId, ScannerId)]) + 'static) {
        follow_from(move |before: Option<u64>| {
            let now = self.moves.get();
            if before.is_some_and(|before| before != now) {
                self.last.with_value(|moves| look(moves));
            }
            now
        });
    }

    /// These sites have got another engine or pool.
    pub(super) fn have_moved(self, moves: &[(SiteId, ScannerId)]) {
        if moves.is_empty() {
            return;
        }
        self.last.set_value(moves.to_vec());
        self.moves.update(|moves| *moves += 1);
        if self.reading.get_untracked() != Reading::Idle {
            self.moved.update_value(|known| known.extend_from_slice(moves));
        }
        self.list.update(|list| {
            if let Some(list) = list {
                let list = Arc::make_mut(list);
                for (site, scanner) in moves {
                    list.set_scanner(*site, *scanner);
                }
            }
        });
    }
}

impl Data {
    /// Makes sure that all sites are there and not too old: a short list is read again each time, a long one after five
    /// minutes. What is known stays until the new list is there.
    pub fn want_all_sites(self) {
        let sites = self.all_sites;
        let fresh = |at: Timestamp| clock::now() - at.unix_ms() < FRESH_MS;
        let is_fresh = sites.list.with_untracked(|list| list.as_ref().is_some_and(|list| list.len() > SHORT))
            && sites.read_at.get_untracked().is_some_and(fresh);
        match sites.reading.get_untracked() {
            Reading::Running(_) => {}
            Reading::Stopped(_) | Reading::Failed(..) if !is_fresh => self.go_on_reading_sites(),
            _ if is_fresh => {}
            _ => self.read_all_sites(),
        }
    }

    /// Reads all sites again.
    pub fn read_all_sites(self) {
        self.all_sites.give_up();
        self.all_sites.begun.set_value(Begun::default());
        self.all_sites.moved.set_value(Vec::new());
        self.go_on_reading_sites();
    }

    /// Continues where the reading has stopped or failed.
    pub fn go_on_reading_sites(self) {
        let sites = self.all_sites;
        sites.give_up();
        let turn = sites.turn.get_value();
        let progress = sites.begun.with_value(|begun| begun.progress.clone());
        sites.reading.set(Reading::Running(progress));
        let (read, handle) = abortable(self.read_pages(turn));
        sites.under_way.set_value(Some(handle));
        spawn_local(async move {
            // Aborted: whoever did it has said so.
            let Ok(result) = read.await else { return };
            if sites.turn.try_get_value() != Some(turn) {
                return;
            }
            match result {
                Ok(list) => {
                    sites.begun.set_value(Begun::default());
                    sites.read_at.set(Some(Timestamp::from_unix_ms(clock::now())));
                    // An equal list keeps its identity, so that nothing is worked out or drawn again.
                    if sites.list.with_untracked(|known| known.as_deref() != Some(&list)) {
                        sites.list.set(Some(Arc::new(list)));
                    }
                    sites.reading.set(Reading::Idle);
                    let moved = sites.moved.try_update_value(std::mem::take).unwrap_or_default();
                    sites.have_moved(&moved);
                }
                Err(Error::Cancelled) => sites.reading.set(Reading::Idle),
                Err(error) => {
                    let progress = sites.begun.with_value(|begun| begun.progress.clone());
                    sites.reading.set(Reading::Failed(progress, error));
                }
            }
        });
    }

    /// Reads what is missing. By id, so that a site that is added in the meantime comes last and moves no other to a page that
    /// was already read.
    async fn read_pages(self, turn: u64) -> Result<SiteList, Error> {
        let sites = self.all_sites;
        let by_id = vec![Sort { property: "id", descending: false }];
        let first = PageRequest { sort: by_id, ..PageRequest::default() };
        loop {
            let (next, pages) = sites.begun.with_value(|begun| (begun.next.clone(), begun.pages));
            let start = next.unwrap_or_else(|| first.clone());
            // How many there are is known after the first page; the console's word for it may be missing.
            let end = pages.unwrap_or(0).max(start.page + 1);
            let wanted = (start.page..end).map(|page| PageRequest { page, ..start.clone() });
            let answers = stream::iter(wanted).map(|request| async move {
                let asked = request.clone();
                let page =
                    self.session.call(async move |console| console.sites(&asked.clone()).await).await?;
                Ok::<_, Error>((request, page))
            });
            // A slow console is not made faster by more questions.
            let slow = sites.begun.with_value(|begun| begun.progress.slow);
            let mut answers = answers.buffered(if slow { 1 } else { AT_ONCE });
            let mut more = true;
            while let Some(answer) = answers.next().await {
                let (request, page) = match (answer, start.smaller()) {
                    (Err(Error::Timeout), Some(_)) => {
                        // What has come is kept, and the rest is asked for in smaller pages.
                        let progress = sites.begun.try_update_value(|begun| {
                            begun.next = begun.next.as_ref().unwrap_or(&start).smaller();
                            begun.pages = None;
                            begun.progress.slow = true;
                            begun.progress.clone()
                        });
                        sites.runs(turn, progress);
                        break;
                    }
                    (answer, _) => answer?,
                };
                let mut after = request.after(&page);
                let progress = sites.begun.try_update_value(|begun| {
                    if page.total_pages.is_none() && !begun.builder.lacks_any_of(&page.items) {
                        after = None;
                    }
                    begun.builder.push(&page.items, page.unreadable);
                    begun.pages = page.total_pages;
                    begun.next.clone_from(&after);
                    begun.progress.done = begun.builder.len();
                    begun.progress.total = page.total;
                    begun.progress.clone()
                });
                sites.runs(turn, progress);
                drop(page);
                self.merge(false).await;
                more = after.is_some();
                if !more {
                    break;
                }
            }
            if !more {
                break;
            }
        }
        self.merge(true).await;
        let builder = sites.begun.try_update_value(|begun| std::mem::take(&mut begun.builder));
        let list = builder.unwrap_or_default().finish();
        // What is drawn of it is a task of its own.
        breathe().await;
        Ok(list)
    }

    /// Merges what is due, with time for the browser between.
    async fn merge(self, last: bool) {
        loop {
            let merged = self.all_sites.begun.try_update_value(|begun| begun.builder.merge(last));
            breathe().await;
            if merged != Some(true) {
                return;
            }
        }
    }
}
