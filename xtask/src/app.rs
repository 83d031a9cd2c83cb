//! Building the app: trunk does it, with the tools that are pinned here. See Trunk.toml.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{fs, io};

use crate::cmd;
use crate::failure::{Failure, OnFile as _, Outcome};
use crate::finish::TrunkConfig;
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
        Compiler::Own => "Build the app for release (about 2 minutes from scratch)",
        Compiler::Debian(_) => "Build the app and its standard library (about 4 minutes from scratch)",
    };
    steps.step(about, || cmd::run(&mut trunk))?;
    sizes::measure(&options.dist)
}

/// The same, unless the app is there and newer than all that it is made of: trunk needs 18 s to find that nothing has changed.
pub(crate) fn build_if_older(steps: &mut Steps) -> Outcome {
    let options = BuildOptions::default();
    let mut inputs = TrunkConfig::load()?.watched;
    let this = std::env::current_exe().on("find", "this program's own file")?;
    inputs.extend(["Trunk.toml".into(), ".cargo/config.toml".into(), this]);
    if !is_newer(&options.dist, inputs)? {
        build(steps, &options)?;
    }
    Ok(())
}

/// Whether the app in this folder is whole, for the path `/`, and newer than these files and all in these folders.
fn is_newer(dist: &Path, mut inputs: Vec<PathBuf>) -> Outcome<bool> {
    let page = dist.join("index.html");
    let (Ok(html), Ok(built)) = (fs::read_to_string(&page), modified(&page)) else { return Ok(false) };
    // `cargo xtask build` can leave an app for another path there. A release has no quotes where HTML needs none.
    if !html.replace('"', "").contains("src=/boot-") {
        return Ok(false);
    }
    while let Some(input) = inputs.pop() {
        if modified(&input)? > built {
            return Ok(false);
        }
        if input.is_dir() {
            let entries = fs::read_dir(&input).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            inputs.extend(entries.on("read", &input)?.into_iter().map(|entry| entry.path()));
        }
    }
    Ok(true)
}

fn modified(path: &Path) -> Outcome<SystemTime> {
    fs::metadata(path).and_then(|it| it.modified()).on("look at", path)
}

/// Trunk, with the tools that it calls in front of the search path.
pub(crate) fn trunk(steps: &mut Steps, compiler: &Compiler) -> Outcome<Command> {
    let folders = [TRUNK.ensure(steps)?, WASM_BINDGEN.ensure(steps)?];
    let mut trunk = Command::new(folders[0].join("trunk"));
    cmd::without_own_variables(&mut trunk);
    compiler.prepare(&mut trunk, &folders.each_ref().map(PathBuf::as_path))?;
    let this = std::env::current_exe()
        .map_err(|error| Failure::new(format!("this program's own file can't be found: {error}")))?;
    // Its last step is in this program. The compiler that is set above is for the browser, and would build it again.
    trunk.env("ENGINE_CONSOLE_XTASK", this);
    Ok(trunk)
}

/// The program as the compiler left it in the last build, with its names.
pub(crate) fn compiled(steps: &mut Steps) -> Outcome<PathBuf> {
    let target = Compiler::ensure(steps)?.target();
    Ok(target.join(wasm::TARGET).join("app").join("engine-console.wasm"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_app_is_built_again_when_anything_is_newer_or_it_is_for_another_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let [dist, sources] = ["dist", "sources"].map(|name| folder.path().join(name));
        let deep = sources.join("pages").join("engines.rs");
        fs::create_dir_all(sources.join("pages")).expect("the sources");
        fs::write(&deep, "").expect("a source");
        let newer = || is_newer(&dist, vec![sources.clone()]).expect("it can be told");
        assert!(!newer(), "there is none");

        fs::create_dir(&dist).expect("the app");
        let page = dist.join("index.html");
        let write = |html: &str| {
            fs::write(&page, html).expect("the page");
            let later = SystemTime::now() + Duration::from_secs(60);
            fs::File::options().append(true).open(&page).expect("it").set_modified(later).expect("its time");
        };
        write("<script src=\"/boot-0.js\">");
        assert!(newer());
        write("<script integrity=sha384-0 src=/boot-0.js type=module>");
        assert!(newer());
        let later = SystemTime::now() + Duration::from_secs(120);
        fs::File::options().append(true).open(&deep).expect("it").set_modified(later).expect("its time");
        assert!(!newer(), "a file deep in a folder is newer");
        fs::remove_file(&deep).expect("it is gone");
        assert!(newer());
        write("<script src=/console/boot-0.js type=module>");
        assert!(!newer(), "it is for another path");
    }
}
