//! The same done to many things, one after the other or a few at a time. One failure does not stop the rest.

use std::{collections::VecDeque, rc::Rc};

use console_api::{
    Error,
    rules::{EntryItem, Outcome, Thing, Undo, grouped},
};
use futures::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local};

use super::activity::Activity;

/// One of the things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub key: u64,
    /// Its name, for the person.
    pub name: String,
}

/// Why it was not done to one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The call failed.
    Call(Error),
    /// It was deliberately not done, for this reason: what happened, and what helps.
    Refrained(String),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

/// Does it to one item, and says in a word or two what was done.
pub type Step = Rc<dyn Fn(Item) -> LocalBoxFuture<'static, Result<&'static str, Trouble>>>;

/// What is to be done.
#[derive(Clone)]
pub struct Job {
    /// What is being done, as a heading.
    pub doing: &'static str,
    /// How many things at a time.
    pub at_once: usize,
    /// Does it to one of them.
    pub step: Step,
    /// Called when all are done, also after each retry.
    pub finish: Rc<dyn Fn()>,
}

/// Something that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// To what.
    pub item: Item,
    /// Why, and what helps.
    pub why: String,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What is being done, as a heading.
    pub doing: &'static str,
    /// How many things it is about.
    pub total: usize,
    /// The name of the one thing that it has been about from the start, if it is one.
    pub only: Option<String>,
    /// How often it ended with which word of the steps.
    pub done: Vec<(&'static str, usize)>,
    /// What failed, in the order in which it did.
    pub failed: Vec<Failed>,
    /// What was not begun before it was cancelled.
    pub left: Vec<Item>,
    /// Whether it still continues.
    pub running: bool,
    /// Whether it stops when the steps under way have ended.
    pub cancelled: bool,
}

impl Run {
    /// How many things have been dealt with, well or not.
    pub fn finished(&self) -> usize {
        self.done.iter().map(|(_, count)| count).sum::<usize>() + self.failed.len()
    }

    /// Whether nothing is left to deal with.
    pub fn is_all_done(&self) -> bool {
        !self.running && self.failed.is_empty() && self.left.is_empty()
    }

    /// For example "38 deleted, 2 failed, 1 not begun".
    pub fn summary(&self) -> String {
        let done = self.done.iter().map(|(word, count)| (*word, *count));
        let others = [("failed", self.failed.len()), ("not started", self.left.len())];
        let parts = done.chain(others).filter(|(_, count)| *count > 0);
        let parts = parts.map(|(word, count)| format!("{} {word}", grouped(count))).collect::<Vec<_>>();
        if parts.is_empty() { "Nothing was done".to_owned() } else { parts.join(", ") }
    }
}

/// The bulk work that is running or has just ended; there is one at a time. Copy it freely; all copies are the
/// same.
#[derive(Clone, Copy)]
pub struct Bulk {
    run: RwSignal<Option<Run>>,
    job: StoredValue<Option<Job>, LocalStorage>,
    queue: StoredValue<VecDeque<Item>>,
    workers: StoredValue<usize>,
    /// Counts the runs: results of an older one are ignored.
    turn: StoredValue<u64>,
    /// How many dialogs that show it are open. Several stand ready on one page.
    watchers: StoredValue<usize>,
    /// Whether the news says how it ended, where that is decided already.
    in_news: StoredValue<Option<bool>>,
    /// Called with how it ended if nobody watched.
    news: StoredValue<Option<Callback<Run>>>,
    activity: Activity,
    /// What the things are, and what this run is in the activity.
    noted: StoredValue<(Thing, u64)>,
    /// What has ended and was not done to all, by what it is in the activity: with all that it takes to try again.
    unfinished: StoredValue<Vec<Unfinished>, LocalStorage>,
}

/// A job that was not done to these things.
#[derive(Clone)]
struct Unfinished {
    noted: (Thing, u64),
    job: Job,
    items: Vec<Item>,
}

impl Bulk {
    pub(super) fn new(activity: Activity) -> Self {
        Self {
            run: RwSignal::new(None),
            job: StoredValue::new_local(None),
            queue: StoredValue::new(VecDeque::new()),
            workers: StoredValue::new(0),
            turn: StoredValue::new(0),
            watchers: StoredValue::new(0),
            in_news: StoredValue::new(None),
            news: StoredValue::new(None),
            activity,
            noted: StoredValue::new((Thing::Engine, 0)),
            unfinished: StoredValue::new_local(Vec::new()),
        }
    }

    /// Looks at how far it has come.
    pub fn look<T>(self, look: impl FnOnce(Option<&Run>) -> T) -> T {
        self.run.with(|run| look(run.as_ref()))
    }

    /// The same without following it; nothing where there is none.
    pub(super) fn look_now(self, look: impl FnOnce(&Run) -> bool) -> bool {
        self.run.with_untracked(|run| run.as_ref().is_some_and(look))
    }

    /// How far it has come now.
    pub fn now(self) -> Option<Run> {
        self.run.get()
    }

    /// Whether something is being done.
    pub fn is_running(self) -> bool {
        self.look(|run| run.is_some_and(|run| run.running))
    }

    /// Someone watches from now on, or no longer: whoever does both says each once. While anyone watches, nothing needs to be
    /// said in the news.
    pub fn watch(self, watches: bool) {
        self.watchers.try_update_value(|count| {
            *count = if watches { *count + 1 } else { count.saturating_sub(1) };
        });
    }

    /// Decides for the end that is being reached whether the news says so: for whoever closes or opens the dialog just then.
    pub fn end_in_news(self, in_news: bool) {
        self.in_news.try_update_value(|now| *now = Some(in_news));
    }

    /// Calls this each time it has ended, if nobody watched.
    pub fn when_it_ends(self, news: impl Fn(Run) + Send + Sync + 'static) {
        self.news.set_value(Some(Callback::new(news)));
    }

    /// Begins with engines, unless something is being done already.
    pub fn start(self, job: Job, items: Vec<Item>) {
        self.start_on(Thing::Engine, job, items);
    }

    /// Begins, unless something is being done already.
    pub fn start_on(self, thing: Thing, job: Job, items: Vec<Item>) {
        if !untrack(|| self.is_running()) {
            self.job.set_value(Some(job));
            self.noted.set_value((thing, 0));
            let only = if let [one] = &items[..] { Some(one.name.clone()) } else { None };
            self.go(items, only);
        }
    }

    /// Begins nothing more. What is under way finishes.
    pub fn cancel(self) {
        let left = self.queue.try_update_value(std::mem::take).unwrap_or_default();
        self.change(|run| {
            run.left.extend(left);
            run.cancelled = true;
        });
    }

    /// Does it again to all for which it failed.
    pub fn retry(self) {
        let failed = self.run.with_untracked(|run| run.as_ref().map(|run| run.failed.clone()));
        self.go_on_with(failed.unwrap_or_default().into_iter().map(|failed| failed.item).collect());
    }

    /// Continues with what was not begun.
    pub fn go_on(self) {
        let left = self.run.with_untracked(|run| run.as_ref().map(|run| run.left.clone()));
        self.go_on_with(left.unwrap_or_default());
    }

    /// This is how what is being done to one of the things can be undone.
    pub(super) fn can_be_undone(self, key: u64, undo: Undo) {
        self.activity.change(self.noted.get_value().1, |entry| {
            if let Some(item) = entry.items.iter_mut().find(|item| item.key == key) {
                item.undo = Some(undo);
            }
        });
    }

    /// Whether this entry of the activity is the work that continues.
    pub fn is_entry(self, entry: u64) -> bool {
        self.is_running() && self.noted.get_value().1 == entry
    }

    /// To how many things it can be tried again, of what has ended as this entry of the activity.
    pub fn left_of(self, entry: u64) -> usize {
        let left =
            |all: &Vec<Unfinished>| all.iter().find(|it| it.noted.1 == entry).map_or(0, |it| it.items.len());
        self.unfinished.with_value(left)
    }

    /// Tries it again to those, unless something is being done already.
    pub fn try_again(self, entry: u64) {
        let left = self.unfinished.with_value(|all| all.iter().find(|it| it.noted.1 == entry).cloned());
        let Some(Unfinished { noted, job, items }) = left.filter(|_| !untrack(|| self.is_running())) else {
            return;
        };
        self.job.set_value(Some(job));
        self.noted.set_value(noted);
        self.go(items, None);
    }

    /// Puts away what has ended.
    pub fn close(self) {
        if !untrack(|| self.is_running()) {
            self.forget();
        }
    }

    fn forget(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.queue.update_value(VecDeque::clear);
        self.job.set_value(None);
        self.run.set(None);
    }

    pub(super) fn forget_all(self) {
        self.forget();
        self.unfinished.update_value(Vec::clear);
    }

    fn go_on_with(self, items: Vec<Item>) {
        if !items.is_empty() && !untrack(|| self.is_running()) {
            self.go(items, None);
        }
    }

    fn go(self, items: Vec<Item>, only: Option<String>) {
        let Some(job) = self.job.get_value() else { return };
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let (thing, before) = self.noted.get_value();
        // What is tried again is not left any more.
        self.unfinished.update_value(|all| all.retain(|it| it.noted.1 != before));
        let waiting = items.iter().map(|item| EntryItem::waiting(thing, item.key, item.name.clone()));
        self.noted.set_value((thing, self.activity.begin(job.doing, waiting.collect())));
        self.run.set(Some(Run {
            doing: job.doing,
            total: items.len(),
            only,
            done: Vec::new(),
            failed: Vec::new(),
            left: Vec::new(),
            running: true,
            cancelled: false,
        }));
        self.queue.set_value(items.into());
        // The first goes alone: if the session has ended, a console must not count four wrong passwords.
        self.workers.set_value(1);
        spawn_local(async move {
            self.step(turn, &job).await;
            if !self.is_mine(turn) {
                return;
            }
            for _ in 1..job.at_once {
                self.workers.update_value(|workers| *workers += 1);
                spawn_local(self.work(turn, job.clone()));
            }
            self.work(turn, job).await;
        });
    }

    fn is_mine(self, turn: u64) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    async fn work(self, turn: u64, job: Job) {
        while self.step(turn, &job).await {}
        if !self.is_mine(turn) {
            return;
        }
        self.workers.update_value(|workers| *workers -= 1);
        if self.workers.get_value() == 0 {
            self.change(|run| run.running = false);
            self.note_end(&job);
            (job.finish)();
            self.tell();
        }
    }

    /// Does it to the next thing. False: there is none, or another run has taken the place of this one.
    async fn step(self, turn: u64, job: &Job) -> bool {
        if !self.is_mine(turn) {
            return false;
        }
        let Some(item) = self.queue.try_update_value(VecDeque::pop_front).flatten() else { return false };
        self.note(item.key, Outcome::Running, String::new());
        let result = (job.step)(item.clone()).await;
        if !self.is_mine(turn) {
            return false;
        }
        self.note_result(item.key, &result);
        self.change(|run| match result {
            Ok(word) => match run.done.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => run.done.push((word, 1)),
            },
            Err(Trouble::Call(Error::Cancelled)) => run.left.push(item),
            Err(trouble) => {
                let why = match trouble {
                    Trouble::Call(error) => error.in_full(),
                    Trouble::Refrained(why) => why,
                };
                run.failed.push(Failed { item, why });
            }
        });
        true
    }

    fn note(self, key: u64, outcome: Outcome, words: String) {
        self.activity.change(self.noted.get_value().1, |entry| {
            if let Some(item) = entry.items.iter_mut().find(|item| item.key == key) {
                (item.outcome, item.words) = (outcome, words);
            }
        });
    }

    fn note_result(self, key: u64, result: &Result<&'static str, Trouble>) {
        let entry = self.noted.get_value().1;
        match result {
            Ok(word) => self.activity.item(entry, key, None, word, None),
            Err(Trouble::Call(Error::Cancelled)) => self.note(key, Outcome::NotBegun, String::new()),
            Err(Trouble::Call(error)) => self.activity.item(entry, key, Some(error), "", None),
            Err(Trouble::Refrained(why)) => self.note(key, Outcome::Failed, why.clone()),
        }
    }

    /// It has ended. What was not done can be tried again.
    fn note_end(self, job: &Job) {
        let noted = self.noted.get_value();
        self.activity.end(noted.1, "");
        let items = self.run.with_untracked(|run| {
            let run = run.as_ref()?;
            let failed = run.failed.iter().map(|failed| failed.item.clone());
            Some(failed.chain(run.left.iter().cloned()).collect::<Vec<_>>())
        });
        if let Some(items) = items.filter(|items| !items.is_empty()) {
            self.unfinished.update_value(|all| all.push(Unfinished { noted, job: job.clone(), items }));
        }
    }

    /// Says how it ended if nobody watches, or if one thing was to be done and is: that needs no summary. Puts it away if
    /// there is no more to it.
    fn tell(self) {
        let decided = self.in_news.try_update_value(Option::take).flatten();
        let Some(run) = self.run.get_untracked() else { return };
        let no_more = run.is_all_done();
        let is_said = decided.unwrap_or_else(|| self.watchers.get_value() == 0);
        let is_one_well = no_more && run.only.is_some();
        if !is_said && !is_one_well {
            return;
        }
        if let Some(news) = self.news.get_value() {
            news.run(run);
        }
        if no_more {
            self.close();
        }
    }

    fn change(self, change: impl FnOnce(&mut Run)) {
        self.run.update(|run| {
            if let Some(run) = run {
                change(run);
            }
        });
    }
}

/// How many calls are under way at a time: a console does not answer faster for more.
pub(super) const AT_ONCE: usize = 4;
