//! Where the programs are that the tests run: told by environment variables, which `cargo xtask test` sets.

use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Everything that is not made by this crate.
#[derive(Debug)]
pub struct Settings {
    /// The finished app, with its compressed siblings (`ENGINE_CONSOLE_DIST`).
    pub dist: PathBuf,
    /// The finished app for the path `/engine-console/` (`ENGINE_CONSOLE_DIST_BEHIND`).
    pub dist_behind: PathBuf,
    /// The folder with nginx and its module for brotli, as Debian's packages have them below `/` (`ENGINE_CONSOLE_NGINX`).
    pub nginx: PathBuf,
    /// The folder of `embedded-console` and `scan-engine` (`ENGINE_CONSOLE_BIN_DIR`).
    pub bin_dir: PathBuf,
    /// Chromium's driver (`CHROMEDRIVER`).
    pub chromedriver: PathBuf,
    /// Firefox' driver (`GECKODRIVER`).
    pub geckodriver: PathBuf,
    /// Chromium (`CHROMIUM`).
    pub chromium: PathBuf,
    /// Firefox (`FIREFOX`).
    pub firefox: PathBuf,
    /// The folder whose `node_modules` holds axe-core and @testing-library/dom (`ENGINE_CONSOLE_NODE_TOOLS`).
    pub node_tools: PathBuf,
    /// Where screenshots go (`ENGINE_CONSOLE_SCREENSHOTS`).
    pub screenshots: PathBuf,
}

/// The settings of this run.
///
/// # Panics
/// If a variable is missing, with the way to have it set.
pub fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| Settings {
        dist: path("ENGINE_CONSOLE_DIST"),
        dist_behind: path("ENGINE_CONSOLE_DIST_BEHIND"),
        nginx: path("ENGINE_CONSOLE_NGINX"),
        bin_dir: path("ENGINE_CONSOLE_BIN_DIR"),
        chromedriver: path("CHROMEDRIVER"),
        geckodriver: path("GECKODRIVER"),
        chromium: path("CHROMIUM"),
        firefox: path("FIREFOX"),
        node_tools: path("ENGINE_CONSOLE_NODE_TOOLS"),
        screenshots: path("ENGINE_CONSOLE_SCREENSHOTS"),
    })
}

fn path(variable: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(value) if !value.is_empty() => PathBuf::from(value),
        _ => panic!("{variable} is not set: start these tests with `cargo xtask test e2e`"),
    }
}
