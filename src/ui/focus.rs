//! Where the focus goes when what had it is gone.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Moves the focus to the page's heading once the page has been drawn anew, if what had it has gone meanwhile.
pub fn focus_heading_if_lost() {
    request_animation_frame(move || {
        request_animation_frame(move || {
            if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                focus_heading();
            }
        });
    });
}

/// Moves the focus to the page's heading, if it has one.
pub fn focus_heading() -> bool {
    let heading = document().query_selector("main h1[tabindex]").ok().flatten();
    let heading = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok());
    heading.is_some_and(|heading| heading.focus().is_ok())
}
