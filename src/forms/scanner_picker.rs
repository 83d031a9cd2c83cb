//! **Scan Engines & Pools**: all engines and pools of the console, of which one is chosen.

use std::sync::Arc;

use console_api::{
    Error, ScannerId,
    rules::{Arrow, Scanner, ScannerColumn, Scanners, select_scanners},
};
use leptos::{html, prelude::*};

use crate::{
    browser::address::AddressParam,
    data::Data,
    routes::Route,
    ui::{
        filter::FilterBox,
        focus::focus_heading_if_lost,
        icon::{Icon, glyph},
        live::{follow, live},
        status::{mark_title, severity_class, status_arrow},
        table::{
            cells::{mark_el, name_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            order::Asked,
            row::Keys,
        },
    },
};

/// What the picker's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct Picker {
    data: Data,
    chosen: RwSignal<Option<ScannerId>>,
    scanners: Memo<Arc<Scanners>>,
    filter: AddressParam,
}

/// The table, its filter, and what is chosen now. Filter and order are in the address.
#[component]
pub fn ScannerPicker(
    /// What is chosen.
    chosen: RwSignal<Option<ScannerId>>,
    /// What is said where nothing is chosen.
    none: &'static str,
    /// One that is to be in sight once the list has it: it is taken out then.
    in_sight: RwSignal<Option<ScannerId>>,
    /// A button beside what is chosen.
    #[prop(optional_no_strip, into)]
    beside: Option<ViewFn>,
    /// Buttons beside the filter.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
) -> impl IntoView {
    let data = Data::here();
    data.want_scanners();
    let scanners = Memo::new(move |_| Arc::new(data.scanners()));
    let [filter, sort] = ["filter", "sort"].map(AddressParam::of);
    let picker = Picker { data, chosen, scanners, filter };
    let order = move || {
        let by = SortBy::from_query(&sort.get());
        ScannerColumn::from_key(&by.column).map_or((ScannerColumn::Name, false), |it| (it, by.descending))
    };
    // Half of it would look like all of it.
    let complete = Memo::new(move |_| {
        let engines = data.engines.value().is_some() || data.engines.failed().is_some();
        engines && (data.pools.value().is_some() || data.pools.failed().is_some())
    });
    let keys = Memo::new(move |_| -> Keys {
        if !complete.get() {
            return None;
        }
        let (column, descending) = order();
        let ids =
            scanners.with(|scanners| filter.with(|text| select_scanners(scanners, text, column, descending)));
        Some(Arc::new(ids.into_iter().map(ScannerId::get).collect()))
    });
    let frame = NodeRef::<html::Div>::new();
    follow(move || {
        let Some(id) = in_sight.get() else { return };
        let at = keys.with(|keys| keys.as_ref()?.iter().position(|key| *key == id.get()));
        match at {
            Some(at) => {
                in_sight.set(None);
                request_animation_frame(move || show_row(frame, at));
            }
            // A filter must not hide it.
            None if scanners.with(|scanners| scanners.get(id).is_some()) => filter.choose(String::new()),
            None => {}
        }
    });
    let head = Column { key: "choose", label: "Chosen", numeric: false, sortable: false };
    let columns = ScannerColumn::ALL.map(|column| Column {
        key: column.key(),
        label: column.label(),
        numeric: false,
        sortable: true,
    });
    let columns = [head].into_iter().chain(columns).collect::<Vec<_>>();
    view! {
        <div class="picker-frame" node_ref=frame>
            <div class="picker-now">
                <p class="picker-chosen" role="status">
                    <ChosenScanner picker none />
                </p>
                {beside.map(|beside| beside.run())}
            </div>
            <div class="picker-head">
                <FilterBox
                    label="Filter engines and pools"
                    title="Searches name, kind and status. All words must occur."
                    filter
                /> <div class="actions">{actions.map(|actions| actions.run())}</div>
            </div>
            <div role="status" class="troubles over-table">
                <ScannerTroubles data />
            </div>
            <DataTable
                name="Scan Engines & Pools"
                class="picker"
                columns=Signal::stored(columns)
                keys
                asked=Asked::of(move || format!("{} {}", sort.get(), filter.get()))
                sort=Memo::new(move |_| {
                    let (column, descending) = order();
                    SortBy::by(column.key(), descending)
                })
                on_sort=Callback::new(move |by: SortBy| sort.choose_order(by.to_query()))
                on_space=Callback::new(move |key| chosen.set(Some(ScannerId(key))))
                cells=Callback::new(move |place: RowPlace| cells(picker, place))
                on_action=Callback::new(move |(key, _)| chosen.set(Some(ScannerId(key))))
                working=Callback::new(|_| false)
                empty=Callback::new(move |()| empty(picker))
            />
        </div>
    }
}

/// Scrolls the table so that the row at this place is in the middle.
fn show_row(frame: NodeRef<html::Div>, at: usize) {
    let Some(frame) = frame.try_get_untracked().flatten() else { return };
    let [table, row] =
        [".table-frame", "tr.row:not([hidden])"].map(|part| frame.query_selector(part).ok().flatten());
    let (Some(table), Some(row)) = (table, row) else { return };
    let height = row.get_bounding_client_rect().height();
    let above = height * at as f64 - (f64::from(table.client_height()) - height) / 2.0;
    table.set_scroll_top(above.max(0.0) as i32);
}

#[component]
fn ChosenScanner(
    picker: Picker,
    /// What is said where nothing is chosen.
    none: &'static str,
) -> impl IntoView {
    live(move || {
        let Some(id) = picker.chosen.get() else { return none.into_any() };
        let label = picker.scanners.with(|scanners| scanners.label(id));
        view! {
            "Chosen: "
            <strong>{label}</strong>
        }
        .into_any()
    })
}

/// The lists could not be read, or only one of them. What is known stays.
#[component]
fn ScannerTroubles(data: Data) -> impl IntoView {
    live(move || {
        let whole = |error: Error, what: &str| format!("The {what} could not be read. {}", error.in_full());
        let engines = data.engines.failed().map(|error| whole(error, "engines"));
        let words = engines.or_else(|| data.pools.failed().map(|error| whole(error, "pools")))?;
        let view = view! {
            <div class="notice bad">
                <span class="problem-line">{glyph(Icon::Failed, "")} {words}</span>
                <div>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            data.read_engines();
                            focus_heading_if_lost();
                        }
                    >
                        "Try again"
                    </button>
                </div>
            </div>
        };
        Some(view)
    })
}

fn empty(picker: Picker) -> AnyView {
    if picker.filter.with(String::is_empty) {
        let failed = picker.data.engines.failed().is_some();
        // The reason is shown above.
        return (!failed)
            .then(|| view! { <div class="table-empty"><h2>"No engines and no pools"</h2></div> })
            .into_any();
    }
    view! {
        <div class="table-empty">
            <h2>"No engine or pool matches the filter"</h2>
            <button type="button" class="button" on:click=move |_| picker.filter.choose(String::new())>
                "Show all of them"
            </button>
        </div>
    }
    .into_any()
}

fn cells(picker: Picker, RowPlace { key, tabindex }: RowPlace) -> Option<Vec<El>> {
    let scanners = picker.scanners.get();
    let id = ScannerId(key);
    let scanner = scanners.get(id)?;
    // Without a group's name: the browser would take all but the chosen one out of the tab order, and most of them are not in
    // the document.
    let choice = El::new("input", None::<String>)
        .is("type", "radio")
        .is("data-action", "choose")
        .is("aria-label", format!("Choose {}", scanner.label()))
        .is("tabindex", tabindex)
        .is("checked", picker.chosen.get() == Some(id));
    let status = El::new("div", "status").with(status_el(picker.data, Some(scanner)));
    Some(vec![
        El::new("td", "c-choose").with(El::new("label", "select-room").with(choice)),
        name_cell(&scanner.name, Some(Route::of_scanner(scanner).href()), tabindex),
        El::new("td", "c-kind").text(scanner.kind_label()),
        El::new("td", "c-status").with(status),
    ])
}

/// The arrow and its word, for a row. A pool says how many of its engines are active; of nothing nothing is said.
pub fn status_el(data: Data, scanner: Option<&Scanner>) -> El {
    let mark = scanner.map(|scanner| mark_of(data, scanner));
    let (mark, title) = match &mark {
        Some((arrow, words, title)) => (Some((*arrow, words.as_str())), title.clone()),
        None => (None, String::new()),
    };
    mark_el(mark, title)
}

/// The same, for anywhere else.
pub fn status(data: Data, scanner: &Scanner) -> AnyView {
    let (arrow, words, title) = mark_of(data, scanner);
    view! {
        <span class="mark" title=title>
            {status_arrow(arrow)}
            <span class=format!("word {}", severity_class(arrow.severity))>{words}</span>
        </span>
    }
    .into_any()
}

/// The arrow, its word, and what both say on hover.
fn mark_of(data: Data, scanner: &Scanner) -> (Arrow, String, String) {
    let engine = scanner.engine().and_then(|id| {
        let list = data.engines.value()?;
        let engine = list.items.iter().find(|engine| engine.id == id)?;
        let (arrow, label) = (Arrow::of(engine), engine.status.label());
        Some((arrow, label.to_owned(), mark_title(arrow, label)))
    });
    engine.unwrap_or_else(|| {
        let words = scanner.status_label();
        (Arrow { direction: None, severity: scanner.severity() }, words.clone(), words)
    })
}
