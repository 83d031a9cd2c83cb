//! Update: the available update is sent to an engine, and its new versions are waited for.
//!
//! A success of the call says that the update was sent, not that it was applied (docs/api-quirks.md, "Beyond v3").

use std::time::Duration;

use console_api::{
    Engine, EngineId, Error,
    rules::{
        UpdateLine, UpdateOutcome, has_new_versions, parse_update_engines, tells_versions, update_outcome,
    },
};
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::FxHashMap;

use super::{Data, refresh::helps};
use crate::{
    browser::{clock, timer::sleep},
    ui::toast::{Toasts, Tone},
};

/// The first pause before an engine that is updated is looked at; each is half as long again as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long new versions are waited for, in milliseconds.
const PATIENCE_MS: i64 = 3 * 60 * 1000;

impl Data {
    /// Updates one engine as [`update_engine_now`](Self::update_engine_now) does, after a question where scans are under
    /// way on it: the component `update_question` takes it from here.
    pub fn update_engine(self, engine: Engine) {
        self.work.update_asked.update(|asked| asked.push(engine));
    }

    /// Sends the available update to one engine and says in the news what came of it, at last the new versions.
    pub fn update_engine_now(self, engine: Engine, toasts: Toasts) {
        let id = engine.id;
        let mine = self.work.updating.begin(&[id]);
        if mine.is_empty() {
            return;
        }
        self.work.begin_change();
        let name = engine.name.clone();
        spawn_local(async move {
            let sent = self.session.call(async move |console| console.update_engine_software(id).await).await;
            match sent {
                Ok(answer) => match update_outcome(&answer) {
                    UpdateOutcome::UpToDate => {
                        toasts.say(Tone::Good, format!("{name} is up to date."), None);
                    }
                    UpdateOutcome::Sent => {
                        toasts.say(Tone::Good, format!("{name}: the update was sent."), None);
                        self.wait_for_versions(engine, toasts).await;
                    }
                },
                Err(Error::Cancelled) => {}
                Err(error) => toasts.say(Tone::Bad, not_updated(&name, &error), helps(&error)),
            }
            self.work.updating.end(&mine);
        });
    }

    async fn wait_for_versions(self, before: Engine, toasts: Toasts) {
        let (id, name) = (before.id, &before.name);
        let until = clock::now() + PATIENCE_MS;
        let mut pause = FIRST_PAUSE;
        while clock::now() < until {
            pause = wait(pause).await;
            match self.session.call(async move |console| console.engine(id).await).await {
                Ok(now) if !tells_versions(&now) => {
                    toasts.say(
                        Tone::Uncertain,
                        format!("This console does not tell when {name} has taken the update."),
                        Some("Refresh the engine in a while: its versions are shown then.".to_owned()),
                    );
                    return;
                }
                Ok(now) => {
                    let news = has_new_versions(&before, &now).then(|| versions(&now));
                    self.engine_is(now);
                    if let Some(versions) = news {
                        toasts.say(Tone::Good, format!("{name} is updated: {versions}."), None);
                        return;
                    }
                }
                Err(Error::Cancelled) => return,
                Err(error @ Error::NotFound { .. }) => {
                    toasts.say(Tone::Bad, format!("{name} is gone. {error}"), helps(&error));
                    return;
                }
                // The console may be busy for a moment: the next look will tell.
                Err(_) => {}
            }
        }
        toasts.say(
            Tone::Uncertain,
            format!("{name} has not reported new versions yet."),
            Some(
                "The update was sent. Refresh the engine later, and look into its log if nothing changes."
                    .to_owned(),
            ),
        );
    }

    /// Sends the available updates to all engines. What the console printed, for a person; the rows show progress
    /// until their engines report new versions.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn update_all_engines(self, toasts: Toasts) -> Result<String, Error> {
        let before = untrack(|| self.engines.value());
        let before = before.map_or_else(Vec::new, |list| list.items.clone());
        let all = before.iter().map(|engine| engine.id).collect::<Vec<_>>();
        let mine = self.work.updating.begin(&all);
        self.work.begin_change();
        let printed =
            self.session.call(async |console| console.update_all_engines().await).await.map(|it| it.output);
        let sent = match &printed {
            Ok(output) => {
                let names = before.iter().map(|engine| engine.name.as_str()).collect::<Vec<_>>();
                let lines = parse_update_engines(output, &names);
                let sent = lines.into_iter().filter(|(_, line)| *line == UpdateLine::Sent);
                sent.map(|(at, _)| before[at].clone()).map(|engine| (engine.id, engine)).collect()
            }
            Err(_) => FxHashMap::default(),
        };
        let (waiting, done) = mine.into_iter().partition::<Vec<_>, _>(|id| sent.contains_key(id));
        self.work.updating.end(&done);
        if waiting.is_empty() {
            if printed.is_ok() {
                self.read_engines();
            }
        } else {
            spawn_local(async move { self.wait_for_all(sent, waiting, toasts).await });
        }
        printed
    }

    pub(super) async fn wait_for_all(
        self,
        mut before: FxHashMap<EngineId, Engine>,
        waiting: Vec<EngineId>,
        toasts: Toasts,
    ) {
        let count = before.len();
        let until = clock::now() + PATIENCE_MS;
        let mut pause = FIRST_PAUSE;
        while !before.is_empty() && clock::now() < until {
            pause = wait(pause).await;
            match self.read_engines_now().await {
                Ok(()) => {}
                // Somebody else reads the list anew: its answer will do as well.
                Err(Error::Cancelled) if untrack(|| self.session.account()).is_some() => continue,
                Err(Error::Cancelled) => return,
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
            self.work.updating.end(&done);
        }
        self.work.updating.end(&waiting);
        let updated = count - before.len();
        let late = before.values().map(|engine| engine.name.as_str()).take(5).collect::<Vec<_>>().join(", ");
        if before.is_empty() {
            toasts.say(Tone::Good, format!("{} updated.", engines(updated)), None);
        } else {
            let more = if before.len() > 5 { ", …" } else { "" };
            toasts.say(
                Tone::Uncertain,
                format!("{} updated, {} not yet: {late}{more}.", engines(updated), engines(before.len())),
                Some("The update was sent to them. Refresh them later.".to_owned()),
            );
        }
    }
}

/// Waits, and gives the next pause.
async fn wait(pause: Duration) -> Duration {
    sleep(pause).await;
    (pause * 3 / 2).min(LONGEST_PAUSE)
}

fn engines(count: usize) -> String {
    if count == 1 { "1 engine".to_owned() } else { format!("{count} engines") }
}

fn versions(engine: &Engine) -> String {
    let product = engine.product_version.as_deref().unwrap_or("unknown");
    let content = engine.content_version.as_deref().unwrap_or("unknown");
    format!("product version {product}, content version {content}")
}

/// What a failed update means, in a sentence that begins with what was not done.
fn not_updated(name: &str, error: &Error) -> String {
    match error {
        Error::NotAllowedHere => format!("This console does not let the app update {name}."),
        error => format!("{name} was not updated. {error}"),
    }
}
