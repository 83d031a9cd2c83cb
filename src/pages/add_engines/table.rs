//! The rows: each cell can be corrected, with what is wrong below it.

use console_api::rules::{Arrow, NewEngineField};
use leptos::prelude::*;

use super::AddState;
use crate::{
    routes::Route,
    ui::{
        icon::Icon,
        status::mark_title,
        table::{
            cells::{actions_cell, glyph_el, mark_el, row_button},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            row::RowKey,
        },
    },
};

const COLUMNS: [Column; 8] = [
    Column { key: "row", label: "Row", numeric: false, sortable: false },
    Column { key: "name", label: "Name", numeric: false, sortable: false },
    Column { key: "address", label: "Address", numeric: false, sortable: false },
    Column { key: "port", label: "Port", numeric: false, sortable: false },
    Column { key: "pools", label: "Pools", numeric: false, sortable: false },
    Column { key: "sites", label: "Sites", numeric: false, sortable: false },
    Column { key: "result", label: "What happens", numeric: false, sortable: false },
    Column { key: "actions", label: "Actions", numeric: false, sortable: false },
];

#[component]
pub(super) fn EnginesTable(page: AddState) -> impl IntoView {
    view! {
        <DataTable
            name="Engines to add"
            class="new-engines"
            columns=Signal::stored(COLUMNS.to_vec())
            keys=page.keys
            sort=Memo::new(|_| SortBy::by("", false))
            on_sort=Callback::new(|_| ())
            cells=Callback::new(move |place: RowPlace| cells(page, place))
            on_action=Callback::new(move |(key, _)| page.remove(key))
            on_input=Callback::new(move |(key, field, text): (RowKey, String, String)| {
                if let Some(field) = NewEngineField::ALL.into_iter().find(|it| it.label() == field) {
                    page.type_in(key, field, text);
                }
            })
            working=Callback::new(|_| false)
            empty=Callback::new(|()| ().into_any())
        />
    }
}

fn cells(page: AddState, RowPlace { key, .. }: RowPlace) -> Option<Vec<El>> {
    let at = page.keys.with(|keys| keys.as_ref()?.iter().position(|it| *it == key))?;
    let number = at + 1;
    let remove = row_button(Icon::Delete, "remove", format!("Remove row {number}"), page.busy(), "0");
    let mut cells = vec![El::new("th", "c-row").is("scope", "row").text(number.to_string())];
    cells.extend(NewEngineField::ALL.map(|field| input_cell(page, key, field, number)));
    cells.push(El::new("td", "c-result").with(El::new("div", "cell-words").with_all(result(page, key))));
    cells.push(actions_cell([remove]));
    Some(cells)
}

fn input_cell(page: AddState, key: RowKey, field: NewEngineField, number: usize) -> El {
    let problem = page.check(key, |check| check.problems[field.at()].clone()).flatten();
    let problem_id = format!("new-engine-{key}-{}", field.at());
    let class = match field {
        NewEngineField::Name => "c-name",
        NewEngineField::Address => "c-address",
        NewEngineField::Port => "c-port",
        NewEngineField::Pools => "c-pools",
        NewEngineField::Sites => "c-sites",
    };
    let input = El::new("input", "input")
        .is("type", "text")
        .is("data-field", field.label())
        .is("aria-label", format!("{}, row {number}", field.label()))
        .is("autocomplete", "off")
        .is("autocapitalize", "none")
        .is("spellcheck", "false")
        .is("placeholder", if field == NewEngineField::Port { "40814" } else { "" })
        .is("value", page.cell(key, field))
        .is("readonly", page.adding.get())
        .is("aria-invalid", problem.is_some().then_some("true"))
        .is("aria-describedby", problem_id.clone());
    let words = El::new("div", "cell-words").is("id", problem_id).is("title", problem.clone());
    El::new("td", class).is("data-label", field.label()).with(input).with(words.with(problem_el(problem)))
}

fn problem_el(problem: Option<String>) -> El {
    let line =
        El::new("span", "problem-line").is("hidden", problem.is_none()).with(glyph_el(Icon::Failed, ""));
    line.text(" ").text(problem.unwrap_or_default())
}

/// What will be done with a row, or the outcome: its problem, its status with the way to pairing, or words.
fn result(page: AddState, key: RowKey) -> [El; 4] {
    let found = page.check(key, |check| (check.is_bad(), check.is_done(), check.there, check.in_words()));
    let (is_bad, is_done, there, words) = found.unwrap_or_default();
    let failed = page.why_failed(key).filter(|_| !is_done);
    let engine = there.filter(|_| is_done && failed.is_none()).and_then(|id| {
        let list = page.data.engines.value()?;
        list.items.iter().find(|engine| engine.id == id).cloned()
    });
    let words = match (&failed, &engine) {
        (None, None) if is_bad => "Needs correcting".to_owned(),
        (None, None) => words,
        _ => String::new(),
    };
    let mark = engine.as_ref().map(|engine| (Arrow::of(engine), engine.status.label()));
    let title = mark.map(|(arrow, label)| mark_title(arrow, label)).unwrap_or_default();
    let link = El::new("a", None::<String>)
        .is("href", engine.as_ref().map(|engine| Route::Engine(engine.id).href_with("tab", "pairing")))
        .is("aria-label", engine.as_ref().map(|engine| format!("Pairing steps of {}", engine.name)))
        .is("hidden", engine.is_none())
        .text("Pairing steps");
    let said = El::new("span", is_bad.then_some("secondary")).text(words);
    [problem_el(failed), mark_el(mark, title), link, said]
}
