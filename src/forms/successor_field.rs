//! The engine or pool that takes over what another one has: the field for it, with who can't and why.

use std::sync::Arc;

use console_api::{
    ScannerId,
    rules::{Successor, find_successor, fold_case},
};
use leptos::prelude::*;

use super::scanner_field::{SUGGESTED, ScannerField};
use crate::ui::live::{follow, live};

/// Who takes over. What is chosen is in `chosen` once the typed text is the name of one that can.
#[component]
pub fn SuccessorField(
    /// The visible label.
    label: &'static str,
    /// A sentence below the field.
    help: &'static str,
    /// Who there is, and why some can't.
    successors: Memo<Arc<Vec<Successor>>>,
    /// Who is chosen.
    chosen: RwSignal<Option<ScannerId>>,
    /// Whether something is typed that is no choice: then nothing may go on as if the field were empty.
    #[prop(optional)]
    half_typed: RwSignal<bool>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        successors.with(|successors| text.with(|text| find_successor(successors, text).cloned()))
    });
    follow(move || {
        let now = found.with(|found| found.as_ref().filter(|it| it.refused.is_none()).map(|it| it.id));
        if chosen.get_untracked() != now {
            chosen.set(now);
        }
        half_typed.set(now.is_none() && text.with(|text| !text.trim().is_empty()));
    });
    on_cleanup(move || _ = half_typed.try_set(false));
    let matching = Memo::new(move |_| {
        let words = text.with(|text| text.split_whitespace().map(fold_case).collect::<Vec<_>>());
        let matches = |successor: &&Successor| {
            let label = fold_case(&successor.label);
            words.iter().all(|word| label.contains(word.as_str()))
        };
        successors.with(|successors| successors.iter().filter(matches).cloned().collect::<Vec<_>>())
    });
    let problem = Memo::new(move |_| {
        let refused = found.with(|found| found.as_ref().and_then(|it| it.refused.clone()));
        let unknown = matching.with(Vec::is_empty).then(|| "None is called so.".to_owned());
        refused.or(unknown).filter(|_| text.with(|text| !text.trim().is_empty()))
    });
    let suggested = Signal::derive(move || {
        matching.with(|matching| {
            let open = matching.iter().filter(|successor| successor.refused.is_none()).take(SUGGESTED);
            open.map(|successor| successor.label.clone()).collect::<Vec<_>>()
        })
    });
    let refused = Memo::new(move |_| {
        successors.with(|successors| {
            let refused =
                successors.iter().filter_map(|it| Some(format!("{}: {}", it.label, it.refused.as_ref()?)));
            refused.collect::<Vec<_>>()
        })
    });
    let left_out = move || {
        let refused = refused.get();
        let words = match refused.len() {
            1 => "1 engine or pool can't be chosen".to_owned(),
            count => format!("{count} engines or pools can't be chosen"),
        };
        (!refused.is_empty()).then(|| {
            view! {
                <details class="left-out">
                    <summary>{words}</summary>
                    <div class="names" role="group" aria-label="Those that can't be chosen" tabindex="0">
                        {refused.join("\n")}
                    </div>
                </details>
            }
        })
    };
    let note = move || found.with(|found| found.as_ref().and_then(|it| it.note.clone()));
    view! {
        <ScannerField label help value=text suggested problem>
            <div aria-live="polite">
                {live(move || note().map(|note| view! { <p class="help">{note}</p> }))}
            </div>
            {live(left_out)}
        </ScannerField>
    }
}
