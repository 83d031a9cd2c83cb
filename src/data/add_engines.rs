//! Many engines are added: each is created, joins its pools and gets its sites.

use std::{cell::RefCell, rc::Rc};

use console_api::{
    EngineDraft, EngineId, Error, Moved, PoolId, ScannerId,
    rules::{NewEngineSite, fold_case},
};
use futures::{FutureExt, lock::Mutex};
use leptos::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    Data,
    bulk::{AT_ONCE, Item, Job, Trouble},
};

/// An engine that is to be added, with all that is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEngine {
    /// What is sent.
    pub draft: EngineDraft,
    /// The engine, where it is already there.
    pub there: Option<EngineId>,
    /// The names of the pools that it joins. One that does not exist is created.
    pub pools: Vec<String>,
    /// The sites that it gets.
    pub sites: Vec<NewEngineSite>,
    /// Whether an attempt to create it may have worked all the same: then the list is read first.
    pub in_doubt: bool,
}

/// What the steps share.
struct Adding {
    /// What is left to be done about each engine.
    left: RefCell<FxHashMap<u64, NewEngine>>,
    /// The pools by their names, in lower case. Held while one is created, so that two engines don't create the same.
    pools: Mutex<FxHashMap<String, PoolId>>,
    moved: RefCell<Vec<(console_api::SiteId, ScannerId)>>,
}

impl Data {
    /// Adds these engines, each under a key of its own, a few at a time. A failure stops no other, and what was done of an engine
    /// before one is not done again.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn add_engines(self, engines: Vec<(u64, NewEngine)>) {
        self.work.begin_change();
        let item = |(key, engine): &(u64, NewEngine)| Item { key: *key, name: engine.draft.name.clone() };
        let items = engines.iter().map(item).collect();
        let pools = untrack(|| self.pools.value());
        let pools = pools.iter().flat_map(|list| &list.items);
        let adding = Rc::new(Adding {
            pools: Mutex::new(pools.map(|pool| (fold_case(pool.name.trim()), pool.id)).collect()),
            left: RefCell::new(engines.into_iter().collect()),
            moved: RefCell::default(),
        });
        let finish = {
            let adding = Rc::clone(&adding);
            move || {
                self.have_moved(&std::mem::take(&mut *adding.moved.borrow_mut()));
                self.work.begin_change();
                self.read_engines();
            }
        };
        let step = move |item: Item| {
            let adding = Rc::clone(&adding);
            async move { self.add_engine(item.key, &adding).await }.boxed_local()
        };
        let job =
            Job { doing: "Adding engines", at_once: AT_ONCE, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start(job, items);
    }

    async fn add_engine(self, key: u64, adding: &Adding) -> Result<&'static str, Trouble> {
        let change = |change: &dyn Fn(&mut NewEngine)| {
            if let Some(left) = adding.left.borrow_mut().get_mut(&key) {
                change(left);
            }
        };
        let now = adding.left.borrow().get(&key).cloned();
        let Some(engine) = now else { return Ok("added") };
        let (id, word) = match engine.there {
            Some(id) => (id, "completed"),
            None => {
                let created = self.create_or_find(&engine.draft, engine.in_doubt).await;
                change(&|left| left.in_doubt = matches!(created, Err(Error::UnknownOutcome(_))));
                (created?, "added")
            }
        };
        change(&|left| left.there = Some(id));
        let trouble = |what: String, error: Error| match error {
            Error::Cancelled => Trouble::Call(Error::Cancelled),
            error => Trouble::Refrained(format!(
                "It was added, but {what}. {} Retry failed continues from there.",
                error.in_full()
            )),
        };
        for name in engine.pools {
            let joined = async {
                let pool = self.pool_called(&name, adding).await?;
                self.session.call(async move |console| console.assign_to_pool(id, pool).await).await
            };
            joined.await.map_err(|error| trouble(format!("could not join pool {name}"), error))?;
            change(&|left| left.pools.retain(|it| *it != name));
        }
        for site in engine.sites {
            let (it, from, to) = (site.site, site.from, ScannerId::from(id));
            let moved = self.session.call(async move |console| console.move_site(it, from, to).await).await;
            let now = match moved
                .map_err(|error| trouble(format!("could not get the site {}", site.name), error))?
            {
                Moved::Done | Moved::AlreadyThere => to,
                Moved::ElsewhereMeanwhile(now) => now,
            };
            adding.moved.borrow_mut().push((it, now));
            if now != to {
                change(&|left| {
                    left.sites
                        .iter_mut()
                        .filter(|known| known.site == it)
                        .for_each(|site| site.from = Some(now));
                });
                return Err(Trouble::Refrained(format!(
                    "It was added, but someone else moved the site {} to {} in the meantime, so the site was left there. Retry failed moves it from there.",
                    site.name,
                    untrack(|| self.scanners()).label(now)
                )));
            }
            change(&|left| left.sites.retain(|known| known.site != it));
        }
        adding.left.borrow_mut().remove(&key);
        Ok(word)
    }

    /// Creates an engine. Where an earlier attempt ended in doubt, the list tells whether it is there.
    async fn create_or_find(self, draft: &EngineDraft, in_doubt: bool) -> Result<EngineId, Error> {
        if in_doubt {
            let sent = draft.clone();
            let found = self.session.call(async move |console| console.find_engine(&sent).await).await;
            match found {
                Ok(Some(id)) => return Ok(id),
                Ok(None) => {}
                // Still nobody knows.
                Err(error @ (Error::Cancelled | Error::UnknownOutcome(_))) => return Err(error),
                Err(error) => return Err(Error::UnknownOutcome(Box::new(error))),
            }
        }
        let sent = draft.clone();
        Ok(self.session.call(async move |console| console.create_engine(&sent).await).await?.id)
    }

    /// The pool with this name, which is created if there is none.
    async fn pool_called(self, name: &str, adding: &Adding) -> Result<PoolId, Error> {
        let mut pools = adding.pools.lock().await;
        let key = fold_case(name.trim());
        if let Some(id) = pools.get(&key) {
            return Ok(*id);
        }
        let (id, _) = self.create_or_find_pool(name).await?;
        pools.insert(key, id);
        Ok(id)
    }
}
