//! **Update** of one engine: at once, or after a question where scans are under way on it.

use console_api::{Engine, Error};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    data::{
        Data,
        update::{UpdateStep, UpdatedEngines},
    },
    ui::{
        confirm::{Asked, Confirm},
        dialog::Open,
        live::{follow, live},
        toast::{News, Toasts, Tone, helps},
    },
};

/// Takes the engines of [`update_asked`](crate::data::refresh::Work::update_asked), asks which scans are or may be under way on
/// each, and updates it: at once where there are none, or where that can't be read, otherwise once the person says so.
#[component]
pub fn UpdateQuestion() -> impl IntoView {
    let data = Data::here();
    let toasts = Toasts::here();
    let asked = data.work.update_asked;
    // Those with scans under way, or that may have some, and the words for it. One after the other is asked about.
    let waiting = RwSignal::new(Vec::<(Engine, String)>::new());
    let look = move |engine: Engine| {
        let mine = data.work.updating.begin(&[engine.id]);
        if mine.is_empty() {
            return;
        }
        spawn_local(async move {
            let scans = data.scans_on_one(&engine).await.map(|on| on.words());
            data.work.updating.end(&mine);
            match scans {
                Err(Error::Cancelled) => {}
                Ok(scans) if !scans.is_empty() => {
                    _ = waiting.try_update(|waiting| waiting.push((engine, scans)));
                }
                Ok(_) | Err(_) => update_now(data, toasts, engine),
            }
        });
    };
    follow(move || {
        if asked.with(|asked| !asked.is_empty()) {
            let engines = asked.try_update(std::mem::take).unwrap_or_default();
            untrack(|| engines.into_iter().for_each(look));
        }
    });
    // Whatever the answer is, then it is the next one's turn.
    let next = move || waiting.update(|waiting| _ = (!waiting.is_empty()).then(|| waiting.remove(0)));
    let open = Open::derived(move || waiting.with(|waiting| !waiting.is_empty()), next);
    let name = move || {
        waiting.with(|waiting| waiting.first().map(|(engine, _)| engine.name.clone())).unwrap_or_default()
    };
    let words = move || {
        let scans =
            waiting.with(|waiting| waiting.first().map(|(_, scans)| scans.clone())).unwrap_or_default();
        format!(
            "{scans} An engine that is updated is away for a moment, and the scans on it may be interrupted."
        )
    };
    let confirm = Callback::new(move |()| {
        let engine = waiting.with_untracked(|waiting| waiting.first().map(|(engine, _)| engine.clone()));
        open.set(false);
        if let Some(engine) = engine {
            update_now(data, toasts, engine);
        }
    });
    view! {
        <Confirm
            asked=Asked::new(open)
            title=Signal::derive(move || format!("Update {}", name()))
            action="Update all the same".to_owned()
            on_confirm=confirm
        >
            <p>{live(words)}</p>
        </Confirm>
    }
}

/// Sends the available update to one engine and says in the news what came of it, at last the new versions.
fn update_now(data: Data, toasts: Toasts, engine: Engine) {
    let name = engine.name.clone();
    data.update_engine_now(engine, move |step| toasts.show(news(&name, &step)));
}

/// Sends the available update to these engines, and says in the news which report new versions in the end.
pub fn update_engines(data: Data, toasts: Toasts, engines: &[Engine]) {
    data.update_engines(engines, move |updated| say_updated(toasts, &updated));
}

/// Says which engines report new versions after an update.
pub fn say_updated(toasts: Toasts, UpdatedEngines { updated, late }: &UpdatedEngines) {
    if late.is_empty() {
        toasts.keep(Tone::Good, format!("{} updated.", engines(*updated)), None);
    } else {
        let names = late.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if late.len() > 5 { ", …" } else { "" };
        toasts.keep(
            Tone::Uncertain,
            format!("{} updated, {} not yet: {names}{more}.", engines(*updated), engines(late.len())),
            Some("The update was sent to them. Refresh them later.".to_owned()),
        );
    }
}

fn news(name: &str, step: &UpdateStep) -> News {
    match step {
        UpdateStep::UpToDate => (Tone::Good, format!("{name} is up to date."), None),
        UpdateStep::Sent => (Tone::Good, format!("{name}: the update was sent."), None),
        UpdateStep::Updated(now) => (Tone::Good, format!("{name} is updated: {}.", versions(now)), None),
        UpdateStep::NotTold => (
            Tone::Uncertain,
            format!("This console does not report when {name} has installed the update."),
            Some("Refresh the engine in a while: its versions are shown then.".to_owned()),
        ),
        UpdateStep::Late => (
            Tone::Uncertain,
            format!("{name} has not reported new versions yet."),
            Some(
                "The update was sent. Refresh the engine later, and look into its log if nothing changes."
                    .to_owned(),
            ),
        ),
        UpdateStep::Gone(error) => (Tone::Bad, format!("{name} is gone. {error}"), helps(error)),
        UpdateStep::Failed(error) => (Tone::Bad, not_updated(name, error), helps(error)),
    }
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
        Error::UnknownOutcome(_) => format!("{name}: {error}"),
        error => format!("{name} was not updated. {error}"),
    }
}
