//! **Add engines**: many engines from a spreadsheet, checked cell by cell, then added with their pools and sites.

mod output;
mod paste;
mod table;

use std::sync::Arc;

use console_api::{
    Engine,
    rules::{
        KnownFleet, NewEngineCheck, NewEngineField, NewEngineText, check_new_engines, counted, names_sites,
        pools_to_create, some_names,
    },
};
use leptos::{ev, prelude::*};

use self::{output::PairingOutput, paste::PasteForm, table::EnginesTable};
use crate::{
    browser::{clock::Clock, title::Title},
    data::{Data, add_engines::NewEngine, all_sites::Reading},
    features::bulk::{BulkLine, WorkDialog},
    forms::{draft::Drafts, engine_form::BeforeAdding},
    routes::Route,
    ui::{
        button::ActionButton,
        heading::PageHeading,
        icon::Icon,
        live::{follow, live},
        load_error::ListFailure,
        table::row::{Keys, RowKey},
        toast::Toasts,
    },
};

/// What the work on engines is called.
const DOING: &str = "Adding engines";
/// How many pools are named in a sentence.
const NAMED: usize = 5;

/// A row, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    key: RowKey,
    cells: NewEngineText,
}

impl Row {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// What the page's parts share. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
struct AddState {
    data: Data,
    drafts: Drafts,
    /// What is in the field for a table, and has not become rows yet.
    text: RwSignal<String>,
    rows: RwSignal<Vec<Row>>,
    keys: Memo<Keys>,
    /// Whether pools that don't exist are created.
    create_pools: RwSignal<bool>,
    checks: Memo<Arc<Vec<NewEngineCheck>>>,
    /// Whether the rows are being added: then they stay as they are.
    adding: Memo<bool>,
    /// Why rows failed the last time.
    failed: RwSignal<Vec<(RowKey, String)>>,
    /// Whether the dialog with the progress is open.
    open: RwSignal<bool>,
}

impl AddState {
    fn new() -> Self {
        let (data, drafts) = (Data::here(), Drafts::here());
        let (text, create_pools, rows) = read_draft(drafts.of(&Route::AddEngines.path()).unwrap_or_default());
        let rows = RwSignal::new(rows);
        let create_pools = RwSignal::new(create_pools);
        let wants_sites = Memo::new(move |_| {
            rows.with(|rows| names_sites(&rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>()))
        });
        follow(move || {
            if wants_sites.get() {
                data.want_all_sites();
            }
        });
        let known = Memo::new(move |_| {
            let (engines, pools) = (data.engines.value(), data.pools.value());
            let sites = wants_sites.get().then(|| data.all_sites.list()).flatten();
            Arc::new(KnownFleet::new(
                engines.as_ref().map_or(&[], |list| &list.items),
                pools.as_ref().map_or(&[], |list| &list.items),
                sites.as_deref(),
            ))
        });
        let checks = Memo::new(move |_| {
            let typed = rows.with(|rows| rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>());
            let no_pools = data.no_pools();
            Arc::new(check_new_engines(&typed, &known.get(), create_pools.get(), no_pools.as_deref()))
        });
        Self {
            data,
            drafts,
            text: RwSignal::new(text),
            rows,
            keys: Memo::new(move |_| {
                Some(Arc::new(rows.with(|rows| rows.iter().map(|row| row.key).collect())))
            }),
            create_pools,
            checks,
            adding: Memo::new(move |_| {
                data.bulk.look(|run| run.is_some_and(|run| run.running && run.doing == DOING))
            }),
            failed: RwSignal::new(Vec::new()),
            open: RwSignal::new(false),
        }
    }

    /// What was typed outlives the page, and a sign-out for inactivity.
    fn keep_what_is_typed(self) {
        follow(move || {
            let typed = self.rows.with(|rows| write_draft(&self.text.get(), self.create_pools.get(), rows));
            let key = Route::AddEngines.path();
            if self.has_something() {
                self.drafts.keep(&key, typed);
            } else {
                self.drafts.forget(&key);
            }
        });
        // Leaving the page loses nothing; closing the tab does.
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if untrack(|| self.has_something() && !self.is_all_done()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    }

    fn has_something(self) -> bool {
        !self.text.with(|text| text.trim().is_empty())
            || self.rows.with(|rows| rows.iter().any(|row| !row.is_blank()))
    }

    fn is_all_done(self) -> bool {
        self.text.with(|text| text.trim().is_empty())
            && self.checks.with(|checks| checks.iter().all(NewEngineCheck::is_done))
    }

    /// Why the rows can't be changed now.
    fn busy(self) -> Option<String> {
        self.adding.get().then(|| "The engines are being added.".to_owned())
    }

    /// Adds rows below the others.
    fn append(self, new: Vec<NewEngineText>) {
        self.rows.update(|rows| {
            // Rows that were added by hand and left blank are removed.
            rows.retain(|row| !row.is_blank());
            let first = rows.iter().map(|row| row.key + 1).max().unwrap_or(1);
            rows.extend((first..).zip(new).map(|(key, cells)| Row { key, cells }));
        });
    }

    fn add_blank_row(self) {
        self.rows.update(|rows| {
            let key = rows.iter().map(|row| row.key + 1).max().unwrap_or(1);
            rows.push(Row { key, cells: NewEngineText::default() });
        });
    }

    fn remove(self, key: RowKey) {
        self.rows.update(|rows| rows.retain(|row| row.key != key));
    }

    fn cell(self, key: RowKey, field: NewEngineField) -> String {
        let find = |rows: &Vec<Row>| Some(rows.iter().find(|row| row.key == key)?.cells[field.at()].clone());
        self.rows.with_untracked(find).unwrap_or_default()
    }

    fn type_in(self, key: RowKey, field: NewEngineField, text: String) {
        self.rows.update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.key == key) {
                row.cells[field.at()] = text;
            }
        });
    }

    /// What was found out about a row; nothing about a blank one.
    fn check<T>(self, key: RowKey, look: impl FnOnce(&NewEngineCheck) -> T) -> Option<T> {
        let at = self.rows.with(|rows| rows.iter().position(|row| row.key == key && !row.is_blank()))?;
        self.checks.with(|checks| checks.get(at).map(look))
    }

    fn why_failed(self, key: RowKey) -> Option<String> {
        self.failed.with(|failed| failed.iter().find(|(it, _)| *it == key).map(|(_, why)| why.clone()))
    }

    fn pairs<T>(self, look: impl FnMut((&Row, &NewEngineCheck)) -> Option<T>) -> Vec<T> {
        self.rows.with(|rows| {
            self.checks.with(|checks| {
                rows.iter().zip(checks.iter()).filter(|(row, _)| !row.is_blank()).filter_map(look).collect()
            })
        })
    }

    /// What is to be done, row by row.
    fn meant(self) -> Vec<(RowKey, NewEngine)> {
        self.pairs(|(row, check)| {
            let draft = check.draft.clone().filter(|_| !check.is_done())?;
            let NewEngineCheck { there, pools, sites, .. } = check.clone();
            let in_doubt = untrack(|| self.why_failed(row.key)).is_some();
            Some((row.key, NewEngine { draft, there, pools, sites, in_doubt }))
        })
    }

    /// The engines of the rows that are in the console.
    fn engines(self) -> Vec<Engine> {
        let Some(list) = self.data.engines.value() else { return Vec::new() };
        let there = self.pairs(|(_, check)| check.there);
        there.iter().filter_map(|id| list.items.iter().find(|engine| engine.id == *id).cloned()).collect()
    }

    /// Why nothing can be added now.
    fn refused(self) -> Option<String> {
        let data = self.data;
        if data.bulk.is_running() {
            return Some("Another job is still running.".to_owned());
        }
        if data.engines.value().is_none() || data.pools.value().is_none() {
            return Some("The engines and pools have not been read yet.".to_owned());
        }
        let meant = self.meant();
        if self.wants_sites() && data.all_sites.list().is_none() {
            return Some("The sites have not been read yet.".to_owned());
        }
        meant.is_empty().then(|| "There is no row that can be added.".to_owned())
    }

    fn wants_sites(self) -> bool {
        self.rows.with(|rows| rows.iter().any(|row| !row.cells[NewEngineField::Sites.at()].trim().is_empty()))
    }

    fn start(self) {
        let meant = untrack(|| self.meant());
        // What is left of earlier work is cleared away.
        self.data.bulk.close();
        self.failed.set(Vec::new());
        self.data.add_engines(meant);
        self.open.set(true);
    }
}

/// The texts of a draft: what is in the field, whether pools are created, then each row with its key.
fn write_draft(text: &str, create_pools: bool, rows: &[Row]) -> Vec<String> {
    let mut texts = vec![text.to_owned(), if create_pools { "yes" } else { "" }.to_owned()];
    for row in rows {
        texts.push(row.key.to_string());
        texts.extend(row.cells.iter().cloned());
    }
    texts
}

fn read_draft(texts: Vec<String>) -> (String, bool, Vec<Row>) {
    let mut texts = texts.into_iter();
    let text = texts.next().unwrap_or_default();
    let create_pools = texts.next().is_none_or(|it| !it.is_empty());
    let mut rows = Vec::new();
    while let Some(key) = texts.next().and_then(|key| key.parse().ok()) {
        rows.push(Row { key, cells: NewEngineText::default().map(|_| texts.next().unwrap_or_default()) });
    }
    (text, create_pools, rows)
}

/// The screen at `/engines/add`.
#[component]
pub fn AddEnginesPage() -> impl IntoView {
    Title::here().set(Route::AddEngines.heading());
    let page = AddState::new();
    page.data.read_engines();
    page.keep_what_is_typed();
    // The rows say why they failed, also after the summary was closed.
    follow(move || {
        let failed = page.data.bulk.look(|run| {
            let run = run.filter(|run| run.doing == DOING && !run.running)?;
            Some(run.failed.iter().map(|it| (it.item.key, it.why.clone())).collect::<Vec<_>>())
        });
        if let Some(failed) = failed {
            page.failed.set(failed);
        }
    });
    let has_rows = Memo::new(move |_| page.rows.with(|rows| !rows.is_empty()));
    let toasts = Toasts::here();
    view! {
        <section class="page add-engines" aria-labelledby="page-heading">
            <div class="page-head">
                <PageHeading route=Route::AddEngines />
            </div>
            <BeforeAdding then="Once an engine is added, the console contacts it, and the engine adds the console to its consoles.xml. Then enable the console there; the steps for each engine can be downloaded below." />
            <PasteForm page toasts />
            {live(move || has_rows.get().then(|| view! { <Rows page /> }))}
            <PairingOutput page toasts />
            <BulkLine open=page.open bulk=page.data.bulk />
            <WorkDialog open=page.open bulk=page.data.bulk />
        </section>
    }
}

/// The table, what it comes to, and the buttons.
#[component]
fn Rows(page: AddState) -> impl IntoView {
    let count = Memo::new(move |_| page.meant().len());
    let adding = Signal::derive(move || page.busy());
    view! {
        <div class="card add-rows">
            <h2>"What will be done"</h2>
            <p role="status">{live(move || in_words(page))}</p>
            <SitesNotice page />
            <NewPools page />
            <EnginesTable page />
            <div class="buttons">
                <ActionButton
                    icon=Icon::Add
                    label=Signal::derive(move || match count.get() {
                        0 => "Add engines".to_owned(),
                        many => format!("Add {}", counted(many, "engine")),
                    })
                    primary=true
                    refused=Signal::derive(move || page.refused())
                    on_press=Callback::new(move |()| page.start())
                />
                <ActionButton
                    icon=Icon::Add
                    label="Add a row".to_owned()
                    refused=adding
                    on_press=Callback::new(move |()| page.add_blank_row())
                />
                <ActionButton
                    icon=Icon::Delete
                    label="Remove finished rows".to_owned()
                    refused=Signal::derive(move || {
                        let none = page.pairs(|(_, check)| check.is_done().then_some(())).is_empty();
                        adding.get().or_else(|| none.then(|| "No row is finished.".to_owned()))
                    })
                    on_press=Callback::new(move |()| {
                        let done = untrack(|| page.pairs(|(row, check)| check.is_done().then_some(row.key)));
                        page.rows.update(|rows| rows.retain(|row| !done.contains(&row.key)));
                    })
                />
                <ActionButton
                    icon=Icon::Delete
                    label="Remove all rows".to_owned()
                    refused=adding
                    on_press=Callback::new(move |()| page.rows.set(Vec::new()))
                />
            </div>
        </div>
    }
}

/// For example "12 engines will be added, 2 are in the console, 1 row has something to correct."
fn in_words(page: AddState) -> String {
    let all = page.pairs(|(_, check)| Some((check.is_bad(), check.is_done(), check.there.is_some())));
    let count = |is: &dyn Fn(&(bool, bool, bool)) -> bool| all.iter().filter(|row| is(row)).count();
    let wrong = count(&|(bad, ..)| *bad);
    let done = count(&|(_, done, _)| *done);
    let completed = count(&|(bad, done, there)| !bad && !done && *there);
    let added = all.len() - wrong - done - completed;
    let mut parts = Vec::new();
    if added > 0 {
        parts.push(format!("{} will be added", counted(added, "engine")));
    }
    if completed > 0 {
        parts
            .push(format!("{} already in the console will get pools or sites", counted(completed, "engine")));
    }
    if done > 0 {
        parts.push(format!(
            "{} already complete",
            if done == 1 { "1 is".to_owned() } else { format!("{done} are") }
        ));
    }
    if wrong > 0 {
        let rows = if wrong == 1 { "1 row has".to_owned() } else { format!("{wrong} rows have") };
        parts.push(format!("{rows} errors and will be left out"));
    }
    if parts.is_empty() { "The rows are blank.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

/// Whether pools that don't exist are created.
#[component]
fn NewPools(page: AddState) -> impl IntoView {
    live(move || {
        let names = page.checks.with(|checks| pools_to_create(checks));
        (!names.is_empty()).then(|| {
            let names = some_names(&names.iter().map(String::as_str).collect::<Vec<_>>(), NAMED);
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || page.create_pools.get()
                        on:change=move |event| page.create_pools.set(event_target_checked(&event))
                    />
                    {format!("Create the pools that don't exist: {names}")}
                </label>
            }
        })
    })
}

/// The sites that rows name are being read, or could not be.
#[component]
fn SitesNotice(page: AddState) -> impl IntoView {
    let sites = page.data.all_sites;
    live(move || {
        if !page.wants_sites() || sites.list().is_some() {
            return ().into_any();
        }
        match sites.reading() {
            Reading::Failed(_, error) => {
                let again = Callback::new(move |()| page.data.go_on_reading_sites());
                let clock = Clock::here();
                view! {
                    <ListFailure things="sites" why=error.in_full() read_at=None clock reading=false again />
                }
                .into_any()
            }
            Reading::Running(progress) => {
                view! { <p class="secondary">{format!("The sites are being read{}.", progress.slow_words())}</p> }
                    .into_any()
            }
            Reading::Idle | Reading::Stopped(_) => ().into_any(),
        }
    })
}
