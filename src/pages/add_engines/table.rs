//! The rows: each cell can be corrected, with what is wrong below it.

use console_api::rules::NewEngineField;
use leptos::{ev, prelude::*};

use super::AddState;
use crate::{
    routes::Route,
    ui::{
        button::RowButton,
        dialog::unique_id,
        field::problem_line,
        icon::Icon,
        live::{live, live_attribute},
        status::status_mark,
        table::{
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
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
    Column { key: "result", label: "What is done", numeric: false, sortable: false },
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
            working=Callback::new(|_| false)
            empty=Callback::new(|()| ().into_any())
        />
    }
}

/// The cells of a row. They are not made anew while somebody types: only what follows from the texts is.
fn cells(page: AddState, RowPlace { key, .. }: RowPlace) -> AnyView {
    let at = page.keys.with(|keys| keys.as_ref()?.iter().position(|it| *it == key));
    // A row that has just left the list is gone in the same breath.
    let Some(at) = at else { return ().into_any() };
    let number = at + 1;
    let inputs = NewEngineField::ALL.map(|field| input_cell(page, key, field, number)).collect_view();
    view! {
        <th scope="row" class="c-row">
            {number.to_string()}
        </th>
        {inputs}
        <td class="c-result">
            <div class="cell-words">{live(move || result(page, key))}</div>
        </td>
        <td class="c-actions">
            <div class="row-actions">
                <RowButton
                    icon=Icon::Delete
                    label=format!("Remove row {number}")
                    refused=page.busy()
                    tabindex="0"
                    on_press=Callback::new(move |()| page.remove(key))
                />
            </div>
        </td>
    }
    .into_any()
}

fn input_cell(page: AddState, key: RowKey, field: NewEngineField, number: usize) -> AnyView {
    let problem = move || page.check(key, |check| check.problems[field.at()].clone()).flatten();
    let problem_id = unique_id("new-engine");
    let class = match field {
        NewEngineField::Name => "c-name",
        NewEngineField::Address => "c-address",
        NewEngineField::Port => "c-port",
        NewEngineField::Pools => "c-pools",
        NewEngineField::Sites => "c-sites",
    };
    // The table has the arrow keys for its rows; here they belong to the text.
    let keys_stay = |event: ev::KeyboardEvent| {
        if event.key().starts_with("Arrow") || matches!(event.key().as_str(), "Home" | "End") {
            event.stop_propagation();
        }
    };
    view! {
        <td class=class data-label=field.label()>
            <input
                class="input"
                type="text"
                aria-label=format!("{}, row {number}", field.label())
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=if field == NewEngineField::Port { "40814" } else { "" }
                prop:value=page.cell(key, field)
                readonly=page.adding.get()
                aria-invalid=live_attribute(move || problem().map(|_| "true"))
                aria-describedby=problem_id.clone()
                on:keydown=keys_stay
                on:input=move |event| page.type_in(key, field, event_target_value(&event))
            />
            <div class="cell-words" id=problem_id title=live_attribute(problem)>
                {live(move || problem().map(problem_line))}
            </div>
        </td>
    }
    .into_any()
}

/// What will be done with a row, or what came of it.
fn result(page: AddState, key: RowKey) -> AnyView {
    let found = page.check(key, |check| (check.is_bad(), check.is_done(), check.there, check.in_words()));
    let Some((is_bad, is_done, there, words)) = found else { return ().into_any() };
    let failed = page.why_failed(key).filter(|_| !is_done);
    if let Some(why) = failed {
        return problem_line(why).into_any();
    }
    if is_bad {
        return view! { <span class="secondary">"To be corrected"</span> }.into_any();
    }
    let engine = there.filter(|_| is_done).and_then(|id| {
        let list = page.data.engines.value()?;
        list.items.iter().find(|engine| engine.id == id).cloned()
    });
    match engine {
        Some(engine) => view! {
            {status_mark(&engine)}
            <a href=Route::Engine(engine.id).href_with("tab", "pairing") aria-label=format!("Pairing steps of {}", engine.name)>
                "Pairing steps"
            </a>
        }
        .into_any(),
        None => words.into_any(),
    }
}
