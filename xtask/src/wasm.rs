//! The compiler for the browser's target.
//!
//! Usually rustup adds the target to the project's own toolchain. Where its server can't be reached, Debian's packages
//! of a newer compiler help: they have no standard library for the browser, but its source, and cargo builds it along
//! with the app. They are unpacked into the tools' folder and never installed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use crate::cmd;
use crate::deb;
use crate::failure::{Failure, Outcome, fail};
use crate::paths;
use crate::steps::{Steps, say};

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler with the source of its standard library, and all that it needs to start.
const DEBIAN_PACKAGES: [&str; 13] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "libstd-rust-web-1.96",
    "libstd-rust-web-dev",
    "rust-web-llvm",
    "libllvm22",
    "lld-22",
    "liblld-22",
    "libgit2-1.5",
    "libmbedtls14",
    "libmbedx509-1",
    "libmbedcrypto7",
];
/// Needed by cargo, under a name that Debian has changed once.
const DEBIAN_HTTP_PARSER: &str = "libhttp-parser2.9";
/// The folder's name in the tools' cache.
const DEBIAN_FOLDER: &str = "debian-rust-web-1.96";

/// With this variable set, to anything but nothing, Debian's compiler is taken although rustup's would do: to try that way.
const FORCE: &str = "ENGINE_CONSOLE_DEBIAN_COMPILER";

/// Whether [`FORCE`] is set.
pub(crate) fn forced() -> bool {
    std::env::var_os(FORCE).is_some_and(|value| !value.is_empty())
}

/// A command finds its compiler more than once.
fn say_once(line: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| say(line));
}

/// What compiles for the browser.
pub(crate) enum Compiler {
    /// The project's own toolchain.
    Own,
    /// Debian's, unpacked: the folder that would be `/usr`.
    Debian(PathBuf),
}

impl Compiler {
    /// Finds it, or adds the target where it is missing. With [`FORCE`] set it is Debian's in any case.
    pub(crate) fn ensure(steps: &mut Steps) -> Outcome<Self> {
        let forced = forced();
        if !forced && own_has_target()? {
            return Ok(Self::Own);
        }
        let debian = paths::tools_cache()?.join(DEBIAN_FOLDER);
        if debian.is_dir() {
            say_once(if forced {
                "==> Debian's compiler builds for the browser, as ENGINE_CONSOLE_DEBIAN_COMPILER wants"
            } else {
                "==> Debian's compiler builds for the browser: the project's own toolchain lacks the target"
            });
            return Ok(Self::Debian(debian.join("usr")));
        }
        if !forced {
            let added = steps.step(&format!("Add the target {TARGET}"), || {
                cmd::output(Command::new("rustup").args(["target", "add", TARGET])).map(drop)
            });
            let Err(refused) = added else { return Ok(Self::Own) };
            say(&format!("    {refused}"));
        }
        steps.step("Unpack Debian's compiler for the browser instead (1 GB)", unpack).map_err(|failure| {
            Failure::new(format!(
                "the compiler's target {TARGET} could not be added, neither with rustup nor from Debian's packages \
                 ({failure}): add it with `rustup target add {TARGET}` and start again"
            ))
        })?;
        Ok(Self::Debian(debian.join("usr")))
    }

    /// Cargo, for a command with that target.
    pub(crate) fn cargo(&self) -> Outcome<Command> {
        let mut cargo = match self {
            Self::Own => cmd::cargo(),
            Self::Debian(usr) => {
                let mut cargo = Command::new(usr.join("bin/cargo"));
                cmd::without_own_variables(&mut cargo);
                cargo
            }
        };
        self.prepare(&mut cargo, &[])?;
        Ok(cargo)
    }

    /// Sets what a program that calls cargo must have, `folders` in front of the search path included.
    pub(crate) fn prepare(&self, command: &mut Command, folders: &[&Path]) -> Outcome {
        let Self::Debian(usr) = self else {
            command.env("PATH", cmd::path_with(folders)?);
            return Ok(());
        };
        let bin = usr.join("bin");
        let mut all = folders.to_vec();
        all.push(&bin);
        command.env("PATH", cmd::path_with(&all)?);
        let libraries = [usr.join("lib/x86_64-linux-gnu"), usr.join("lib/llvm-22/lib")];
        let libraries = std::env::join_paths(libraries)
            .map_err(|error| Failure::new(format!("the libraries' path can't be written: {error}")))?;
        command.env("LD_LIBRARY_PATH", libraries);
        command.env("RUSTC", bin.join("rustc")).env("CARGO", bin.join("cargo"));
        // Building the standard library is not stable yet; the compiler is one of known version.
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
        // Its intermediate files must not mix with those of the project's own compiler.
        command.env("CARGO_TARGET_DIR", paths::root()?.join(self.target()));
        Ok(())
    }

    /// Where its results go.
    pub(crate) fn target(&self) -> PathBuf {
        match self {
            Self::Own => paths::target(),
            Self::Debian(_) => paths::target().join("debian"),
        }
    }

    /// Cargo's arguments for the linter. Debian's compiler has none: a plain check takes its place.
    pub(crate) fn linter(&self) -> &'static str {
        match self {
            Self::Own => {
                "clippy -p engine-console -p console-api --all-targets --target wasm32-unknown-unknown -- -D warnings"
            }
            Self::Debian(_) => {
                "check -p engine-console -p console-api --all-targets --target wasm32-unknown-unknown"
            }
        }
    }
}

fn own_has_target() -> Outcome<bool> {
    let sysroot = cmd::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn unpack() -> Outcome {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        return fail("this is not Linux on x86_64");
    }
    let mut packages = DEBIAN_PACKAGES.to_vec();
    packages.push(DEBIAN_HTTP_PARSER);
    deb::unpack(DEBIAN_FOLDER, &packages)
}
