//! A pool plan is carried out, change by change, and taken back.

use std::{cell::RefCell, rc::Rc};

use console_api::{
    Error, Moved, PoolDraft, PoolId, Saved, ScannerId,
    rules::{PlanChange, PlanStep, fold_case},
};
use futures::FutureExt;
use leptos::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    Data,
    bulk::{Item, Job, Trouble},
};

/// What the steps of one plan share.
struct Progress {
    /// What is to be done, by its place in the plan; nothing where it is done.
    open: RefCell<Vec<Option<PlanChange>>>,
    /// What this has changed itself, in this order, with the ids of pools that are new.
    done: RefCell<Vec<PlanChange>>,
    created: RefCell<FxHashMap<String, PoolId>>,
    moved: RefCell<Vec<(console_api::SiteId, ScannerId)>>,
}

impl Data {
    /// Makes these changes one after the other. A failure stops no other, but an engine leaves a pool only once all that join it have.
    /// `doing` is the heading while it runs; at its end, and at that of each retry, `on_end` receives what has been changed in all:
    /// what someone else had done already is not among it.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn change_pools(
        self,
        changes: Vec<PlanChange>,
        doing: &'static str,
        on_end: impl Fn(Vec<PlanChange>) + 'static,
    ) {
        self.work.begin_change();
        let scanners = untrack(|| self.scanners());
        let items = changes.iter().enumerate();
        let items =
            items.map(|(at, change)| Item { key: at as u64, name: change.label(&scanners) }).collect();
        let progress = Rc::new(Progress {
            open: RefCell::new(changes.into_iter().map(Some).collect()),
            done: RefCell::default(),
            created: RefCell::default(),
            moved: RefCell::default(),
        });
        let finish = {
            let progress = Rc::clone(&progress);
            move || {
                self.have_moved(&std::mem::take(&mut *progress.moved.borrow_mut()));
                self.work.begin_change();
                self.read_engines();
                if let Some(open) = untrack(|| self.pool.value()) {
                    self.read_pool(open.id);
                }
                on_end(progress.done.borrow().clone());
            }
        };
        let step = move |item: Item| {
            let progress = Rc::clone(&progress);
            async move {
                let at = item.key as usize;
                let change = progress.open.borrow().get(at).cloned().flatten();
                let Some(change) = change else { return Ok("already done") };
                let (word, changed) = self.change_pool(&change, &progress).await?;
                if let Some(open) = progress.open.borrow_mut().get_mut(at) {
                    *open = None;
                }
                progress.done.borrow_mut().extend(changed);
                Ok(word)
            }
            .boxed_local()
        };
        // In their order: what a pool is about to lose comes last.
        let job = Job { doing, at_once: 1, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start(job, items);
    }

    /// Makes one change. What was done, in a word or two, and the change if it was made here.
    async fn change_pool(
        self,
        change: &PlanChange,
        progress: &Progress,
    ) -> Result<(&'static str, Option<PlanChange>), Trouble> {
        const ALREADY: &str = "already as planned";
        let created = progress.created.borrow().get(&fold_case(&change.pool)).copied();
        let id = change.id.or(created);
        if change.step == PlanStep::Create {
            let (id, is_new) = self.create_or_find_pool(&change.pool).await?;
            progress.created.borrow_mut().insert(fold_case(&change.pool), id);
            let made = is_new.then(|| PlanChange { id: Some(id), ..change.clone() });
            return Ok((if is_new { "created" } else { ALREADY }, made));
        }
        let Some(id) = id else {
            return Err(Trouble::Refrained("The pool had to be created first, and was not.".to_owned()));
        };
        let word = match &change.step {
            PlanStep::Create => ALREADY,
            PlanStep::Rename(from) => {
                let now = self.session.call(async move |console| console.pool(id).await).await?;
                if now.name == change.pool {
                    return Ok((ALREADY, None));
                }
                if now.name != *from {
                    return Err(Trouble::Refrained(format!(
                        "Someone else renamed it {} in the meantime; it keeps that name.",
                        now.name
                    )));
                }
                let opened = PoolDraft::of(&now);
                let wanted = PoolDraft { name: change.pool.clone(), ..opened.clone() };
                let saved = self
                    .session
                    .call(async move |console| console.update_pool(id, &opened, &wanted).await)
                    .await?;
                if let Saved::ChangedMeanwhile(_) = saved {
                    return Err(Trouble::Refrained(
                        "Someone else changed it at the same moment. Nothing was saved. Try again."
                            .to_owned(),
                    ));
                }
                "renamed"
            }
            PlanStep::Join(engine, _) => {
                let engine = *engine;
                let members = self.session.call(async move |console| console.pool_engines(id).await).await?;
                if members.contains(&engine) {
                    return Ok((ALREADY, None));
                }
                self.session.call(async move |console| console.assign_to_pool(engine, id).await).await?;
                "joined"
            }
            PlanStep::Leave(engine, _) => {
                let joins = progress
                    .open
                    .borrow()
                    .iter()
                    .flatten()
                    .any(|open| open.pool == change.pool && matches!(open.step, PlanStep::Join(..)));
                if joins {
                    return Err(Trouble::Refrained(
                        "It was not removed, because an engine that had to join first has not joined."
                            .to_owned(),
                    ));
                }
                let engine = *engine;
                let members = self.session.call(async move |console| console.pool_engines(id).await).await?;
                if !members.contains(&engine) {
                    return Ok((ALREADY, None));
                }
                self.take_out_of_pool(engine, id).await?;
                "left"
            }
            PlanStep::Give { site, from, .. } => {
                let (site, from) = (*site, *from);
                return self.move_planned(change, (site, from, id.into()), progress).await;
            }
            PlanStep::Return { site, to, .. } => {
                let (site, to) = (*site, *to);
                return self.move_planned(change, (site, Some(id.into()), to), progress).await;
            }
            PlanStep::Delete => {
                self.delete_pool(id).await?;
                "deleted"
            }
        };
        Ok((word, Some(PlanChange { id: Some(id), ..change.clone() })))
    }

    async fn move_planned(
        self,
        change: &PlanChange,
        (site, from, to): (console_api::SiteId, Option<ScannerId>, ScannerId),
        progress: &Progress,
    ) -> Result<(&'static str, Option<PlanChange>), Trouble> {
        let moved = self.session.call(async move |console| console.move_site(site, from, to).await).await?;
        let now = if let Moved::ElsewhereMeanwhile(now) = moved { now } else { to };
        progress.moved.borrow_mut().push((site, now));
        match moved {
            Moved::Done => {
                let pool = if let PlanStep::Give { .. } = change.step { to } else { from.unwrap_or(to) };
                Ok(("moved", Some(PlanChange { id: Some(PoolId(pool.get())), ..change.clone() })))
            }
            Moved::AlreadyThere => Ok(("already as planned", None)),
            Moved::ElsewhereMeanwhile(now) => Err(Trouble::Refrained(format!(
                "Someone else moved it to {} in the meantime, so it was left there. Import the plan again to move it from there.",
                untrack(|| self.scanners()).label(now)
            ))),
        }
    }

    /// Creates a pool without engines, unless one has this name; also says whether it is new.
    pub(super) async fn create_or_find_pool(self, name: &str) -> Result<(PoolId, bool), Error> {
        let draft = PoolDraft { name: name.to_owned(), engines: Vec::new() };
        match self.session.call(async move |console| console.create_pool(&draft).await).await {
            Ok(created) => Ok((created.id, true)),
            // Someone else may have created it in the meantime, or an earlier attempt did, which ended in doubt.
            Err(refused @ Error::Rejected { .. }) => {
                let key = fold_case(name.trim());
                let list = self.session.call(async |console| console.pools().await).await?;
                let found = list.items.iter().find(|pool| fold_case(pool.name.trim()) == key);
                found.map(|pool| (pool.id, false)).ok_or(refused)
            }
            Err(error) => Err(error),
        }
    }
}
