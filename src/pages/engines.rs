//! **Scan Engines**: all engines of the console in one table, with what is wrong and what to do about it.

mod bulk;
mod cells;
mod column_choice;
pub mod columns;
mod dialogs;
mod export;
mod filter_field;
mod filter_help;
mod first_steps;
mod grouping;
mod saved_views;
mod stages;

pub use self::{
    column_choice::ColumnChoice, filter_help::FilterHelp, first_steps::FirstSteps, grouping::EngineGroups,
    saved_views::SavedViews,
};

use std::{sync::Arc, time::Duration};

use console_api::{
    Engine, EngineId, EngineStatus, Timestamp,
    rules::{
        Arrow, EngineFilter, EngineGrouping, EngineRow, EngineSort, Fleet, StatusCount, in_order, is_local,
        prepare_rows, status_counts,
    },
};
use leptos::{prelude::*, task::spawn_local};
use rustc_hash::FxHashMap;

use self::{
    bulk::{Action, BulkActions, SelectionDialog},
    cells::{act, cells},
    columns::{Layout, LayoutControls},
    dialogs::RowDialogs,
    filter_field::EngineFilterField,
    stages::StagesDialog,
};
use crate::{
    browser::{
        address::AddressParam,
        clock::{self, Clock},
        number,
        title::Title,
    },
    data::{Data, LeftList, MANY},
    features::{
        auto_refresh::{AutoRefresh, ListAge},
        refresh::{refresh_displayed, refresh_engine},
    },
    routes::Route,
    ui::{
        button::ActionButton,
        focus::focus_heading_if_lost,
        fold::Fold,
        heading::PageHeading,
        icon::{Icon, glyph},
        later::{Addition, Later},
        live::{follow, live},
        load_error::ListFailure,
        status::status_arrow,
        table::{
            columns::SortBy,
            data_table::{DataTable, RowPlace},
            groups::Groups,
            order::Asked,
            row::{Keys, RowKey},
            selection::{Selecting, Selection, SelectionBar},
            turn::is_tables_turn,
        },
        toast::{Toasts, Tone},
    },
};

/// All engines of the console, ready to be shown.
#[derive(Debug, PartialEq, Eq)]
struct Rows {
    all: Vec<EngineRow>,
    place: FxHashMap<RowKey, usize>,
}

impl Rows {
    fn get(&self, id: EngineId) -> Option<&EngineRow> {
        self.all.get(*self.place.get(&id.get())?)
    }
}

/// What the filter leaves, and how many engines have which status before the status filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown {
    keys: Option<Arc<Vec<RowKey>>>,
    matching: usize,
    counts: Vec<StatusCount>,
}

/// The page's dialogs, of which one may be open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    /// Work on the selected engines.
    Work,
    /// An update of the selected engines in stages.
    Stages,
    /// **Update all engines**.
    UpdateAll,
    /// **What to do** about this engine.
    Advice(EngineId),
    /// **Delete** of this engine.
    Delete(EngineId),
}

impl Opened {
    fn advised(self) -> Option<EngineId> {
        if let Self::Advice(id) = self { Some(id) } else { None }
    }

    fn deleted(self) -> Option<EngineId> {
        if let Self::Delete(id) = self { Some(id) } else { None }
    }
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct EnginesState {
    data: Data,
    toasts: Toasts,
    clock: Clock,
    rows: Memo<Option<Arc<Rows>>>,
    filter: AddressParam,
    status: AddressParam,
    sort: AddressParam,
    group: AddressParam,
    /// The groups of what it is grouped by, once the part that knows them is there.
    groups: RwSignal<Option<Arc<Groups>>>,
    selection: Selection,
    /// The dialog that is open.
    dialog: RwSignal<Option<Opened>>,
    /// What is asked about the selected engines, or was the last time.
    asked: RwSignal<Option<Action>>,
    /// Whether a copy of the list is to be saved.
    exporting: RwSignal<bool>,
    /// The columns on screen.
    layout: Layout,
    /// The engines that the filter leaves, in the order on screen.
    keys: Memo<Keys>,
}

impl EnginesState {
    fn engine(self, id: EngineId) -> Option<Engine> {
        self.rows.with(|rows| rows.as_ref()?.get(id).map(|row| row.engine.clone()))
    }

    /// What was to be opened could not be fetched.
    fn give_up(self) {
        self.dialog.set(None);
        self.exporting.set(false);
        self.toasts.say(
            Tone::Bad,
            "This part of the app could not be loaded.",
            Some(
                "Check that the console is running, then try again. If that does not help, reload the page."
                    .to_owned(),
            ),
        );
    }

    fn name_of(self, id: EngineId) -> String {
        self.rows.with(|rows| Some(rows.as_ref()?.get(id)?.engine.name.clone())).unwrap_or_default()
    }

    /// The selected engines, in the order in which the console lists them.
    fn selected(self) -> Vec<Engine> {
        let selected = |row: &&EngineRow| self.selection.contains(row.engine.id.get());
        self.rows.with(|rows| {
            let all = rows.iter().flat_map(|rows| &rows.all);
            all.filter(selected).map(|row| row.engine.clone()).collect()
        })
    }

    fn refresh(self, id: EngineId) {
        if let Some(engine) = untrack(|| self.engine(id)) {
            refresh_engine(self.data, self.toasts, id, engine.name);
        }
    }

    fn update(self, id: EngineId) {
        if let Some(engine) = untrack(|| self.engine(id)) {
            self.data.update_engine(engine);
        }
    }
}

/// The screen at `/engines`.
#[component]
pub fn EnginesPage() -> impl IntoView {
    let data = Data::here();
    Title::here().set(Route::Engines.heading());
    data.want_engines();

    let rows = Memo::new(move |_| {
        let list = data.engines.value()?;
        let pools = data.pools.value();
        let all = prepare_rows(
            list.items.clone(),
            pools.as_ref().map_or(&[], |pools| &pools.items),
            data.version_report.report().as_deref(),
        );
        let place = all.iter().enumerate().map(|(at, row)| (row.engine.id.get(), at)).collect();
        Some(Arc::new(Rows { all, place }))
    });
    // Making ten thousand rows takes 30 ms and putting them in order 20: the first time what was typed comes between.
    let made = RwSignal::new(false);
    follow(move || {
        if rows.with(Option::is_some) && !made.get_untracked() {
            set_timeout(move || _ = made.try_set(true), Duration::ZERO);
        }
    });
    let (filter, status) = (AddressParam::of("filter"), AddressParam::of("status"));
    let (sort, group) = (AddressParam::of("sort"), AddressParam::of("group"));
    let groups = RwSignal::new(None::<Arc<Groups>>);
    let order = move || EngineSort::list(&sort.get());
    // Sorted once, and not again for each key in the filter.
    let sorted = Memo::new(move |_| {
        let rows = rows.get().filter(|rows| made.get() || rows.all.len() <= MANY)?;
        let sorts = order();
        let seen = sorts.iter().any(|sort| sort.column.is_seen_here());
        let seen = if seen { data.history.sort_keys(&rows.all) } else { Vec::new() };
        Some(Arc::new(in_order(&rows.all, &sorts, &seen)))
    });
    let shown = Memo::new(move |_| {
        let (Some(sorted), Some(rows)) = (sorted.get(), rows.get()) else { return Shown::default() };
        let statuses =
            status.with(|keys| chosen_statuses(keys).iter().map(|it| EngineStatus::parse(it)).collect());
        let mut filter = filter.with(|text| EngineFilter::new(text, statuses));
        if filter.needs_fleet() {
            let now = Timestamp::from_unix_ms(clock::now());
            filter = filter.compare_with(Fleet::of(&rows.all, now, data.health.thresholds()));
        }
        if filter.needs_notes()
            && let Some(notes) = data.notes()
        {
            filter = filter.look_in(notes);
        }
        let in_order = sorted.iter().filter_map(|at| rows.all.get(*at));
        let matching: Vec<&EngineRow> = in_order.filter(|row| filter.matches_text(row)).collect();
        let keys = matching.iter().filter(|row| filter.matches_status(row)).map(|row| row.engine.id.get());
        let mut keys = keys.collect::<Vec<_>>();
        if let Some(groups) = groups.get() {
            keys = groups.in_order(&keys);
        }
        Shown {
            keys: Some(Arc::new(keys)),
            matching: matching.len(),
            counts: status_counts(matching.iter().map(|row| &row.engine.status)),
        }
    });
    // A list that could not be read is no longer on its way.
    let keys = Memo::new(move |_| {
        shown.with(|shown| shown.keys.clone()).or_else(|| data.engines.failed().map(|_| Arc::default()))
    });

    let page = EnginesState {
        data,
        toasts: Toasts::here(),
        clock: Clock::here(),
        rows,
        filter,
        status,
        sort,
        group,
        groups,
        selection: Selection::new(),
        asked: RwSignal::new(None),
        dialog: RwSignal::new(None),
        exporting: RwSignal::new(false),
        layout: Layout::remembered(),
        keys,
    };
    provide_context(page);
    on_cleanup(move || {
        if let Some(engines) = keys.try_get_untracked().flatten() {
            let query = AddressParam::query_of(&[filter, status, sort, group]);
            data.left.set_value(Some(LeftList { query, engines }));
        }
    });
    let is_grouped = Memo::new(move |_| group.with(|key| !key.is_empty()));
    let none_yet = Memo::new(move |_| {
        rows.with(|rows| rows.as_ref().is_some_and(|rows| rows.all.iter().all(|row| is_local(&row.engine))))
    });
    let layout = page.layout;
    let wanted = Signal::derive(move || page.dialog.get().is_some() || page.exporting.get());

    // An engine that is gone is deselected.
    follow(move || {
        if let Some(rows) = rows.get() {
            page.selection.keep(|key| rows.place.contains_key(&key));
        }
    });
    let selecting =
        Selecting { selection: page.selection, name: Callback::new(move |key| page.name_of(EngineId(key))) };

    let may_make_table = is_tables_turn();
    let table = move || {
        view! {
            <DataTable
                name="Scan Engines"
                class="engines"
                columns=layout.columns()
                compact=layout.compact()
                keys
                asked=Asked {
                    choice: Signal::derive(move || format!("{} {} {} {}", sort.get(), group.get(), status.get(), filter.get())),
                    is_there: Callback::new(move |key| rows.with(|rows| rows.as_ref().is_some_and(|rows| rows.place.contains_key(&key)))),
                }
                comes_back=true
                groups=groups.into()
                sort=Memo::new(move |_| SortBy::from_query(&order().iter().map(|it| it.key()).collect::<Vec<_>>().join(",")))
                on_sort=Callback::new(move |by: SortBy| sort.choose_order(by.to_query()))
                cells=Callback::new(move |place: RowPlace| cells(page, &layout.shown(), place))
                on_action=Callback::new(move |(key, action): (u64, String)| act(page, EngineId(key), &action))
                working=Callback::new(move |key| data.work.is_on(EngineId(key)))
                widths=layout.widths
                sorts_by_two=true
                selecting
                empty=Callback::new(move |()| empty(page))
            />
        }
    };
    view! {
        <section class="page fills" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::Engines />
                <div class="actions">
                    <Fold label="More actions" icon=Icon::More>
                        <a class="button quiet add-many" href=Route::AddEngines.href()>
                            "Add many engines"
                        </a>
                        <a class="button quiet" href=Route::SharedSecret.href()>
                            "Generate Scan Engine Shared Secret"
                        </a>
                        <RefreshButton page />
                        <UpdateAllButton page />
                    </Fold>
                    <a class="button primary" href=Route::NewEngine.href()>
                        {glyph(Icon::Add, "")}
                        "New engine"
                    </a>
                </div>
            </div>
            <div class="toolbar">
                <EngineFilterField page />
                <Fold label="View" icon=Icon::View words=true>
                    <div class="end">
                        <ListAge /> <AutoRefresh /> <GroupChoice page /> <LayoutControls layout /> <ExportButton page />
                    </div>
                </Fold>
                <Fold label=Signal::derive(move || chosen_status(&status.get())) icon=Icon::Filter words=true>
                    <div class="whole">
                        <StatusFilter page shown />
                    </div>
                </Fold>
            </div>
            <div role="status" class="troubles over-table">
                <EnginesTroubles page />
            </div>
            {live(move || may_make_table().then(table))}
            {live(move || {
                none_yet
                    .get()
                    .then(|| {
                        view! {
                            <Addition what=Later::FirstSteps wanted=Signal::stored(true) missing=Callback::new(|()| ()) />
                        }
                    })
            })}
            <SelectionBar selection=page.selection shown=keys>
                <BulkActions page />
            </SelectionBar>
            {live(move || {
                is_grouped
                    .get()
                    .then(|| {
                        view! {
                            <Addition what=Later::EngineGroups wanted=Signal::stored(true) missing=Callback::new(move |()| page.give_up()) />
                        }
                    })
            })}
            <Addition what=Later::EnginesDialogs wanted missing=Callback::new(move |()| page.give_up()) />
        </section>
    }
}

/// What the list opens. It is made when its part of the program is there.
#[component]
pub fn EnginesDialogs() -> impl IntoView {
    let page: EnginesState = expect_context();
    export::follow_export(page);
    view! {
        <SelectionDialog page />
        <StagesDialog page />
        <RowDialogs page />
    }
}

/// **Update all engines**, which asks first.
#[component]
fn UpdateAllButton(page: EnginesState) -> impl IntoView {
    let refused = Signal::derive(move || {
        if page.data.work.updating.is_on_any() {
            return Some("Engines are being updated.".to_owned());
        }
        let empty = page.rows.with(|rows| rows.as_ref().is_none_or(|rows| rows.all.is_empty()));
        empty.then(|| "There is no engine to update.".to_owned())
    });
    view! {
        <ActionButton
            icon=Icon::Update
            label="Update all engines".to_owned()
            refused
            on_press=Callback::new(move |()| page.dialog.set(Some(Opened::UpdateAll)))
        />
    }
}

/// **Group by**.
#[component]
fn GroupChoice(page: EnginesState) -> impl IntoView {
    view! {
        <label class="inline-select">
            "Group by"
            <select
                class="select"
                prop:value=move || page.group.get()
                on:change=move |event| page.group.choose(event_target_value(&event))
            >
                <option value="">"Nothing"</option>
                {EngineGrouping::ALL.map(|it| view! { <option value=it.key()>{it.label()}</option> }).collect_view()}
            </select>
        </label>
    }
}

/// **Export CSV**.
#[component]
fn ExportButton(page: EnginesState) -> impl IntoView {
    let refused = Signal::derive(move || {
        let none = page.keys.with(|keys| keys.as_ref().is_none_or(|keys| keys.is_empty()));
        none.then(|| "There is no engine to export.".to_owned())
    });
    let on_press = Callback::new(move |()| page.exporting.set(true));
    view! { <ActionButton icon=Icon::Export label="Export CSV".to_owned() small=true refused on_press /> }
}

/// A button whose action can't be done now says why.
#[component]
fn RefreshButton(page: EnginesState) -> impl IntoView {
    live(move || {
        let keys = page.keys.get().unwrap_or_default();
        let refused = if keys.is_empty() {
            Some("There is no engine to refresh.")
        } else if page.data.work.refreshing.is_on_any() {
            Some("Engines are being refreshed.")
        } else {
            None
        };
        view! {
            <button
                type="button"
                class="button"
                aria-disabled=refused.map(|_| "true")
                title=refused
                on:click=move |_| {
                    if refused.is_none() {
                        let ids = keys.iter().copied().map(EngineId).collect::<Vec<_>>();
                        refresh_displayed(page.data, page.toasts, &ids);
                    }
                }
            >
                {glyph(Icon::Refresh, "")}
                "Refresh displayed engines"
            </button>
        }
    })
}

/// The keys of the chosen statuses, as the address has them: separated by commas.
fn chosen_statuses(keys: &str) -> Vec<String> {
    keys.split(',').filter(|key| !key.is_empty()).map(|key| key.replace("%2C", ",")).collect()
}

/// The chosen statuses with one more, or without it if it was among them.
fn toggled(keys: &str, key: &str) -> String {
    let mut chosen = chosen_statuses(keys);
    match chosen.iter().position(|it| it == key) {
        Some(at) => drop(chosen.remove(at)),
        None => chosen.push(key.to_owned()),
    }
    // The console may have a status of its own with a comma in it.
    chosen.iter().map(|key| key.replace(',', "%2C")).collect::<Vec<_>>().join(",")
}

/// What the button says that opens the row of status counts on narrow screens.
fn chosen_status(keys: &str) -> String {
    match &chosen_statuses(keys)[..] {
        [] => "Status".to_owned(),
        [one] => EngineStatus::parse(one).label().to_owned(),
        several => format!("{} statuses", several.len()),
    }
}

/// The row of status counts. Those that are pressed filter; a click adds one or takes it away.
#[component]
fn StatusFilter(page: EnginesState, shown: Memo<Shown>) -> impl IntoView {
    let buttons = move || {
        let chosen = page.status.with(|keys| chosen_statuses(keys));
        // While the list is on its way the row is there, without numbers, so that nothing moves when they come.
        let loaded = page.rows.with(Option::is_some);
        let Shown { matching, counts, .. } = shown.get();
        let counts = if loaded { counts } else { status_counts([]) };
        let all = (String::new(), None, "All".to_owned(), matching);
        let each = counts.into_iter().map(|StatusCount { status, count }| {
            let arrow = Arrow { direction: None, severity: status.severity() };
            (status.key().to_owned(), Some(arrow), status.label().to_owned(), count)
        });
        std::iter::once(all)
            .chain(each)
            .map(|(key, arrow, label, count)| {
                let pressed = if key.is_empty() { chosen.is_empty() } else { chosen.contains(&key) };
                view! {
                    <button
                        type="button"
                        class="count"
                        aria-pressed=pressed.to_string()
                        on:click=move |_| {
                            let now = untrack(|| page.status.get());
                            page.status.choose(if key.is_empty() { String::new() } else { toggled(&now, &key) });
                        }
                    >
                        {arrow.map(status_arrow)}
                        {label}
                        " "
                        <span class="number">{loaded.then(|| number::count(count as u64))}</span>
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <div class="counts" role="group" aria-label="Status">
            {live(buttons)}
        </div>
    }
}

/// The list could not be read, or not completely. What is on screen stays.
#[component]
fn EnginesTroubles(page: EnginesState) -> impl IntoView {
    live(move || {
        let data = page.data;
        let failed = data.engines.failed().map(|error| {
            let again = Callback::new(move |()| {
                spawn_local(async move {
                    // Where it fails again the button stays, and says why.
                    if data.read_engines_now().await.is_ok() {
                        focus_heading_if_lost();
                    }
                });
            });
            let (read_at, reading) = (data.engines.read_at(), data.engines.is_reading());
            view! { <ListFailure things="engines" why=error.in_full() read_at clock=page.clock reading again /> }
        });
        let pools = data.pools.failed().filter(|_| failed.is_none()).map(|error| {
            format!(
                "The pools could not be read, so sites through pools are not counted. {}",
                error.in_full()
            )
        });
        let unreadable = data.engines.value().map_or(0, |list| list.unreadable);
        let unreadable = (unreadable > 0).then(|| {
            format!("{unreadable} of the console's engines could not be understood and are not shown.")
        });
        let lesser = [pools, unreadable].into_iter().flatten();
        (failed, lesser.map(|words| view! { <div class="notice uncertain">{words}</div> }).collect_view())
    })
}

/// What is in the table's place when it has no rows.
fn empty(page: EnginesState) -> AnyView {
    if page.rows.with(Option::is_none) {
        // The reason is shown above.
        return ().into_any();
    }
    if page.rows.with(|rows| rows.as_ref().is_some_and(|rows| rows.all.is_empty())) {
        return view! {
            <div class="table-empty">
                <h2>"No scan engines"</h2>
                <p>
                    "The console has no engine, or this account may not see any. Ask an administrator for the permission, or add one."
                </p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="table-empty">
            <h2>"No engine matches the filter"</h2>
            <button
                type="button"
                class="button"
                on:click=move |_| {
                    page.filter.choose(String::new());
                    page.status.choose(String::new());
                }
            >
                "Show all engines"
            </button>
        </div>
    }
    .into_any()
}
