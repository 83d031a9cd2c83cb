//! One engine or pool, chosen by its name: there may be ten thousand, so the browser's own list of suggestions follows
//! what is typed.

use std::sync::Arc;

use console_api::{
    ScannerId,
    rules::{Heir, find_heir, fold_case},
};
use leptos::prelude::*;

use crate::ui::{
    dialog::unique_id,
    field::problem_line,
    live::{follow, live, live_attribute},
};

/// So many are suggested at a time.
const SUGGESTED: usize = 50;

/// Who takes over. What is chosen is in `chosen` once the typed text is the name of one that can.
#[component]
pub fn HeirField(
    /// The visible label.
    label: &'static str,
    /// A sentence below the field.
    help: &'static str,
    /// Who there is, and why some can't.
    heirs: Memo<Arc<Vec<Heir>>>,
    /// Who is chosen.
    chosen: RwSignal<Option<ScannerId>>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let id = unique_id("heir");
    let [list_id, help_id] = ["list", "help"].map(|part| format!("{id}-{part}"));
    let found = Memo::new(move |_| heirs.with(|heirs| text.with(|text| find_heir(heirs, text).cloned())));
    follow(move || {
        let now = found.with(|found| found.as_ref().filter(|it| it.refused.is_none()).map(|it| it.id));
        if chosen.get_untracked() != now {
            chosen.set(now);
        }
    });
    let matching = Memo::new(move |_| {
        let words = text.with(|text| text.split_whitespace().map(fold_case).collect::<Vec<_>>());
        let matches = |heir: &&Heir| {
            let label = fold_case(&heir.label);
            words.iter().all(|word| label.contains(word.as_str()))
        };
        heirs.with(|heirs| heirs.iter().filter(matches).cloned().collect::<Vec<_>>())
    });
    let problem = Memo::new(move |_| {
        let refused = found.with(|found| found.as_ref().and_then(|it| it.refused.clone()));
        let unknown = matching.with(Vec::is_empty).then(|| "None is called so.".to_owned());
        refused.or(unknown).filter(|_| text.with(|text| !text.trim().is_empty()))
    });
    let options = move || {
        matching.with(|matching| {
            let open = matching.iter().filter(|heir| heir.refused.is_none()).take(SUGGESTED);
            open.map(|heir| view! { <option value=heir.label.clone()></option> }.into_any())
                .collect::<Vec<_>>()
        })
    };
    let refused = Memo::new(move |_| {
        heirs.with(|heirs| {
            let refused =
                heirs.iter().filter_map(|it| Some(format!("{}: {}", it.label, it.refused.as_ref()?)));
            refused.collect::<Vec<_>>()
        })
    });
    let left_out = move || {
        let refused = refused.get();
        (!refused.is_empty()).then(|| {
            view! {
                <details class="left-out">
                    <summary>{format!("{} can't", refused.len())}</summary>
                    <div class="names" role="group" aria-label="Those that can't" tabindex="0">
                        {refused.join("\n")}
                    </div>
                </details>
            }
        })
    };
    let note = move || found.with(|found| found.as_ref().and_then(|it| it.note.clone()));
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
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                aria-invalid=live_attribute(move || problem.get().map(|_| "true"))
                aria-describedby=help_id.clone()
            />
            <datalist id=list_id>{live(options)}</datalist>
            <p class="help" id=help_id>
                {help}
            </p>
            <div aria-live="polite">
                {live(move || problem.get().map(problem_line))}
                {live(move || note().map(|note| view! { <p class="help">{note}</p> }))}
            </div>
            {live(left_out)}
        </div>
    }
}
