//! **Export CSV**: what the filter shows, in the columns and the order on screen.

use console_api::{
    EngineId, Timestamp,
    rules::{EngineColumn, EngineRow, csv_row},
};
use js_sys::Array;
use leptos::prelude::*;

use super::{EnginesState, Rows};
use crate::{
    browser::download::{CSV_MARK, csv_name, save_csv},
    ui::{live::follow, table::row::RowKey, toast::Tone},
};

/// Saves the list whenever that is asked for.
pub(super) fn follow_export(page: EnginesState) {
    follow(move || {
        if !page.exporting.get() {
            return;
        }
        page.exporting.set(false);
        let (Some(rows), Some(keys)) = (page.rows.get_untracked(), page.keys.get_untracked()) else { return };
        let text = untrack(|| table(page, &rows, &keys, &page.layout.shown()));
        if save_csv(&csv_name("scan-engines"), &Array::of1(&text.into())).is_err() {
            let what = "The browser did not save the file.";
            page.toasts.say(Tone::Bad, what, Some("Try again, or check its download settings.".to_owned()));
        }
    });
}

/// The rows with these keys as comma-separated values (RFC 4180), heads first.
fn table(page: EnginesState, rows: &Rows, keys: &[RowKey], columns: &[EngineColumn]) -> String {
    let mut text = CSV_MARK.to_owned();
    csv_row(&mut text, columns.iter().map(|column| column.label()));
    for row in keys.iter().filter_map(|key| rows.get(EngineId(*key))) {
        let cells = columns.iter().map(|column| cell(page, row, *column)).collect::<Vec<_>>();
        csv_row(&mut text, cells.iter().map(String::as_str));
    }
    text
}

fn cell(page: EnginesState, row: &EngineRow, column: EngineColumn) -> String {
    let engine = &row.engine;
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    match column {
        EngineColumn::Name => engine.name.clone(),
        EngineColumn::Address => engine.address.clone(),
        EngineColumn::Port => engine.port.map(|port| port.to_string()).unwrap_or_default(),
        EngineColumn::Status => engine.status.label().to_owned(),
        EngineColumn::ProductVersion => engine.product_version.clone().unwrap_or_default(),
        EngineColumn::ContentVersion => engine.content_version.clone().unwrap_or_default(),
        EngineColumn::Sites => row.sites_count().to_string(),
        EngineColumn::Pools => row.pool_names.clone(),
        EngineColumn::LastRefreshed => time(engine.last_refreshed),
        EngineColumn::Id => engine.id.to_string(),
        EngineColumn::SerialNumber => engine.serial_number.clone().unwrap_or_default(),
        EngineColumn::LastUpdated => time(engine.last_updated),
        EngineColumn::AwsPreAuthorised => (if engine.aws_pre_authorised { "Yes" } else { "No" }).to_owned(),
        EngineColumn::Platform => row.platform.clone().unwrap_or_default(),
        EngineColumn::Since | EngineColumn::LastWeek => {
            let cell = page.data.history.cell(page.data, engine.id, column);
            cell.map(|cell| cell.text).unwrap_or_default()
        }
    }
}
