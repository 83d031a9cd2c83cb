//! The head of a table: what sorts it, what selects all of it, and where its columns end.

use leptos::{ev, prelude::*};

use super::{
    columns::{Column, SortBy},
    row::Keys,
    selection::Selection,
    widths::{Edge, Widths},
};
use crate::{
    browser::number::count,
    ui::{
        icon::{Icon, glyph},
        live::{live, live_attribute},
    },
};

/// The element that says how wide a column is.
pub(super) fn col(key: &'static str, widths: Option<Widths>) -> impl IntoView {
    let width = move || widths.and_then(|widths| widths.get(key));
    let class = move || format!("col-{key}{}", if width().is_some() { " sized" } else { "" });
    view! { <col class=class style=("--width", move || width().map(|width| format!("{width}px"))) /> }
}

/// The head of a column.
pub(super) fn head_cell(
    column: Column,
    sort: Memo<SortBy>,
    on_sort: Callback<SortBy>,
    sorts_by_two: bool,
    widths: Option<Widths>,
) -> impl IntoView {
    let direction = sort.with(|sort| (sort.column == column.key).then_some(sort.descending));
    let second = sort.with(|sort| {
        sort.then.as_ref().filter(|(then, _)| then == column.key).map(|(_, descending)| *descending)
    });
    let press = move |event: ev::MouseEvent| {
        let now = sort.get_untracked();
        let second = sorts_by_two && event.shift_key();
        on_sort.run(if second { now.with_second(column.key) } else { now.toggled(column.key) });
    };
    let content = if column.sortable {
        let (icon, class) = match direction.or(second) {
            Some(false) => (Icon::Ascending, ""),
            Some(true) => (Icon::Descending, ""),
            None => (Icon::Ascending, "idle"),
        };
        view! {
            <button
                type="button"
                class=if second.is_some() { "sort second" } else { "sort" }
                title=sorts_by_two.then_some("Click with Shift to sort by a second column")
                on:click=press
            >
                <span class="label">{column.label}</span>
                {glyph(icon, class)}
                {second.map(|_| view! { <span class="unseen">", second"</span> })}
            </button>
        }
        .into_any()
    } else {
        // What stands below these two says itself what it is.
        let unseen = matches!(column.key, "actions" | "choose");
        view! { <span class=if unseen { "unseen" } else { "label" }>{column.label}</span> }.into_any()
    };
    view! {
        <th
            scope="col"
            class=format!("h-{}{}", column.key, if column.numeric { " numeric" } else { "" })
            aria-sort=direction.map(|descending| if descending { "descending" } else { "ascending" })
        >
            {content}
            {widths.filter(|_| column.sortable).map(|widths| view! { <Edge widths column=column.key /> })}
        </th>
    }
}

/// The heads' work where rows are cards: what they are sorted by, and which way.
#[component]
pub(super) fn SortChoice(
    columns: Memo<Vec<Column>>,
    sort: Memo<SortBy>,
    on_sort: Callback<SortBy>,
) -> impl IntoView {
    let options = move || {
        let sortable = columns.get().into_iter().filter(|column| column.sortable);
        sortable
            .map(|Column { key, label, .. }| {
                let selected = sort.with(|sort| sort.column == key);
                view! { <option value=key selected=selected>{label}</option> }
            })
            .collect_view()
    };
    let turn = move |_| {
        let now = sort.get_untracked();
        on_sort.run(now.toggled(&now.column));
    };
    let choose = move |event| on_sort.run(SortBy::from_query(&event_target_value(&event)));
    view! {
        <td class="h-sort-by">
            <label class="inline-select">
                "Sort by" <select class="select" on:change=choose>
                    {live(options)}
                </select>
            </label>
            <button type="button" class="icon-button" aria-label="Reverse the order" title="Reverse the order" on:click=turn>
                {live(move || glyph(if sort.with(|sort| sort.descending) { Icon::Descending } else { Icon::Ascending }, ""))}
            </button>
        </td>
    }
}

/// The box for all rows that the filter leaves.
#[component]
pub(super) fn SelectAll(
    selection: Selection,
    /// The rows that the filter leaves.
    shown: Memo<Keys>,
) -> impl IntoView {
    let counts = Memo::new(move |_| {
        let keys = shown.get().unwrap_or_default();
        (selection.count_of(&keys), keys.len())
    });
    let all = move || counts.with(|(chosen, shown)| *shown > 0 && chosen == shown);
    let some = move || counts.with(|(chosen, shown)| *chosen > 0 && chosen < shown);
    let label = move || {
        let (_, shown) = counts.get();
        Some(format!("Select all {} that match", count(shown as u64)))
    };
    view! {
        <th scope="col" class="h-select">
            <span class="unseen">"Select"</span>
            <label class="select-room">
                <input
                    type="checkbox"
                    aria-label=live_attribute(label)
                    title=live_attribute(label)
                    disabled=move || counts.with(|(_, shown)| *shown == 0)
                    prop:checked=all
                    prop:indeterminate=some
                    on:change=move |event| {
                        if let Some(keys) = shown.get_untracked() {
                            selection.set(&keys, event_target_checked(&event));
                        }
                    }
                />
            </label>
        </th>
    }
}
