//! Adds a scan engine: the first step of pairing a standard engine.

use leptos::prelude::*;

use crate::{
    browser::title::Title,
    data::Data,
    forms::{
        draft::Drafts,
        engine_form::{BeforeAdding, EngineForm},
    },
    routes::Route,
    ui::heading::PageHeading,
    unsaved::Unsaved,
};

/// The screen at `/engines/new`.
#[component]
pub fn NewEnginePage() -> impl IntoView {
    Title::here().set(Route::NewEngine.heading());
    let data = Data::here();
    Drafts::here().guard(Unsaved::here(), Route::NewEngine.path(), || "The new engine".to_owned());
    // The names and addresses that are taken.
    if untrack(|| data.engines.value().is_none()) {
        data.read_engines();
    }
    view! {
        <section class="page narrow" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::NewEngine />
                <div class="actions">
                    <a class="button quiet" href=Route::AddEngines.href()>
                        "Add many engines"
                    </a>
                </div>
            </div>
            <BeforeAdding then="Once it is saved, the console contacts the engine, and the engine adds the console to its consoles.xml. The next page shows how to enable the console there." />
            <EngineForm />
        </section>
    }
}
