//! `cargo xtask bench`: how large and how fast it is, as a table, and as `docs/benchmarks.md`.

use std::fs;
use std::process::Command;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::app::{self, BuildOptions};
use crate::browsers;
use crate::cmd;
use crate::failure::{OnFile as _, Outcome};
use crate::markdown::{self, Table};
use crate::paths;
use crate::run::build_programs;
use crate::sizes::{Built, FIRST_LOAD_LIMIT, FIRST_LOAD_REQUESTS};
use crate::steps::{Steps, print, say};
use crate::values::word;
use crate::weight::Weight;

/// The page that holds the last results.
const DOCUMENT: &str = "docs/benchmarks.md";
/// For all measurements together, on a slow machine.
const BOUND: Duration = Duration::from_secs(20 * 60);
/// Crates with less of the code than this many thousandths are told together.
const TOLD: u64 = 5;

/// One part of the measurements, in the order of running.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Part {
    /// The first load, and the time to the first row.
    Load,
    /// Filter, sort, scroll, memory.
    List,
    /// The embedded console's list of engines.
    Api,
    /// The crates in the app's program.
    Weight,
}

/// What `cargo xtask bench` was asked for.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct BenchOptions {
    /// What to measure; none named means all.
    #[arg(value_name = "PART")]
    pub(crate) parts: Vec<Part>,
    /// Write the results into docs/benchmarks.md: all of them, since the page would be half of an old one otherwise.
    #[arg(long, conflicts_with = "parts")]
    pub(crate) write: bool,
}

impl BenchOptions {
    fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// The command as it is typed.
    fn words(&self) -> String {
        let mut words = "cargo xtask bench".to_owned();
        if self.write {
            words.push_str(" --write");
        }
        self.parts.iter().fold(words, |words, part| format!("{words} {}", word(part)))
    }
}

/// Builds what is missing, measures, prints the tables, and writes them down if that is wanted.
pub(crate) fn bench(options: &BenchOptions) -> Outcome {
    cmd::end_children_on_interrupt()?;
    paths::require_space(2_000)?;
    let mut steps = Steps::new();
    app::set_up(&mut steps)?;
    let built = app::build(&mut steps, &BuildOptions::default())?;
    let program = if options.wants(Part::Weight) { Some(app::compiled(&mut steps)?) } else { None };
    let harness = prepare(&mut steps, options)?;
    // Everything is built: what is measured from here on has the machine for itself, if nobody else uses it.
    let mut machine = machine(options);
    let mut tables = Vec::new();
    if options.wants(Part::Load) {
        tables.push(first_load(&built));
    }
    if let Some(mut harness) = harness {
        let printed = steps.step("Measure (about 10 minutes)", || {
            let (outcome, printed) = cmd::read_bounded(&mut harness, BOUND);
            outcome.map(|()| printed)
        })?;
        for table in markdown::read(&printed) {
            // It knows the browser.
            if table.title == "machine" { machine.rows.extend(table.rows) } else { tables.push(table) }
        }
    }
    if let Some(program) = program {
        let content = fs::read(&program).on("read", &program)?;
        tables.push(weights(&Weight::of(&content)?));
    }
    steps.print_table();
    tables.insert(0, machine);
    let lines = tables.iter().flat_map(|table| std::iter::once(String::new()).chain(table.lines()));
    let lines: Vec<String> = lines.collect();
    lines.iter().for_each(|line| print(line));
    if options.write {
        fs::write(DOCUMENT, document(&lines)).on("write", DOCUMENT)?;
        say(&format!("==> {DOCUMENT} is new"));
    }
    Ok(())
}

/// The harness with what it is told, if any of its parts is wanted.
fn prepare(steps: &mut Steps, options: &BenchOptions) -> Outcome<Option<Command>> {
    let parts: Vec<_> =
        [Part::Load, Part::List, Part::Api].into_iter().filter(|part| options.wants(*part)).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    build_programs(steps)?;
    let chromium = browsers::ensure_chromium(steps)?;
    steps.step("Build the harness", || cmd::run(cmd::cargo().args(["build", "-p", "bench"])))?;
    let mut harness = Command::new(paths::target().join("debug").join("bench"));
    harness.args(parts.iter().map(word));
    browsers::tell(&mut harness, &chromium)?;
    Ok(Some(harness))
}

/// What was measured, where and how.
fn machine(options: &BenchOptions) -> Table {
    let first = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(key).map(str::to_owned));
        line.map(|line| line.trim_start_matches(['\t', ' ', ':', '=']).trim_matches('"').to_owned())
    };
    let said = |program: &str, args: &[&str]| cmd::output(Command::new(program).args(args)).ok();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = first("/proc/meminfo", "MemTotal").and_then(|text| {
        let kibibytes: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some(format!("{:.1} GB", kibibytes * 1024.0 / 1e9))
    });
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_deref().and_then(|text| text.split_whitespace().next()?.parse().ok());
    let load = load.map(|load| load_in_words(load, cores));
    let mut table = Table::new("What was measured where", &["", ""]);
    let mut add = |name: &str, value: Option<String>| {
        let value = value.map(|value| value.trim().to_owned());
        table.row(&[name, value.filter(|value| !value.is_empty()).as_deref().unwrap_or("unknown")]);
    };
    add("Command", Some(format!("`{}`", options.words())));
    add("Date", said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]));
    add("Commit", said("git", &["describe", "--always", "--dirty"]));
    add("Processor", first("/proc/cpuinfo", "model name"));
    add("Cores", Some(cores.to_string()));
    add("Memory", memory);
    add("System", first("/etc/os-release", "PRETTY_NAME"));
    add("Load", load);
    table
}

/// How busy the machine was before. Building for this very run counts, and is over.
fn load_in_words(load: f64, cores: usize) -> String {
    let busy = if load > cores as f64 { ": it was busy, so times may be too high" } else { "" };
    format!("{load} on average over the minute before{busy}")
}

/// The files of the first load.
fn first_load(built: &Built) -> Table {
    let mut table = Table::new("First load, in bytes", &["file", "raw", "gzip", "brotli"]);
    table.rows = built.first_load.iter().map(|file| file.cells().to_vec()).collect();
    let requests = built.first_load.len();
    let verdict = |good| if good { "met" } else { "missed" };
    let [raw, gzip, brotli] = built.first_load_sums().map(|bytes| bytes.to_string());
    table.row(&[&format!("together, in {requests} requests"), &raw, &gzip, &brotli]);
    table.notes.push(format!(
        "What a browser fetches before anybody can sign in. The goal of {} kB after brotli is {}, the goal of \
         {FIRST_LOAD_REQUESTS} requests is {}. During sign-in it fetches what the list of engines needs: another {} \
         bytes, {} in total. What other screens need comes later and is not included; `cargo xtask build` lists it.",
        FIRST_LOAD_LIMIT / 1000,
        verdict(built.transfer() <= FIRST_LOAD_LIMIT),
        verdict(requests <= FIRST_LOAD_REQUESTS),
        built.transfer_to_list() - built.transfer(),
        built.transfer_to_list(),
    ));
    table
}

/// The crates of the program, the light ones together.
fn weights(weight: &Weight) -> Table {
    let mut table =
        Table::new("Weight of the program by crate", &["crate", "functions", "code in bytes", "share"]);
    let code = weight.code().max(1);
    let share = |bytes: u64| format!("{:.1} %", bytes as f64 * 100.0 / code as f64);
    let mut add = |name: &str, functions: u64, bytes: u64| {
        table.row(&[name, &functions.to_string(), &bytes.to_string(), &share(bytes)]);
    };
    let (told, light): (Vec<_>, Vec<_>) =
        weight.crates.iter().partition(|one| one.code * 1000 >= code * TOLD);
    for one in told {
        add(&one.name, one.functions, one.code);
    }
    let sum = |of: fn(&&crate::weight::Crate) -> u64| light.iter().map(of).sum::<u64>();
    add(&format!("{} others", light.len()), sum(|one| one.functions), sum(|one| one.code));
    add("together", weight.crates.iter().map(|one| one.functions).sum(), weight.code());
    table.notes.push(format!(
        "The program as the compiler produces it, with all screens, before it is split, connected to the browser and \
         compressed. Those steps remove names and padded numbers for the linker, so it is larger here than when \
         served. Type descriptions for wasm-bindgen, which removes them, are not counted. The code comes with {} bytes \
         of constants. A function counts for the crate its name begins with; a method for its type's crate, or for its \
         trait's where the type is built in. So a library's generic function that works for the app may count for \
         either.",
        weight.data
    ));
    table
}

fn document(lines: &[String]) -> String {
    let about = "What `cargo xtask bench --write` measured last. The command writes this whole page. The app is \
                 compared with a hand-written page in [crates/bench/page](../crates/bench/page): a table with the same \
                 columns, requests and windowing in plain JavaScript, using `fetch` and `JSON.parse`.";
    let mut all = vec!["# Benchmarks".to_owned(), String::new()];
    all.extend(markdown::wrapped(about, 120));
    all.extend(lines.iter().cloned());
    all.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::weight::Crate;

    #[test]
    fn light_crates_are_told_together() {
        let one = |name: &str, code| Crate { name: name.to_owned(), functions: 2, code };
        let weight =
            Weight { crates: vec![one("large", 990), one("b", 4), one("c", 3), one("d", 3)], data: 77 };
        let rows = weights(&weight).rows;
        let names: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["large", "3 others", "together"]);
        assert_eq!(rows[1][1..], ["6", "10", "1.0 %"]);
        assert_eq!(rows[2][1..], ["8", "1000", "100.0 %"]);
    }

    #[test]
    fn a_busy_machine_is_told() {
        assert_eq!(load_in_words(0.25, 2), "0.25 on average over the minute before");
        assert!(load_in_words(2.5, 2).contains("busy"));
    }

    #[test]
    fn the_page_names_the_command_that_made_it() {
        let options = BenchOptions { parts: vec![Part::Api, Part::Weight], write: false };
        assert_eq!(options.words(), "cargo xtask bench api weight");
        let machine = machine(&BenchOptions { parts: Vec::new(), write: true });
        assert_eq!(machine.rows[0], ["Command", "`cargo xtask bench --write`"]);
        let text = document(&machine.lines());
        assert!(text.starts_with("# Benchmarks\n\nWhat `cargo xtask bench --write`"), "{text}");
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/bench/page/hand-written.html").is_file()
        );
    }
}
