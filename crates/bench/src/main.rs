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

use clap::{Parser, ValueEnum};
use e2e::{Kind, Storage, in_browser};
use list::List;
use load::Load;
use report::Table;
use serde_json::json;
use subject::{Console, Fleet};

/// A fleet as many have it, and its sites.
const SMALL: (u32, u32) = (200, 2_000);
/// A fleet that is larger than any: what it shows is how the work grows.
const LARGE: (u32, u32) = (10_000, 100_000);

/// A second round is made with a processor that is slowed down so many times, as old machines are; it has no goals.
const THROTTLED: u32 = 4;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Part {
    /// The first load, and the time to the first row.
    Load,
    /// Filter, sort, scroll, memory.
    List,
    /// The embedded console's list of engines.
    Api,
}

/// Measures the app in Chromium and the console.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure; none named means all.
    #[arg(value_name = "PART")]
    parts: Vec<Part>,
}

fn main() -> ExitCode {
    let Arguments { parts } = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            report::say(&format!("no runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(measure(|part| parts.is_empty() || parts.contains(&part)));
    ExitCode::SUCCESS
}

/// Panics where something can't be measured: half a table is none.
async fn measure(wanted: impl Fn(Part) -> bool) {
    if wanted(Part::Load) || wanted(Part::List) {
        tell_browser().await;
    }
    let mut load = wanted(Part::Load).then(Load::new);
    let mut list = wanted(Part::List).then(List::new);
    let mut console = None;
    // The list of the console's API is measured with many engines alone.
    let sizes = if load.is_some() || list.is_some() { &[SMALL, LARGE][..] } else { &[LARGE] };
    for &size in sizes {
        let console = console.insert(Console::start(size).await);
        for throttled in [1, THROTTLED] {
            let fleet = Fleet { size, throttled };
            if let Some(load) = &mut load {
                load.measure(console, fleet).await;
            }
            if let Some(list) = &mut list {
                list.measure(console, fleet).await;
            }
        }
    }
    if let Some(load) = load {
        load.print();
    }
    if let Some(list) = list {
        list.print();
    }
    if let Some(console) = console.filter(|_| wanted(Part::Api)) {
        api::measure(&console, LARGE.0, LARGE.1);
    }
}

/// Which browser it is goes with the machine.
async fn tell_browser() {
    let version = in_browser(Kind::Chromium, Storage::Free, "bench-version", async |page: e2e::Page| {
        page.devtools("Browser.getVersion", json!({})).await
    })
    .await;
    let mut machine = Table::new("machine", &[]);
    machine.row(&[&"Browser", &version["product"].as_str().unwrap_or("unknown")]);
    machine.print();
}
