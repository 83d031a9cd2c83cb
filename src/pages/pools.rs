//! **Scan Engine Pools**: all engine pools of the console, and the work on them.

use std::sync::Arc;

use console_api::{
    PoolId,
    rules::{PoolColumn, PoolRow, prepare_pool_rows, select_pools},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{address::AddressParam, clock::Clock, title::Title},
    data::Data,
    features::pool_work::{Asking, PoolWorkDialog, Question},
    routes::Route,
    ui::{
        button::ActionButton,
        filter::FilterBox,
        focus::focus_heading_if_lost,
        fold::Fold,
        heading::PageHeading,
        icon::{Icon, glyph},
        live::live,
        load_error::ListFailure,
        table::{
            cells::{actions_cell, glyph_el, name_cell, row_button, row_link, text_cell},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            keys::KeyMap,
            light::El,
            order::Asked,
            row::{Keys, RowKey},
        },
    },
};

const COLUMNS: [Column; 4] = [
    Column { key: "name", label: "Name", numeric: false, sortable: true },
    Column { key: "engines", label: "Engines", numeric: true, sortable: true },
    Column { key: "sites", label: "Sites", numeric: true, sortable: true },
    Column { key: "actions", label: "Actions", numeric: false, sortable: false },
];

/// All pools of the console, ready to be shown.
#[derive(Debug, PartialEq, Eq)]
struct Rows {
    all: Vec<PoolRow>,
    place: KeyMap<usize>,
}

impl Rows {
    fn get(&self, key: RowKey) -> Option<&PoolRow> {
        self.all.get(*self.place.get(&key)?)
    }
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct PoolsState {
    data: Data,
    clock: Clock,
    rows: Memo<Option<Arc<Rows>>>,
    filter: AddressParam,
    asking: Asking,
    /// Whether the engines are not known: then nobody knows which are active.
    no_engines: Memo<bool>,
}

/// The screen at `/pools`.
#[component]
pub fn PoolsPage() -> impl IntoView {
    Title::here().set(Route::Pools.heading());
    let data = Data::here();
    data.want_engines();
    let rows = Memo::new(move |_| {
        let list = data.pools.value()?;
        let engines = data.engines.value();
        let all = prepare_pool_rows(&list.items, engines.as_ref().map_or(&[], |list| &list.items));
        let place = all.iter().enumerate().map(|(at, row)| (row.pool.id.get(), at)).collect();
        Some(Arc::new(Rows { all, place }))
    });
    let (filter, sort) = (AddressParam::of("filter"), AddressParam::of("sort"));
    let order = move || {
        let by = SortBy::from_query(&sort.get());
        PoolColumn::from_key(&by.column).map_or((PoolColumn::Name, false), |column| (column, by.descending))
    };
    let keys = Memo::new(move |_| -> Keys {
        let Some(rows) = rows.get() else {
            // A list that could not be read is no longer on its way.
            return data.pools.failed().map(|_| Arc::default());
        };
        let (column, descending) = order();
        let shown = select_pools(&rows.all, &filter.get(), column, descending);
        Some(Arc::new(shown.into_iter().map(|at| rows.all[at].pool.id.get()).collect()))
    });
    let page = PoolsState {
        data,
        clock: Clock::here(),
        rows,
        filter,
        asking: Asking::new(data),
        no_engines: Memo::new(move |_| data.engines.value().is_none()),
    };
    let sorted_by = Memo::new(move |_| {
        let (column, descending) = order();
        SortBy::by(column.key(), descending)
    });
    view! {
        <section class="page fills" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Pools />
                <div class="actions">
                    <Fold label="More actions" icon=Icon::More>
                        <AskButton page icon=Icon::Reverse label="Move engine" question={Question::Move(None)} />
                        <AskButton page icon=Icon::Pool label="Split into pools" question=Question::Split />
                        <AskButton page icon=Icon::Import label="Import pool plan…" question=Question::Import />
                        <ExportButton page />
                    </Fold>
                    <NewPoolLink page />
                </div>
            </div>
            <div class="toolbar">
                <FilterBox
                    label="Filter pools"
                    title="Searches the names of pools and their engines. All words must occur."
                    filter
                />
            </div>
            <div role="status" class="troubles over-table">
                <PoolsTroubles page />
            </div>
            <DataTable
                name="Scan Engine Pools"
                class="pools"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                asked=Asked::of(move || format!("{} {}", sort.get(), filter.get()))
                comes_back=true
                sort=sorted_by
                on_sort=Callback::new(move |by: SortBy| sort.choose_order(by.to_query()))
                cells=Callback::new(move |place: RowPlace| cells(page, place))
                on_action=Callback::new(move |(key, _)| page.asking.ask(Question::Delete(PoolId(key))))
                working=Callback::new(|_| false)
                empty=Callback::new(move |()| empty(page))
            />
            <PoolWorkDialog asking=page.asking />
        </section>
    }
}

/// **New engine pool**, a link where there can be one.
#[component]
fn NewPoolLink(page: PoolsState) -> impl IntoView {
    live(move || {
        if let Some(why) = page.data.no_pools() {
            return view! {
                <button type="button" class="button primary" aria-disabled="true" title=why>
                    {glyph(Icon::Add, "")}
                    "New engine pool"
                </button>
            }
            .into_any();
        }
        view! {
            <a class="button primary" href=Route::NewPool.href()>
                {glyph(Icon::Add, "")}
                "New engine pool"
            </a>
        }
        .into_any()
    })
}

#[component]
fn AskButton(page: PoolsState, icon: Icon, label: &'static str, question: Question) -> impl IntoView {
    let busy = page.asking.busy();
    let refused = Signal::derive(move || {
        let reading = page.data.pools.value().is_none() || page.data.engines.value().is_none();
        busy.get()
            .or_else(|| page.data.no_pools())
            .or_else(|| reading.then(|| "The engines and pools have not been read yet.".to_owned()))
    });
    view! {
        <ActionButton
            icon
            label=label.to_owned()
            refused
            on_press=Callback::new(move |()| page.asking.ask(question))
        />
    }
}

/// **Export pool plan**.
#[component]
fn ExportButton(page: PoolsState) -> impl IntoView {
    let refused = Signal::derive(move || {
        let none = page.rows.with(|rows| rows.as_ref().is_none_or(|rows| rows.all.is_empty()));
        let reading = page.data.engines.value().is_none();
        none.then(|| "There is no pool to export.".to_owned())
            .or_else(|| reading.then(|| "The engines have not been read yet.".to_owned()))
    });
    let on_press = Callback::new(move |()| page.asking.export());
    view! { <ActionButton icon=Icon::Export label="Export pool plan".to_owned() refused on_press /> }
}

/// One row of the table.
fn cells(page: PoolsState, RowPlace { key, tabindex }: RowPlace) -> Option<Vec<El>> {
    let rows = page.rows.get();
    let row = rows.as_ref()?.get(key)?;
    let (id, name) = (row.pool.id, row.pool.name.clone());
    let href = Route::Pool(id).href();
    let engines = row.pool.engines.len();
    let idle = row.active == 0 && row.sites() != Some(0) && engines > 0;
    let (class, active, title) = match (page.no_engines.get(), idle) {
        (true, _) => ("secondary", String::new(), None),
        (false, true) => (
            "severity-bad",
            "none active".to_owned(),
            Some("No engine of the pool is active: its sites can't be scanned."),
        ),
        (false, false) => ("secondary", format!("{} active", row.active), None),
    };
    let (sites, unknown) = match row.sites() {
        Some(sites) => (sites.to_string(), None),
        None => ("–".to_owned(), Some("Not reported by the console".to_owned())),
    };
    let busy = page.asking.busy().get();
    let warning = glyph_el(Icon::Warning, "").is("hidden", class != "severity-bad");
    let active = El::new("span", class).is("title", title).with(warning).text(" ").text(active);
    let engines =
        El::new("td", "c-engines numeric").is("data-label", "Engines").text(engines.to_string()).text(" ");
    Some(vec![
        name_cell(&name, Some(href.clone()), tabindex),
        engines.with(active),
        text_cell("c-sites numeric", "Sites", sites, unknown),
        actions_cell([
            row_link(Icon::Edit, format!("Edit {name}"), href, tabindex),
            row_button(Icon::Delete, "delete", format!("Delete {name}"), busy, tabindex),
        ]),
    ])
}

/// The list could not be read, or not completely. What is on screen stays.
#[component]
fn PoolsTroubles(page: PoolsState) -> impl IntoView {
    live(move || {
        let data = page.data;
        let failed = data.pools.failed().map(|error| {
            let again = Callback::new(move |()| {
                spawn_local(async move {
                    // Where it fails again the button stays, and says why.
                    if data.read_pools_now().await.is_ok() {
                        focus_heading_if_lost();
                    }
                });
            });
            let (read_at, reading) = (data.pools.read_at(), data.pools.is_reading());
            view! { <ListFailure things="pools" why=error.in_full() read_at clock=page.clock reading again /> }
        });
        let engines = data.engines.failed().filter(|_| failed.is_none()).map(|error| {
            format!(
                "The engines could not be read, so which are active may be out of date or missing. {}",
                error.in_full()
            )
        });
        let unreadable = data.pools.value().map_or(0, |list| list.unreadable);
        let unreadable = (unreadable > 0).then(|| {
            format!("{unreadable} of the console's pools could not be understood and are not shown.")
        });
        let lesser = [engines, unreadable].into_iter().flatten();
        let lesser = lesser.map(|words| view! { <div class="notice uncertain">{words}</div> }.into_any());
        (failed, lesser.collect::<Vec<_>>())
    })
}

/// What is in the table's place when it has no rows.
fn empty(page: PoolsState) -> AnyView {
    let Some(rows) = page.rows.get() else {
        // The reason is shown above.
        return ().into_any();
    };
    if let Some(why) = page.data.no_pools() {
        return view! {
            <div class="table-empty">
                <h2>"No engine pools here"</h2>
                <p>{why}</p>
            </div>
        }
        .into_any();
    }
    if rows.all.is_empty() {
        return view! {
            <div class="table-empty">
                <h2>"No engine pools"</h2>
                <p>
                    "The console has no pool, or this account may not see any. A pool's active engines share the scans of the sites that use it."
                </p>
                <a class="button" href=Route::NewPool.href()>
                    {glyph(Icon::Add, "")}
                    "New engine pool"
                </a>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="table-empty">
            <h2>"No pool matches"</h2>
            <p>"No pool has these words in its name or in the names of its engines."</p>
            <button
                type="button"
                class="button"
                on:click=move |_| {
                    page.filter.choose(String::new());
                    focus_heading_if_lost();
                }
            >
                "Show all pools"
            </button>
        </div>
    }
    .into_any()
}
