//! The keys that work anywhere, and the dialog that lists all keys.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

use crate::{
    routes::{self, Route},
    ui::{commands::Commands, dialog::Dialog, shortcuts::Shortcuts},
    unsaved::Unsaved,
};

/// After `g`, the second key has this long.
const CHORD: std::time::Duration = std::time::Duration::from_secs(2);

/// The keys, and what each does.
const KEYS: [(&[&str], &str); 15] = [
    (&["Ctrl", "K"], "Command palette: go to anything by name, and do what can be done here"),
    (&["/"], "Go to the filter"),
    (&["g", "e"], "Go to Engines"),
    (&["g", "p"], "Go to Pools"),
    (&["g", "s"], "Go to Shared Secret"),
    (&["g", "i"], "Go to Sites"),
    (&["g", "h"], "Go to Health"),
    (&["?"], "Show this list"),
    (&["↑", "↓"], "In a table: the row above or below. Tab leads to the row's buttons."),
    (&["Home", "End"], "In a table: the first or the last row"),
    (&["Page Up", "Page Down"], "In a table: a page of rows up or down"),
    (&["Enter"], "In a table: opens the row"),
    (&["Space"], "In a table: selects the row. Shift with the keys above selects all rows on the way."),
    (&["Ctrl", "A"], "Selects all rows that match the filter"),
    (&["Esc"], "Clears the selection"),
];

/// Listens for the keys, and shows **Keyboard shortcuts** on `?`.
#[component]
pub fn ShortcutKeys() -> impl IntoView {
    let shortcuts = Shortcuts::here();
    let palette = Commands::here().open;
    let open = RwSignal::new(false);
    let went = StoredValue::new(f64::NEG_INFINITY);
    let navigate = use_navigate();
    let unsaved = Unsaved::here();
    let go = move |route: Route| {
        let navigate = navigate.clone();
        unsaved.leave_by(move || routes::go(&navigate, &route.href()));
    };
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.alt_key() {
            return;
        }
        let key = event.key();
        if is_open("dialog[open]") {
            return;
        }
        if event.ctrl_key() || event.meta_key() {
            match key.as_str() {
                "k" => palette.set(true),
                "a" if !is_typing(&event) => match shortcuts.selection() {
                    Some(selection) => selection.all.run(()),
                    None => return,
                },
                _ => return,
            }
            event.prevent_default();
            return;
        }
        if is_typing(&event) {
            return;
        }
        if key == "Escape" {
            if let Some(selection) = shortcuts.selection().filter(|_| !is_open(":popover-open")) {
                selection.clear.run(());
            }
            return;
        }
        if !shortcuts.on().get_untracked() {
            return;
        }
        let now = js_sys::Date::now();
        let after_g = now - went.get_value() < CHORD.as_millis() as f64;
        went.set_value(f64::NEG_INFINITY);
        match key.as_str() {
            "?" => open.set(true),
            "/" if shortcuts.go_to_filter() => event.prevent_default(),
            "g" => went.set_value(now),
            "e" if after_g => go(Route::Engines),
            "p" if after_g => go(Route::Pools),
            "s" if after_g => go(Route::SharedSecret),
            "i" if after_g => go(Route::Sites),
            "h" if after_g => go(Route::Health),
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
    let rows = || {
        KEYS.map(|(keys, what)| {
            view! {
                <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect_view()}</dt>
                <dd>{what}</dd>
            }
        })
    };
    view! {
        <Dialog open title="Keyboard shortcuts".to_owned()>
            <dl class="facts">{rows().collect_view()}</dl>
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
    // Boxes that are ticked take no letters.
    target.is_some_and(|it| {
        it.matches("input:not([type=checkbox], [type=radio]), textarea, select").unwrap_or(false)
    })
}

fn is_open(what: &str) -> bool {
    document().query_selector(what).ok().flatten().is_some()
}
