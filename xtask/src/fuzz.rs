//! `cargo xtask fuzz`: the fuzzer on what strangers can send and hands can write.
//!
//! libFuzzer needs to see which code its bytes reach. The compiler puts that in with options that every toolchain has,
//! the stable one too; they are those of `cargo fuzz --sanitizer none`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cmd;
use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::paths;
use crate::steps::{Steps, print, say};

/// What is tried: programs of the crate `fuzz`.
const TARGETS: [&str; 2] = ["frames", "consoles_xml"];

/// How long `cargo xtask fuzz` tries each, unless told otherwise, in seconds.
pub(crate) const USUAL: u64 = 600;
/// How many inputs the stage of `cargo xtask test` tries of each: about 10 seconds' worth.
const STAGE_INPUTS: u32 = 300_000;
/// The longest that it may take for them, in seconds.
const STAGE_LIMIT: u64 = 60;
/// How much longer than that a fuzzer may take to end.
const GRACE: Duration = Duration::from_secs(60);

/// The options by which the fuzzer sees what its bytes reach.
const WATCHED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// How much is tried.
#[derive(Debug, Clone, Copy)]
enum Effort {
    /// So many seconds, by chance, from the inputs that earlier attempts found worth keeping.
    Seconds(u64),
    /// The same inputs for the same code, from the seeds alone: a change does not fail for what it did not cause.
    Fixed,
}

impl Effort {
    /// The longest that it may take.
    fn seconds(self) -> u64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Fixed => STAGE_LIMIT,
        }
    }

    /// The fuzzer's options for it.
    fn options(self) -> Vec<String> {
        let mut options = vec![format!("-max_total_time={}", self.seconds())];
        if let Self::Fixed = self {
            options.extend(["-seed=1".to_owned(), format!("-runs={STAGE_INPUTS}")]);
        }
        options
    }

    /// The folder for the inputs of one target that are worth keeping.
    fn corpus(self, target: &str) -> Outcome<PathBuf> {
        let corpus = folder().join(match self {
            Self::Seconds(_) => "corpus",
            Self::Fixed => "corpus-stage",
        });
        let corpus = corpus.join(target);
        if let Self::Fixed = self
            && corpus.exists()
        {
            fs::remove_dir_all(&corpus).on("empty", &corpus)?;
        }
        fs::create_dir_all(&corpus).on("make", &corpus)?;
        Ok(corpus)
    }
}

/// Tries each for so many seconds. False: it has found something, and was shown.
pub(crate) fn fuzz(seconds: u64) -> Outcome<bool> {
    cmd::end_children_on_interrupt()?;
    let mut steps = Steps::new();
    let (outcome, _) = all(&mut steps, Effort::Seconds(seconds));
    match outcome {
        Ok(()) => Ok(true),
        Err(failure) => {
            say(&format!("{failure}"));
            Ok(false)
        }
    }
}

/// The stage of `cargo xtask test`, with its line that counts.
pub(crate) fn stage(steps: &mut Steps) -> (Outcome, String) {
    let (outcome, failed) = all(steps, Effort::Fixed);
    let line = match failed {
        Some(failed) => format!("test result: {} passed; {failed} failed", TARGETS.len() - failed),
        None => String::new(),
    };
    (outcome, line)
}

/// Builds, tries and tells. Also how many have failed, if it came to that.
fn all(steps: &mut Steps, effort: Effort) -> (Outcome, Option<usize>) {
    let tried = build(steps).and_then(|programs| run(steps, &programs, effort));
    let results = match tried {
        Ok(results) => results,
        Err(failure) => return (Err(failure), None),
    };
    let mut failures = Vec::new();
    for (target, result) in TARGETS.iter().zip(results) {
        match result {
            Ok(figures) => print(&format!("{target}: {figures}")),
            Err(failure) => failures.push(format!("{target}: {failure}")),
        }
    }
    let failed = failures.len();
    (if failed == 0 { Ok(()) } else { fail(failures.join("\n")) }, Some(failed))
}

fn folder() -> PathBuf {
    paths::target().join("fuzz")
}

/// Builds the programs, in a folder of their own: with other options nothing of the rest could be used.
fn build(steps: &mut Steps) -> Outcome<PathBuf> {
    let host = host(&cmd::output(Command::new("rustc").arg("-vV"))?)?;
    steps.step("Build the fuzzer (about 2 minutes from scratch)", || {
        let mut cargo = cmd::cargo();
        cargo.args(["build", "-p", "fuzz", "--bins", "--features", "libfuzzer", "--profile", "fuzz"]);
        // With a target named, the options are not for what runs while building.
        cargo.args(["--target", &host, "--target-dir"]).arg(folder());
        cmd::run(cargo.env("RUSTFLAGS", WATCHED).env_remove("CARGO_ENCODED_RUSTFLAGS"))
    })?;
    Ok(folder().join(host).join("fuzz"))
}

/// The machine's own target, from what `rustc -vV` prints.
fn host(version: &str) -> Outcome<String> {
    match version.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(host) => Ok(host.trim().to_owned()),
        None => fail(format!("rustc does not name its host: {version}")),
    }
}

/// Tries all at the same time.
fn run(steps: &mut Steps, programs: &Path, effort: Effort) -> Outcome<Vec<Outcome<String>>> {
    let found = folder().join("found");
    fs::create_dir_all(&found).on("make", &found)?;
    let mut commands = Vec::new();
    for target in TARGETS {
        let corpus = effort.corpus(target)?;
        let log = log(target);
        let output = File::create(&log).on("write", &log)?;
        let errors = output.try_clone().on("write", &log)?;
        let ours = Path::new("crates/fuzz");
        let mut command = Command::new(programs.join(target));
        command.args(effort.options()).args(["-timeout=10", "-rss_limit_mb=1024"]);
        command.args(["-print_final_stats=1", &format!("-artifact_prefix={}/{target}-", found.display())]);
        command.arg(format!(
            "-dict={}",
            ours.join("dictionaries").join(target).with_extension("dict").display()
        ));
        // What is new goes into the first folder.
        command.arg(&corpus).arg(ours.join("seeds").join(target));
        command.stdout(output).stderr(errors).env("RUST_BACKTRACE", "0");
        commands.push(command);
    }
    let amount = match effort {
        Effort::Seconds(seconds) => format!("for {seconds} s"),
        Effort::Fixed => format!("with {STAGE_INPUTS} inputs"),
    };
    let what = format!("Try {} {amount}, at the same time", TARGETS.join(" and "));
    let limit = Duration::from_secs(effort.seconds()) + GRACE;
    let outcomes = steps.step(&what, || Ok(cmd::run_together(&mut commands, limit)))?;
    let results = TARGETS.iter().zip(outcomes).map(|(target, outcome)| {
        let log = log(target);
        let said = fs::read(&log).on("read", &log)?;
        let said = String::from_utf8_lossy(&said);
        match outcome {
            Ok(()) => figures(&said),
            Err(failure) => Err(Failure::new(broken(&said, target, programs, &failure.to_string()))),
        }
    });
    Ok(results.collect())
}

fn log(target: &str) -> PathBuf {
    folder().join(target).with_extension("log")
}

/// What a fuzzer that found nothing has done. One that did not see what it reached has only guessed.
fn figures(said: &str) -> Outcome<String> {
    if !said.contains("inline 8-bit counters") {
        return fail(
            "the fuzzer does not see what its bytes reach: does this toolchain know the options in xtask/src/fuzz.rs?",
        );
    }
    let stat = |name: &str| {
        let line = said.lines().rev().find_map(|line| line.strip_prefix(name));
        line.map_or("?", |value| value.trim_start_matches(':').trim())
    };
    let reached = said.lines().rev().find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "cov:");
        words.nth(1)
    });
    Ok(format!(
        "{} inputs, {} a second; {} places in the code reached; nothing found",
        stat("stat::number_of_executed_units"),
        stat("stat::average_exec_per_sec"),
        reached.unwrap_or("?"),
    ))
}

/// What a fuzzer has found, and how to look at it.
fn broken(said: &str, target: &str, programs: &Path, ending: &str) -> String {
    let mut lines = said.lines();
    // A panic's place, with its words on the line behind.
    let panic =
        lines.find(|line| line.contains("panicked at")).and_then(|place| Some((place, lines.next()?)));
    let reason = panic.map_or_else(
        || said.lines().find(|line| line.contains("ERROR: libFuzzer")).unwrap_or(ending).to_owned(),
        |(place, words)| format!("{} {words}", place.trim()),
    );
    let file =
        said.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, file)| file.trim()));
    match file {
        Some(file) => format!(
            "{reason}\n    Once more: {} {file}\n    Repair it, and put that file into crates/fuzz/seeds/{target}",
            programs.join(target).display()
        ),
        None => format!("{reason} (all of it: {})", log(target).display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_a_fuzzer_that_found_nothing_are_told() {
        let said = "INFO: Loaded 1 modules   (9 inline 8-bit counters): 9 [0x1, 0x2),\n\
            #12\tNEW    cov: 7 ft: 9 corp: 1/2Kb\n#99\tDONE   cov: 1929 ft: 6986 corp: 923/174Kb\n\
            Done 99 runs in 21 second(s)\nstat::number_of_executed_units: 99\nstat::average_exec_per_sec:     4\n";
        assert_eq!(
            figures(said).unwrap(),
            "99 inputs, 4 a second; 1929 places in the code reached; nothing found"
        );
        assert!(
            figures("Done 99 runs").unwrap_err().to_string().contains("does not see what its bytes reach")
        );
    }

    #[test]
    fn what_was_found_is_told_with_how_to_look_at_it() {
        let said = "thread '<unnamed>' (7) panicked at crates/fuzz/src/frames.rs:18:5:\nthe pieces make a difference\n\
            ==7== ERROR: libFuzzer: deadly signal\nartifact_prefix='target/fuzz/found/frames-'; Test unit written to target/fuzz/found/frames-crash-12\n";
        let words = broken(said, "frames", Path::new("p"), "exit code 77");
        assert!(words.contains("frames.rs:18:5: the pieces make a difference"), "{words}");
        assert!(words.contains("Once more: p/frames target/fuzz/found/frames-crash-12"), "{words}");
        let words = broken("==7== ERROR: libFuzzer: timeout after 10 seconds", "frames", Path::new("p"), "x");
        assert!(words.starts_with("==7== ERROR: libFuzzer: timeout"), "{words}");
        assert!(broken("", "frames", Path::new("p"), "exit code 1").starts_with("exit code 1"));
    }

    #[test]
    fn the_host_is_read_from_rustc() {
        assert_eq!(
            host("rustc 1.95.0\nhost: x86_64-unknown-linux-gnu\n").unwrap(),
            "x86_64-unknown-linux-gnu"
        );
        assert!(host("rustc").is_err());
    }
}
