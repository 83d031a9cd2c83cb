//! **Update** of one engine, which asks first.

use console_api::{Engine, Error};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::number::counted,
    data::{
        Data,
        update::{UpdateStep, UpdatedEngines},
    },
    ui::{
        confirm::{Asked, Confirm},
        dialog::Open,
        field::problem_line,
        live::{follow, live},
        toast::{News, Toasts, Tone, helps},
    },
};

/// Asks about the engines of [`update_asked`](crate::data::refresh::Work::update_asked), one after the other: what an update
/// does, and which scans are or may be under way on the engine. Updates it once the person says so.
#[component]
pub fn UpdateQuestion() -> impl IntoView {
    let data = Data::here();
    let toasts = Toasts::here();
    let asked = data.work.update_asked;
    let engine = Memo::new(move |_| asked.with(|asked| asked.first().cloned()));
    let scans = RwSignal::new(None::<Result<String, Error>>);
    follow(move || {
        let Some(engine) = engine.get() else { return };
        scans.set(None);
        spawn_local(async move {
            let found = data.scans_on_one(&engine).await.map(|on| on.words());
            // By now it may be another one's turn.
            if asked.with_untracked(|asked| asked.first().is_some_and(|first| first.id == engine.id)) {
                _ = scans.try_set(Some(found));
            }
        });
    });
    // Whatever the answer is, then it is the next one's turn.
    let next = move || asked.update(|asked| _ = (!asked.is_empty()).then(|| asked.remove(0)));
    let open = Open::derived(move || engine.with(Option::is_some), next);
    let title = Signal::derive(move || {
        format!("Update {}", engine.with(|it| it.as_ref().map(|it| it.name.clone())).unwrap_or_default())
    });
    let scans = move || match scans.get() {
        None => Some(view! { <p>"Looking for scans on it…"</p> }.into_any()),
        Some(Ok(words)) => (!words.is_empty()).then(|| problem_line(words).into_any()),
        Some(Err(error)) => {
            Some(problem_line(format!("Its scans could not be read. {}", error.in_full())).into_any())
        }
    };
    let confirm = Callback::new(move |()| {
        let engine = engine.get_untracked();
        open.set(false);
        if let Some(engine) = engine {
            update_now(data, toasts, engine);
        }
    });
    view! {
        <Confirm asked=Asked::new(open) title action=title on_confirm=confirm>
            <p>
                "The console sends the available update to the engine. The engine is briefly unavailable while it installs the update, and scans on it may be interrupted."
            </p>
            <div role="status">{live(scans)}</div>
        </Confirm>
    }
}

/// Sends the available update to one engine and reports the outcome in the news, at last the new versions.
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
        toasts.keep(Tone::Good, format!("{} updated.", counted(*updated, "engine")), None);
    } else {
        let names = late.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if late.len() > 5 { ", …" } else { "" };
        toasts.keep(
            Tone::Uncertain,
            format!(
                "{} updated, {} not yet: {names}{more}.",
                counted(*updated, "engine"),
                counted(late.len(), "engine")
            ),
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
            Some("Refresh the engine later to see its versions.".to_owned()),
        ),
        UpdateStep::Late => (
            Tone::Uncertain,
            format!("{name} has not reported new versions yet."),
            Some(
                "The update was sent. Refresh the engine later, and check its log if nothing changes."
                    .to_owned(),
            ),
        ),
        UpdateStep::Gone(error) => (Tone::Bad, format!("{name} is gone. {error}"), helps(error)),
        UpdateStep::Failed(error) => (Tone::Bad, not_updated(name, error), helps(error)),
    }
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
