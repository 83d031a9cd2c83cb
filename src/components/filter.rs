//! The filter of a list, which lives in the address.

use leptos::{ev, html, prelude::*};

use super::{
    address::AddressParam,
    icon::{Icon, glyph},
    live::live,
};
use crate::shortcuts;

/// A filter with its glass and its own way to empty it; `/` leads to it.
pub fn filter_box(label: &'static str, title: &'static str, filter: AddressParam) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    shortcuts::focus_on_slash(input);
    let empty = move |_| {
        filter.choose(String::new());
        if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    // Enter in a filter is not what sends the form around it.
    let stay = |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <search class="search">
            {glyph(Icon::Search, "")}
            <input
                class="input"
                type="search"
                placeholder=label
                aria-label=label
                title=title
                spellcheck="false"
                autocomplete="off"
                node_ref=input
                prop:value=move || filter.get()
                on:input=move |event| filter.type_in(event_target_value(&event))
                on:keydown=stay
            />
            {live(move || {
                (!filter.with(String::is_empty))
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="icon-button"
                                aria-label="Empty the filter"
                                title="Empty the filter"
                                on:click=empty
                            >
                                {glyph(Icon::Close, "")}
                            </button>
                        }
                    })
            })}
        </search>
    }
    .into_any()
}
