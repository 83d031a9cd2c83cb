//! What the tests in browsers need: Chromium and Firefox with their drivers, and two packages of JavaScript; and what
//! every harness with a browser is told.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::cmd;
use crate::deb::{self, Packaged};
use crate::failure::{Failure, OnFile as _, Outcome};
use crate::paths;
use crate::steps::Steps;
use crate::tools::{GECKODRIVER, remove_abandoned, swap_in};

const CHROMIUM: Packaged =
    Packaged { programs: &["chromium", "chromium-browser", "google-chrome"], package: "chromium" };
const CHROMEDRIVER: Packaged = Packaged { programs: &["chromedriver"], package: "chromium-driver" };
const FIREFOX: Packaged = Packaged { programs: &["firefox-esr", "firefox"], package: "firefox-esr" };
const NODE: Packaged = Packaged { programs: &["node", "nodejs"], package: "nodejs" };
const NPM: Packaged = Packaged { programs: &["npm"], package: "npm" };

/// The checker of accessibility rules, and the queries by role and label, both injected into pages under test.
const NODE_PACKAGES: [(&str, &str); 2] = [("axe-core", "4.14.1"), ("@testing-library/dom", "10.4.2")];

/// Where Chromium is, as absolute paths.
pub(crate) struct Chromium {
    /// The program.
    pub(crate) chromium: PathBuf,
    /// Its WebDriver.
    pub(crate) chromedriver: PathBuf,
}

/// Where everything is, as absolute paths.
pub(crate) struct Browsers {
    /// Chromium.
    pub(crate) chromium: Chromium,
    /// The Firefox program.
    pub(crate) firefox: PathBuf,
    /// Its WebDriver.
    pub(crate) geckodriver: PathBuf,
    /// The folder whose `node_modules` holds the packages of JavaScript.
    pub(crate) node_tools: PathBuf,
}

/// Chromium and its driver only: what the component suites need.
pub(crate) fn ensure_chromedriver(steps: &mut Steps) -> Outcome<PathBuf> {
    deb::ensure(steps, &[CHROMIUM, CHROMEDRIVER])?;
    found(&CHROMEDRIVER)
}

/// Chromium and its driver, for a harness.
pub(crate) fn ensure_chromium(steps: &mut Steps) -> Outcome<Chromium> {
    Ok(Chromium { chromedriver: ensure_chromedriver(steps)?, chromium: found(&CHROMIUM)? })
}

/// Tells a harness where the app, the programs and Chromium are (`crates/e2e/src/settings.rs`).
pub(crate) fn tell(harness: &mut Command, Chromium { chromium, chromedriver }: &Chromium) -> Outcome {
    let root = paths::root()?;
    harness.env("ENGINE_CONSOLE_DIST", root.join(paths::app()));
    harness.env("ENGINE_CONSOLE_BIN_DIR", root.join(paths::programs()));
    harness.env("ENGINE_CONSOLE_SCREENSHOTS", root.join(paths::target()).join("screenshots"));
    harness.env("CHROMIUM", chromium).env("CHROMEDRIVER", chromedriver);
    Ok(())
}

/// Everything that the end-to-end suites need.
pub(crate) fn ensure(steps: &mut Steps) -> Outcome<Browsers> {
    deb::ensure(steps, &[CHROMIUM, CHROMEDRIVER, FIREFOX])?;
    Ok(Browsers {
        chromium: ensure_chromium(steps)?,
        firefox: found(&FIREFOX)?,
        geckodriver: GECKODRIVER.ensure(steps)?.join("geckodriver"),
        node_tools: ensure_node_tools(steps)?,
    })
}

fn found(one: &Packaged) -> Outcome<PathBuf> {
    one.find().ok_or_else(|| Failure::new(format!("{} is missing: install it and start again", one.package)))
}

fn ensure_node_tools(steps: &mut Steps) -> Outcome<PathBuf> {
    let name = NODE_PACKAGES
        .iter()
        .map(|(package, version)| format!("{}-{version}", package.trim_start_matches('@').replace('/', "-")))
        .collect::<Vec<_>>()
        .join("-");
    let cache = paths::tools_cache()?;
    let home = cache.join(&name);
    // Whole or not there: it is put in place by a rename.
    if NODE_PACKAGES
        .iter()
        .all(|(package, _)| home.join("node_modules").join(package).join("package.json").is_file())
    {
        return Ok(home);
    }
    deb::ensure(steps, &[NODE, NPM])?;
    steps.step("Install axe-core and @testing-library/dom", || {
        fs::create_dir_all(&cache).on("make", &cache)?;
        remove_abandoned(&cache, &name);
        let unfinished = cache.join(format!("{name}.unfinished-{}", std::process::id()));
        fs::create_dir_all(&unfinished).on("make", &unfinished)?;
        // Scripts of packages don't run: the two are plain files.
        let mut npm = Command::new(found(&NPM)?);
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"]);
        npm.arg(&unfinished);
        npm.args(NODE_PACKAGES.iter().map(|(package, version)| format!("{package}@{version}")));
        cmd::output(&mut npm)?;
        swap_in(&unfinished, &home)
    })?;
    Ok(home)
}
