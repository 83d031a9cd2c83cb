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
const SUGGESTED: usize = 50;

/// A field for an engine or pool, by its [`label`](Scanner::label).
#[component]
pub fn ScannerChoice(
    /// The visible label, which is the accessible name.
    label: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// The engines and pools.
    #[prop(into)]
    scanners: Signal<Arc<Scanners>>,
    /// One that is not offered.
    except: ScannerId,
    /// What is wrong with what is typed.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// The input, for its focus.
    input: NodeRef<html::Input>,
) -> impl IntoView {
    let id = unique_id("scanner");
    let (list, help) = (format!("{id}-list"), format!("{id}-help"));
    let options = move || {
        let scanners = scanners.get();
        let found = value.with(|text| {
            // What is chosen already would be the only suggestion.
            let text = if scanners.find(text).is_some() { "" } else { text.as_str() };
            scanners
                .matching(text, SUGGESTED)
                .into_iter()
                .filter(|it| it.id != except)
                .map(Scanner::label)
                .collect::<Vec<_>>()
        });
        found.into_iter().map(|label| view! { <option value=label></option> }.into_any()).collect::<Vec<_>>()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                type="text"
                list=list.clone()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                node_ref=input
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                aria-invalid=live_attribute(move || problem.get().map(|_| "true"))
                aria-describedby=help.clone()
            />
            <datalist id=list>{live(options)}</datalist>
            <div id=help aria-live="polite">
                {live(move || problem.get().map(problem_line))}
            </div>
        </div>
    }
}
