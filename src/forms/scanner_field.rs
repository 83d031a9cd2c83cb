//! One engine or pool, chosen by its name: a field that suggests, for there may be ten thousand.

use std::sync::Arc;

use console_api::{
    ScannerId,
    rules::{Scanner, Scanners},
};
use leptos::{html, prelude::*};

use crate::ui::{
    dialog::unique_id,
    field::problem_line,
    live::{live, live_attribute},
};

/// More suggestions help nobody, and take the browser time.
pub(super) const SUGGESTED: usize = 50;

/// A field for an engine or pool, by its [`label`](Scanner::label). The browser's own list of suggestions follows what is
/// typed.
#[component]
pub fn ScannerField(
    /// The visible label, which is the accessible name.
    label: &'static str,
    /// A sentence below the field, if there is one.
    #[prop(default = "")]
    help: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// The labels that are suggested for it.
    #[prop(into)]
    suggested: Signal<Vec<String>>,
    /// What is wrong with what is typed.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// The input, for its focus.
    #[prop(optional)]
    input: NodeRef<html::Input>,
    /// What else stands below the field.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = unique_id("scanner");
    let [list_id, help_id, problem_id] = ["list", "help", "problem"].map(|part| format!("{id}-{part}"));
    let options = move || {
        let labels = suggested.get().into_iter();
        labels.map(|label| view! { <option value=label></option> }.into_any()).collect::<Vec<_>>()
    };
    let described = if help.is_empty() { problem_id.clone() } else { format!("{help_id} {problem_id}") };
    let help = (!help.is_empty()).then(|| {
        view! {
            <p class="help" id=help_id>
                {help}
            </p>
        }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                type="text"
                list=list_id.clone()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                node_ref=input
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                aria-invalid=live_attribute(move || problem.get().map(|_| "true"))
                aria-describedby=described
            />
            <datalist id=list_id>{live(options)}</datalist>
            {help}
            <div id=problem_id aria-live="polite">
                {live(move || problem.get().map(problem_line))}
            </div>
            {children.map(|children| children())}
        </div>
    }
}

/// What a field suggests of all engines and pools but one.
pub fn suggest(
    scanners: Memo<Arc<Scanners>>,
    value: RwSignal<String>,
    except: ScannerId,
) -> Signal<Vec<String>> {
    Signal::derive(move || {
        let scanners = scanners.get();
        value.with(|text| {
            // What is chosen already would be the only suggestion.
            let text = if scanners.find(text).is_some() { "" } else { text.as_str() };
            let found = scanners.matching(text, SUGGESTED).into_iter();
            found.filter(|it| it.id != except).map(Scanner::label).collect()
        })
    })
}
