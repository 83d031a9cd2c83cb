//! An update in stages: engines are updated wave by wave, and the next wave begins once all of one have come back.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use console_api::{
    Engine, EngineId, Error, List,
    rules::{StagedUpdate, UpdateOutcome, is_back, update_obstacle_now, update_outcome},
};
use futures::{FutureExt, channel::oneshot};
use rustc_hash::FxHashMap;

use super::{
    Data,
    bulk::{Item, Job, Trouble},
    update::{FIRST_PAUSE, wait},
};
use crate::browser::clock;

/// How an update in stages goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageRules {
    /// How many engines at most are updated together.
    pub at_once: usize,
    /// An engine that has not come back with new versions after so many minutes ends it.
    pub minutes: u32,
    /// Whether engines with scans under way are left alone.
    pub skip_scanning: bool,
}

/// A call that takes longer has waited for the person, who had to sign in again. In milliseconds.
const SLOW_CALL_MS: i64 = 60_000;

/// What the steps share.
struct Stages {
    rules: StageRules,
    wave_of: FxHashMap<u64, usize>,
    /// The engines that are being updated, with their waves.
    away: RefCell<Vec<(EngineId, usize)>>,
    /// Who waits for a wave to end.
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    /// Whether one has failed: then no other begins.
    stopped: Cell<bool>,
}

impl Stages {
    fn is_other_wave_away(&self, wave: usize) -> bool {
        self.away.borrow().iter().any(|(_, other)| *other != wave)
    }

    fn leave(&self, id: EngineId, wave: usize) {
        self.away.borrow_mut().push((id, wave));
    }

    fn come_back(&self, id: EngineId) {
        self.away.borrow_mut().retain(|(other, _)| *other != id);
        for waiting in self.waiting.borrow_mut().drain(..) {
            // Whoever no longer waits needs no word.
            _ = waiting.send(());
        }
    }
}

impl Data {
    /// Updates engines in stages. Right before each update the lists are read again: an engine whose pool would be without an active
    /// one is skipped. When one fails or does not come back in time, no other begins; those that are under way finish.
    /// `name` gives the engines' names.
    ///
    /// Nothing happens while other bulk work is running: see [`Bulk::is_running`](super::bulk::Bulk::is_running).
    pub fn update_in_stages(self, plan: &StagedUpdate, rules: StageRules, name: &dyn Fn(EngineId) -> String) {
        self.work.begin_change();
        let in_order =
            plan.waves.iter().enumerate().flat_map(|(at, wave)| wave.iter().map(move |id| (at, *id)));
        let items = in_order.clone().map(|(_, id)| Item { key: id.get(), name: name(id) }).collect();
        let stages = Rc::new(Stages {
            rules,
            wave_of: in_order.map(|(at, id)| (id.get(), at)).collect(),
            away: RefCell::default(),
            waiting: RefCell::default(),
            stopped: Cell::new(false),
        });
        let finish = {
            let stages = Rc::clone(&stages);
            move || {
                stages.stopped.set(false);
                self.read_engines();
            }
        };
        let step = move |item: Item| {
            let stages = Rc::clone(&stages);
            async move { self.update_in_turn(&item, &stages).await }.boxed_local()
        };
        let job = Job {
            doing: "Updating in stages",
            at_once: rules.at_once,
            step: Rc::new(step),
            finish: Rc::new(finish),
        };
        self.bulk.start(job, items);
    }

    async fn update_in_turn(self, item: &Item, stages: &Stages) -> Result<&'static str, Trouble> {
        let id = EngineId(item.key);
        let wave = stages.wave_of.get(&item.key).copied().unwrap_or_default();
        let is_over = || stages.stopped.get() || self.bulk.look_now(|run| run.cancelled);
        loop {
            // Not begun, and it is told so.
            if is_over() {
                return Err(Error::Cancelled.into());
            }
            if !stages.is_other_wave_away(wave) {
                break;
            }
            let (sender, receiver) = oneshot::channel();
            stages.waiting.borrow_mut().push(sender);
            // Dropped or used: either way it is checked again.
            _ = receiver.await;
        }
        // From here on its wave has begun, and no other does.
        stages.leave(id, wave);
        let mine = self.work.updating.begin(&[id]);
        let result = if mine.is_empty() {
            Ok(Err("It is already being updated.".to_owned()))
        } else {
            self.update_if_safe(id, stages, &is_over).await
        };
        self.work.updating.end(&mine);
        stages.stopped.set(stages.stopped.get() || result.is_err());
        stages.come_back(id);
        match result {
            Ok(Ok(word)) => Ok(word),
            Ok(Err(skipped)) => Err(Trouble::Refrained(format!("Skipped. {skipped}"))),
            Err(trouble) => Err(trouble),
        }
    }

    /// Updates one engine and waits until it is back; inside, the reason why it was better left alone.
    async fn update_if_safe(
        self,
        id: EngineId,
        stages: &Stages,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Result<&'static str, String>, Trouble> {
        let engines = self.session.call(async |console| console.engines().await).await?;
        let pools = match self.session.call(async |console| console.pools().await).await {
            // This console has none.
            Err(Error::NotFound { .. }) => List { items: Vec::new(), unreadable: 0 },
            pools => pools?,
        };
        let mut items = engines.items;
        self.fill_in(&mut items);
        let Some(engine) = items.iter().find(|engine| engine.id == id).cloned() else {
            return Ok(Err("It is no longer in the console.".to_owned()));
        };
        if stages.rules.skip_scanning {
            let on = self.scans_on_one(&engine).await?;
            if !on.is_empty() {
                return Ok(Err(on.words()));
            }
        }
        if is_over() {
            return Err(Error::Cancelled.into());
        }
        // Nothing comes between this and the call: what the others of the wave do in the meantime is in `away`.
        let away =
            stages.away.borrow().iter().map(|(id, _)| *id).filter(|other| *other != id).collect::<Vec<_>>();
        if let Some(why) = update_obstacle_now(&engine, &items, &pools.items, &away) {
            return Ok(Err(why));
        }
        let sent = self.session.call(async move |console| console.update_engine_software(id).await).await?;
        match update_outcome(&sent) {
            UpdateOutcome::UpToDate => Ok(Ok("up to date")),
            UpdateOutcome::Sent => self.wait_until_back(&engine, stages.rules.minutes).await.map(Ok),
        }
    }

    async fn wait_until_back(self, before: &Engine, minutes: u32) -> Result<&'static str, Trouble> {
        let id = before.id;
        let mut until = clock::now() + i64::from(minutes) * 60_000;
        let mut pause = FIRST_PAUSE;
        loop {
            pause = wait(pause).await;
            let asked = clock::now();
            match self.session.call(async move |console| console.engine(id).await).await {
                Ok(now) => {
                    let back = is_back(before, &now);
                    self.engine_is(now);
                    if back {
                        return Ok("updated");
                    }
                }
                Err(error @ (Error::Cancelled | Error::NotFound { .. })) => return Err(error.into()),
                // The console may be busy for a moment: the next look will tell.
                Err(_) => {}
            }
            let took = clock::now() - asked;
            if took > SLOW_CALL_MS {
                until += took;
            }
            if clock::now() >= until {
                return Err(Trouble::Refrained(format!(
                    "The update was sent, but the engine did not report new versions within {minutes} min. Refresh it, and check its log if nothing changes."
                )));
            }
        }
    }
}
