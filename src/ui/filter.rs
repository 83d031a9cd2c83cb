//! The filter of a list: one that lives in the address, and one of a list in a form or dialog.

use leptos::{ev, html, prelude::*};

use super::{
    icon::{Icon, glyph},
    live::live,
    shortcuts::focus_on_slash,
};
use crate::browser::address::AddressParam;

/// A filter that lives in the address; `/` leads to it.
#[component]
pub fn FilterBox(
    /// The accessible name, which is in the empty field as well.
    label: &'static str,
    /// What it looks in, shown on hover.
    title: &'static str,
    /// The parameter of the address.
    filter: AddressParam,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    focus_on_slash(input);
    view! {
        <FilterField
            label
            title
            input
            value=Signal::derive(move || filter.get())
            set=Callback::new(move |text| filter.type_in(text))
            empty=Callback::new(move |()| filter.choose(String::new()))
        />
    }
}

/// A filter of a list that is not a page's own.
#[component]
pub fn SearchBox(
    /// The accessible name, which is in the empty field as well.
    label: &'static str,
    /// What it looks in, shown on hover.
    title: &'static str,
    /// What is typed.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <FilterField
            label
            title
            input=NodeRef::new()
            value=value.into()
            set=Callback::new(move |text| value.set(text))
            empty=Callback::new(move |()| value.set(String::new()))
        />
    }
}

/// The field with its glass and its own way to empty it.
#[component]
fn FilterField(
    label: &'static str,
    title: &'static str,
    input: NodeRef<html::Input>,
    value: Signal<String>,
    /// Takes what is typed.
    set: Callback<String>,
    /// Empties it.
    empty: Callback<()>,
) -> impl IntoView {
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
                on:input=move |event| set.run(event_target_value(&event))
                on:keydown=stay
            />
            <EmptyButton input value empty />
        </search>
    }
}

/// Empties a filter, and leads back into it.
#[component]
pub fn EmptyButton(
    /// The filter's field.
    input: NodeRef<html::Input>,
    /// What is typed; the button is there while that is something.
    value: Signal<String>,
    /// Empties it.
    empty: Callback<()>,
) -> impl IntoView {
    let press = move |_| {
        empty.run(());
        if let Some(input) = input.get_untracked() {
            // An element that can't take the focus leaves it where it was.
            _ = input.focus();
        }
    };
    live(move || {
        (!value.with(String::is_empty)).then(|| {
            view! {
                <button
                    type="button"
                    class="icon-button empty"
                    aria-label="Empty the filter"
                    title="Empty the filter"
                    on:click=press
                >
                    {glyph(Icon::Close, "")}
                </button>
            }
        })
    })
}
