//! One engine or pool chosen among many: a field that is searched as one types, with a list below it that says how each one is
//! and why some can't be chosen.

use std::sync::Arc;

use console_api::{
    Pool, ScannerId,
    rules::{Arrow, Candidate, find_candidate, matching_candidates},
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::new_pool::NewPoolDialog;
use crate::{
    browser::number,
    ui::{
        dialog::unique_id,
        field::problem_line,
        icon::{Icon, glyph},
        list_box,
        live::{follow, live, live_attribute},
        status::{severity_class, status_arrow},
    },
};

/// More at once help nobody, and take the browser time: who types finds the others.
const SHOWN: usize = 50;

/// What is in the field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// This text.
    Typed(String),
    /// This engine or pool, and what it was called then.
    Picked(ScannerId, String),
}

/// Which engine or pool is chosen, and among which. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Picking {
    candidates: Memo<Arc<Vec<Candidate>>>,
    content: RwSignal<Content>,
    /// The one that is meant, whether it can be chosen or not.
    meant: Memo<Option<Candidate>>,
}

impl Picking {
    /// Nothing is chosen yet.
    pub fn new(candidates: Memo<Arc<Vec<Candidate>>>) -> Self {
        let content = RwSignal::new(Content::Typed(String::new()));
        let meant = Memo::new(move |_| {
            candidates.with(|candidates| {
                content.with(|content| match content {
                    Content::Typed(text) => find_candidate(candidates, text).cloned(),
                    Content::Picked(id, _) => candidates.iter().find(|it| it.id == *id).cloned(),
                })
            })
        });
        Self { candidates, content, meant }
    }

    /// Chooses this one, which may come into the lists later.
    pub fn choose(self, id: ScannerId) {
        let label = self.candidates.with_untracked(|candidates| {
            candidates.iter().find(|it| it.id == id).map(|it| it.label.clone()).unwrap_or_default()
        });
        self.content.set(Content::Picked(id, label));
    }

    /// Chooses nothing, and empties the field. Nothing happens once it has gone with its page.
    pub fn clear(self) {
        _ = self.content.try_set(Content::Typed(String::new()));
    }

    /// Whether this one is in the field, be it that it can be chosen or not. Nothing is once the field has gone with its page.
    pub fn has(self, id: ScannerId) -> bool {
        let meant = self.meant.try_with_untracked(|meant| meant.as_ref().map(|it| it.id));
        meant.flatten() == Some(id)
    }

    /// The one that is chosen.
    pub fn chosen(self) -> Option<ScannerId> {
        self.meant.with(|meant| meant.as_ref().filter(|it| it.refused.is_none()).map(|it| it.id))
    }

    /// What the one is called that is chosen.
    pub fn label(self) -> Option<String> {
        self.meant.with(|meant| meant.as_ref().filter(|it| it.refused.is_none()).map(|it| it.label.clone()))
    }

    /// What is in the field.
    fn text(self) -> String {
        self.content.with(|content| match content {
            Content::Typed(text) => text.clone(),
            Content::Picked(_, before) => {
                self.meant.with(|meant| meant.as_ref().map_or_else(|| before.clone(), |it| it.label.clone()))
            }
        })
    }

    /// Why what is in the field can't be chosen; nothing where it can, or is empty. No action may continue with it as if the field
    /// were empty.
    pub fn wrong(self) -> Option<String> {
        if let Some(meant) = self.meant.get() {
            return meant.refused.map(|why| format!("{} can't be chosen. {why}", meant.label));
        }
        self.content.with(|content| match content {
            Content::Typed(text) if text.trim().is_empty() => None,
            Content::Typed(text) => {
                Some(format!("“{}” is not in the list: choose one that is.", text.trim()))
            }
            // The lists may still be on their way.
            Content::Picked(..) if self.candidates.with(|all| all.is_empty()) => None,
            Content::Picked(_, before) => {
                Some(format!("{before} is no longer there: choose another from the list."))
            }
        })
    }
}

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown {
    candidates: Vec<Candidate>,
    /// How many more match.
    more: usize,
    /// Whether the last option makes a new pool.
    new_pool: bool,
}

impl Shown {
    fn len(&self) -> usize {
        self.candidates.len() + usize::from(self.new_pool)
    }
}

/// What the field and its list share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct State {
    picking: Picking,
    label: &'static str,
    /// The list box's id.
    list: StoredValue<String>,
    /// Whether the person has opened the list.
    open: RwSignal<bool>,
    shown: Memo<Arc<Shown>>,
    /// The option that the arrow keys have come to.
    marked: RwSignal<Option<usize>>,
    /// Whether a new pool is being made.
    makes_pool: RwSignal<bool>,
}

impl State {
    fn is_open(self) -> bool {
        self.open.get() && self.shown.with(|shown| shown.len() > 0)
    }

    fn option_id(self, at: usize) -> String {
        self.list.with_value(|list| format!("{list}-{at}"))
    }

    fn close(self) {
        self.open.set(false);
        self.marked.set(None);
    }

    /// Takes the option at this place, unless it can't be chosen.
    fn take(self, at: usize) {
        let shown = self.shown.get_untracked();
        match shown.candidates.get(at) {
            Some(candidate) if candidate.refused.is_some() => {}
            Some(candidate) => {
                self.picking.content.set(Content::Picked(candidate.id, candidate.label.clone()));
                self.close();
            }
            None if shown.new_pool => {
                self.close();
                self.makes_pool.set(true);
            }
            None => {}
        }
    }

    /// The only one that is left to be chosen.
    fn only_one(self) -> Option<usize> {
        self.shown.with_untracked(|shown| {
            let mut free = (0..).zip(&shown.candidates).filter(|(_, it)| it.refused.is_none());
            free.next().filter(|_| free.next().is_none() && shown.more == 0).map(|(at, _)| at)
        })
    }

    fn type_in(self, text: String) {
        self.marked.set(None);
        self.picking.content.set(Content::Typed(text));
        // Whoever has typed the name of the only one that it can be is done.
        let done = untrack(|| self.picking.chosen()).is_some()
            && untrack(|| self.picking.content.with(|it| matching(self.picking, it))) == 1;
        self.open.set(!done);
    }

    /// The keys of a combobox: arrows, Home and End mark, Enter takes what is marked, Escape closes.
    fn press(self, event: &ev::KeyboardEvent) {
        let open = untrack(|| self.is_open());
        let (count, at) = (self.shown.with_untracked(|shown| shown.len()), self.marked.get_untracked());
        let key = event.key();
        let marked = match (key.as_str(), open) {
            ("ArrowDown", true) => Some(list_box::below(at, count)),
            ("ArrowUp", true) => Some(list_box::above(at, count)),
            ("Home", true) => Some(0),
            ("End", true) => Some(count - 1),
            ("ArrowDown" | "ArrowUp", false) => {
                self.open.set(true);
                let count = self.shown.with_untracked(|shown| shown.len());
                let last = key == "ArrowUp";
                (count > 0).then(|| if last { count - 1 } else { 0 })
            }
            ("Enter", true) => {
                if let Some(at) = at.or_else(|| self.only_one()) {
                    self.take(at);
                }
                event.prevent_default();
                return;
            }
            ("Escape", true) => {
                // The dialog around stays open.
                event.stop_propagation();
                event.prevent_default();
                self.close();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        self.marked.set(marked);
        if let Some(at) = marked {
            let id = self.option_id(at);
            // The list may only now come into the document.
            request_animation_frame(move || show_option(&id));
        }
    }
}

/// How many there are whose name has all words of the text in it.
fn matching(picking: Picking, content: &Content) -> usize {
    match content {
        Content::Typed(text) => picking.candidates.with(|all| matching_candidates(all, text).len()),
        Content::Picked(..) => 1,
    }
}

/// Scrolls its list so that the option is in sight.
fn show_option(id: &str) {
    let option = document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
    let Some((option, list)) = option.and_then(|it| Some((it.clone(), it.parent_element()?))) else { return };
    let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}

/// A combobox with a list box, after the pattern of ARIA's authoring practices: the focus stays in the field.
#[component]
pub fn Picker(
    /// The visible label, which is the accessible name.
    label: &'static str,
    /// A sentence below the field, if there is one.
    #[prop(default = "")]
    help: &'static str,
    /// What is chosen, and among which.
    picking: Picking,
    /// What is missing while the field is empty, once that is to be said.
    #[prop(into, default = Signal::stored(None))]
    missing: Signal<Option<String>>,
    /// The field, for its focus.
    #[prop(optional)]
    input: NodeRef<html::Input>,
    /// Under which key [`Drafts`](super::draft::Drafts) keeps what is typed of a **New pool…**, if one may be made here.
    #[prop(optional, into)]
    new_pool: Option<String>,
) -> impl IntoView {
    let id = unique_id("picker");
    let [list, help_id, problem_id] = ["list", "help", "problem"].map(|part| format!("{id}-{part}"));
    let open = RwSignal::new(false);
    let makes = new_pool.is_some();
    let shown = Memo::new(move |_| {
        if !open.get() {
            return Arc::default();
        }
        // Who has chosen sees all the others as well.
        let text = if picking.meant.with(Option::is_some) { String::new() } else { picking.text() };
        picking.candidates.with(|candidates| {
            let all = matching_candidates(candidates, &text);
            let more = all.len().saturating_sub(SHOWN);
            let candidates = all.into_iter().take(SHOWN).cloned().collect();
            Arc::new(Shown { candidates, more, new_pool: makes })
        })
    });
    let state = State {
        picking,
        label,
        list: StoredValue::new(list.clone()),
        open,
        shown,
        marked: RwSignal::new(None),
        makes_pool: RwSignal::new(false),
    };
    // What was marked may be another option by now.
    follow(move || {
        let count = shown.with(|shown| shown.len());
        if untrack(|| state.marked.get()).is_some_and(|at| at >= count) {
            state.marked.set(None);
        }
    });
    let is_open = Memo::new(move |_| state.is_open());
    let problem = Memo::new(move |_| {
        // While the list shows what the text may become, it is not wrong yet.
        let becomes = is_open.get() && picking.meant.with(Option::is_none) && {
            shown.with(|shown| !shown.candidates.is_empty())
        };
        picking.wrong().filter(|_| !becomes).or_else(|| missing.get())
    });
    let note = move || picking.meant.with(|it| it.as_ref().filter(|it| it.refused.is_none())?.note.clone());
    let described = if help.is_empty() { problem_id.clone() } else { format!("{problem_id} {help_id}") };
    let help = (!help.is_empty()).then(|| {
        view! {
            <p class="help" id=help_id>
                {help}
            </p>
        }
    });
    let marked = move || state.marked.get().filter(|_| is_open.get()).map(|at| state.option_id(at));
    let new_pool = new_pool.map(|draft| {
        let on_created = Callback::new(move |pool: Pool| {
            picking.content.set(Content::Picked(pool.id.into(), pool.name));
        });
        // A key that is pressed in that dialog is nothing to the one around.
        view! {
            <div on:keydown=|event| event.stop_propagation()>
                <NewPoolDialog open=state.makes_pool draft on_created />
            </div>
        }
    });
    view! {
        <div class="field picker-field">
            <label for=id.clone()>{label}</label>
            <div class="picker-box">
                <input
                    class="input"
                    id=id
                    type="text"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=live_attribute(move || Some(is_open.get().to_string()))
                    aria-controls=list
                    aria-activedescendant=live_attribute(marked)
                    aria-invalid=live_attribute(move || problem.get().map(|_| "true"))
                    aria-describedby=described
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    node_ref=input
                    prop:value=move || picking.text()
                    on:input=move |event| state.type_in(event_target_value(&event))
                    on:click=move |_| open.set(true)
                    on:keydown=move |event| state.press(&event)
                    on:blur=move |_| state.close()
                />
                {live(move || is_open.get().then(|| view! { <Options state /> }))}
            </div>
            {help}
            <div id=problem_id aria-live="polite">
                {live(move || problem.get().map(problem_line))}
            </div>
            <div aria-live="polite">
                {live(move || note().map(|note| view! { <p class="help">{note}</p> }))}
            </div>
            {new_pool}
        </div>
    }
}

/// The list below the field.
#[component]
fn Options(state: State) -> impl IntoView {
    let options = move || {
        let shown = state.shown.get();
        let candidates = shown.candidates.iter().enumerate();
        let mut options = candidates
            .map(|(at, it)| view! { <Choice state at candidate=it.clone() /> }.into_any())
            .collect::<Vec<_>>();
        if shown.new_pool {
            options.push(view! { <NewPool state at=shown.candidates.len() /> }.into_any());
        }
        options
    };
    let more = move || {
        let more = state.shown.with(|shown| shown.more);
        let words = || format!("{} more match: type part of the name.", number::count(more as u64));
        (more > 0).then(|| view! { <p class="picker-more">{words()}</p> })
    };
    view! {
        // The focus stays in the field.
        <div class="picker-list" on:mousedown=|event| event.prevent_default()>
            // It scrolls with what is marked: no stop for the Tab key.
            <ul role="listbox" id=state.list.get_value() aria-label=format!("{}: choices", state.label) tabindex="-1">
                {live(options)}
            </ul>
            {live(more)}
        </div>
    }
}

/// One engine or pool: its name, how it is, and why it can't be chosen.
#[component]
fn Choice(state: State, at: usize, candidate: Candidate) -> impl IntoView {
    let Candidate { label, about, severity, refused, .. } = candidate;
    let disabled = refused.as_ref().map(|_| "true");
    let refused = refused.map(|why| view! { <span class="why">{why}</span> });
    view! {
        <li
            id=state.option_id(at)
            role="option"
            aria-selected=live_attribute(move || Some((state.marked.get() == Some(at)).to_string()))
            aria-disabled=disabled
            on:click=move |_| state.take(at)
        >
            <span class="name">{label}</span>
            " "
            <span class=format!("about {}", severity_class(severity))>
                {status_arrow(Arrow { direction: None, severity })}
                {about}
            </span>
            " "
            {refused}
        </li>
    }
}

/// The way to a new pool.
#[component]
fn NewPool(state: State, at: usize) -> impl IntoView {
    view! {
        <li
            id=state.option_id(at)
            class="new"
            role="option"
            aria-selected=live_attribute(move || Some((state.marked.get() == Some(at)).to_string()))
            on:click=move |_| state.take(at)
        >
            {glyph(Icon::Add, "")}
            "New pool…"
        </li>
    }
}
