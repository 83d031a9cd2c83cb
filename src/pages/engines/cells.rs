//! One row of the table: what each column shows of an engine.

use console_api::{
    EngineId, Timestamp,
    rules::{EngineColumn, EngineRow, Staleness, StepAction, deletion, may_update, staleness},
};
use leptos::prelude::*;

use super::{EnginesState, Opened};
use crate::{
    routes::Route,
    ui::{
        button::RowButton,
        icon::{Icon, glyph},
        status::status_mark,
        table::data_table::RowPlace,
    },
};

/// The cells of one row: these columns and the actions.
pub(super) fn cells(
    page: EnginesState,
    columns: &[EngineColumn],
    RowPlace { key, tabindex }: RowPlace,
) -> AnyView {
    let rows = page.rows.get();
    // A row that has just left the list is gone in the same breath.
    let Some(row) = rows.as_ref().and_then(|rows| rows.get(EngineId(key))) else { return ().into_any() };
    let cells = columns.iter().map(|column| cell(page, row, *column, tabindex)).collect_view();
    (cells, actions(page, row, tabindex)).into_any()
}

fn cell(page: EnginesState, row: &EngineRow, column: EngineColumn, tabindex: &'static str) -> AnyView {
    let engine = &row.engine;
    let port = || engine.port.map(|port| port.to_string()).unwrap_or_default();
    match column {
        EngineColumn::Status => status(page, row, tabindex),
        EngineColumn::Name => view! {
            <th scope="row" class="c-name" title=engine.name.clone()>
                <a class="clamp" href=Route::Engine(engine.id).href() tabindex=tabindex>
                    {engine.name.clone()}
                </a>
            </th>
        }
        .into_any(),
        EngineColumn::Address => view! {
            <td class="c-address mono" title=engine.address.clone()>
                {engine.address.clone()}
                <span class="with-port">{format!(":{}", port())}</span>
            </td>
        }
        .into_any(),
        EngineColumn::Port => plain("c-port numeric mono", "", port(), None),
        EngineColumn::ProductVersion => view! {
            <td class="c-product mono" data-label=engine.product_version.as_ref().map(|_| "Product") title=engine.product_version.clone()>
                {engine.product_version.clone()}
                <span class="with-content">{engine.content_version.clone()}</span>
            </td>
        }
        .into_any(),
        EngineColumn::ContentVersion => {
            plain("c-content mono", "Content", engine.content_version.clone().unwrap_or_default(), None)
        }
        EngineColumn::Sites => {
            let split =
                format!("{} directly, {} through pools", engine.sites.len(), row.sites_through_pools);
            plain("c-sites numeric", "Sites", row.sites_count().to_string(), Some(split))
        }
        EngineColumn::Pools => {
            plain("c-pools numeric", "Pools", row.pools.len().to_string(), Some(row.pool_names.clone()))
        }
        EngineColumn::LastRefreshed => refreshed(page, row),
        EngineColumn::Id => plain("c-more numeric mono", "ID", engine.id.to_string(), None),
        EngineColumn::SerialNumber => {
            plain("c-more mono", "Serial number", engine.serial_number.clone().unwrap_or_default(), None)
        }
        EngineColumn::LastUpdated => time(page, "c-more", "Updated", engine.last_updated),
        EngineColumn::AwsPreAuthorised => {
            let word = if engine.aws_pre_authorised { "Yes" } else { "No" };
            plain("c-more", "AWS pre-authorised", word.to_owned(), None)
        }
        EngineColumn::Platform => match &row.platform {
            Some(platform) => plain("c-more", "Platform", platform.clone(), None),
            None => {
                let why = "Known after the console has asked its engines: choose Refresh.".to_owned();
                plain("c-more", "Platform", "–".to_owned(), Some(why))
            }
        },
        EngineColumn::Since | EngineColumn::LastWeek => seen(page, engine.id, column),
    }
}

fn plain(class: &'static str, label: &'static str, text: String, title: Option<String>) -> AnyView {
    let title = title.unwrap_or_else(|| text.clone());
    view! {
        <td class=class data-label=label title=title>
            {text}
        </td>
    }
    .into_any()
}

fn time(page: EnginesState, class: &'static str, label: &'static str, time: Option<Timestamp>) -> AnyView {
    match time {
        Some(time) => plain(class, label, page.clock.relative(time), Some(page.clock.exact(time))),
        None => plain(class, label, "–".to_owned(), Some("The console has no time for it.".to_owned())),
    }
}

/// What this browser has seen of the engine: in words, or as a drawing that has them as its name.
fn seen(page: EnginesState, id: EngineId, column: EngineColumn) -> AnyView {
    let label = column.label();
    let Some(cell) = page.data.history.cell(page.data, id, column) else {
        return plain("c-more", label, "–".to_owned(), Some("Nothing was noted yet.".to_owned()));
    };
    let Some([good, uncertain, bad]) = cell.paths else {
        return plain("c-more", label, cell.text, Some(cell.title));
    };
    view! {
        <td class="c-more" data-label=label title=cell.title>
            <svg class="week" viewBox="0 0 10080 16" preserveAspectRatio="none" role="img" aria-label=cell.text>
                <path class="severity-good" d=good></path>
                <path class="severity-uncertain" d=uncertain></path>
                <path class="severity-bad" d=bad></path>
            </svg>
        </td>
    }
    .into_any()
}

/// Marked where that is longer ago than the thresholds of Health allow.
fn refreshed(page: EnginesState, row: &EngineRow) -> AnyView {
    let class = match staleness(&row.engine, page.clock.now(), page.data.health.thresholds()) {
        Staleness::Fresh => return time(page, "c-refreshed", "Refreshed", row.engine.last_refreshed),
        Staleness::Warning | Staleness::Never => "severity-uncertain",
        Staleness::Alarm => "severity-bad",
    };
    let last = row.engine.last_refreshed;
    let text = last.map_or_else(|| "Never".to_owned(), |time| page.clock.relative(time));
    let title = match last {
        Some(time) => format!("Too long ago: {}.", page.clock.exact(time)),
        None => "The engine was never in contact.".to_owned(),
    };
    view! {
        <td class="c-refreshed stale" data-label="Refreshed" title=title>
            <span class=class>{glyph(Icon::Warning, "")} {text}</span>
        </td>
    }
    .into_any()
}

fn status(page: EnginesState, row: &EngineRow, tabindex: &'static str) -> AnyView {
    let engine = &row.engine;
    let id = engine.id;
    let name = engine.name.clone();
    let advice = page.data.next_step(engine).map(|step| {
        // In a row there is room for the verb; all of it is in the dialog. Behind it stands the console's reason, if it gave one.
        let title = format!("{} {}", step.why, step.what);
        let reason = engine.status_message.is_some().then(|| format!(" {}", step.why));
        let label = format!("{}{} ({name})", step.brief, reason.as_deref().unwrap_or_default());
        let on_click = move |_| match (step.brief.ends_with('…'), step.action) {
            (false, StepAction::Refresh) => page.refresh(id),
            (false, StepAction::Update) => page.update(id),
            _ => page.dialog.set(Some(Opened::Advice(id))),
        };
        view! {
            <button
                type="button"
                class="advice"
                title=title
                aria-label=label
                tabindex=tabindex
                on:click=on_click
            >
                <span class="step">{step.brief}</span>
                {reason}
            </button>
        }
    });
    view! {
        <td class="c-status">
            <div class="status">{status_mark(engine)} {advice}</div>
        </td>
    }
    .into_any()
}

fn actions(page: EnginesState, row: &EngineRow, tabindex: &'static str) -> impl IntoView + use<> {
    let engine = &row.engine;
    let id = engine.id;
    let name = &engine.name;
    let refreshing = page.data.work.refreshing.is_on(id).then(|| "It is being refreshed.".to_owned());
    let updating = page.data.work.updating.is_on(id).then(|| "It is being updated.".to_owned());
    let updating = updating.or_else(|| may_update(engine).err().map(|refusal| refusal.to_string()));
    let undeletable = deletion(engine, &[]).refused;
    view! {
        <td class="c-actions">
            <div class="row-actions">
                <RowButton
                    icon=Icon::Refresh
                    label=format!("Refresh {name}")
                    refused=refreshing
                    tabindex
                    on_press=Callback::new(move |()| page.refresh(id))
                />
                <RowButton
                    icon=Icon::Update
                    label=format!("Update {name}")
                    refused=updating
                    tabindex
                    on_press=Callback::new(move |()| page.update(id))
                />
                <a
                    class="icon-button"
                    aria-label=format!("Edit {name}")
                    title=format!("Edit {name}")
                    tabindex=tabindex
                    href=Route::Engine(id).href()
                >
                    {glyph(Icon::Edit, "")}
                </a>
                <RowButton
                    icon=Icon::Delete
                    label=format!("Delete {name}")
                    refused=undeletable
                    tabindex
                    on_press=Callback::new(move |()| page.dialog.set(Some(Opened::Delete(id))))
                />
            </div>
        </td>
    }
}
