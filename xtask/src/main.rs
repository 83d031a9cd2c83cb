//! The project's commands. `cargo xtask help` lists them.
//!
//! Each sets up by itself what it needs: see [`tools`] and [`deb`].

mod app;
mod args;
mod attach;
mod bench;
mod browsers;
mod cmd;
mod deb;
mod demo;
mod deny;
#[cfg(test)]
mod documents;
mod engine;
mod failure;
mod finish;
mod fuzz;
mod leftovers;
#[cfg(test)]
mod lists;
mod markdown;
mod nginx;
mod paths;
mod release;
mod run;
mod sizes;
mod soak;
#[cfg(test)]
mod staircase;
mod steps;
mod summary;
mod test;
mod tools;
mod values;
mod wasm;
mod weight;

use std::process::ExitCode;

use args::{Arguments, Command};
use clap::{CommandFactory as _, Parser as _};
use failure::Outcome;

fn main() -> ExitCode {
    match start() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            steps::say(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// False: the command ran to its end and found failures, which it has shown.
fn start() -> Outcome<bool> {
    // First: a folder that is named is looked at where it will be used.
    paths::enter_root()?;
    let Some(command) = Arguments::parse().command else {
        steps::print(&Arguments::command().render_help().to_string());
        return Ok(true);
    };
    match command {
        Command::Run(options) => run::run(&options).map(|()| true),
        Command::Test { stages } => test::test(&stages),
        Command::Fuzz { seconds } => fuzz::fuzz(seconds),
        Command::Build { public_url, dist } => {
            let dist = dist.unwrap_or_else(paths::app);
            let mut steps = steps::Steps::new();
            app::set_up(&mut steps)?;
            let built = app::build(&mut steps, &app::BuildOptions { public_url, dist })?;
            sizes::print_sizes(&built);
            steps.print_table();
            Ok(true)
        }
        Command::Finish => finish::finish().map(|()| true),
        Command::Dist(options) => release::release(&options).map(|()| true),
        Command::Bench(options) => bench::bench(&options).map(|()| true),
        Command::Soak(options) => soak::soak(&options).map(|()| true),
        Command::Engine(request) => attach::engine(&request).map(|()| true),
    }
}
