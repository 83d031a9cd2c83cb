//! `cargo xtask soak`: many engines on one console, killed and started at random, and every status checked.

use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::cmd;
use crate::failure::Outcome;
use crate::paths;
use crate::run::build_programs;
use crate::steps::Steps;

/// For what comes before and after the changes, whatever the number of engines.
const START: Duration = Duration::from_secs(120);
/// For starting and pairing one engine, on a busy machine.
const PER_ENGINE: Duration = Duration::from_secs(1);

/// What `cargo xtask soak` was asked for.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct SoakOptions {
    /// How many engines; half of them dial the console.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) engines: u32,
    /// How long they are killed and started.
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(crate) seconds: u32,
    /// Repeats the changes of a run that has printed this.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Strangers and floods beside at most 200 engines, and three people at work who must have no error.
    #[arg(long)]
    pub(crate) hostile: bool,
}

/// Builds the programs and the harness, and runs it. It fails if a status was wrong.
pub(crate) fn soak(options: &SoakOptions) -> Outcome {
    cmd::end_children_on_interrupt()?;
    paths::require_space(500)?;
    let mut steps = Steps::new();
    build_programs(&mut steps)?;
    steps.step("Build the harness", || cmd::run(cmd::cargo().args(["build", "-p", "soak"])))?;
    let mut command = Command::new(paths::target().join("debug").join("soak"));
    command.arg("--programs").arg(paths::programs());
    // Two hundred are enough company for people at work.
    let engines = if options.hostile { options.engines.min(200) } else { options.engines };
    command.args(["--engines", &engines.to_string(), "--seconds", &options.seconds.to_string()]);
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    if options.hostile {
        command.arg("--hostile");
    }
    let seconds = Duration::from_secs(options.seconds.into());
    let (outcome, _) = cmd::run_bounded(&mut command, START + seconds + PER_ENGINE * engines);
    outcome
}
