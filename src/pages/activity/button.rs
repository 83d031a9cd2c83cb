//! **Activity** in the header: how much runs and how far it has come, and a panel with what was done last.

use leptos::prelude::*;

use super::{Looks, looks};
use crate::{
    browser::clock::Clock,
    data::Data,
    features::bulk::ProgressBar,
    routes::Route,
    ui::{
        fold::Fold,
        icon::{Icon, glyph},
        live::live,
    },
};

/// How many entries are in the panel.
const LATEST: usize = 5;

/// The button with its panel. Keeps what is done as well, as long as the visit lasts.
#[component]
pub fn ActivityButton() -> impl IntoView {
    let data = Data::here();
    data.keep_what_is_done();
    let running = Memo::new(move |_| data.activity.running());
    let label = Signal::derive(move || match running.get() {
        0 => "Activity".to_owned(),
        many => format!("Activity: {many} running"),
    });
    let job = Memo::new(move |_| data.bulk.is_running());
    view! {
        <div class="header-activity">
            {live(move || job.get().then(|| view! { <div class="job"><ProgressBar bulk=data.bulk /></div> }))}
            <div class="with-count">
                <Fold label icon=Icon::Activity always=true>
                    <Panel data />
                </Fold>
                {live(move || {
                    let many = running.get();
                    (many > 0)
                        .then(|| {
                            view! {
                                <span class="running-count" aria-hidden="true">
                                    {many.to_string()}
                                </span>
                            }
                        })
                })}
            </div>
        </div>
    }
}

#[component]
fn Panel(data: Data) -> impl IntoView {
    let clock = Clock::here();
    let job = Memo::new(move |_| data.bulk.is_running());
    let working = move || {
        view! {
            <div class="bulk-progress">
                <strong>{live(move || data.bulk.look(|run| run.map(|run| run.doing)))}</strong>
                <ProgressBar bulk=data.bulk />
                <button type="button" class="button small" on:click=move |_| data.bulk.cancel()>
                    "Cancel"
                </button>
            </div>
        }
    };
    let latest = move || {
        let entries = data.entries().unwrap_or_default();
        if entries.is_empty() {
            return view! { <p class="secondary">"Nothing has been done yet."</p> }.into_any();
        }
        let lines = entries.iter().take(LATEST).map(|entry| {
            let Looks { icon, class, words } = looks(data, entry);
            view! {
                <li>
                    <span>{entry.what.clone()} ": " <strong>{entry.on()}</strong></span>
                    <span class="secondary">
                        {glyph(icon, class)} {words} " · " {clock.relative(entry.began)}
                    </span>
                </li>
            }
        });
        view! {
            <ul class="latest" aria-label="Latest activity">
                {lines.collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <div class="activity-panel">
            <h2>"Activity"</h2>
            {live(move || job.get().then(working))}
            {live(latest)}
            <a href=Route::Activity.href()>"Show all activity"</a>
        </div>
    }
}
