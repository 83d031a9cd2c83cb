//! Where the programs are that the tests run: told by environment variables, which `cargo xtask test` and `bench` set.
//! What only some of the tests need is looked for when they need it.

use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Everything that is not made by this crate.
#[derive(Debug)]
pub struct Settings {
    /// The finished app, with its compressed siblings (`ENGINE_CONSOLE_DIST`).
    pub dist: PathBuf,
    /// The folder of `embedded-console` and `scan-engine` (`ENGINE_CONSOLE_BIN_DIR`).
    pub bin_dir: PathBuf,
    /// Chromium's driver (`CHROMEDRIVER`).
    pub chromedriver: PathBuf,
    /// Chromium (`CHROMIUM`).
    pub chromium: PathBuf,
    /// Where screenshots go (`ENGINE_CONSOLE_SCREENSHOTS`).
    pub screenshots: PathBuf,
}

impl Settings {
    /// The finished app for the path `/engine-console/` (`ENGINE_CONSOLE_DIST_BEHIND`).
    ///
    /// # Panics
    /// As [`settings`] does; so do the others.
    #[must_use]
    pub fn dist_behind(&self) -> PathBuf {
        path("ENGINE_CONSOLE_DIST_BEHIND")
    }

    /// The folder with nginx and its module for brotli, as Debian's packages have them below `/` (`ENGINE_CONSOLE_NGINX`).
    #[must_use]
    pub fn nginx(&self) -> PathBuf {
        path("ENGINE_CONSOLE_NGINX")
    }

    /// Firefox' driver (`GECKODRIVER`).
    #[must_use]
    pub fn geckodriver(&self) -> PathBuf {
        path("GECKODRIVER")
    }

    /// Firefox (`FIREFOX`).
    #[must_use]
    pub fn firefox(&self) -> PathBuf {
        path("FIREFOX")
    }

    /// The folder whose `node_modules` holds axe-core and @testing-library/dom (`ENGINE_CONSOLE_NODE_TOOLS`).
    #[must_use]
    pub fn node_tools(&self) -> PathBuf {
        path("ENGINE_CONSOLE_NODE_TOOLS")
    }
}

/// The settings of this run.
///
/// # Panics
/// If a variable is missing, with the way to have it set.
pub fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| Settings {
        dist: path("ENGINE_CONSOLE_DIST"),
        bin_dir: path("ENGINE_CONSOLE_BIN_DIR"),
        chromedriver: path("CHROMEDRIVER"),
        chromium: path("CHROMIUM"),
        screenshots: path("ENGINE_CONSOLE_SCREENSHOTS"),
    })
}

fn path(variable: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(value) if !value.is_empty() => PathBuf::from(value),
        _ => panic!("{variable} is not set: start this with `cargo xtask test e2e`, or `cargo xtask bench`"),
    }
}
