//! The compiler's target for the browser.

use std::path::Path;
use std::process::Command;

use crate::cmd;
use crate::failure::{Failure, Outcome};
use crate::steps::Steps;

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target to the project's toolchain where it is missing.
pub(crate) fn ensure(steps: &mut Steps) -> Outcome {
    if is_there()? {
        return Ok(());
    }
    steps.step(&format!("Add the target {TARGET}"), || {
        cmd::output(Command::new("rustup").args(["target", "add", TARGET])).map(drop).map_err(|failure| {
            Failure::new(format!(
                "the compiler's target {TARGET} is missing and could not be added ({failure}): \
                 add it with `rustup target add {TARGET}` or the packages of your system, and start again"
            ))
        })
    })
}

fn is_there() -> Outcome<bool> {
    let sysroot = cmd::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}
