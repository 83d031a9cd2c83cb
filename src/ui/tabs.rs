//! Tabs: a few views of one thing, of which one is shown.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    dialog::unique_id,
    live::{follow, live, live_attribute},
};
use crate::browser::number;

/// How much of the tab before the chosen one is in view, in CSS pixels.
const SCROLL_MARGIN: i32 = 32;

/// A tab: its word for the address bar, and its label.
pub type Tab = (&'static str, &'static str);

/// The tabs and the panel of the chosen one. The arrow keys, Home and End go from tab to tab.
#[component]
pub fn Tabs(
    /// The accessible name of the row of tabs.
    name: &'static str,
    /// The tabs, in order; there is at least one.
    tabs: &'static [Tab],
    /// How many things a tab has, where that is known.
    #[prop(optional)]
    counts: Option<Callback<&'static str, Option<usize>>>,
    /// The chosen tab's key. Anything else is the first.
    #[prop(into)]
    chosen: Signal<String>,
    /// Called with the key of the tab that a person chooses.
    on_choose: Callback<&'static str>,
    /// Makes the panel of a tab.
    panel: Callback<&'static str, AnyView>,
) -> impl IntoView {
    let row = NodeRef::<html::Div>::new();
    let id = StoredValue::new(unique_id("tabs"));
    let at =
        Memo::new(move |_| chosen.with(|chosen| tabs.iter().position(|tab| tab.0 == chosen).unwrap_or(0)));
    let tab_id = move |at: usize| id.with_value(|id| format!("{id}-{at}"));
    let panel_id = move || id.with_value(|id| format!("{id}-panel"));
    let on_key = move |event: ev::KeyboardEvent| {
        let (now, last) = (at.get_untracked(), tabs.len() - 1);
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % tabs.len(),
            "ArrowLeft" => now.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        on_choose.run(tabs[next].0);
        let tab = row.get_untracked().and_then(|row| row.children().item(u32::try_from(next).unwrap_or(0)));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element that can't take the focus leaves it where it was.
            _ = tab.focus();
        }
    };
    // Where the row is too long for the screen, the chosen one is in view.
    follow(move || {
        let at = at.get();
        if let Some(row) = row.get() {
            let tab = row.children().item(u32::try_from(at).unwrap_or(0));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
                row.set_scroll_left(tab.offset_left() - row.offset_left() - SCROLL_MARGIN);
            }
        }
    });
    let buttons = tabs
        .iter()
        .enumerate()
        .map(|(index, tab)| {
            let is_chosen = move || at.get() == index;
            let many = move || counts.and_then(|counts| counts.run(tab.0)).map(|many| number::count(many as u64));
            view! {
                <button
                    type="button"
                    role="tab"
                    class="tab"
                    id=tab_id(index)
                    aria-controls=panel_id()
                    aria-selected=live_attribute(move || Some(if is_chosen() { "true" } else { "false" }))
                    tabindex=live_attribute(move || Some(if is_chosen() { "0" } else { "-1" }))
                    title=live_attribute(many)
                    on:click=move |_| on_choose.run(tab.0)
                >
                    {tab.1}
                    // It describes the tab and is not in its name, which stays what people and tests look for.
                    {live(move || many().map(|many| view! { <span class="tab-count" aria-hidden="true">{many}</span> }))}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="tabs" role="tablist" aria-label=name node_ref=row on:keydown=on_key>
            {buttons}
        </div>
        <div
            class="tab-panel"
            role="tabpanel"
            id=panel_id()
            aria-labelledby=live_attribute(move || Some(tab_id(at.get())))
        >
            {live(move || panel.run(tabs[at.get()].0))}
        </div>
    }
}
