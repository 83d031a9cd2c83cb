//! What was done to each thing, and what can still be done about it.

use std::{sync::Arc, time::Duration};

use console_api::rules::{Entry, EntryItem, Outcome, Undo, duration_in_words};
use leptos::prelude::*;

use super::ActivityState;
use crate::{
    browser::number::{self, counted},
    features::bulk::{BulkDialog, Plan, ProgressBar, names},
    routes::Route,
    ui::{
        button::ActionButton,
        close::CloseDetails,
        icon::Icon,
        live::live,
        table::{
            cells::{glyph_el, row_head},
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            row::Keys,
        },
    },
};

const COLUMNS: [Column; 2] = [
    Column { key: "name", label: "Name", numeric: false, sortable: false },
    Column { key: "words", label: "Outcome", numeric: false, sortable: false },
];

/// The entry that is chosen, with all of its things.
#[component]
pub(super) fn Details(page: ActivityState) -> impl IntoView {
    let undoing = RwSignal::new(false);
    let chosen = Memo::new(move |_| page.chosen.with(|chosen| chosen.parse::<u64>().ok()));
    let entry = move || chosen.get().and_then(|id| page.entry(id));
    // What is undone stays what it was when the question was opened.
    let is_there = Memo::new(move |_| page.data.entries().is_some().then(|| entry().is_some()));
    view! {
        {live(move || match (chosen.get(), is_there.get()) {
            (None, _) | (Some(_), None) => ().into_any(),
            (Some(_), Some(false)) => {
                view! {
                    <section class="audit-details" aria-labelledby="entry-heading">
                        <Head page heading="Entry not found".to_owned() />
                        <p class="secondary">"It was deleted, or belongs to another user or browser."</p>
                    </section>
                }
                .into_any()
            }
            (Some(id), Some(true)) => view! { <Shown page id undoing /> }.into_any(),
        })}
        <UndoDialog page chosen undoing />
    }
}

#[component]
fn Head(page: ActivityState, heading: String) -> impl IntoView {
    view! {
        <div class="details-head">
            <h2 id="entry-heading">{heading}</h2>
            <CloseDetails chosen=page.chosen />
        </div>
    }
}

#[component]
fn Shown(page: ActivityState, id: u64, undoing: RwSignal<bool>) -> impl IntoView {
    let entry = move || page.entry(id);
    let heading = untrack(entry).map(|entry| entry.what.clone()).unwrap_or_default();
    let note = move || {
        let entry = entry()?;
        let took = match entry.took_ms() {
            Some(took) => format!("took {}", duration_in_words(Duration::from_millis(took))),
            None if page.data.activity.goes_on(id) => "running".to_owned(),
            None => "no end recorded: it runs in another tab, or its page was closed".to_owned(),
        };
        Some(format!("By {}, {}, {took}. {}", entry.who, page.clock.exact(entry.began), told(&entry)))
    };
    let keys = Memo::new(move |_| -> Keys {
        let count = entry().map_or(0, |entry| entry.items.len());
        Some(Arc::new((0..count as u64).collect()))
    });
    let cells = move |place: RowPlace| {
        let entry = entry();
        let item = entry.as_ref()?.items.get(place.key as usize)?;
        let words = words(item);
        let (icon, class) = icon(item.outcome);
        let outcome =
            El::new("td", "c-words").is("title", words.clone()).with(glyph_el(icon, class)).text(" ");
        Some(vec![row_head(&item.name).text(item.name.clone()), outcome.text(words)])
    };
    view! {
        <section class="audit-details" aria-labelledby="entry-heading">
            <Head page heading />
            <p class="secondary">{live(note)}</p>
            {live(move || page.data.bulk.is_entry(id).then(|| view! { <Running page /> }))}
            {live(move || view! { <Remedies page id undoing /> })}
            {live(move || troubles(page, id))}
            <DataTable
                name="Outcomes"
                class="audit-of"
                columns=Signal::stored(COLUMNS.to_vec())
                keys
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| ())
                cells=Callback::new(cells)
                working=Callback::new(|_| false)
                empty=Callback::new(|()| ().into_any())
            />
        </section>
    }
}

fn told(entry: &Entry) -> String {
    if entry.items.len() > 1 { format!("{}: {}.", entry.on(), entry.summary()) } else { String::new() }
}

/// What failed, and whose outcome is unknown: with the full reason, which is longer than a row.
fn troubles(page: ActivityState, id: u64) -> AnyView {
    let Some(entry) = page.entry(id) else { return ().into_any() };
    let lines = |outcome: Outcome| {
        let items = entry.items.iter().filter(move |item| item.outcome == outcome);
        items.map(|item| format!("{}: {}", item.name, item.words)).collect::<Vec<_>>()
    };
    view! {
        {names("Failed", Icon::Failed, &lines(Outcome::Failed))}
        {names("Unknown", Icon::Warning, &lines(Outcome::Unknown))}
    }
    .into_any()
}

const fn icon(outcome: Outcome) -> (Icon, &'static str) {
    match outcome {
        Outcome::Waiting | Outcome::Running => (Icon::Activity, ""),
        Outcome::Done => (Icon::Done, "good"),
        Outcome::Failed => (Icon::Failed, "bad"),
        Outcome::NotBegun | Outcome::Unknown => (Icon::Warning, "uncertain"),
    }
}

fn words(item: &EntryItem) -> String {
    match (item.outcome, item.words.as_str()) {
        (outcome, "") => outcome.label().to_owned(),
        (Outcome::Done, words) => words.to_owned(),
        (outcome, words) => format!("{}: {words}", outcome.label()),
    }
}

#[component]
fn Running(page: ActivityState) -> impl IntoView {
    view! {
        <div class="bulk-progress">
            <ProgressBar bulk=page.data.bulk />
            <div class="buttons">
                <button type="button" class="button small" on:click=move |_| page.data.bulk.cancel()>
                    "Cancel"
                </button>
            </div>
        </div>
    }
}

/// A longer address would be refused by some servers when the page is reloaded.
const MOST_IN_ADDRESS: usize = 500;

/// The way to the engines that it was not done to, in the list where they can be selected: also after the page was closed, which nothing
/// that was running survives.
fn way_to_undone(page: ActivityState, entry: &Entry) -> Option<AnyView> {
    // A single change is begun again where it was made.
    if entry.items.len() == 1 || page.data.activity.goes_on(entry.id) {
        return None;
    }
    let listed = page.data.engines.value()?;
    let undone = entry.undone(&listed.items);
    if undone.is_empty() || undone.len() > MOST_IN_ADDRESS {
        return None;
    }
    let label = match undone.len() {
        1 => "Show the remaining engine".to_owned(),
        many => format!("Show the {} remaining engines", number::count(many as u64)),
    };
    let ids = undone.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let href = Route::Engines.href_with("filter", &format!("id:{ids}"));
    Some(view! { <a class="button" href=href>{label}</a> }.into_any())
}

/// **Retry failed** and **Undo**, where they make sense.
#[component]
fn Remedies(page: ActivityState, id: u64, undoing: RwSignal<bool>) -> impl IntoView {
    let bulk = page.data.bulk;
    let busy = Signal::derive(move || bulk.is_running().then(|| "Another job is still running.".to_owned()));
    let entry = page.entry(id);
    let left = bulk.left_of(id);
    let not_begun = entry.as_ref().map_or(0, |entry| entry.count(Outcome::NotBegun));
    let retry = (left > 0).then(|| {
        let label = if not_begun == 0 {
            "Retry failed".to_owned()
        } else {
            format!("Continue with the other {left}")
        };
        let on_press = Callback::new(move |()| {
            bulk.try_again(id);
            // What runs now is an entry of its own.
            let newest = untrack(|| page.data.activity.newest());
            page.chosen.choose(newest.map(|id| id.to_string()).unwrap_or_default());
        });
        view! { <ActionButton icon=Icon::Refresh label refused=busy on_press /> }
    });
    let undoable = entry.as_ref().map_or(0, |entry| entry.undoable().len());
    let undo = (undoable > 0).then(|| {
        let on_press = Callback::new(move |()| {
            bulk.close();
            undoing.set(true);
        });
        view! { <ActionButton icon=Icon::Undo label="Undo".to_owned() refused=busy on_press /> }
    });
    let rest = entry.as_ref().and_then(|entry| way_to_undone(page, entry));
    (retry.is_some() || undo.is_some() || rest.is_some())
        .then(|| view! { <div class="buttons">{retry} {rest} {undo}</div> })
}

/// Says what will be undone, and undoes it.
#[component]
fn UndoDialog(page: ActivityState, chosen: Memo<Option<u64>>, undoing: RwSignal<bool>) -> impl IntoView {
    let data = page.data;
    let entry = move || chosen.get().and_then(|id| page.entry(id));
    let plan = Memo::new(move |_| {
        let Some(entry) = entry().filter(|_| undoing.get()) else { return Arc::default() };
        let scanners = data.scanners();
        let pool = |id| {
            let pools = data.pools.value();
            let pool = pools.as_ref().and_then(|list| list.items.iter().find(|pool| pool.id == id));
            pool.map_or_else(|| format!("pool {id}"), |pool| pool.name.clone())
        };
        let names = entry.undoable().into_iter().filter_map(|item| {
            Some(match item.undo? {
                Undo::Site { was, .. } => format!("{}: back to {}", item.name, scanners.label(was)),
                Undo::Pools { left: Some(left), joined: None, .. } => {
                    format!("{}: back into {}", item.name, pool(left))
                }
                Undo::Pools { left: None, joined: Some(joined), .. } => {
                    format!("{}: out of {}", item.name, pool(joined))
                }
                Undo::Mute { .. } => format!("{}: no longer muted", item.name),
                Undo::Pools { left, joined, .. } => {
                    let name = |id: Option<console_api::PoolId>| id.map(pool).unwrap_or_default();
                    format!("{}: from {} back to {}", item.name, name(joined), name(left))
                }
            })
        });
        let names = names.collect::<Vec<_>>();
        let refused = data.bulk.is_running().then(|| "Another job is still running.".to_owned());
        Arc::new(Plan {
            title: format!("Undo {}", counted(names.len(), "change")),
            names,
            what: ("change", "be undone"),
            left_out: Vec::new(),
            refused,
        })
    });
    let start = Callback::new(move |()| {
        if let Some(entry) = untrack(entry) {
            data.undo(&entry);
        }
    });
    view! {
        <BulkDialog open=undoing bulk=data.bulk plan destructive=false on_start=start>
            <p>"Each is first checked against the console. What someone else has changed since is left as it is, and listed."</p>
        </BulkDialog>
    }
}
