//! Taking back what was done here: only what nobody has changed since.

use std::rc::Rc;

use console_api::{
    EngineId, Moved, PoolId, ScannerId, SiteId,
    rules::{Entry, Thing, Undo, Verdict, halfway, verdict},
};
use futures::FutureExt;
use leptos::prelude::*;

use super::{
    Data,
    bulk::{Item, Job, Trouble},
};

impl Data {
    /// Undoes what can be undone of it, one thing after the other. Each is read first; what someone has changed since stays as it
    /// is and counts as failed.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn undo(self, entry: &Entry) {
        let undoable = entry.undoable();
        let thing = undoable.first().map_or(Thing::Step, |item| item.thing);
        let items = (0..).zip(&undoable).map(|(key, item)| Item { key, name: item.name.clone() }).collect();
        let undos = undoable.iter().filter_map(|item| item.undo).collect::<Rc<[Undo]>>();
        self.work.begin_change();
        let step = move |item: Item| {
            let undo = undos.get(item.key as usize).copied();
            async move {
                match undo {
                    Some(undo @ Undo::Site { site, was, now }) => {
                        let word = self.take_back_site(site, was, now).await?;
                        self.undone(item.key, word, undo);
                        Ok(word)
                    }
                    Some(undo @ Undo::Pools { engine, left, joined }) => {
                        let word = self.take_back_place(engine, left, joined).await?;
                        self.undone(item.key, word, undo);
                        Ok(word)
                    }
                    Some(Undo::Mute { stamp }) => {
                        Ok(if self.health.unmute_stamped(stamp) { BACK } else { "no longer muted this way" })
                    }
                    None => Ok(BACK_ALREADY),
                }
            }
            .boxed_local()
        };
        let finish = move || {
            self.work.begin_change();
            self.read_engines();
        };
        // One at a time: several may change the same pool.
        let job = Job { doing: "Undoing changes", at_once: 1, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start_on(thing, job, items);
    }

    fn undone(self, key: u64, word: &str, undo: Undo) {
        if let Some(reversed) = undo.reversed().filter(|_| word == BACK) {
            self.bulk.can_be_undone(key, reversed);
        }
    }

    async fn take_back_site(
        self,
        site: SiteId,
        was: ScannerId,
        now: ScannerId,
    ) -> Result<&'static str, Trouble> {
        let read = self.session.call(async move |console| console.site_scanner(site).await).await?;
        let elsewhere = |read: ScannerId| {
            let label = untrack(|| self.scanners()).label(read);
            Trouble::Refrained(format!("It has since been moved to {label}, and was left there."))
        };
        match verdict(&[(was, now, read)]) {
            Verdict::BackAlready => return Ok(BACK_ALREADY),
            Verdict::ChangedSince => return Err(elsewhere(read)),
            Verdict::Safe => {}
        }
        // It is read once more just before: someone may be faster.
        let moved =
            self.session.call(async move |console| console.move_site(site, Some(now), was).await).await?;
        match moved {
            Moved::Done => {
                self.have_moved(&[(site, was)]);
                Ok(BACK)
            }
            Moved::AlreadyThere => Ok(BACK_ALREADY),
            Moved::ElsewhereMeanwhile(read) => Err(elsewhere(read)),
        }
    }

    async fn take_back_place(
        self,
        engine: EngineId,
        left: Option<PoolId>,
        joined: Option<PoolId>,
    ) -> Result<&'static str, Trouble> {
        let mut facts = Vec::new();
        for (pool, was) in [(left, true), (joined, false)] {
            let Some(pool) = pool else { continue };
            let members = self.session.call(async move |console| console.pool_engines(pool).await).await?;
            facts.push((was, !was, members.contains(&engine)));
        }
        match verdict(&facts) {
            Verdict::BackAlready => return Ok(BACK_ALREADY),
            Verdict::ChangedSince => {
                let why = "Its pools have changed since, and were left as they are.";
                return Err(Trouble::Refrained(why.to_owned()));
            }
            Verdict::Safe => {}
        }
        match (left, joined) {
            (Some(left), Some(joined)) => {
                let moved =
                    self.session.call(async move |console| console.move_to_pool(engine, joined, left).await);
                let name = |pool: PoolId| self.name_of(Thing::Pool, pool.get());
                if let Some(words) = halfway(&moved.await?, &name(joined), &name(left)) {
                    return Err(Trouble::Refrained(words));
                }
            }
            (Some(left), None) => {
                self.session.call(async move |console| console.assign_to_pool(engine, left).await).await?;
            }
            (None, Some(joined)) => self.take_out_of_pool(engine, joined).await?,
            (None, None) => return Ok(BACK_ALREADY),
        }
        Ok(BACK)
    }
}

const BACK: &str = "undone";
const BACK_ALREADY: &str = "already as it was";
