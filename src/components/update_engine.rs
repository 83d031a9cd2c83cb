//! The question before an engine on which a scan is under way is updated.

use leptos::prelude::*;

use super::{confirm::Confirm, live::follow, toast::Toasts};
use crate::data::Data;

/// Asks whenever an engine is to be updated on which scans are under way.
pub fn update_question() -> AnyView {
    let data = Data::here();
    let toasts = Toasts::here();
    let asked = data.work.update_asked;
    let open = RwSignal::new(false);
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None));
    follow(move || open.set(asked.with(Option::is_some)));
    Effect::new(move |before: Option<bool>| {
        let open = open.get();
        if before == Some(true) && !open {
            asked.set(None);
        }
        open
    });
    let name =
        move || asked.with(|asked| asked.as_ref().map(|(engine, _)| engine.name.clone())).unwrap_or_default();
    let words = move || {
        let scans = asked.with(|asked| asked.as_ref().map_or(0, |(_, scans)| *scans));
        let scans = if scans == 1 { "1 scan is".to_owned() } else { format!("{scans} scans are") };
        format!(
            "{scans} under way on it. An engine that is updated is away for a moment, and the scans on it may be interrupted."
        )
    };
    let confirm = Callback::new(move |()| {
        let engine = asked.with_untracked(|asked| asked.as_ref().map(|(engine, _)| engine.clone()));
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
            <p>{super::live::live(words)}</p>
        </Confirm>
    }
    .into_any()
}
