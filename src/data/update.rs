//! Update: the available update is sent to an engine, and its new versions are waited for.
//!
//! A success of the call says that the update was sent, not that it was applied (docs/api-quirks.md, "Beyond v3").

use std::time::Duration;

use console_api::{
    Engine, EngineId, Error,
    rules::{
        Thing, UpdateLine, UpdateOutcome, has_new_versions, parse_update_engines, tells_versions,
        update_outcome,
    },
};
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::FxHashMap;

use super::Data;
use crate::browser::{clock, timer::sleep};

/// The first pause before an engine that is updated is looked at; each is half as long again as the one before.
pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long new versions are waited for, in milliseconds: of many engines, from the last one that reported some.
const PATIENCE_MS: i64 = 3 * 60 * 1000;

/// What comes of an update of one engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateStep {
    /// There is none.
    UpToDate,
    /// It was sent.
    Sent,
    /// The engine reports new versions.
    Updated(Box<Engine>),
    /// This console does not tell an engine's versions.
    NotTold,
    /// No new versions were reported in time.
    Late,
    /// The engine is gone.
    Gone(Error),
    /// The console did not send it.
    Failed(Error),
}

/// What came of updates that were sent to several engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdatedEngines {
    /// How many report new versions.
    pub updated: usize,
    /// The names of those that do not yet.
    pub late: Vec<String>,
}

impl Data {
    /// Updates one engine as [`update_engine_now`](Self::update_engine_now) does, after a question: the component
    /// `UpdateQuestion` takes it from here.
    pub fn update_engine(self, engine: Engine) {
        self.work.update_asked.update(|asked| asked.push(engine));
    }

    /// Sends the available update to one engine; `tell` receives each thing that comes of it, at last the new versions.
    /// Nothing happens while the engine is already being updated.
    pub fn update_engine_now(self, engine: Engine, tell: impl Fn(UpdateStep) + 'static) {
        let id = engine.id;
        let mine = self.work.updating.begin(&[id]);
        if mine.is_empty() {
            return;
        }
        self.work.begin_change();
        let noting = self.noting_engine("Updating an engine", id);
        spawn_local(async move {
            let sent = self.session.call(async move |console| console.update_engine_software(id).await).await;
            match sent.map(|answer| update_outcome(&answer)) {
                Ok(UpdateOutcome::UpToDate) => {
                    noting.ends(None, "up to date");
                    tell(UpdateStep::UpToDate);
                }
                Ok(UpdateOutcome::Sent) => {
                    tell(UpdateStep::Sent);
                    if let Some(last) = self.wait_for_versions(&engine).await {
                        let word = match &last {
                            UpdateStep::Updated(_) => "updated",
                            UpdateStep::Late => "sent; no new versions were reported in time",
                            UpdateStep::Gone(_) => "sent; the engine is gone",
                            _ => "sent",
                        };
                        noting.ends(None, word);
                        tell(last);
                    }
                }
                Err(Error::Cancelled) => {}
                Err(error) => {
                    noting.ends(Some(&error), "");
                    tell(UpdateStep::Failed(error));
                }
            }
            self.work.updating.end(&mine);
        });
    }

    /// What came of an update that was sent; `None` when the visit has ended.
    async fn wait_for_versions(self, before: &Engine) -> Option<UpdateStep> {
        let id = before.id;
        let visit = untrack(|| self.session.visit());
        let until = clock::now() + PATIENCE_MS;
        let mut pause = FIRST_PAUSE;
        while clock::now() < until {
            pause = wait(pause).await;
            // What one user has begun is not read on as another.
            if untrack(|| self.session.visit()) != visit {
                return None;
            }
            // As the console reports it: what is known from elsewhere is older.
            match self.session.call(async move |console| console.engine(id).await).await {
                Ok(now) if !tells_versions(&now) => return Some(UpdateStep::NotTold),
                Ok(now) => {
                    let updated = has_new_versions(before, &now).then(|| Box::new(now.clone()));
                    self.engine_is(now);
                    if let Some(now) = updated {
                        return Some(UpdateStep::Updated(now));
                    }
                }
                Err(Error::Cancelled) => return None,
                Err(error @ Error::NotFound { .. }) => return Some(UpdateStep::Gone(error)),
                // The console may be busy for a moment: the next look will tell.
                Err(_) => {}
            }
        }
        Some(UpdateStep::Late)
    }

    /// Sends the available updates to all engines. What the console printed, for a person; the rows show progress
    /// until their engines report new versions, and `on_end` receives which have.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn update_all_engines(
        self,
        on_end: impl FnOnce(UpdatedEngines) + 'static,
    ) -> Result<String, Error> {
        let before = untrack(|| self.engines.value());
        let before = before.map_or_else(Vec::new, |list| list.items.clone());
        let all = before.iter().map(|engine| engine.id).collect::<Vec<_>>();
        let mine = self.work.updating.begin(&all);
        self.work.begin_change();
        let noting = self.noting("Updating all engines", Thing::Console, 0, "All engines".to_owned());
        let printed =
            self.session.call(async |console| console.update_all_engines().await).await.map(|it| it.output);
        noting.ends(printed.as_ref().err(), "sent the updates");
        let sent = match &printed {
            Ok(output) => {
                let names = before.iter().map(|engine| engine.name.as_str()).collect::<Vec<_>>();
                let lines = parse_update_engines(output, &names);
                let sent = lines.into_iter().filter(|(_, line)| *line == UpdateLine::Sent);
                sent.map(|(at, _)| before[at].clone()).map(|engine| (engine.id, engine)).collect()
            }
            Err(_) => FxHashMap::default(),
        };
        let (waiting, done) = mine.part(|id| sent.contains_key(id));
        self.work.updating.end(&done);
        if waiting.is_empty() {
            if printed.is_ok() {
                self.read_engines();
            }
        } else {
            spawn_local(async move {
                if let Some(updated) = self.wait_for_all(sent, waiting.ids).await {
                    on_end(updated);
                }
            });
        }
        printed
    }

    /// Waits for the new versions of those that were sent an update; `None` when the visit has ended.
    pub(super) async fn wait_for_all(
        self,
        mut before: FxHashMap<EngineId, Engine>,
        waiting: Vec<EngineId>,
    ) -> Option<UpdatedEngines> {
        let count = before.len();
        let visit = untrack(|| self.session.visit());
        let mut until = clock::now() + PATIENCE_MS;
        let mut pause = FIRST_PAUSE;
        while !before.is_empty() && clock::now() < until {
            pause = wait(pause).await;
            let is_over = || untrack(|| self.session.visit()) != visit;
            if is_over() {
                return None;
            }
            match self.read_engines_now().await {
                Err(Error::Cancelled) if is_over() => return None,
                Ok(()) => {}
                // Among these: another reading of the list has taken its place, whose answer will do as well.
                Err(_) => continue,
            }
            let Some(list) = untrack(|| self.engines.value()) else { continue };
            let mut done = Vec::new();
            for now in &list.items {
                if before.get(&now.id).is_some_and(|old| has_new_versions(old, now)) {
                    before.remove(&now.id);
                    done.push(now.id);
                }
            }
            // A fleet takes its time: it is waited for as long as it gets on.
            if !done.is_empty() {
                until = clock::now() + PATIENCE_MS;
            }
            self.work.updating.end_of(&done);
        }
        self.work.updating.end_of(&waiting);
        let late = before.into_values().map(|engine| engine.name).collect::<Vec<_>>();
        Some(UpdatedEngines { updated: count - late.len(), late })
    }
}

/// Waits, and gives the next pause.
pub(super) async fn wait(pause: Duration) -> Duration {
    sleep(pause).await;
    (pause * 3 / 2).min(LONGEST_PAUSE)
}
