//! The filter of a list: one that lives in the address, and one of a list in a form or dialog.

use leptos::{ev, html, prelude::*};

use super::{
    icon::{Icon, glyph},
    live::live,
    shortcuts::focus_on_slash,
};
use crate::browser::address::AddressParam;

/// A filter that lives in the address; `/` leads to it.
pub fn filter_box(label: &'static str, title: &'static str, filter: AddressParam) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    focus_on_slash(input);
    let empty = move || filter.choose(String::new());
    let set = move |text| filter.type_in(text);
    filter_field(label, title, input, Signal::derive(move || filter.get()), Box::new(set), Box::new(empty))
}

/// A filter of a list that is not a page's own.
pub fn search_box(label: &'static str, title: &'static str, value: RwSignal<String>) -> AnyView {
    let empty = move || value.set(String::new());
    filter_field(
        label,
        title,
        NodeRef::new(),
        value.into(),
        Box::new(move |text| value.set(text)),
        Box::new(empty),
    )
}

/// The field with its glass and its own way to empty it.
fn filter_field(
    label: &'static str,
    title: &'static str,
    input: NodeRef<html::Input>,
    value: Signal<String>,
    set: Box<dyn Fn(String)>,
    empty: Box<dyn Fn()>,
) -> AnyView {
    let empty = StoredValue::new_local(empty);
    let empty = move |_| {
        empty.with_value(|empty| empty());
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
                prop:value=move || value.get()
                on:input=move |event| set(event_target_value(&event))
                on:keydown=stay
            />
            {live(move || {
                (!value.with(String::is_empty))
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
