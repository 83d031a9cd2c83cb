//! What an engine has gets to another one, and the engine may be deleted then.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::pin,
    rc::Rc,
};

use console_api::{
    EngineId, Error, Moved, Page, PageRequest, PoolId, Scan,
    rules::{Change, OwnedSite},
};
use futures::{FutureExt, TryStreamExt, channel::oneshot};
use leptos::prelude::*;
use rustc_hash::FxHashMap;

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
            // Dropped or used: either way it is looked again.
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
    /// The sites that are assigned directly to these engines, with their names.
    ///
    /// # Errors
    /// Why those of one of them could not be read.
    pub async fn sites_of(self, engines: Vec<EngineId>) -> Result<Vec<OwnedSite>, Error> {
        let mut sites = Vec::new();
        for engine in engines {
            let read = self.session.call(async move |console| {
                let mut pages = pin!(console.engine_sites_stream(engine, PageRequest::default()));
                let mut sites = Vec::new();
                while let Some(page) = pages.try_next().await? {
                    let owned =
                        |site: console_api::Site| OwnedSite { engine, site: site.id, name: site.name };
                    sites.extend(page.items.into_iter().map(owned));
                }
                Ok(sites)
            });
            sites.extend(read.await?);
        }
        Ok(sites)
    }

    /// One page of the scans that ran on an engine.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn scans_of(self, id: EngineId, request: &PageRequest) -> Result<Page<Scan>, Error> {
        self.session.call(async |console| console.engine_scans(id, request).await).await
    }

    /// The scans that are under way, on all engines.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn scans_under_way(self) -> Result<Vec<Scan>, Error> {
        self.session.call(async |console| console.scans_under_way().await).await
    }

    /// How many scans are under way on each engine that has any.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn scans_by_engine(self) -> Result<FxHashMap<EngineId, usize>, Error> {
        let scans = self.scans_under_way().await?;
        let mut count = FxHashMap::default();
        for engine in scans.iter().flat_map(|scan| &scan.engines) {
            *count.entry(*engine).or_default() += 1;
        }
        Ok(count)
    }

    /// Does what is planned, a few things at a time, and each by calls of its own, so that a failure stops no other; only
    /// an engine is deleted after all else that is planned about it is done. `doing` is the heading while it goes on. At its
    /// end, and at that of each retry, `on_end` is told what is not done.
    ///
    /// All of it can be done again: a site that has the new engine already, or has been given to a third one by somebody
    /// else meanwhile, stays where it is.
    ///
    /// Nothing happens while other work on many things goes on: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
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
                self.all_sites.have_moved(&std::mem::take(&mut *progress.moved.borrow_mut()));
                self.engines.patch(|list| list.items.retain(|engine| !gone.contains(&engine.id)));
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
                    return Ok("done already");
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
        self.bulk.start(job, items);
    }

    async fn hand_over(self, change: Change, progress: &Progress) -> Result<&'static str, Trouble> {
        match change {
            Change::Site(it) => {
                let (site, from, to) = (it.site, it.from, it.to);
                let moved =
                    self.session.call(async move |console| console.move_site(site, from, to).await).await?;
                let (now, word) = match moved {
                    Moved::Done => (to, "moved"),
                    Moved::AlreadyThere => (to, "there already"),
                    Moved::ElsewhereMeanwhile(now) => (now, "elsewhere meanwhile"),
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
                        "The new engine is in pool {name} now, and the old one still is too. {} Trying again takes the old one out.",
                        error.in_full()
                    ))),
                }
            }
            Change::Delete { .. } => Ok("done already"),
        }
    }

    async fn delete_at_last(self, engine: EngineId, progress: &Progress) -> Result<&'static str, Trouble> {
        let open = progress.open_for(engine);
        if open > 0 {
            let what = if open == 1 { "one thing is".to_owned() } else { format!("{open} things are") };
            return Err(Trouble::Refrained(format!(
                "It is still there, for {what} not done that had to be done first. What has been moved stays moved."
            )));
        }
        self.erase_engine(engine).await?;
        progress.gone.borrow_mut().push(engine);
        Ok("deleted")
    }

    /// Adds an engine to a pool, and reads the pools again.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn join_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.work.begin_change();
        self.session.call(async move |console| console.assign_to_pool(engine, pool).await).await?;
        self.has_members(pool, |engines| {
            if !engines.contains(&engine) {
                engines.push(engine);
            }
        });
        Ok(())
    }

    /// Takes an engine out of a pool, and reads the pools again.
    ///
    /// # Errors
    /// Why the console did not do it. That it is not in the pool any more is no failure.
    pub async fn leave_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        self.work.begin_change();
        self.take_out_of_pool(engine, pool).await?;
        self.has_members(pool, |engines| engines.retain(|id| *id != engine));
        Ok(())
    }

    /// A missing member is told as 404, and so is a missing permission (docs/api-quirks.md, "Signing in"): the pool
    /// itself tells which.
    async fn take_out_of_pool(self, engine: EngineId, pool: PoolId) -> Result<(), Error> {
        let left = self.session.call(async move |console| console.remove_from_pool(engine, pool).await).await;
        let Err(missing @ Error::NotFound { .. }) = left else { return left };
        let members = self.session.call(async move |console| console.pool_engines(pool).await).await;
        if members.is_ok_and(|members| !members.contains(&engine)) { Ok(()) } else { Err(missing) }
    }

    /// What was changed shows at once, and then what the console says.
    fn has_members(self, pool: PoolId, change: impl FnOnce(&mut Vec<EngineId>)) {
        self.pools.patch(|list| {
            if let Some(pool) = list.items.iter_mut().find(|it| it.id == pool) {
                change(&mut pool.engines);
            }
        });
        self.read_engines();
    }
}
