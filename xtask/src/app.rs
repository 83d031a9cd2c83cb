//! Building the app: the compiler, [`split`], then [`dist`].

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::cmd;
use crate::dist::{self, Built};
use crate::failure::{OnFile as _, Outcome, fail};
use crate::paths;
use crate::split;
use crate::steps::{Steps, say};
use crate::tools::WASM_BINDGEN;
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
        Self { public_url: "/".to_owned(), dist: PathBuf::from(paths::DIST) }
    }
}

/// What the app is made of: with the parts of this program that choose the tools and make the last steps.
const INPUTS: [&str; 15] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "crates/console-api/Cargo.toml",
    "crates/console-api/src",
    "index.html",
    "src",
    "style",
    "web",
    "xtask/src/app.rs",
    "xtask/src/dist.rs",
    "xtask/src/html.rs",
    "xtask/src/split.rs",
    "xtask/src/tools.rs",
    "xtask/src/wasm.rs",
];

/// Tools and target for building the app.
pub(crate) fn set_up(steps: &mut Steps) -> Outcome {
    Compiler::ensure(steps)?;
    WASM_BINDGEN.ensure(steps)?;
    Ok(())
}

/// Builds the app unless the folder has exactly this one already.
pub(crate) fn build(steps: &mut Steps, options: &BuildOptions) -> Outcome<Built> {
    every_style_is_listed()?;
    let _lock = take_turn()?;
    let wanted = inputs(&options.public_url)?;
    let stamp = stamp_file(&options.dist);
    if let Ok(known) = fs::read_to_string(&stamp)
        && known == format!("{wanted} {}", state(&options.dist)?)
    {
        say(&format!("==> The app in {}/ is up to date", options.dist.display()));
        return dist::measure(&options.dist, &options.public_url);
    }
    let bindgen = WASM_BINDGEN.ensure(steps)?;
    let compiler = Compiler::ensure(steps)?;
    let about = match &compiler {
        Compiler::Own => "Build the app for release (about 2 minutes from nothing)",
        Compiler::Debian(_) => "Build the app and its standard library (about 4 minutes from nothing)",
    };
    steps.step(about, || cmd::run(&mut compile(&compiler)?))?;
    let raw = paths::target().join("xtask").join("app");
    steps.step("Split the app and compress its files", || {
        let work = paths::target().join("xtask").join("split");
        for folder in [&raw, &work] {
            paths::remove_folder(folder)?;
            fs::create_dir_all(folder).on("make", folder)?;
        }
        let pieces = split::split(&output(&compiler), &bindgen, &work)?;
        dist::assemble(&pieces, &raw, &options.public_url)?;
        // The old app stays until the new one is whole.
        paths::remove_folder(&options.dist)?;
        if let Some(parent) = options.dist.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).on("make", parent)?;
        }
        fs::rename(&raw, &options.dist).on("put the app into", &options.dist)?;
        fs::write(&stamp, format!("{wanted} {}", state(&options.dist)?)).on("write", &stamp)
    })?;
    dist::measure(&options.dist, &options.public_url)
}

/// The program as the compiler leaves it, with its names. It is compiled if it is not there as the sources are now.
pub(crate) fn compiled(steps: &mut Steps) -> Outcome<PathBuf> {
    let _lock = take_turn()?;
    let compiler = Compiler::ensure(steps)?;
    steps.step("Compile the app, if that is not done", || cmd::run(&mut compile(&compiler)?))?;
    Ok(output(&compiler))
}

/// Where the compiler leaves the program.
fn output(compiler: &Compiler) -> PathBuf {
    compiler.target().join(wasm::TARGET).join("app").join("engine-console.wasm")
}

/// The compiler's run. What the splitter needs to know goes to the linker alone, so that the libraries stay as they are.
fn compile(compiler: &Compiler) -> Outcome<Command> {
    let mut cargo = compiler.cargo()?;
    cargo.args(["rustc", "--profile", "app", "--bin", "engine-console", "--features", "split"]);
    cargo.args(["--target", wasm::TARGET, "--", "-C", "link-args=--emit-relocs"]);
    Ok(cargo)
}

/// One build of the app at a time in a clone: they share folders. Given back when the result is dropped.
fn take_turn() -> Outcome<File> {
    let folder = paths::target().join("xtask");
    fs::create_dir_all(&folder).on("make", &folder)?;
    let path = folder.join("app.lock");
    let file = File::create(&path).on("open", &path)?;
    if file.try_lock().is_err() {
        say("==> Waiting for another build of the app in this clone …");
        file.lock().on("lock", &path)?;
    }
    Ok(file)
}

/// A stylesheet that the page does not list would silently be left out.
fn every_style_is_listed() -> Outcome {
    let page = fs::read_to_string("index.html").on("read", "index.html")?;
    for path in dist::files(Path::new("style"))? {
        let listed = page.contains(&format!("\"{}\"", path.display()));
        if path.extension().is_some_and(|end| end == "css") && !listed {
            return fail(format!(
                "index.html does not list {}: add it at its place in the cascade",
                path.display()
            ));
        }
    }
    Ok(())
}

fn stamp_file(dist: &Path) -> PathBuf {
    let name = dist.display().to_string().replace(['/', '\\'], "_");
    paths::target().join("xtask").join(format!("{name}.stamp"))
}

/// A hash over all that decides about the result.
fn inputs(public_url: &str) -> Outcome<String> {
    let mut hash = Sha256::new();
    hash.update(public_url);
    hash.update(cmd::output(Command::new("rustc").arg("-vV"))?);
    hash.update([u8::from(wasm::forced())]);
    for input in INPUTS {
        add(&mut hash, Path::new(input))?;
    }
    Ok(dist::hex(&hash.finalize()))
}

/// A hash over the built folder: one that was changed by hand or only half written is built again.
fn state(dist: &Path) -> Outcome<String> {
    let mut hash = Sha256::new();
    if dist.is_dir() {
        add(&mut hash, dist)?;
    }
    Ok(dist::hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, path: &Path) -> Outcome {
    hash.update(path.display().to_string());
    if path.is_dir() {
        let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>).on("read", path)?;
        let mut inside: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        inside.sort();
        return inside.iter().try_for_each(|path| add(hash, path));
    }
    let content = fs::read(path).on("read", path)?;
    hash.update((content.len() as u64).to_le_bytes());
    hash.update(content);
    Ok(())
}
