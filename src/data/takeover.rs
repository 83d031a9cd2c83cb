//! What an engine has gets to another one, and the engine may be deleted then.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use console_api::{
    EngineId, Error, Moved,
    rules::{Change, Thing},
};
use futures::{FutureExt, channel::oneshot};
use leptos::prelude::*;

use super::{
    Data,
    bulk::{AT_ONCE, Item, Job, Trouble},
};

/// What the steps of one piece of work share.
struct Progress {
    /// What is not done yet, by its place in the plan.
    open: RefCell<BTreeMap<u64, Change>>,
    /// How many changes other than deletions are under way.
    under_way: Cell<usize>,
    /// Deletions that wait for those to end.
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    moved: RefCell<Vec<(console_api::SiteId, console_api::ScannerId)>>,
    gone: RefCell<Vec<EngineId>>,
}

impl Progress {
    fn begin(&self) {
        self.under_way.set(self.under_way.get() + 1);
    }

    fn end(&self) {
        self.under_way.set(self.under_way.get() - 1);
        if self.under_way.get() == 0 {
            for waiting in self.waiting.borrow_mut().drain(..) {
                // Whoever no longer waits needs no word.
                _ = waiting.send(());
            }
        }
    }

    /// Waits until no change is under way. Deletions come last in every plan, so that all changes have begun by then.
    async fn others(&self) {
        while self.under_way.get() > 0 {
            let (sender, receiver) = oneshot::channel();
            self.waiting.borrow_mut().push(sender);
            // Dropped or used: either way it is checked again.
            _ = receiver.await;
        }
    }

    fn open_for(&self, engine: EngineId) -> usize {
        let open = self.open.borrow();
        let first = |change: &&Change| !matches!(change, Change::Delete { .. });
        open.values().filter(first).filter(|change| change.engine() == Some(engine)).count()
    }
}

impl Data {
    /// Does what is planned, a few things at a time, and each by calls of its own, so that a failure stops no other; only
    /// an engine is deleted after all else that is planned about it is done. `doing` is the heading while it runs. At its
    /// end, and at that of each retry, `on_end` receives what is not done.
    ///
    /// All of it can be done again: a site that has the new engine already, or has been given to a third one by someone
    /// else in the meantime, stays where it is.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn carry_out(self, plan: Vec<Change>, doing: &'static str, on_end: impl Fn(Vec<Change>) + 'static) {
        self.work.begin_change();
        let plan = (0..).zip(plan).collect::<BTreeMap<u64, _>>();
        let items = plan.iter().map(|(key, change)| Item { key: *key, name: change.label() }).collect();
        let progress = Rc::new(Progress {
            open: RefCell::new(plan),
            under_way: Cell::new(0),
            waiting: RefCell::default(),
            moved: RefCell::default(),
            gone: RefCell::default(),
        });
        let finish = {
            let progress = Rc::clone(&progress);
            move || {
                let gone = std::mem::take(&mut *progress.gone.borrow_mut());
                self.have_moved(&std::mem::take(&mut *progress.moved.borrow_mut()));
                let left_out = gone.clone();
                self.engines.patch(move |list| list.items.retain(|engine| !left_out.contains(&engine.id)));
                self.work.begin_change();
                self.read_engines();
                if let Some(open) = untrack(|| self.engine.value()).filter(|it| !gone.contains(&it.id)) {
                    self.read_engine(open.id);
                }
                on_end(progress.open.borrow().values().cloned().collect());
            }
        };
        let step = move |item: Item| {
            let progress = Rc::clone(&progress);
            async move {
                let Some(change) = progress.open.borrow().get(&item.key).cloned() else {
                    return Ok("already done");
                };
                let word = match change {
                    Change::Delete { engine, .. } => {
                        progress.others().await;
                        self.delete_at_last(engine, &progress).await?
                    }
                    change => {
                        progress.begin();
                        let result = self.hand_over(change, &progress).await;
                        if result.is_ok() {
                            progress.open.borrow_mut().remove(&item.key);
                        }
                        progress.end();
                        return result;
                    }
                };
                progress.open.borrow_mut().remove(&item.key);
                Ok(word)
            }
            .boxed_local()
        };
        let job = Job { doing, at_once: AT_ONCE, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start_on(Thing::Step, job, items);
    }

    async fn hand_over(self, change: Change, progress: &Progress) -> Result<&'static str, Trouble> {
        match change {
            Change::Site(it) => {
                let (site, from, to) = (it.site, it.from, it.to);
                let moved =
                    self.session.call(async move |console| console.move_site(site, from, to).await).await?;
                let (now, word) = match moved {
                    Moved::Done => (to, "moved"),
                    Moved::AlreadyThere => (to, "already there"),
                    Moved::ElsewhereMeanwhile(now) => (now, "moved elsewhere in the meantime"),
                };
                progress.moved.borrow_mut().push((site, now));
                Ok(word)
            }
            Change::Place { pool, name, from, to } => {
                self.session.call(async move |console| console.assign_to_pool(to, pool).await).await?;
                match self.take_out_of_pool(from, pool).await {
                    Ok(()) => Ok("place taken"),
                    Err(Error::Cancelled) => Err(Error::Cancelled.into()),
                    Err(error) => Err(Trouble::Refrained(format!(
                        "The new engine is now in pool {name}, and the old one still is too. {} Trying again removes the old one.",
                        error.in_full()
                    ))),
                }
            }
            Change::Delete { .. } => Ok("already done"),
        }
    }

    async fn delete_at_last(self, engine: EngineId, progress: &Progress) -> Result<&'static str, Trouble> {
        let open = progress.open_for(engine);
        if open > 0 {
            let what =
                if open == 1 { "one step that has".to_owned() } else { format!("{open} steps that have") };
            return Err(Trouble::Refrained(format!(
                "It was not deleted, because of {what} to come first. What has been moved stays moved."
            )));
        }
        self.erase_engine(engine).await?;
        progress.gone.borrow_mut().push(engine);
        Ok("deleted")
    }
}
