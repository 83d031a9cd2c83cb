//! What the line of a group shows.

use leptos::prelude::*;

use super::{cells::glyph_el, groups::Group, light::El};
use crate::{browser::number::count, ui::icon::Icon};

/// A group is folded, or no longer.
pub(super) fn fold(folded: RwSignal<Vec<String>>, name: &str, fold: bool) {
    folded.update(|folded| {
        folded.retain(|other| other != name);
        if fold {
            folded.push(name.to_owned());
        }
    });
}

/// The cell with the box that selects a line. What is checked comes with it.
pub(super) fn select_cell(label: String, tabindex: &'static str, checked: [bool; 2]) -> El {
    let [checked, partly] = checked;
    let input = El::new("input", None::<String>)
        .is("type", "checkbox")
        .is("aria-label", label)
        .is("tabindex", tabindex)
        .is("checked", checked)
        .is("indeterminate", partly);
    El::new("td", "c-select").with(El::new("label", "select-room").with(input))
}

/// The cells of a group's line: what it is called, how many rows it has, and where rows can be selected a box for all of them. `selected` of
/// them are.
pub(super) fn group_line(
    group: &Group,
    selected: Option<usize>,
    tabindex: &'static str,
    columns: usize,
) -> Vec<El> {
    let rows = group.rows.len();
    let number = count(rows as u64);
    let select = selected.map(|selected| {
        let label = format!("Select all {number} of {}", group.name);
        select_cell(label, tabindex, [selected == rows, selected > 0 && selected < rows])
    });
    let button = El::new("button", "group-head")
        .is("type", "button")
        .is("aria-expanded", (!group.folded).to_string())
        .is("tabindex", tabindex)
        .with(glyph_el(Icon::Next, ""))
        .with(El::new("span", "unseen").text("Group "))
        .with(El::new("span", "name").text(group.name.clone()))
        .text(" ")
        .with(El::new("span", "number").text(number));
    let head =
        El::new("th", "c-group").is("scope", "rowgroup").is("colspan", columns.to_string()).with(button);
    select.into_iter().chain([head]).collect()
}
