//! The single-page app: an admin console for the Scan Engines of a Security Console, in the browser.
//!
//! Data goes one way: address bar, route, page, `data` query, the client of `console-api`, transport, console, and
//! back the same way. ARCHITECTURE.md has the map.

#![expect(
    unreachable_pub,
    reason = "`#[component]` makes a public function besides, also of a component that its own page alone may use"
)]

use std::panic::PanicHookInfo;

use leptos::prelude::*;

pub mod app;
pub mod browser;
pub mod data;
pub mod features;
pub mod forms;
pub mod pages;
pub mod parts;
pub mod rehearsal;
pub mod routes;
pub mod session;
pub mod shell;
pub mod shortcuts;
pub mod ui;
pub mod unsaved;
pub mod workbench;

/// Starts the app in the page's body.
pub fn start() {
    std::panic::set_hook(Box::new(stopped));
    mount_to_body(|| view! { <app::App transport=browser::transport::AppTransport::fetch() /> });
}

/// A defect in the app must not look like a page that waits: says so, and leaves the details to the browser's log.
fn stopped(info: &PanicHookInfo<'_>) {
    leptos::logging::error!("{info}");
    let Some(body) = document().body() else { return };
    let Ok(notice) = document().create_element("div") else { return };
    notice.set_class_name("boot-problem");
    // Fails only for names that are not ones.
    _ = notice.set_attribute("role", "alert");
    notice.set_text_content(Some("The app has stopped because of a defect. Reload the page to continue."));
    _ = body.prepend_with_node_1(&notice);
}
