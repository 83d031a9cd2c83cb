//! Scans in a table: of an engine, and of the sites of a pool.

use console_api::{
    Scan, Severity,
    rules::{duration_in_words, scan_message, scan_severity},
};
use leptos::prelude::*;

use crate::{
    browser::{clock::Clock, number},
    routes::Route,
    ui::{
        icon::{Icon, glyph},
        status::severity_class,
        table::columns::Column,
    },
};

/// The columns of a table of scans.
pub fn scan_columns() -> Vec<Column> {
    let column = |key, label, numeric| Column { key, label, numeric, sortable: false };
    vec![
        column("status", "Status", false),
        column("site", "Site", false),
        column("started", "Started", false),
        column("duration", "Duration", true),
        column("by", "Started by", false),
        column("assets", "Assets", true),
        column("found", "Vulnerabilities", true),
    ]
}

/// The cells of a scan. The `name` is its site's, or else its own; its number stands for it where neither is known.
pub fn scan_cells(clock: Clock, scan: &Scan, name: Option<String>, tabindex: &'static str) -> AnyView {
    let (class, icon) = match scan_severity(&scan.status) {
        Some(severity @ Severity::Good) => (severity_class(severity), Icon::Done),
        Some(severity @ Severity::Uncertain) => (severity_class(severity), Icon::Warning),
        Some(severity @ Severity::Bad) => (severity_class(severity), Icon::Failed),
        None => ("severity-none", Icon::Refresh),
    };
    let name = name.unwrap_or_else(|| format!("Scan {}", scan.id));
    let site = match scan.site {
        Some(site) => {
            view! { <a class="clamp" href=Route::Site(site).href() tabindex=tabindex>{name.clone()}</a> }
                .into_any()
        }
        None => name.clone().into_any(),
    };
    let unknown = || "–".to_owned();
    let started = scan.started.map_or_else(unknown, |time| clock.relative(time));
    let exact = scan.started.map(|time| clock.exact(time));
    let duration = scan.duration.map_or_else(unknown, duration_in_words);
    let found = scan.vulnerabilities.map_or_else(unknown, |found| number::count(found.total));
    let by_severity = scan.vulnerabilities.map(|found| {
        format!("{} critical, {} severe, {} moderate", found.critical, found.severe, found.moderate)
    });
    view! {
        <td class="c-status" title=scan_message(scan)>
            <span class="status">
                <span class=class>{glyph(icon, "")}</span>
                <span class=format!("word {class}")>{scan.status.label().to_owned()}</span>
            </span>
        </td>
        <th scope="row" class="c-name" title=name>
            {site}
        </th>
        <td class="c-started" title=exact>
            {started}
        </td>
        <td class="c-duration numeric" data-label="Took">
            {duration}
        </td>
        <td class="c-by" data-label="By">
            {scan.started_by.clone().unwrap_or_else(unknown)}
        </td>
        <td class="c-assets numeric" data-label="Assets">
            {scan.assets.map_or_else(unknown, number::count)}
        </td>
        <td class="c-found numeric" data-label="Vulnerabilities" title=by_severity>
            {found}
        </td>
    }
    .into_any()
}
