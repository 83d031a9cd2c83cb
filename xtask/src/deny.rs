//! The dependencies: their licences, where they come from, which are refused (`deny.toml`), and what is known against them.

use std::process::Command;
use std::time::Duration;

use crate::cmd;
use crate::failure::Outcome;
use crate::steps::{Steps, say};
use crate::tools::CARGO_DENY;

/// Runs the checks; how they ended, and what they printed. The list of known weaknesses comes from the network: where it
/// can't be had, that check is left out, and that is said.
pub(crate) fn stage(steps: &mut Steps, bound: Duration) -> (Outcome, String) {
    let program = match CARGO_DENY.ensure(steps) {
        Ok(folder) => folder.join("cargo-deny"),
        Err(failure) => return (Err(failure), String::new()),
    };
    let deny = |words: &str| {
        let mut deny = Command::new(&program);
        cmd::without_own_variables(&mut deny);
        deny.args(["--workspace", "--locked"]).args(words.split(' '));
        deny
    };
    let (outcome, printed) =
        cmd::run_bounded(&mut deny("check --hide-inclusion-graph licenses bans sources"), bound);
    if outcome.is_err() {
        return (outcome, printed);
    }
    if let Err(failure) = cmd::output(&mut deny("fetch db")) {
        say(&format!(
            "    Known vulnerabilities of the dependencies are not checked, as their list can't be fetched: {failure}"
        ));
        return (outcome, printed);
    }
    let (outcome, more) = cmd::run_bounded(&mut deny("check --hide-inclusion-graph advisories"), bound);
    (outcome, printed + &more)
}
