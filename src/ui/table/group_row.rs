//! What the line of a group shows.

use std::sync::Arc;

use leptos::prelude::*;

use super::{groups::Group, selection::Selecting};
use crate::{
    browser::number::count,
    ui::{
        icon::{Icon, glyph},
        live::{live, live_attribute},
    },
};

/// A group is folded, or no longer.
pub(super) fn fold(folded: RwSignal<Vec<String>>, name: &str, fold: bool) {
    folded.update(|folded| {
        folded.retain(|other| other != name);
        if fold {
            folded.push(name.to_owned());
        }
    });
}

/// The line of a group: what it is called, how many rows it has, a box for all of them.
#[component]
pub(super) fn GroupCells(
    group: Memo<Option<Group>>,
    selecting: Option<Selecting>,
    tabindex: Signal<&'static str>,
    folded: RwSignal<Vec<String>>,
    columns: Signal<usize>,
) -> impl IntoView {
    let name = move || group.with(|it| it.as_ref().map(|it| it.name.clone())).unwrap_or_default();
    let rows = move || group.with(|it| it.as_ref().map(|it| Arc::clone(&it.rows))).unwrap_or_default();
    let is_folded = move || group.with(|it| it.as_ref().is_some_and(|it| it.folded));
    let select_box = selecting.map(|Selecting { selection, .. }| {
        let chosen = Memo::new(move |_| {
            let rows = rows();
            (selection.count_of(&rows), rows.len())
        });
        view! {
            <td class="c-select">
                <label class="select-room">
                    <input
                        type="checkbox"
                        aria-label=live_attribute(move || Some(format!("Select all {} of {}", count(rows().len() as u64), name())))
                        tabindex=live_attribute(move || Some(tabindex.get()))
                        prop:checked=move || chosen.with(|(some, all)| some == all)
                        prop:indeterminate=move || chosen.with(|(some, all)| *some > 0 && some < all)
                        on:change=move |event| selection.set(&untrack(rows), event_target_checked(&event))
                    />
                </label>
            </td>
        }
    });
    view! {
        {select_box}
        <th scope="rowgroup" class="c-group" colspan=live_attribute(move || Some(columns.get().to_string()))>
            <button
                type="button"
                class="group-head"
                aria-expanded=live_attribute(move || Some((!is_folded()).to_string()))
                tabindex=live_attribute(move || Some(tabindex.get()))
                on:click=move |_| fold(folded, &untrack(name), !untrack(is_folded))
            >
                {glyph(Icon::Next, "")}
                <span class="unseen">"Group "</span>
                <span class="name">{live(name)}</span>
                " "
                <span class="number">{live(move || count(rows().len() as u64))}</span>
            </button>
        </th>
    }
}
