//! Single keys that do something, and the dialog that lists them.
//!
//! They can be switched off, for speech input types letters (WCAG 2.1.4).

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use crate::{
    browser::preference::Preference,
    routes::{self, Route},
    ui::dialog::Dialog,
    unsaved::Unsaved,
};

const CHOICE: Preference = Preference::named("engine-console.single-key-shortcuts");
/// After `g`, the second key has this long.
const CHORD: std::time::Duration = std::time::Duration::from_secs(2);

/// Whether single keys do something. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    on: RwSignal<bool>,
    slash: RwSignal<Option<NodeRef<html::Input>>>,
}

impl Shortcuts {
    /// Takes what was chosen last time; put into the context for the components below.
    pub fn provide() -> Self {
        let on = CHOICE.remembered().as_deref() != Some("off");
        let shortcuts = Self { on: RwSignal::new(on), slash: RwSignal::new(None) };
        CHOICE.follow(move || if shortcuts.on.get() { "on" } else { "off" });
        provide_context(shortcuts);
        shortcuts
    }
}

/// Makes `/` lead to this field while the page that has it is on screen.
pub fn focus_on_slash(input: NodeRef<html::Input>) {
    let Some(shortcuts) = use_context::<Shortcuts>() else { return };
    shortcuts.slash.set(Some(input));
    on_cleanup(move || _ = shortcuts.slash.try_set(None));
}

/// Listens for the keys, and shows **Keyboard shortcuts** on `?`.
#[component]
pub fn ShortcutKeys() -> impl IntoView {
    let shortcuts = expect_context::<Shortcuts>();
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
        if busy || !shortcuts.on.get_untracked() {
            return;
        }
        let now = js_sys::Date::now();
        let after_g = now - went.get_value() < CHORD.as_millis() as f64;
        went.set_value(f64::NEG_INFINITY);
        match event.key().as_str() {
            "?" => open.set(true),
            "/" => {
                if let Some(input) = shortcuts.slash.get_untracked().and_then(|input| input.get_untracked()) {
                    event.prevent_default();
                    // An element that can't take the focus leaves it where it was.
                    _ = input.focus();
                    input.select();
                }
            }
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
                    prop:checked=move || shortcuts.on.get()
                    on:change=move |event| shortcuts.on.set(event_target_checked(&event))
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
