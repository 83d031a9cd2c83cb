//! Measures the app in Chromium, beside a page that was written by hand, and the embedded console's list of engines.
//!
//! `cargo xtask bench` builds what it needs, starts it, and makes a page of what it prints: see [`report`].

mod api;
mod list;
mod load;
mod report;
mod statistics;
mod subject;

use std::process::ExitCode;

use e2e::{Kind, in_browser};
use load::Load;
use report::Table;
use serde_json::json;
use subject::Console;

/// A fleet as many have it, and its sites.
const SMALL: (u32, u32) = (200, 2_000);
/// A fleet that is larger than any: what it shows is how the work grows.
const LARGE: (u32, u32) = (10_000, 100_000);

/// The names of the parts, as arguments.
const PARTS: [&str; 3] = ["load", "list", "api"];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|part| !PARTS.contains(&part.as_str())) {
        report::say(&format!("there is no part `{unknown}`: there are {}", PARTS.join(", ")));
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            report::say(&format!("no runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(measure(|part| wanted.is_empty() || wanted.iter().any(|name| name == part)));
    ExitCode::SUCCESS
}

/// Panics where something can't be measured: half a table is none.
async fn measure(wanted: impl Fn(&str) -> bool) {
    if wanted("load") || wanted("list") {
        tell_browser().await;
    }
    let mut load = wanted("load").then(Load::new);
    if let Some(load) = &mut load {
        let console = Console::start(SMALL.0, SMALL.1).await;
        load.measure(&console, SMALL.0).await;
    }
    let console = Console::start(LARGE.0, LARGE.1).await;
    if let Some(mut load) = load {
        load.measure(&console, LARGE.0).await;
        load.print();
    }
    if wanted("list") {
        list::measure(&console, LARGE.0).await;
    }
    if wanted("api") {
        api::measure(&console, LARGE.0, LARGE.1);
    }
}

/// Which browser it is goes with the machine.
async fn tell_browser() {
    let version = in_browser(Kind::Chromium, "bench-version", async |page: e2e::Page| {
        page.devtools("Browser.getVersion", json!({})).await
    })
    .await;
    let mut machine = Table::new("machine", &[]);
    machine.row(&[&"Browser", &version["product"].as_str().unwrap_or("unknown")]);
    machine.print();
}
