//! The pinned programs that come from the Rust package registry: trunk, wasm-bindgen, geckodriver, cargo-deny. They go into a
//! cache folder of the project's own, so that nothing else on the machine changes, and later clones find them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cmd;
use crate::failure::{OnFile as _, Outcome, fail};
use crate::paths;
use crate::steps::{Steps, say};

/// One program at one version.
pub(crate) struct Tool {
    /// The package in the registry.
    pub(crate) package: &'static str,
    /// The version, exactly.
    version: &'static str,
    /// The programs it installs; the first is asked for its version.
    programs: &'static [&'static str],
    /// How long a cold installation takes on two cores, for the progress line.
    about: &'static str,
    /// How well it is compiled. These tools wait for compilers and browsers: more than this costs minutes and gains nothing.
    opt_level: &'static str,
}

/// Bundles the app. 0.22 needs a newer compiler than the project.
pub(crate) const TRUNK: Tool = Tool {
    package: "trunk",
    version: "0.21.14",
    programs: &["trunk"],
    about: "about 3 minutes",
    opt_level: "0",
};

/// Makes the module that loads the app, and runs browser tests. Must be the version of the library in Cargo.toml.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.129",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    about: "about 2 minutes",
    // Unoptimised, it takes 22 s for the debug program after each edit, and 4.5 s like this.
    opt_level: "1",
};

/// Drives Firefox. Debian has no package of it.
pub(crate) const GECKODRIVER: Tool = Tool {
    package: "geckodriver",
    version: "0.37.1",
    programs: &["geckodriver"],
    about: "about 2 minutes",
    opt_level: "0",
};

/// Checks the dependencies.
pub(crate) const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    programs: &["cargo-deny"],
    about: "about 2 minutes",
    opt_level: "0",
};

impl Tool {
    fn folder_name(&self) -> String {
        format!("{}-{}", self.package, self.version)
    }

    /// True when all programs are in the folder and say the right version.
    fn is_in(&self, folder: &Path) -> bool {
        let all = self.programs.iter().all(|program| folder.join(program).is_file());
        let Some(first) = self.programs.first().filter(|_| all) else { return false };
        cmd::output(Command::new(folder.join(first)).arg("--version"))
            .is_ok_and(|said| version_of(&said) == Some(self.version))
    }

    /// The folder with the programs, after installing them where needed.
    pub(crate) fn ensure(&self, steps: &mut Steps) -> Outcome<PathBuf> {
        let home = paths::tools_cache()?.join(self.folder_name());
        let bin = home.join("bin");
        if self.is_in(&bin) {
            return Ok(bin);
        }
        let first = self.programs.first().copied().unwrap_or(self.package);
        if let Some(folder) = paths::on_path(first).as_deref().and_then(Path::parent)
            && self.is_in(folder)
        {
            return Ok(folder.to_path_buf());
        }
        steps.step(&format!("Install {} {} ({})", self.package, self.version, self.about), || {
            self.install(&home)
        })?;
        if self.is_in(&bin) {
            return Ok(bin);
        }
        fail(format!(
            "{} was installed but does not answer with version {}",
            bin.join(first).display(),
            self.version
        ))
    }

    /// Installs into a folder beside the final one and renames it when whole, so that an interrupted installation is
    /// never taken for a finished one.
    fn install(&self, home: &Path) -> Outcome {
        let cache = paths::tools_cache()?;
        fs::create_dir_all(&cache).on("make", &cache)?;
        let unfinished = cache.join(format!("{}.unfinished-{}", self.folder_name(), std::process::id()));
        remove_abandoned(&cache, &self.folder_name());
        let mut install = cmd::cargo();
        install.args([
            "install",
            self.package,
            "--version",
            self.version,
            "--locked",
            "--no-default-features",
        ]);
        install.arg("--root").arg(&unfinished);
        // Not in the project: its target folder and its settings are for its own code.
        install.current_dir(&cache).env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET");
        for (setting, value) in [
            ("LTO", "off"),
            ("CODEGEN_UNITS", "16"),
            ("OPT_LEVEL", self.opt_level),
            ("DEBUG", "0"),
            ("STRIP", "true"),
        ] {
            install.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        }
        let outcome = cmd::run(&mut install).and_then(|()| swap_in(&unfinished, home));
        if outcome.is_err() {
            say(&format!(
                "{} {} is needed. With a network, start again. Without one, install it elsewhere with \
                 `cargo install {} --version {} --locked` and put it on the search path.",
                self.package, self.version, self.package, self.version
            ));
            let _ = fs::remove_dir_all(&unfinished);
        }
        outcome
    }
}

/// Puts a finished folder in its place. Another clone may have been faster: then its folder stays.
pub(crate) fn swap_in(finished: &Path, home: &Path) -> Outcome {
    if fs::rename(finished, home).is_ok() {
        return Ok(());
    }
    // Something incomplete is in the way.
    paths::remove_folder(home)?;
    fs::rename(finished, home).on("put the tool into", home)
}

/// Removes what interrupted installations left, those of processes that still run excepted.
pub(crate) fn remove_abandoned(cache: &Path, folder_name: &str) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(folder_name)?.strip_prefix(".unfinished-"));
        if let Some(pid) = pid
            && !Path::new("/proc").join(pid).exists()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The version in what a program prints for `--version`: the first word that begins with a digit.
fn version_of(said: &str) -> Option<&str> {
    said.lines().next()?.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_taken_only_at_exactly_its_version() {
        assert_eq!(version_of("tool 0.21.14\n"), Some("0.21.14"));
        assert_eq!(
            version_of("geckodriver 0.37.1 (a1b2c3 2026-01-01 12:00 +0000)\n\nThe source code"),
            Some("0.37.1")
        );
        assert_eq!(version_of("wasm-bindgen 0.2.129"), Some(WASM_BINDGEN.version));
        assert_ne!(version_of("wasm-bindgen 0.2.12"), Some(WASM_BINDGEN.version));
        assert_eq!(version_of("command not found"), None);
        assert_eq!(version_of(""), None);
    }

    #[test]
    fn the_pins_agree_with_the_project() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project has a root");
        let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("Cargo.toml");
        assert!(manifest.contains(&format!("wasm-bindgen = \"={}\"", WASM_BINDGEN.version)));
        let trunk = fs::read_to_string(root.join("Trunk.toml")).expect("Trunk.toml");
        assert!(trunk.contains(&format!("trunk-version = \"={}\"", TRUNK.version)));
    }

    #[test]
    fn an_unfinished_installation_is_never_taken_for_a_whole_one() {
        let cache = tempfile::tempdir().expect("a folder");
        let bin = cache.path().join("bin");
        fs::create_dir_all(&bin).expect("bin");
        assert!(!WASM_BINDGEN.is_in(&bin), "an empty folder");
        fs::write(bin.join("wasm-bindgen"), "").expect("a file");
        assert!(!WASM_BINDGEN.is_in(&bin), "one of two programs");
        fs::write(bin.join("wasm-bindgen-test-runner"), "").expect("a file");
        assert!(!WASM_BINDGEN.is_in(&bin), "programs that do not start");
    }

    #[test]
    fn only_abandoned_folders_are_removed() {
        let cache = tempfile::tempdir().expect("a folder");
        let mine = format!("tool-0.21.14.unfinished-{}", std::process::id());
        for name in
            [mine.as_str(), "tool-0.21.14.unfinished-999999999", "tool-0.21.14", "other.unfinished-999999999"]
        {
            fs::create_dir(cache.path().join(name)).expect("a folder");
        }
        remove_abandoned(cache.path(), "tool-0.21.14");
        let mut left: Vec<_> = fs::read_dir(cache.path())
            .expect("it")
            .flatten()
            .filter_map(|e| e.file_name().into_string().ok())
            .collect();
        left.sort();
        let mut expected = vec!["other.unfinished-999999999", "tool-0.21.14", &mine];
        expected.sort_unstable();
        assert_eq!(left, expected);
    }
}
