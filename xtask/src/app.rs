//! Building the app: trunk does it, with the tools that are pinned here. See Trunk.toml.

use std::path::PathBuf;
use std::process::Command;

use crate::cmd;
use crate::failure::{Failure, Outcome};
use crate::paths;
use crate::sizes::{self, Built};
use crate::steps::Steps;
use crate::tools::{TRUNK, WASM_BINDGEN};
use crate::wasm::{self, Compiler};

/// What `cargo xtask build` was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct BuildOptions {
    /// The path under which the app is served, with a slash at both ends.
    pub(crate) public_url: String,
    /// Where the result goes.
    pub(crate) dist: PathBuf,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self { public_url: "/".to_owned(), dist: paths::app() }
    }
}

/// Tools and target for building the app.
pub(crate) fn set_up(steps: &mut Steps) -> Outcome {
    Compiler::ensure(steps)?;
    WASM_BINDGEN.ensure(steps)?;
    TRUNK.ensure(steps)?;
    Ok(())
}

/// Builds the app for release.
pub(crate) fn build(steps: &mut Steps, options: &BuildOptions) -> Outcome<Built> {
    let compiler = Compiler::ensure(steps)?;
    let mut trunk = trunk(steps, &compiler)?;
    trunk.args(["build", "--release", "--public-url", &options.public_url, "--dist"]).arg(&options.dist);
    let about = match &compiler {
        Compiler::Own => "Build the app for release (about 2 minutes from nothing)",
        Compiler::Debian(_) => "Build the app and its standard library (about 4 minutes from nothing)",
    };
    steps.step(about, || cmd::run(&mut trunk))?;
    sizes::measure(&options.dist)
}

/// Trunk, with the tools that it calls in front of the search path.
pub(crate) fn trunk(steps: &mut Steps, compiler: &Compiler) -> Outcome<Command> {
    let folders = [TRUNK.ensure(steps)?, WASM_BINDGEN.ensure(steps)?];
    let mut trunk = Command::new(folders[0].join("trunk"));
    cmd::without_own_variables(&mut trunk);
    compiler.prepare(&mut trunk, &folders.each_ref().map(PathBuf::as_path))?;
    let this = std::env::current_exe()
        .map_err(|error| Failure::new(format!("this program's own file can't be found: {error}")))?;
    // Its last step is in this program. The compiler that is set above is for the browser, and would build it anew.
    trunk.env("ENGINE_CONSOLE_XTASK", this);
    Ok(trunk)
}

/// The program as the compiler left it in the last build, with its names.
pub(crate) fn compiled(steps: &mut Steps) -> Outcome<PathBuf> {
    let target = Compiler::ensure(steps)?.target();
    Ok(target.join(wasm::TARGET).join("app").join("engine-console.wasm"))
}
