//! Where the focus goes when what had it is gone, or shows something else.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

/// Moves the focus to the page's heading once the page has been drawn again, if what had it has gone in the meantime.
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
    let heading = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok());
    heading.is_some_and(|heading| heading.focus().is_ok())
}

/// Something in a table's row that has the focus, or the row itself. The elements of a row show other rows in turn; the focus
/// is to stay with what it was at.
#[derive(Clone)]
pub struct RowFocus {
    body: Element,
    key: String,
    /// Its place among the row's elements; nothing if it is the row.
    within: Option<u32>,
}

impl RowFocus {
    /// What has the focus now, if it is in a row.
    pub fn now() -> Option<Self> {
        let focused = document().active_element()?;
        let row = focused.closest("tr[data-key]").ok()??;
        let elements = row.get_elements_by_tag_name("*");
        let within = (0..elements.length()).find(|at| elements.item(*at).as_ref() == Some(&focused));
        Some(Self { body: row.parent_element()?, key: row.get_attribute("data-key")?, within })
    }

    /// Which row it is.
    pub fn key(&self) -> Option<u64> {
        self.key.parse().ok()
    }

    /// Puts the focus back where another row has come into its place. False if its row is not in the document.
    pub fn keep(&self) -> bool {
        let Some(row) = row_in(&self.body, &self.key) else { return false };
        let within = self.within.and_then(|at| row.get_elements_by_tag_name("*").item(at));
        let focused = document().active_element();
        let target = within.unwrap_or_else(|| row.clone());
        if focused.as_ref() != Some(&target) {
            focus_in_place(&target);
            // Not everything in a row takes the focus at all times.
            if document().active_element().as_ref() != Some(&target) {
                focus_in_place(&row);
            }
        }
        true
    }

    /// Where the browser has given the focus back to what shows another row by now: puts it where it belongs, or, if the row is gone, on the
    /// page's heading.
    pub fn keep_or_leave(&self) {
        let focused = document().active_element().filter(|focused| self.body.contains(Some(focused)));
        if let Some(focused) = focused
            && !self.keep()
            && let Ok(focused) = focused.dyn_into::<HtmlElement>()
        {
            // An element that has not got the focus can't lose it.
            _ = focused.blur();
            focus_heading_if_lost();
        }
    }
}

/// The row of this key, if it is in sight or near it.
pub fn row_in(table: &Element, key: &str) -> Option<Element> {
    table.query_selector(&format!("tr[data-key='{key}']")).ok().flatten()
}

/// Gives the focus to an element without scrolling to it.
pub fn focus_in_place(element: &Element) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // An element that can't take the focus leaves it where it was.
        _ = element.focus_with_options(&options);
    }
}
