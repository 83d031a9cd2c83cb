//! Refresh: the console asks its engines, then what it found is read.
//!
//! There is no call to ask one engine alone: `version engines` asks all of them, so at most one is under way and any
//! number of rows share it (docs/api-quirks.md, "Beyond v3").

use std::time::Duration;

use console_api::{
    Asked, Engine, EngineId, Error,
    rules::{Thing, counted},
};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use rustc_hash::FxHashSet;

use super::{Data, activity::Noting};
use crate::browser::timer::after;

type Asking = Shared<LocalBoxFuture<'static, Result<Asked, Error>>>;

/// Some engines that something is being done with. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Busy {
    ids: RwSignal<FxHashSet<EngineId>>,
    /// How often all marks were wiped, as when a visit ends.
    round: StoredValue<u64>,
}

/// Engines that were marked as being worked on, to be given back when the work ends.
pub struct Marks {
    pub(super) ids: Vec<EngineId>,
    round: u64,
}

impl Marks {
    /// Those of the engines that `is` says so of, and the others.
    pub(super) fn part(self, is: impl FnMut(&EngineId) -> bool) -> (Self, Self) {
        let (these, others) = self.ids.into_iter().partition(is);
        (Self { ids: these, ..self }, Self { ids: others, ..self })
    }

    /// Whether all of the engines were marked before.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl Busy {
    fn new() -> Self {
        Self { ids: RwSignal::new(FxHashSet::default()), round: StoredValue::new(0) }
    }

    /// Whether this engine is among them.
    pub fn is_on(self, id: EngineId) -> bool {
        self.ids.with(|ids| ids.contains(&id))
    }

    /// Whether there are any.
    pub fn is_on_any(self) -> bool {
        self.ids.with(|ids| !ids.is_empty())
    }

    /// Marks those that are not marked yet, and gives them back.
    pub(crate) fn begin(self, ids: &[EngineId]) -> Marks {
        let mark =
            |marked: &mut FxHashSet<EngineId>| ids.iter().copied().filter(|id| marked.insert(*id)).collect();
        let ids = self.ids.try_update(mark).unwrap_or_default();
        Marks { ids, round: self.round.get_value() }
    }

    /// Wipes these marks. What was begun in an earlier visit wipes none of this one's.
    pub(crate) fn end(self, marks: &Marks) {
        // Nothing: the app has gone.
        if self.round.try_get_value() == Some(marks.round) {
            self.end_of(&marks.ids);
        }
    }

    /// Wipes the marks of these engines, for whoever knows that the visit still lasts.
    pub(super) fn end_of(self, ids: &[EngineId]) {
        self.ids.update(|marked| {
            for id in ids {
                marked.remove(id);
            }
        });
    }

    fn forget(self) {
        self.round.update_value(|round| *round += 1);
        self.ids.update(FxHashSet::clear);
    }
}

/// Which engines are being worked on. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Work {
    /// Those that are being asked for their status.
    pub refreshing: Busy,
    /// Those that were sent an update and have not reported new versions yet.
    pub updating: Busy,
    /// The engines that are to be updated once the person has said so.
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
            busy.forget();
        }
    }
}

impl Data {
    /// Asks for one engine's status and reads the engine again. `None`: that is already under way.
    pub fn refresh_engine(
        self,
        id: EngineId,
    ) -> Option<impl Future<Output = Result<(Asked, Engine), Error>> + 'static> {
        let mine = self.work.refreshing.begin(&[id]);
        if mine.is_empty() {
            return None;
        }
        self.work.begin_change();
        let noting = self.noting_engine("Refreshing an engine", id);
        Some(async move {
            let read = self.ask_then_read(id).await;
            note_asked(noting, read.as_ref().map(|(asked, _)| asked));
            match &read {
                Ok((_, engine)) => self.engine_is(engine.clone()),
                Err(Error::NotFound { .. }) => self.read_engines(),
                Err(_) => {}
            }
            self.work.refreshing.end(&mine);
            read
        })
    }

    /// Asks for the status of these engines, which the page shows, and reads the whole list again; gives nothing where that
    /// could not be read, which the query keeps. `None`: all of it is already under way.
    pub fn refresh_displayed(
        self,
        ids: &[EngineId],
    ) -> Option<impl Future<Output = Result<Option<Asked>, Error>> + 'static> {
        let mine = self.work.refreshing.begin(ids);
        if mine.is_empty() {
            return None;
        }
        self.work.begin_change();
        let name = counted(ids.len(), "displayed engine");
        let noting = self.noting("Refreshing engines", Thing::Console, 0, name);
        Some(async move {
            let asked = self.ask().await;
            note_asked(noting, asked.as_ref());
            let asked = match asked {
                Ok(asked) => Ok(self.read_engines_now().await.is_ok().then_some(asked)),
                Err(error) => Err(error),
            };
            self.work.refreshing.end(&mine);
            asked
        })
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
            self.version_report.keep(report);
        }
        self.work.asking.update_value(|now| {
            if now.as_ref().is_some_and(|now| now.ptr_eq(&asking)) {
                *now = None;
            }
        });
        asked
    }
}

fn note_asked(noting: Noting, asked: Result<&Asked, &Error>) {
    let word = match asked {
        Ok(Asked::Failed(error)) | Err(error) => {
            noting.ends(Some(error), "");
            return;
        }
        Ok(Asked::Yes(_)) => "refreshed",
        Ok(Asked::Silent) => "reloaded; the console had nothing new",
        Ok(Asked::NotPermitted) => "reloaded; this account can't have the console query its engines",
    };
    noting.ends(None, word);
}
