//! The way out of details that stand beside their list.

use leptos::prelude::*;

use super::{
    focus::focus_heading_if_lost,
    icon::{Icon, glyph},
};
use crate::browser::address::AddressParam;

/// Closes the details of what the address names.
#[component]
pub fn CloseDetails(
    /// What names it.
    chosen: AddressParam,
) -> impl IntoView {
    let close = move |_| {
        chosen.choose(String::new());
        // The button that had the focus is gone.
        focus_heading_if_lost();
    };
    view! {
        <button type="button" class="icon-button" aria-label="Close" title="Close" on:click=close>
            {glyph(Icon::Close, "")}
        </button>
    }
}
