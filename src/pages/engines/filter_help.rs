//! What helps with **Filter engines**: suggestions, what was not understood, and the syntax.

use console_api::rules::{EngineFilter, FILTER_FLAGS, FILTER_KEYS, filter_suggestions};
use leptos::prelude::*;

use super::filter_field::{FilterState, PROBLEM, SUGGESTIONS, option_id};
use crate::ui::{
    icon::{Icon, glyph},
    live::{live, live_attribute},
};

/// The id of the panel that explains the filter.
const PANEL: &str = "filter-help";

/// All of it, for the field whose state is in the context.
#[component]
pub fn FilterHelp() -> impl IntoView {
    let state: FilterState = expect_context();
    let suggestions = Memo::new(move |_| {
        if !state.typing.get() {
            return Vec::new();
        }
        let pools = state.data.pools.value();
        let names = pools.iter().flat_map(|pools| &pools.items).map(|pool| pool.name.as_str());
        let tags = state.data.notes().map(|notes| notes.tags()).unwrap_or_default();
        state.text.with(|text| filter_suggestions(text, names, &tags))
    });
    state.offered.set(Some(suggestions));
    on_cleanup(move || _ = state.offered.try_set(None));

    let options = move || {
        let all = suggestions.get();
        (!all.is_empty()).then(|| {
            let rows = all.into_iter().enumerate().map(|(at, it)| {
                let selected = move || Some((state.current.get() == Some(at)).to_string());
                view! {
                    <li
                        id=option_id(at)
                        role="option"
                        aria-selected=live_attribute(selected)
                        // The focus stays in the field.
                        on:mousedown=|event| event.prevent_default()
                        on:click=move |_| state.take(at)
                    >
                        <span class="mono">{it.term}</span>
                        " "
                        <span class="about">{it.about}</span>
                    </li>
                }
            });
            let rows = rows.collect_view();
            view! {
                <ul class="suggestions" id=SUGGESTIONS role="listbox" aria-label="Suggestions">
                    {rows}
                </ul>
            }
        })
    };
    let problem = move || {
        state.text.with(|text| EngineFilter::new(text, Vec::new()).problem().map(ToString::to_string))
    };
    view! {
        <button
            type="button"
            class="icon-button"
            popovertarget=PANEL
            aria-label="Filter syntax"
            title="Filter syntax"
        >
            {glyph(Icon::Help, "")}
        </button>
        {live(options)}
        <div class="filter-problem" id=PROBLEM role="status">
            {live(problem)}
        </div>
        <FilterPanel />
    }
}

/// What the filter understands, in a panel that the browser opens and closes.
#[component]
fn FilterPanel() -> impl IntoView {
    let words = [
        ("oslo 6.6", "both, in any field"),
        ("\"North Europe\"", "these words together"),
        ("-status:active", "not these: a minus before any term"),
    ];
    let keys = FILTER_KEYS.map(|(_, example, about)| (example, about));
    let rows = words.into_iter().chain(keys).chain(FILTER_FLAGS).map(|(example, about)| {
        view! {
            <dt class="mono">{example}</dt>
            <dd>{about}</dd>
        }
    });
    view! {
        // In a low window it scrolls: the Tab key gets there.
        <section id=PANEL class="filter-help" popover="auto" tabindex="0" aria-labelledby="filter-help-heading">
            <h2 id="filter-help-heading">"Filter syntax"</h2>
            <p>"All terms must match. Separate alternative values with commas."</p>
            <dl>{rows.collect_view()}</dl>
        </section>
    }
}
