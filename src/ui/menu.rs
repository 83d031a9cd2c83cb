//! A button with a panel below it.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    icon::{Icon, glyph},
    live::{follow, live},
};

/// A button that opens a panel below it. Escape closes it, and so does whatever takes the focus elsewhere.
#[component]
pub fn Menu(
    /// The button's words.
    label: &'static str,
    /// What the button shows beside them.
    icon: Icon,
    /// What is in the panel. Made again each time that it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Details>::new();
    let open = RwSignal::new(false);
    follow(move || {
        if let Some(element) = element.get() {
            element.set_open(open.get());
        }
    });
    let leave = move |event: ev::FocusEvent| {
        // What has the focus in it is taken out of the page: nothing of it is there any more.
        let Some(element) = element.try_get_untracked().flatten() else { return };
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let inside = element.contains(to.as_ref());
        // The page itself lost the focus: whoever comes back finds it as it was.
        if !inside && document().has_focus().unwrap_or(true) {
            open.set(false);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            let head = element.get_untracked().and_then(|element| element.first_element_child());
            if let Some(head) = head.and_then(|head| head.dyn_into::<web_sys::HtmlElement>().ok()) {
                // An element that can't take the focus leaves it where it was.
                _ = head.focus();
            }
        }
    };
    view! {
        <details
            class="menu"
            node_ref=element
            on:toggle=move |_| {
                if let Some(element) = element.try_get_untracked().flatten() {
                    open.set(element.open());
                }
            }
            on:focusout=leave
            on:keydown=on_key
        >
            <summary class="button small" title=label>{glyph(icon, "")} {label}</summary>
            <div class="menu-panel" role="group" aria-label=label tabindex="-1">
                {live(move || open.get().then(|| children()))}
            </div>
        </details>
    }
}
