//! A labelled input with its help below.

use leptos::{html, prelude::*};

use super::{
    dialog::unique_id,
    icon::{Icon, glyph},
    live::{live, live_attribute},
};

/// One line of text that a person types. What was typed stays whatever happens.
#[component]
pub fn TextField(
    /// The visible label, which is the accessible name.
    label: &'static str,
    /// The field's name and what browsers fill in, such as `username`.
    name: &'static str,
    /// The input, for its value and focus.
    input: NodeRef<html::Input>,
    /// `text` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it holds at first.
    #[prop(optional, into)]
    value: Option<String>,
    /// What the browser may fill in, in the words of HTML's `autocomplete`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A sentence below the field.
    #[prop(optional)]
    help: Option<&'static str>,
    /// Whether what was typed was refused.
    #[prop(into)]
    refused: Signal<bool>,
    /// The id of the text that says why.
    #[prop(into)]
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let id = unique_id(name);
    let help_id = format!("{id}-help");
    let described = {
        let help = help.map(|_| help_id.clone());
        live_attribute(move || {
            let ids = [help.clone(), problem.get()];
            let ids = ids.into_iter().flatten().collect::<Vec<_>>().join(" ");
            (!ids.is_empty()).then_some(ids)
        })
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                name=name
                type=kind
                node_ref=input
                value=value
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=live_attribute(move || refused.get().then_some("true"))
                aria-describedby=described
            />
            {help.map(|help| view! { <p class="help" id=help_id>{help}</p> })}
        </div>
    }
}

/// What went wrong, read out when it appears.
#[component]
pub fn Problem(
    /// The element's id, for `aria-describedby`.
    id: String,
    /// What happened and what to do; nothing is shown without it.
    #[prop(into)]
    text: Signal<Option<(String, String)>>,
) -> impl IntoView {
    view! {
        <div id=id role="alert">
            {live(move || {
                text.get()
                    .map(|(what, more)| {
                        view! {
                            <div class="problem-line">
                                {glyph(Icon::Failed, "")}
                                <span>{what} " " {more}</span>
                            </div>
                        }
                    })
            })}
        </div>
    }
}

/// A field of a form that is checked as one types. What was typed lives in `value`.
#[component]
pub fn FormField(
    /// The visible label, which is the accessible name.
    label: &'static str,
    /// The field's name.
    name: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// What is wrong with it, for a person.
    problem: Memo<Option<String>>,
    /// Set when the form was sent: then every problem is shown, also those of fields that nobody has touched.
    sent: RwSignal<bool>,
    /// The input, for its focus.
    input: NodeRef<html::Input>,
    /// A sentence below the field.
    help: &'static str,
) -> impl IntoView {
    let id = unique_id(name);
    let (help_id, problem_id) = (format!("{id}-help"), format!("{id}-problem"));
    let touched = RwSignal::new(false);
    let shown = Memo::new(move |_| problem.get().filter(|_| touched.get() || sent.get()));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                name=name
                type="text"
                node_ref=input
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                prop:value=move || value.get()
                on:input=move |event| {
                    touched.set(true);
                    value.set(event_target_value(&event));
                }
                aria-invalid=live_attribute(move || shown.get().map(|_| "true"))
                aria-describedby=format!("{problem_id} {help_id}")
            />
            <p class="help" id=help_id>
                {help}
            </p>
            <div id=problem_id aria-live="polite">
                {live(move || shown.get().map(problem_line))}
            </div>
        </div>
    }
}

/// What is wrong, in red and with a sign.
pub fn problem_line(text: String) -> impl IntoView {
    view! {
        <p class="problem-line">
            {glyph(Icon::Failed, "")} <span>{text}</span>
        </p>
    }
}
