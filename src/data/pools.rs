//! Engine pools: read, added, saved, deleted.

use std::rc::Rc;

use console_api::{
    Created, EngineId, Error, List, Moved, Pool, PoolDraft, PoolId, Saved, ScannerId, SiteId,
    rules::{SiteMove, Thing, Undo, halfway},
};
use futures::FutureExt;
use leptos::{prelude::*, task::spawn_local};

use super::{
    Data,
    bulk::{Item, Job, Trouble},
};

/// The key of the pool itself among the things that are done before it is deleted: no site has it.
const THE_POOL: u64 = u64::MAX;

impl Data {
    /// Reads all pools again.
    pub fn read_pools(self) {
        spawn_local(async move {
            // The query keeps why it failed.
            _ = self.read_pools_now().await;
        });
    }

    /// Reads all pools again, and waits for them.
    ///
    /// # Errors
    /// Why they could not be read, which the query keeps as well.
    pub async fn read_pools_now(self) -> Result<(), Error> {
        let read = async {
            let list = self.session.call(async |console| console.pools_with_sites().await).await;
            let none = matches!(list, Err(Error::NotFound { .. }));
            // Nothing: the app has gone in the meantime.
            if self.without_pools.try_get_untracked().is_some_and(|before| before != none) {
                self.without_pools.set(none);
            }
            if none { Ok(List { items: Vec::new(), unreadable: 0 }) } else { list }
        };
        self.pools.read_now(read).await
    }

    /// Why nothing can be done with pools; `None` where this console has them (docs/api-quirks.md, "Special engines and
    /// pools").
    pub fn no_pools(self) -> Option<String> {
        let why =
            "This console shows no engine pools. They need a licence, and an account that may see them.";
        self.without_pools.get().then(|| why.to_owned())
    }

    /// Reads one pool, and the lists if they are not there yet. What is known of the pool already shows at once.
    pub fn open_pool(self, id: PoolId) {
        let (known, listed) = untrack(|| {
            let list = self.pools.value();
            let listed = list.and_then(|list| list.items.iter().find(|pool| pool.id == id).cloned());
            (self.pool.value().is_some_and(|pool| pool.id == id), listed)
        });
        if !known {
            self.pool.forget();
        }
        if let Some(pool) = listed {
            self.pool.set(pool);
        }
        self.read_pool(id);
        if untrack(|| self.engines.value().is_none()) {
            self.read_engines();
        }
    }

    /// Reads one pool again.
    pub fn read_pool(self, id: PoolId) {
        self.pool.read(self.ask_for_pool(id));
    }

    async fn ask_for_pool(self, id: PoolId) -> Result<Pool, Error> {
        self.session.call(async move |console| console.pool_with_sites(id).await).await
    }

    /// Puts what is known of a pool now into all that shows it.
    fn pool_is(self, pool: Pool) {
        if untrack(|| self.pool.value()).is_some_and(|shown| shown.id == pool.id) {
            self.pool.set(pool.clone());
        }
        self.pools.patch(move |list| {
            if let Some(old) = list.items.iter_mut().find(|old| old.id == pool.id) {
                old.clone_from(&pool);
            }
        });
    }

    /// Adds a pool.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn create_pool(self, draft: PoolDraft) -> Result<Created<PoolId>, Error> {
        let sent = draft.clone();
        let noting = self.noting("Creating a pool", Thing::Pool, 0, draft.name.trim().to_owned());
        let created = self.session.call(async move |console| console.create_pool(&sent).await).await;
        noting.ends(created.as_ref().err(), "created");
        let created = created?;
        let PoolDraft { name, engines } = draft;
        let pool = Pool { id: created.id, name: name.trim().to_owned(), engines, sites: Some(Vec::new()) };
        // Whoever made it on the way to something else chooses it before the list is read again.
        self.pools.patch(move |list| {
            if list.items.iter().all(|known| known.id != pool.id) {
                list.items.push(pool.clone());
            }
        });
        self.read_pools();
        Ok(created)
    }

    /// Saves a pool's name and engines, unless someone else has changed them since they were `opened`.
    ///
    /// # Errors
    /// Why the console did not take it.
    pub async fn save_pool(
        self,
        id: PoolId,
        opened: PoolDraft,
        wanted: PoolDraft,
    ) -> Result<Saved<Pool>, Error> {
        let noting = self.noting("Saving a pool", Thing::Pool, id.get(), wanted.name.trim().to_owned());
        let saved =
            self.session.call(async move |console| console.update_pool(id, &opened, &wanted).await).await;
        match &saved {
            Ok(Saved::Done) | Err(Error::UnknownOutcome(_)) => spawn_local(async move {
                match self.ask_for_pool(id).await {
                    Ok(pool) => self.pool_is(pool),
                    // What is shown stays until the next read; whoever looks is told why that fails.
                    Err(_) => self.read_pools(),
                }
            }),
            Ok(Saved::ChangedMeanwhile(theirs)) => self.pool_is(theirs.clone()),
            Err(_) => {}
        }
        noting.saved(&saved);
        saved
    }

    /// Deletes a pool. One that is already gone is not a failure.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn delete_pool(self, id: PoolId) -> Result<(), Error> {
        let noting =
            self.noting("Deleting a pool", Thing::Pool, id.get(), self.name_of(Thing::Pool, id.get()));
        let done = self.erase_pool(id).await;
        noting.ends(done.as_ref().err(), "deleted");
        done
    }

    async fn erase_pool(self, id: PoolId) -> Result<(), Error> {
        match self.session.call(async move |console| console.delete_pool(id).await).await {
            Ok(()) | Err(Error::NotFound { .. }) => {
                self.pools.patch(move |list| list.items.retain(|pool| pool.id != id));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Reads what the pools are now, after work on them.
    fn pools_changed(self) {
        self.read_pools();
        if let Some(open) = untrack(|| self.pool.value()) {
            self.read_pool(open.id);
        }
    }

    /// Moves engines from one pool to another, one after the other: each is added first and taken out after that. One that
    /// stopped half-way counts as failed, with where it is now; trying again finishes it.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn move_engines(self, engines: Vec<(EngineId, String)>, from: &Pool, to: &Pool) {
        let items = engines.into_iter().map(|(id, name)| Item { key: id.get(), name }).collect();
        let (from_id, to_id) = (from.id, to.id);
        let names = Rc::new((from.name.clone(), to.name.clone()));
        let step = move |item: Item| {
            let names = Rc::clone(&names);
            async move {
                let id = EngineId(item.key);
                let moved = self
                    .session
                    .call(async move |console| console.move_to_pool(id, from_id, to_id).await)
                    .await?;
                match halfway(&moved, &names.0, &names.1) {
                    None => {
                        let undo = Undo::Pools { engine: id, left: Some(from_id), joined: Some(to_id) };
                        self.bulk.can_be_undone(item.key, undo);
                        Ok("moved")
                    }
                    Some(words) => Err(Trouble::Refrained(words)),
                }
            }
            .boxed_local()
        };
        let job = Job {
            doing: "Moving engines",
            // They all change the same two pools.
            at_once: 1,
            step: Rc::new(step),
            finish: Rc::new(move || self.pools_changed()),
        };
        self.bulk.start(job, items);
    }

    /// Gives a pool's sites to another engine or pool, then deletes the pool. Where a site could not be moved the console
    /// keeps the pool; trying again does what is left.
    pub fn delete_pool_and_move_sites(self, pool: &Pool, moves: &[SiteMove]) {
        let sites = moves.iter().map(|it| Item { key: it.site.get(), name: it.name.clone() });
        let items = sites.chain([Item { key: THE_POOL, name: pool.name.clone() }]).collect();
        let (id, from) = (pool.id, ScannerId::from(pool.id));
        let to = moves.first().map(|it| it.to);
        let step = move |item: Item| {
            async move {
                if item.key == THE_POOL {
                    self.erase_pool(id).await?;
                    return Ok("deleted");
                }
                let (site, Some(to)) = (SiteId(item.key), to) else { return Ok("left") };
                let moved = self
                    .session
                    .call(async move |console| console.move_site(site, Some(from), to).await)
                    .await?;
                Ok(match moved {
                    Moved::Done => {
                        self.have_moved(&[(site, to)]);
                        "moved"
                    }
                    // It no longer uses the pool either way, and a colleague's choice stays.
                    Moved::AlreadyThere | Moved::ElsewhereMeanwhile(_) => "moved by someone else",
                })
            }
            .boxed_local()
        };
        let job = Job {
            doing: "Deleting a pool",
            // The pool comes last: the console keeps it as long as a site uses it.
            at_once: 1,
            step: Rc::new(step),
            finish: Rc::new(move || self.read_engines()),
        };
        self.bulk.start_on(Thing::Step, job, items);
    }

    /// Creates pools, one after the other. `on_created` is called for each, by its place in the list.
    pub fn create_pools(self, pools: Vec<PoolDraft>, on_created: impl Fn(usize, PoolId) + 'static) {
        let items =
            pools.iter().enumerate().map(|(at, pool)| Item { key: at as u64, name: pool.name.clone() });
        let items = items.collect();
        let (pools, on_created) = (Rc::new(pools), Rc::new(on_created));
        let step = move |item: Item| {
            let (pools, on_created) = (Rc::clone(&pools), Rc::clone(&on_created));
            async move {
                let at = item.key as usize;
                let Some(draft) = pools.get(at) else { return Ok("left") };
                let created = self.session.call(async |console| console.create_pool(draft).await).await?;
                on_created(at, created.id);
                Ok("created")
            }
            .boxed_local()
        };
        let job = Job {
            doing: "Creating pools",
            at_once: 1,
            step: Rc::new(step),
            finish: Rc::new(move || self.read_pools()),
        };
        self.bulk.start_on(Thing::Pool, job, items);
    }

    /// Deletes pools that were just created. `on_deleted` is called for each.
    pub fn take_back_pools(self, pools: Vec<(PoolId, String)>, on_deleted: impl Fn(PoolId) + 'static) {
        let items = pools.into_iter().map(|(id, name)| Item { key: id.get(), name }).collect();
        let on_deleted = Rc::new(on_deleted);
        let step = move |item: Item| {
            let on_deleted = Rc::clone(&on_deleted);
            async move {
                let id = PoolId(item.key);
                self.erase_pool(id).await?;
                on_deleted(id);
                Ok("deleted")
            }
            .boxed_local()
        };
        let job = Job {
            doing: "Deleting the new pools",
            at_once: 1,
            step: Rc::new(step),
            finish: Rc::new(move || self.read_pools()),
        };
        self.bulk.start_on(Thing::Pool, job, items);
    }
}
