//! **Filter engines**: the field. What helps with it comes with the rest of the app, in `filter_help.rs`.

use console_api::rules::{EngineFilter, FilterSuggestion};
use leptos::{ev, html, prelude::*};

use super::EnginesState;
use crate::{
    browser::address::AddressParam,
    data::Data,
    ui::{
        filter::EmptyButton,
        icon::{Icon, glyph},
        later::{Addition, Later},
        list_box,
        live::live_attribute,
        shortcuts::focus_on_slash,
    },
};

/// The ids of the list box and of the text that says what was not understood: the app has one such filter.
pub(super) const SUGGESTIONS: &str = "filter-suggestions";
pub(super) const PROBLEM: &str = "filter-problem";

/// The id of an option in the list box.
pub(super) fn option_id(at: usize) -> String {
    format!("{SUGGESTIONS}-{at}")
}

/// What the field and its help share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub(super) struct FilterState {
    pub(super) data: Data,
    pub(super) text: AddressParam,
    /// Whether someone types: ways to continue are offered to those, and not to whoever comes by a link.
    pub(super) typing: RwSignal<bool>,
    /// The way to continue that is marked.
    pub(super) current: RwSignal<Option<usize>>,
    /// The ways to continue, once the part that knows them is there.
    pub(super) offered: RwSignal<Option<Memo<Vec<FilterSuggestion>>>>,
}

impl FilterState {
    fn new(page: EnginesState) -> Self {
        Self {
            data: page.data,
            text: page.filter,
            typing: RwSignal::new(false),
            current: RwSignal::new(None),
            offered: RwSignal::new(None),
        }
    }

    fn count(self) -> usize {
        self.offered.get().map_or(0, |offered| offered.with(Vec::len))
    }

    pub(super) fn set(self, text: String) {
        self.current.set(None);
        self.text.type_in(text);
    }

    /// Continues with this suggestion.
    pub(super) fn take(self, at: usize) {
        let offered = self.offered.get_untracked();
        let text = offered.and_then(|offered| offered.with_untracked(|all| Some(all.get(at)?.text.clone())));
        if let Some(text) = text {
            self.set(text);
        }
    }

    /// The keys of a combobox: arrows mark, Enter takes what is marked, Escape closes.
    fn press(self, event: &ev::KeyboardEvent) {
        let (count, at) = untrack(|| (self.count(), self.current.get()));
        let next = match event.key().as_str() {
            "ArrowDown" if count > 0 => Some(list_box::below(at, count)),
            "ArrowUp" if count > 0 => Some(list_box::above(at, count)),
            "Escape" if count > 0 => {
                event.stop_propagation();
                self.typing.set(false);
                None
            }
            // It sends no form.
            "Enter" => {
                match at {
                    Some(at) => self.take(at),
                    None => self.typing.set(false),
                }
                None
            }
            _ => return,
        };
        event.prevent_default();
        self.current.set(next);
    }
}

/// A combobox with a list box, after the pattern of ARIA's authoring practices: the focus stays in the field.
#[component]
pub(super) fn EngineFilterField(page: EnginesState) -> impl IntoView {
    let state = FilterState::new(page);
    provide_context(state);
    let input = NodeRef::<html::Input>::new();
    focus_on_slash(input);
    let marked = move || state.current.get().map(option_id);
    let is_open = move || Some((state.count() > 0).to_string());
    let is_wrong =
        move || state.text.with(|text| EngineFilter::new(text, Vec::new()).problem().map(|_| "true"));
    view! {
        <search class="search engine-filter">
            {glyph(Icon::Search, "")}
            <input
                class="input"
                type="text"
                role="combobox"
                placeholder="Filter engines"
                aria-label="Filter engines"
                aria-autocomplete="list"
                aria-expanded=live_attribute(is_open)
                aria-controls=SUGGESTIONS
                aria-activedescendant=live_attribute(marked)
                aria-invalid=live_attribute(is_wrong)
                aria-describedby=PROBLEM
                spellcheck="false"
                autocomplete="off"
                autocapitalize="none"
                node_ref=input
                prop:value=move || state.text.get()
                on:input=move |event| {
                    state.typing.set(true);
                    state.set(event_target_value(&event));
                }
                on:keydown=move |event| state.press(&event)
                on:blur=move |_| state.typing.set(false)
            />
            <EmptyButton
                input
                value=Signal::derive(move || state.text.get())
                empty=Callback::new(move |()| state.text.choose(String::new()))
            />
            // Without it the field filters all the same.
            <Addition what=Later::FilterHelp wanted=state.typing.into() missing=Callback::new(|()| ()) />
        </search>
    }
}
