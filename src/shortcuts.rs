//! The single keys that lead to a screen, and the dialog that lists all keys.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use crate::{
    routes::{self, Route},
    ui::{dialog::Dialog, shortcuts::Shortcuts},
    unsaved::Unsaved,
};

/// After `g`, the second key has this long.
const CHORD: std::time::Duration = std::time::Duration::from_secs(2);

/// Listens for the keys, and shows **Keyboard shortcuts** on `?`.
#[component]
pub fn ShortcutKeys() -> impl IntoView {
    let shortcuts = Shortcuts::here();
    let open = RwSignal::new(false);
    let went = StoredValue::new(f64::NEG_INFINITY);
    let navigate = use_navigate();
    let unsaved = Unsaved::here();
    let go = move |route: Route| {
        let navigate = navigate.clone();
        unsaved.leave_by(move || routes::go(&navigate, &route.href()));
    };
    let handle = window_event_listener(ev::keydown, move |event| {
        let busy =
            event.ctrl_key() || event.alt_key() || event.meta_key() || is_typing(&event) || dialog_is_open();
        if busy || !shortcuts.on().get_untracked() {
            return;
        }
        let now = js_sys::Date::now();
        let after_g = now - went.get_value() < CHORD.as_millis() as f64;
        went.set_value(f64::NEG_INFINITY);
        match event.key().as_str() {
            "?" => open.set(true),
            "/" if shortcuts.go_to_filter() => event.prevent_default(),
            "g" => went.set_value(now),
            "e" if after_g => go(Route::Engines),
            "p" if after_g => go(Route::Pools),
            "s" if after_g => go(Route::SharedSecret),
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
    view! {
        <Dialog open title="Keyboard shortcuts".to_owned()>
            <dl class="facts">
                <dt>
                    <kbd>"/"</kbd>
                </dt>
                <dd>"Go to the filter"</dd>
                <dt>
                    <kbd>"g"</kbd>
                    " "
                    <kbd>"e"</kbd>
                </dt>
                <dd>"Go to Engines"</dd>
                <dt>
                    <kbd>"g"</kbd>
                    " "
                    <kbd>"p"</kbd>
                </dt>
                <dd>"Go to Pools"</dd>
                <dt>
                    <kbd>"g"</kbd>
                    " "
                    <kbd>"s"</kbd>
                </dt>
                <dd>"Go to Shared Secret"</dd>
                <dt>
                    <kbd>"?"</kbd>
                </dt>
                <dd>"Show this list"</dd>
                <dt>
                    <kbd>"↑"</kbd>
                    " "
                    <kbd>"↓"</kbd>
                </dt>
                <dd>"In a table: the row above or below. Tab leads to the row's buttons."</dd>
                <dt>
                    <kbd>"Home"</kbd>
                    " "
                    <kbd>"End"</kbd>
                </dt>
                <dd>"In a table: the first or the last row"</dd>
                <dt>
                    <kbd>"Page Up"</kbd>
                    " "
                    <kbd>"Page Down"</kbd>
                </dt>
                <dd>"In a table: a page of rows up or down"</dd>
                <dt>
                    <kbd>"Space"</kbd>
                </dt>
                <dd>"In a table: selects the row. Shift with the keys above selects all rows on the way."</dd>
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || shortcuts.on().get()
                    on:change=move |event| shortcuts.on().set(event_target_checked(&event))
                />
                "Single-key shortcuts"
            </label>
        </Dialog>
    }
}

fn is_typing(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

fn dialog_is_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}
