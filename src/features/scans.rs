//! Scans in a table: of an engine, and of the sites of a pool.

use console_api::{
    Scan, Severity,
    rules::{duration_in_words, scan_message, scan_severity},
};

use crate::{
    browser::{clock::Clock, number},
    routes::Route,
    ui::{
        icon::Icon,
        status::severity_class,
        table::{
            cells::{glyph_el, name_cell, text_cell},
            columns::Column,
            light::El,
        },
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
pub fn scan_cells(clock: Clock, scan: &Scan, name: Option<String>, tabindex: &'static str) -> Vec<El> {
    let (class, icon) = match scan_severity(&scan.status) {
        Some(severity @ Severity::Good) => (severity_class(severity), Icon::Done),
        Some(severity @ Severity::Uncertain) => (severity_class(severity), Icon::Warning),
        Some(severity @ Severity::Bad) => (severity_class(severity), Icon::Failed),
        None => ("severity-none", Icon::Refresh),
    };
    let name = name.unwrap_or_else(|| format!("Scan {}", scan.id));
    let unknown = || "–".to_owned();
    let started = scan.started.map_or_else(unknown, |time| clock.relative(time));
    let exact = scan.started.map(|time| clock.exact(time));
    let duration = scan.duration.map_or_else(unknown, duration_in_words);
    let found = scan.vulnerabilities.map_or_else(unknown, |found| number::count(found.total));
    let by_severity = scan.vulnerabilities.map(|found| {
        format!("{} critical, {} severe, {} moderate", found.critical, found.severe, found.moderate)
    });
    let status = El::new("span", "status")
        .with(El::new("span", class).with(glyph_el(icon, "")))
        .with(El::new("span", format!("word {class}")).text(scan.status.label().to_owned()));
    vec![
        El::new("td", "c-status").is("title", scan_message(scan)).with(status),
        name_cell(&name, scan.site.map(|site| Route::Site(site).href()), tabindex),
        text_cell("c-started", "", started, exact),
        text_cell("c-duration numeric", "Took", duration, None),
        text_cell("c-by", "By", scan.started_by.clone().unwrap_or_else(unknown), None),
        text_cell("c-assets numeric", "Assets", scan.assets.map_or_else(unknown, number::count), None),
        text_cell("c-found numeric", "Vulnerabilities", found, by_severity),
    ]
}
