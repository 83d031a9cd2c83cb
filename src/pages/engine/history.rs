//! **History** of an engine: what this browser has seen of it, the newest first.

use std::{sync::Arc, time::Duration};

use console_api::{
    Severity, Timestamp,
    rules::{Happened, HistoryEvent, duration_in_words, event_words, history_sentence},
};
use leptos::prelude::*;

use super::EngineState;
use crate::{
    features::{
        history::{KEPT_HERE, moment},
        watching::Watching,
    },
    ui::{
        icon::{Icon, glyph},
        live::live,
        status::severity_class,
        table::{
            cells::glyph_el,
            columns::{Column, SortBy},
            data_table::{DataTable, RowPlace},
            light::El,
            row::Keys,
        },
    },
};

/// What happened, with the keys of the rows.
type Lines = Vec<(u64, HistoryEvent)>;

/// The tab.
#[component]
pub(super) fn EngineHistory(page: EngineState) -> impl IntoView {
    let data = page.data;
    let lines = StoredValue::new(Arc::new(Lines::new()));
    let keys = Memo::new(move |_| -> Keys {
        let memory = data.history.memory()?;
        let events = memory.with(|history| history.timeline(page.id, page.clock.now()));
        // What happened first keeps its number when something is added.
        let keyed = events.into_iter().rev().zip(1..).map(|(event, key)| (key, event));
        let mut keyed = keyed.collect::<Lines>();
        keyed.reverse();
        let keys = keyed.iter().map(|(key, _)| *key).collect();
        lines.set_value(Arc::new(keyed));
        Some(Arc::new(keys))
    });
    let sentence = move || {
        let memory = data.history.memory()?;
        let status = page.engine.with(|engine| engine.as_ref().map(|engine| engine.status.clone()))?;
        memory.with(|history| history_sentence(history, page.id, &status, page.clock.now(), &moment))
    };
    let week = move || {
        let memory = data.history.memory()?;
        let week =
            memory.with(|history| history.knows(page.id).then(|| history.week(page.id, page.clock.now())))?;
        let [good, uncertain, bad] = week.paths;
        Some(view! {
            <figure class="engine-week">
                <svg class="week" viewBox="0 0 10080 16" preserveAspectRatio="none" role="img" aria-label=format!("Last 7 days: {}", week.words)>
                    <path class="severity-good" d=good></path>
                    <path class="severity-uncertain" d=uncertain></path>
                    <path class="severity-bad" d=bad></path>
                </svg>
                <figcaption class="secondary">
                    {format!("Last 7 days: {}. Gaps were not watched.", week.words)}
                </figcaption>
            </figure>
        })
    };
    let open = move |_| {
        if let Some(watching) = untrack(|| Watching::of(data)) {
            watching.open();
        }
    };
    let column = |key, label, numeric| Column { key, label, numeric, sortable: false };
    let columns = vec![
        column("when", "When", false),
        column("what", "What", false),
        column("lasted", "Lasted", true),
        column("contact", "Last contact", false),
    ];
    view! {
        <div class="scans-frame">
            <div class="picker-head">
                <p role="status">
                    <strong>{live(sentence)}</strong>
                </p>
                <div class="actions">
                    <button type="button" class="button small" on:click=open>
                        {glyph(Icon::History, "")}
                        "Watching"
                        <span class="unseen">": keep watching, export, import, clear"</span>
                    </button>
                </div>
            </div>
            {live(week)}
            <DataTable
                name="History"
                class="timeline"
                columns=Signal::stored(columns)
                keys
                sort=Memo::new(|_| SortBy::from_query(""))
                on_sort=Callback::new(|_| {})
                cells=Callback::new(move |place: RowPlace| {
                    // What is running lasts longer with each reading.
                    data.history.memory();
                    let event = lines.with_value(|lines| lines.iter().find(|(key, _)| *key == place.key).cloned());
                    event.map(|(_, event)| cells(page, &event))
                })
                working=Callback::new(|_| false)
                empty=Callback::new(|()| empty())
            />
            <p class="secondary">{KEPT_HERE}</p>
        </div>
    }
}

/// What is in the table's place when nothing was seen.
fn empty() -> AnyView {
    view! {
        <div class="table-empty">
            <h2>"Nothing recorded yet"</h2>
            <p>"The history starts the next time the list of engines is read."</p>
        </div>
    }
    .into_any()
}

fn cells(page: EngineState, event: &HistoryEvent) -> Vec<El> {
    let (class, icon) = match &event.what {
        Happened::Status { status, .. } => match status.severity() {
            severity @ Severity::Good => (severity_class(severity), Icon::Done),
            severity @ Severity::Uncertain => (severity_class(severity), Icon::Warning),
            severity @ Severity::Bad => (severity_class(severity), Icon::Failed),
        },
        Happened::NotWatched => ("severity-none", Icon::Less),
        Happened::Product(..) | Happened::Content(..) => ("severity-none", Icon::Update),
        Happened::Gone => ("severity-none", Icon::Close),
    };
    let contact = match &event.what {
        Happened::Status { contact, .. } => *contact,
        _ => None,
    };
    let until = if event.goes_on { Some(page.clock.now()) } else { event.to };
    let lasted = until.map(|until| {
        let lasted =
            Duration::from_millis(until.unix_ms().saturating_sub(event.from.unix_ms()).max(0).unsigned_abs());
        match (event.goes_on, lasted.as_secs()) {
            (true, 0) => "Just recorded".to_owned(),
            (true, _) => format!("{} so far", duration_in_words(lasted)),
            (false, 0) => "One reading".to_owned(),
            (false, _) => duration_in_words(lasted),
        }
    });
    let words = event_words(event);
    let exact = |time: Option<Timestamp>| time.map(|time| page.clock.exact(time));
    let status = El::new("span", "status")
        .with(El::new("span", class).with(glyph_el(icon, "")))
        .with(El::new("span", format!("word {class}")).text(words.clone()));
    vec![
        El::new("td", "c-when").is("title", exact(Some(event.from))).text(moment(event.from)),
        El::new("th", "c-what").is("scope", "row").is("title", words).with(status),
        El::new("td", "c-lasted numeric")
            .is("data-label", lasted.as_ref().map(|_| "Lasted"))
            .text(lasted.unwrap_or_default()),
        El::new("td", "c-contact")
            .is("data-label", contact.map(|_| "Last contact"))
            .is("title", exact(contact))
            .text(contact.map(moment).unwrap_or_default()),
    ]
}
