//! **Update** of one engine: at once, or after a question where scans are under way on it.

use console_api::{Engine, Error};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    data::Data,
    ui::{
        confirm::Confirm,
        live::{follow, live},
        toast::Toasts,
    },
};

/// Takes the engines of [`update_asked`](crate::data::refresh::Work::update_asked), asks how many scans are under way on
/// each, and updates it: at once where there are none, or where that can't be read, otherwise once the person says so.
pub fn update_question() -> AnyView {
    let data = Data::here();
    let toasts = Toasts::here();
    let asked = data.work.update_asked;
    // Those with scans under way, and how many. One after the other is asked about.
    let waiting = RwSignal::new(Vec::<(Engine, usize)>::new());
    let look = move |engine: Engine| {
        let mine = data.work.updating.begin(&[engine.id]);
        if mine.is_empty() {
            return;
        }
        spawn_local(async move {
            let scans = data.running_scans(engine.id).await;
            data.work.updating.end(&mine);
            match scans {
                Err(Error::Cancelled) => {}
                Ok(scans) if scans > 0 => _ = waiting.try_update(|waiting| waiting.push((engine, scans))),
                Ok(_) | Err(_) => data.update_engine_now(engine, toasts),
            }
        });
    };
    follow(move || {
        if asked.with(|asked| !asked.is_empty()) {
            let engines = asked.try_update(std::mem::take).unwrap_or_default();
            untrack(|| engines.into_iter().for_each(look));
        }
    });
    let open = RwSignal::new(false);
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None));
    follow(move || {
        if waiting.with(|waiting| !waiting.is_empty()) {
            open.set(true);
        }
    });
    // Whatever the answer was, the next one's turn has come.
    Effect::new(move |before: Option<bool>| {
        let open = open.get();
        if before == Some(true) && !open {
            waiting.update(|waiting| _ = (!waiting.is_empty()).then(|| waiting.remove(0)));
        }
        open
    });
    let name = move || {
        waiting.with(|waiting| waiting.first().map(|(engine, _)| engine.name.clone())).unwrap_or_default()
    };
    let words = move || {
        let scans = waiting.with(|waiting| waiting.first().map_or(0, |(_, scans)| *scans));
        let scans = if scans == 1 { "1 scan is".to_owned() } else { format!("{scans} scans are") };
        format!(
            "{scans} under way on it. An engine that is updated is away for a moment, and the scans on it may be interrupted."
        )
    };
    let confirm = Callback::new(move |()| {
        let engine = waiting.with_untracked(|waiting| waiting.first().map(|(engine, _)| engine.clone()));
        open.set(false);
        if let Some(engine) = engine {
            data.update_engine_now(engine, toasts);
        }
    });
    view! {
        <Confirm
            open
            title=Signal::derive(move || format!("Update {}", name()))
            action="Update all the same".to_owned()
            on_confirm=confirm
            busy
            problem
        >
            <p>{live(words)}</p>
        </Confirm>
    }
    .into_any()
}
