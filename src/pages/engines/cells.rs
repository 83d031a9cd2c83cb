//! One row of the table: what each column shows of an engine.

use console_api::{
    EngineId, Timestamp,
    rules::{Arrow, EngineColumn, EngineRow, Staleness, StepAction, deletion, may_update, staleness},
};
use leptos::prelude::*;

use super::{EnginesState, Opened};
use crate::{
    routes::Route,
    ui::{
        icon::Icon,
        status::mark_title,
        table::{
            cells::{actions_cell, mark_parts, name_cell, row_button, row_link, text_cell},
            data_table::RowPlace,
            light::El,
        },
    },
};

/// The cells of one row: these columns and the actions. With the row they are at most 45 nodes with the default columns; a test counts
/// them.
pub(super) fn cells(
    page: EnginesState,
    columns: &[EngineColumn],
    RowPlace { key, tabindex }: RowPlace,
) -> Option<Vec<El>> {
    let rows = page.rows.get();
    let row = rows.as_ref()?.get(EngineId(key))?;
    let cells = columns.iter().map(|column| cell(page, row, *column, tabindex));
    Some(cells.chain([actions(page, row, tabindex)]).collect())
}

/// Does what a button of the row says.
pub(super) fn act(page: EnginesState, id: EngineId, action: &str) {
    let step = || {
        let rows = page.rows.get_untracked();
        untrack(|| page.data.next_step(&rows.as_ref()?.get(id)?.engine))
    };
    match action {
        "refresh" => page.refresh(id),
        "update" => page.update(id),
        "delete" => page.dialog.set(Some(Opened::Delete(id))),
        "step" => {
            let at_once = step().filter(|step| !step.brief.ends_with('…')).map(|step| step.action);
            match at_once {
                Some(StepAction::Refresh) => page.refresh(id),
                Some(StepAction::Update) => page.update(id),
                _ => page.dialog.set(Some(Opened::Advice(id))),
            }
        }
        _ => {}
    }
}

fn cell(page: EnginesState, row: &EngineRow, column: EngineColumn, tabindex: &'static str) -> El {
    let engine = &row.engine;
    let port = || engine.port.map(|port| port.to_string()).unwrap_or_default();
    match column {
        EngineColumn::Status => status(page, row, tabindex),
        EngineColumn::Name => name_cell(&engine.name, Some(Route::Engine(engine.id).href()), tabindex),
        EngineColumn::Address => {
            with_more("c-address mono", "", Some(&engine.address), format!(":{}", port()))
        }
        EngineColumn::Port => text_cell("c-port numeric mono", "", port(), None),
        EngineColumn::ProductVersion => {
            let label = if engine.product_version.is_some() { "Product" } else { "" };
            let content = engine.content_version.clone().unwrap_or_default();
            with_more("c-product mono", label, engine.product_version.as_deref(), content)
        }
        EngineColumn::ContentVersion => {
            text_cell("c-content mono", "Content", engine.content_version.clone().unwrap_or_default(), None)
        }
        EngineColumn::Sites => {
            let split = format!("{} directly, {} through pools", engine.sites.len(), row.sites_through_pools);
            text_cell("c-sites numeric", "Sites", row.sites_count().to_string(), Some(split))
        }
        EngineColumn::Pools => {
            text_cell("c-pools numeric", "Pools", row.pools.len().to_string(), Some(row.pool_names.clone()))
        }
        EngineColumn::LastRefreshed => refreshed(page, row),
        EngineColumn::Id => text_cell("c-more numeric mono", "ID", engine.id.to_string(), None),
        EngineColumn::SerialNumber => {
            text_cell("c-more mono", "Serial number", engine.serial_number.clone().unwrap_or_default(), None)
        }
        EngineColumn::LastUpdated => {
            let (text, title) = time(page, engine.last_updated);
            text_cell("c-more", "Updated", text, Some(title))
        }
        EngineColumn::AwsPreAuthorised => {
            let word = if engine.aws_pre_authorised { "Yes" } else { "No" };
            text_cell("c-more", "AWS pre-authorised", word.to_owned(), None)
        }
        EngineColumn::Platform => match &row.platform {
            Some(platform) => text_cell("c-more", "Platform", platform.clone(), None),
            None => {
                let why = "Known once the console has queried its engines: choose Refresh.".to_owned();
                text_cell("c-more", "Platform", "–".to_owned(), Some(why))
            }
        },
        EngineColumn::Since | EngineColumn::LastWeek => seen(page, engine.id, column),
    }
}

/// A cell with what a column beside it shows as well: where that column has no room, the style shows it here.
fn with_more(class: &'static str, label: &'static str, text: Option<&str>, more: String) -> El {
    let cell = El::new("td", class)
        .is("data-label", label)
        .is("data-more", more)
        .is("title", text.map(str::to_owned));
    cell.text(text.unwrap_or_default().to_owned())
}

fn time(page: EnginesState, time: Option<Timestamp>) -> (String, String) {
    match time {
        Some(time) => (page.clock.relative(time), page.clock.exact(time)),
        None => ("–".to_owned(), "The console reports no time.".to_owned()),
    }
}

/// What this browser has seen of the engine: in words, or as a drawing that has them as its name.
fn seen(page: EnginesState, id: EngineId, column: EngineColumn) -> El {
    let label = column.label();
    let (text, title, paths) = match page.data.history.cell(page.data, id, column) {
        Some(cell) => (cell.text, cell.title, cell.paths),
        None => ("–".to_owned(), "Nothing has been recorded yet.".to_owned(), None),
    };
    if column != EngineColumn::LastWeek {
        return text_cell("c-more", label, text, Some(title));
    }
    let drawn = paths.is_some();
    let colours = ["severity-good", "severity-uncertain", "severity-bad"];
    let lines = colours
        .into_iter()
        .zip(paths.unwrap_or_default())
        .map(|(class, line)| El::new("path", class).is("d", line));
    let week = El::new("svg", "week")
        .is("viewBox", "0 0 10080 16")
        .is("preserveAspectRatio", "none")
        .is("role", "img")
        .is("aria-label", text.clone())
        .is("hidden", !drawn)
        .with_all(lines);
    let cell = El::new("td", "c-more").is("data-label", label).is("title", title).with(week);
    cell.text(if drawn { String::new() } else { text })
}

/// Marked where that is longer ago than the thresholds of Health allow.
fn refreshed(page: EnginesState, row: &EngineRow) -> El {
    let last = row.engine.last_refreshed;
    let (text, title) = time(page, last);
    let staleness = staleness(&row.engine, page.clock.now(), page.data.health.thresholds());
    let (class, text, title) = match (staleness, last) {
        (Staleness::Fresh, _) => ("c-refreshed", text, title),
        (_, None) => (
            "c-refreshed stale severity-uncertain",
            "Never".to_owned(),
            "The engine has never been in contact.".to_owned(),
        ),
        (Staleness::Alarm, _) => ("c-refreshed stale severity-bad", text, format!("Too long ago: {title}.")),
        (Staleness::Warning | Staleness::Never, _) => {
            ("c-refreshed stale severity-uncertain", text, format!("Too long ago: {title}."))
        }
    };
    El::new("td", class).is("data-label", "Refreshed").is("title", title).text(text)
}

fn status(page: EnginesState, row: &EngineRow, tabindex: &'static str) -> El {
    let engine = &row.engine;
    let arrow = Arrow::of(engine);
    let label = engine.status.label();
    let step = page.data.next_step(engine);
    // In a row there is room for the verb; all of it is in the dialog. Behind it stands the console's reason, if it gave one.
    let (brief, reason, what, name) = step.as_ref().map_or_else(Default::default, |step| {
        let reason = if engine.status_message.is_some() { format!(" {}", step.why) } else { String::new() };
        let name = format!("{}{reason} ({})", step.brief, engine.name);
        (step.brief.to_owned(), reason, format!("{} {}", step.why, step.what), name)
    });
    let advice = El::new("button", "advice")
        .is("type", "button")
        .is("data-action", "step")
        .is("data-step", brief)
        .is("title", what)
        .is("aria-label", name)
        .is("hidden", step.is_none())
        .is("tabindex", tabindex)
        .text(reason);
    let status = El::new("div", if step.is_none() { "status alone" } else { "status" })
        .is("title", mark_title(arrow, label))
        .with_all(mark_parts(arrow, label));
    El::new("td", "c-status").with(status.with(advice))
}

fn actions(page: EnginesState, row: &EngineRow, tabindex: &'static str) -> El {
    let engine = &row.engine;
    let id = engine.id;
    let name = &engine.name;
    let refreshing = page.data.work.refreshing.is_on(id).then(|| "It is being refreshed.".to_owned());
    let updating = page.data.work.updating.is_on(id).then(|| "It is being updated.".to_owned());
    let updating = updating.or_else(|| may_update(engine).err().map(|refusal| refusal.to_string()));
    let undeletable = deletion(engine, &[]).refused;
    actions_cell([
        row_button(Icon::Refresh, "refresh", format!("Refresh {name}"), refreshing, tabindex),
        row_button(Icon::Update, "update", format!("Update {name}"), updating, tabindex),
        row_link(Icon::Edit, format!("Edit {name}"), Route::Engine(id).href(), tabindex),
        row_button(Icon::Delete, "delete", format!("Delete {name}"), undeletable, tabindex),
    ])
}
