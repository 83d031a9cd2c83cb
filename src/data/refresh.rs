//! Refresh: the console asks its engines, then what it found is read.
//!
//! There is no call to ask one engine alone: `version engines` asks all of them, so at most one is under way and any
//! number of rows share it (docs/api-quirks.md, "Beyond v3").

use std::time::Duration;

use console_api::{Asked, Engine, EngineId, EngineStatus, Error, Severity, rules::NextStep};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::FxHashSet;

use super::Data;
use crate::{
    browser::timer::after,
    ui::toast::{Toasts, Tone},
};

type Asking = Shared<LocalBoxFuture<'static, Result<Asked, Error>>>;

/// Some engines that something is being done with. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Busy(RwSignal<FxHashSet<EngineId>>);

impl Busy {
    fn new() -> Self {
        Self(RwSignal::new(FxHashSet::default()))
    }

    /// Whether this engine is among them.
    pub fn is_on(self, id: EngineId) -> bool {
        self.0.with(|ids| ids.contains(&id))
    }

    /// Whether there are any.
    pub fn is_on_any(self) -> bool {
        self.0.with(|ids| !ids.is_empty())
    }

    /// Marks those that are not marked yet, and gives them back.
    pub(crate) fn begin(self, ids: &[EngineId]) -> Vec<EngineId> {
        self.0
            .try_update(|marked| ids.iter().copied().filter(|id| marked.insert(*id)).collect())
            .unwrap_or_default()
    }

    pub(crate) fn end(self, ids: &[EngineId]) {
        self.0.update(|marked| {
            for id in ids {
                marked.remove(id);
            }
        });
    }
}

/// Which engines are being worked on. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Work {
    /// Those that are being asked for their status.
    pub refreshing: Busy,
    /// Those that were sent an update and have not reported new versions yet.
    pub updating: Busy,
    /// The engines that are to be updated, once it is known whether scans are under way on them.
    pub update_asked: RwSignal<Vec<Engine>>,
    asking: StoredValue<Option<Asking>, LocalStorage>,
    changing: RwSignal<bool>,
    change_ends: StoredValue<Option<Timeout>, LocalStorage>,
}

/// This long after something began to change, more may change: statuses come one by one.
const CHANGES_FOR: Duration = Duration::from_secs(30);

impl Work {
    pub(super) fn new() -> Self {
        Self {
            refreshing: Busy::new(),
            updating: Busy::new(),
            update_asked: RwSignal::new(Vec::new()),
            asking: StoredValue::new_local(None),
            changing: RwSignal::new(false),
            change_ends: StoredValue::new_local(None),
        }
    }

    /// Whether something that was begun here may still be changing the engines: for half a minute.
    pub fn is_changing(self) -> bool {
        self.changing.get()
    }

    /// Something begins to change the engines.
    pub(super) fn begin_change(self) {
        if !self.changing.get_untracked() {
            self.changing.set(true);
        }
        self.change_ends.set_value(Some(after(CHANGES_FOR, move || self.changing.set(false))));
    }

    /// Whether this engine is being worked on.
    pub fn is_on(self, id: EngineId) -> bool {
        self.refreshing.is_on(id) || self.updating.is_on(id)
    }

    pub(super) fn forget(self) {
        self.asking.set_value(None);
        self.update_asked.set(Vec::new());
        self.change_ends.set_value(None);
        self.changing.set(false);
        for busy in [self.refreshing, self.updating] {
            busy.0.update(FxHashSet::clear);
        }
    }
}

impl Data {
    /// Asks for one engine's status and says in the news what came of it.
    pub fn refresh_engine(self, id: EngineId, name: String, toasts: Toasts) {
        let mine = self.work.refreshing.begin(&[id]);
        if mine.is_empty() {
            return;
        }
        self.work.begin_change();
        spawn_local(async move {
            match self.ask_then_read(id).await {
                Ok((asked, engine)) => {
                    toasts.show(refreshed(&asked, &engine, untrack(|| self.next_step(&engine))));
                    self.engine_is(engine);
                }
                Err(Error::Cancelled) => {}
                Err(error @ Error::NotFound { .. }) => {
                    toasts.say(Tone::Bad, format!("{name} could not be refreshed. {error}"), None);
                    self.read_engines();
                }
                Err(error) => {
                    toasts.say(Tone::Bad, format!("{name} could not be refreshed. {error}"), helps(&error));
                }
            }
            self.work.refreshing.end(&mine);
        });
    }

    /// Asks for the status of these engines, which the page shows, and reads the whole list anew.
    pub fn refresh_displayed(self, ids: &[EngineId], toasts: Toasts) {
        let mine = self.work.refreshing.begin(ids);
        if mine.is_empty() {
            return;
        }
        self.work.begin_change();
        let ids = ids.iter().copied().collect::<FxHashSet<_>>();
        spawn_local(async move {
            match self.ask().await {
                Ok(asked) => {
                    // Why the list could not be read stands above it.
                    if self.read_engines_now().await.is_ok() {
                        let list = untrack(|| self.engines.value());
                        let engines = list
                            .iter()
                            .flat_map(|list| &list.items)
                            .filter(|engine| ids.contains(&engine.id));
                        toasts.show(all_refreshed(&asked, engines));
                    }
                }
                Err(Error::Cancelled) => {}
                Err(error) => {
                    toasts.say(
                        Tone::Bad,
                        format!("The engines could not be refreshed. {error}"),
                        helps(&error),
                    );
                }
            }
            self.work.refreshing.end(&mine);
        });
    }

    async fn ask_then_read(self, id: EngineId) -> Result<(Asked, Engine), Error> {
        let asked = self.ask().await?;
        Ok((asked, self.ask_for(id).await?))
    }

    /// Joins the question that is under way, or asks.
    async fn ask(self) -> Result<Asked, Error> {
        let asking = self.work.asking.get_value().unwrap_or_else(|| {
            let asking =
                self.session.call(async |console| console.ask_engines().await).boxed_local().shared();
            self.work.asking.set_value(Some(asking.clone()));
            asking
        });
        let asked = asking.clone().await;
        if let Ok(Asked::Yes(report)) = &asked {
            self.told.hear(report);
        }
        self.work.asking.update_value(|now| {
            if now.as_ref().is_some_and(|now| now.ptr_eq(&asking)) {
                *now = None;
            }
        });
        asked
    }
}

/// A piece of news: how it is meant, what happened, what to do.
type News = (Tone, String, Option<String>);

const NO_RIGHT: &str = "This account may not make the console ask its engines: that takes a Global Administrator. What is \
                        shown is what the console knew already.";

fn refreshed(asked: &Asked, engine: &Engine, step: Option<NextStep>) -> News {
    let (name, status) = (&engine.name, &engine.status);
    match asked {
        Asked::Yes(_) => {
            let more = step.map(|step| format!("{} {}", step.why, step.what));
            (tone(status), format!("{name}: {status}."), more)
        }
        Asked::NotPermitted => {
            (Tone::Uncertain, format!("{name} was only read again: {status}."), Some(NO_RIGHT.to_owned()))
        }
        Asked::Failed(error) => (
            Tone::Bad,
            format!("{name} was only read again ({status}), for its engines could not be asked. {error}"),
            helps(error),
        ),
    }
}

fn all_refreshed<'a>(asked: &Asked, engines: impl Iterator<Item = &'a Engine>) -> News {
    let mut all = 0_usize;
    let mut counts: Vec<(&EngineStatus, usize)> = Vec::new();
    for engine in engines {
        all += 1;
        match counts.iter_mut().find(|(status, _)| *status == &engine.status) {
            Some((_, count)) => *count += 1,
            None => counts.push((&engine.status, 1)),
        }
    }
    counts.sort();
    let worst = counts.iter().map(|(status, _)| status.severity()).max().unwrap_or(Severity::Good);
    let list =
        counts.iter().map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ");
    let what = format!("{all} {}: {list}.", if all == 1 { "engine" } else { "engines" });
    match asked {
        Asked::Yes(_) => {
            let tone = if worst == Severity::Good { Tone::Good } else { Tone::Uncertain };
            (tone, format!("Refreshed {what}"), None)
        }
        Asked::NotPermitted => {
            (Tone::Uncertain, format!("Only read again: {what}"), Some(NO_RIGHT.to_owned()))
        }
        Asked::Failed(error) => (
            Tone::Bad,
            format!("Only read again, for the engines could not be asked: {what} {error}"),
            helps(error),
        ),
    }
}

fn tone(status: &EngineStatus) -> Tone {
    match status.severity() {
        Severity::Good => Tone::Good,
        Severity::Uncertain | Severity::Bad => Tone::Uncertain,
    }
}

pub(super) fn helps(error: &Error) -> Option<String> {
    Some(error.what_helps().to_owned()).filter(|text| !text.is_empty())
}
