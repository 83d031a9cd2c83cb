//! Work on several engines: deleted, updated, added to a pool.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use console_api::{
    Engine, EngineId, PoolId,
    rules::{Undo, UpdateOutcome, update_outcome},
};
use futures::FutureExt;
use leptos::task::spawn_local;
use rustc_hash::FxHashMap;

use super::{
    Data,
    bulk::{AT_ONCE, Item, Job},
    update::UpdatedEngines,
};
use crate::browser::clock::monotonic_ms;

/// The list on screen drops what is deleted this often, in milliseconds: each time all rows are looked through.
const DROP_EVERY_MS: f64 = 500.0;

fn items(engines: &[Engine]) -> Vec<Item> {
    engines.iter().map(|engine| Item { key: engine.id.get(), name: engine.name.clone() }).collect()
}

impl Data {
    /// Deletes these engines.
    pub fn delete_engines(self, engines: &[Engine]) {
        self.work.begin_change();
        let gone = Rc::new(RefCell::new(Vec::new()));
        let since = Rc::new(Cell::new(monotonic_ms()));
        let drop_gone = {
            let gone = Rc::clone(&gone);
            move || {
                let gone = std::mem::take(&mut *gone.borrow_mut());
                self.engines.patch(move |list| list.items.retain(|engine| !gone.contains(&engine.id)));
            }
        };
        let finish = {
            let drop_gone = drop_gone.clone();
            move || {
                drop_gone();
                self.work.begin_change();
                self.read_engines();
            }
        };
        let step = move |item: Item| {
            let (gone, since, drop_gone) = (Rc::clone(&gone), Rc::clone(&since), drop_gone.clone());
            async move {
                let id = EngineId(item.key);
                self.erase_engine(id).await?;
                gone.borrow_mut().push(id);
                if monotonic_ms() - since.get() > DROP_EVERY_MS {
                    since.set(monotonic_ms());
                    drop_gone();
                }
                Ok("deleted")
            }
            .boxed_local()
        };
        let job =
            Job { doing: "Deleting engines", at_once: AT_ONCE, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start(job, items(engines));
    }

    /// Sends the available update to these engines; their rows show progress until they report new versions.
    /// At the end, and at that of each retry, `on_end` receives which have.
    pub fn update_engines(self, engines: &[Engine], on_end: impl Fn(UpdatedEngines) + 'static) {
        self.work.begin_change();
        let before = engines.iter().map(|engine| (engine.id, engine.clone())).collect::<FxHashMap<_, _>>();
        let sent = Rc::new(RefCell::new(FxHashMap::default()));
        let on_end = Rc::new(on_end);
        let finish = {
            let sent = Rc::clone(&sent);
            move || {
                let sent = std::mem::take(&mut *sent.borrow_mut());
                if !sent.is_empty() {
                    let waiting = sent.keys().copied().collect();
                    let on_end = Rc::clone(&on_end);
                    spawn_local(async move {
                        if let Some(updated) = self.wait_for_all(sent, waiting).await {
                            on_end(updated);
                        }
                    });
                }
            }
        };
        let before = Rc::new(before);
        let step = move |item: Item| {
            let (before, sent) = (Rc::clone(&before), Rc::clone(&sent));
            async move {
                let id = EngineId(item.key);
                let mine = self.work.updating.begin(&[id]);
                if mine.is_empty() {
                    return Ok("already being updated");
                }
                let answer =
                    self.session.call(async move |console| console.update_engine_software(id).await).await;
                let outcome = answer.map(|answer| update_outcome(&answer));
                match (&outcome, before.get(&id)) {
                    (Ok(UpdateOutcome::Sent), Some(engine)) => {
                        sent.borrow_mut().insert(id, engine.clone());
                    }
                    _ => self.work.updating.end(&mine),
                }
                Ok(match outcome? {
                    UpdateOutcome::Sent => "sent the update",
                    UpdateOutcome::UpToDate => "up to date",
                })
            }
            .boxed_local()
        };
        let job =
            Job { doing: "Updating engines", at_once: AT_ONCE, step: Rc::new(step), finish: Rc::new(finish) };
        self.bulk.start(job, items(engines));
    }

    /// Adds these engines to a pool, each by a call of its own: what a colleague changes in the pool in the meantime stays.
    pub fn add_to_pool(self, engines: &[Engine], pool: PoolId) {
        self.work.begin_change();
        let step = move |item: Item| {
            async move {
                let id = EngineId(item.key);
                let is_new = self.is_outside(id, pool);
                self.session.call(async move |console| console.assign_to_pool(id, pool).await).await?;
                if is_new {
                    let undo = Undo::Pools { engine: id, left: None, joined: Some(pool) };
                    self.bulk.can_be_undone(item.key, undo);
                }
                Ok("added")
            }
            .boxed_local()
        };
        let job = Job {
            doing: "Adding engines to a pool",
            // They all change the same pool.
            at_once: 1,
            step: Rc::new(step),
            finish: Rc::new(move || self.read_engines()),
        };
        self.bulk.start(job, items(engines));
    }
}
