//! `cargo xtask test`: every check, stage by stage, and one line at the end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::app::{self, BuildOptions};
use crate::browsers::{self, Browsers};
use crate::cmd;
use crate::deny;
use crate::failure::{Outcome, fail};
use crate::fuzz;
use crate::nginx;
use crate::paths;
use crate::release;
use crate::run::build_programs;
use crate::sizes;
use crate::steps::{Steps, print, say, seconds};
use crate::summary::{self, Count};
use crate::tools::{TRUNK, WASM_BINDGEN};
use crate::values::word;
use crate::wasm::Compiler;

/// One part of the checks, in the order of running.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Stage {
    /// The formatting.
    Fmt,
    /// The linter over everything, natively.
    Clippy,
    /// The linter over what runs in the browser, for its target.
    ClippyWasm,
    /// The documentation builds without warning.
    Doc,
    /// The dependencies' licences, sources and known weaknesses.
    Deny,
    /// The tests that need no browser.
    Native,
    /// The fuzzer, for a moment.
    Fuzz,
    /// The component suites in headless Chromium.
    Wasm,
    /// The app's release build, and its size.
    App,
    /// The two programs' release build.
    Programs,
    /// Trunk as a developer uses it: the release again, and serving with live reload.
    Trunk,
    /// The whole system in Chromium and Firefox.
    E2e,
}

impl Stage {
    fn name(self) -> String {
        word(&self)
    }

    /// A stage that takes longer than this hangs. The whole must stay below the 90 minutes that CI gives.
    fn bound(self) -> Duration {
        Duration::from_secs(60 * if self == Self::E2e { 40 } else { 15 })
    }
}

/// How a stage ended.
struct Result {
    stage: Stage,
    took: Duration,
    outcome: Outcome,
    count: Count,
}

/// Runs the stages, all when none is named. False: something failed, and was shown.
pub(crate) fn test(wanted: &[Stage]) -> Outcome<bool> {
    cmd::end_children_on_interrupt()?;
    paths::require_space(500)?;
    let mut steps = Steps::new();
    let mut results: Vec<Result> = Vec::new();
    for &stage in Stage::value_variants() {
        if !wanted.is_empty() && !wanted.contains(&stage) {
            continue;
        }
        say(&format!("==> Stage {} …", stage.name()));
        let started = Instant::now();
        let (outcome, printed) = run_stage(stage, &mut steps);
        let count = summary::stage_count(&printed, outcome.is_ok());
        let word = if outcome.is_ok() { "passed in" } else { "FAILED after" };
        say(&format!("==> Stage {}: {word} {}", stage.name(), seconds(started.elapsed())));
        if let Err(failure) = &outcome {
            say(&format!("    {failure}"));
        }
        results.push(Result { stage, took: started.elapsed(), outcome, count });
    }
    steps.print_table();
    let (lines, good) = report(&results);
    lines.iter().for_each(|line| print(line));
    Ok(good)
}

/// The table of stages, what failed, and the line that counts; and whether all is well.
fn report(results: &[Result]) -> (Vec<String>, bool) {
    let row = |stage: &str, time: &str, passed: &str, failed: &str| {
        format!("{stage:<12} {time:>12} {passed:>7} {failed:>7}")
    };
    let mut lines = vec![String::new(), row("stage", "time", "passed", "failed")];
    let mut sum = Count::default();
    for Result { stage, took, count, .. } in results {
        lines.push(row(&stage.name(), &seconds(*took), &count.passed.to_string(), &count.failed.to_string()));
        sum += *count;
    }
    for Result { stage, outcome, .. } in results {
        if let Err(failure) = outcome {
            lines.push(format!("{0} failed: {failure}. Alone: cargo xtask test {0}", stage.name()));
        }
    }
    lines.push(String::new());
    lines.push(format!("{} passed, {} failed", sum.passed, sum.failed));
    (lines, sum.failed == 0)
}

fn run_stage(stage: Stage, steps: &mut Steps) -> (Outcome, String) {
    if stage == Stage::Fuzz {
        return fuzz::stage(steps);
    }
    if stage == Stage::Deny {
        return deny::stage(steps, stage.bound());
    }
    match command(stage, steps) {
        Ok(Some(mut command)) => cmd::run_bounded(&mut command, stage.bound()),
        Ok(None) => (Ok(()), String::new()),
        Err(failure) => (Err(failure), String::new()),
    }
}

/// Sets up what a stage needs, and gives the command that is to be run for it.
fn command(stage: Stage, steps: &mut Steps) -> Outcome<Option<Command>> {
    let mut cargo = cmd::cargo();
    let line = match stage {
        Stage::Fmt => "fmt --all --check",
        Stage::Clippy => "clippy --workspace --all-targets --features e2e/browsers -- -D warnings",
        Stage::ClippyWasm => {
            let compiler = Compiler::ensure(steps)?;
            cargo = compiler.cargo()?;
            compiler.linter()
        }
        Stage::Doc => {
            cargo.env("RUSTDOCFLAGS", "-D warnings");
            "doc --workspace --no-deps"
        }
        Stage::Native => "test --workspace --no-fail-fast",
        Stage::Wasm => {
            cargo = Compiler::ensure(steps)?.cargo()?;
            let runner = WASM_BINDGEN.ensure(steps)?.join("wasm-bindgen-test-runner");
            let driver = browsers::ensure_chromedriver(steps)?;
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("CHROMEDRIVER", driver);
            cargo.env_remove("GECKODRIVER").env("WASM_BINDGEN_TEST_TIMEOUT", "400");
            "test -p engine-console --test app --target wasm32-unknown-unknown --no-fail-fast"
        }
        Stage::App => {
            app::set_up(steps)?;
            let built = app::build(steps, &BuildOptions::default())?;
            sizes::print_sizes(&built);
            sizes::check_sizes(&built)?;
            return Ok(None);
        }
        Stage::Programs => {
            build_programs(steps)?;
            return Ok(None);
        }
        // They run by themselves.
        Stage::Deny | Stage::Fuzz => return Ok(None),
        Stage::Trunk => {
            let compiler = Compiler::ensure(steps)?;
            if matches!(compiler, Compiler::Debian(_)) {
                say("    Debian's compiler is for `cargo xtask` alone: trunk is not called by hand with it");
                return Ok(None);
            }
            with_programs(&mut cargo, steps)?;
            let folders = [TRUNK.ensure(steps)?, WASM_BINDGEN.ensure(steps)?];
            cargo.env("ENGINE_CONSOLE_TRUNK", folders[0].join("trunk"));
            cargo
                .env("ENGINE_CONSOLE_TRUNK_PATH", cmd::path_with(&folders.each_ref().map(PathBuf::as_path))?);
            cargo.env("ENGINE_CONSOLE_TARGET", paths::root()?.join(paths::target()));
            "test --workspace --features e2e/browsers --test trunk --no-fail-fast -- --test-threads=1"
        }
        Stage::E2e => {
            end_to_end(&mut cargo, steps)?;
            // Of the whole workspace, so that the dependencies have the features that the native tests have compiled.
            "test --workspace --features e2e/browsers --test browsers --test speed --no-fail-fast"
        }
    };
    cargo.args(line.split(' '));
    Ok(Some(cargo))
}

/// What all tests with a browser and a console need.
fn with_programs(cargo: &mut Command, steps: &mut Steps) -> Outcome<Browsers> {
    let missing = |path: &Path| !path.exists();
    if missing(&paths::app().join("index.html")) || missing(&paths::programs().join("embedded-console")) {
        return fail("the app or the programs are not built: run the stages app and programs first");
    }
    let found = browsers::ensure(steps)?;
    browsers::tell(cargo, &found.chromium)?;
    cargo.env("ENGINE_CONSOLE_NODE_TOOLS", &found.node_tools);
    Ok(found)
}

fn end_to_end(cargo: &mut Command, steps: &mut Steps) -> Outcome {
    let found = with_programs(cargo, steps)?;
    let nginx = nginx::ensure(steps)?;
    let behind = paths::target().join("xtask").join("app-behind");
    app::build(steps, &BuildOptions { public_url: release::USUAL_PATH.to_owned(), dist: behind.clone() })?;
    cargo.env("ENGINE_CONSOLE_DIST_BEHIND", paths::root()?.join(behind)).env("ENGINE_CONSOLE_NGINX", nginx);
    cargo.env("FIREFOX", found.firefox).env("GECKODRIVER", found.geckodriver);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_stage_fails_the_whole() {
        let result = |outcome: Outcome, printed: &str| {
            let count = summary::stage_count(printed, outcome.is_ok());
            Result { stage: Stage::Native, took: Duration::ZERO, outcome, count }
        };
        let (lines, good) = report(&[result(Ok(()), "test result: ok. 3 passed; 0 failed")]);
        assert!(good);
        assert_eq!(lines.last().map(String::as_str), Some("3 passed, 0 failed"));
        let (lines, good) = report(&[
            result(Ok(()), "test result: ok. 3 passed; 0 failed"),
            result(fail("it did not compile"), ""),
        ]);
        assert!(!good);
        assert!(
            lines.contains(&"native failed: it did not compile. Alone: cargo xtask test native".to_owned())
        );
        assert_eq!(lines.last().map(String::as_str), Some("3 passed, 1 failed"));
    }
}
