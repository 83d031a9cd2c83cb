//! A browser of each kind, with its driver.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command as StdCommand;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::bidi::UserContextId;
use thirtyfour::bidi::modules::browsing_context::{Create, CreateType};
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{WebDriver, WindowHandle};
use tokio::process::Command;
use tokio::time::timeout;

use crate::process::Process;
use crate::settings::settings;
use crate::wait::PATIENCE;

/// How long driver and browser may take to come up on a busy machine, and the browser to answer at all.
const START: Duration = Duration::from_secs(60);

/// The window's outside, in CSS pixels.
const WINDOW: (u32, u32) = (1440, 900);

/// How often a driver is started before it counts as broken.
const DRIVER_TRIES: u32 = 3;

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
}

/// What a browser stores for its pages, by its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// What they ask for.
    Free,
    /// Nothing.
    Forbidden,
    /// There is no room. Only Firefox has a setting for it; Chromium takes a command (`Storage.overrideQuotaForOrigin`).
    Full,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        })
    }
}

/// A browser with a profile of its own and the driver that it belongs to. geckodriver serves one browser only, so each
/// has its own; it starts in a few hundredths of a second.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) kind: Kind,
    pub(crate) driver: WebDriver,
    process: Process,
    profile: Profile,
    /// Firefox' container in which the tab is, after [`Browser::renew`].
    container: Option<UserContextId>,
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    /// If driver or browser don't come up.
    pub(crate) async fn start(kind: Kind, storage: Storage) -> Self {
        // thirtyfour's HTTP client asks for one although nothing here is encrypted. Already installed is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let profile = Profile::new();
        let (process, port) = start_driver(kind, &profile).await;
        let capabilities = match kind {
            Kind::Chromium => chromium(profile.path(), storage),
            Kind::Firefox => firefox(storage),
        };
        let driver =
            WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities).request_timeout(START).await;
        let driver = match driver {
            Ok(driver) => driver,
            Err(error) => panic!("{kind} does not start: {error}\n{}", process.lines().join("\n")),
        };
        let browser = Self { kind, driver, process, profile, container: None };
        if kind == Kind::Firefox {
            browser.listen_early().await;
        }
        browser
    }

    /// Firefox' driver has no log to ask for: a script that runs before any of the page keeps what goes wrong.
    async fn listen_early(&self) {
        let listening = async {
            let bidi = self.driver.bidi().await?;
            bidi.script().add_preload_script(include_str!("early.js")).await.map(drop).map_err(Into::into)
        };
        let listening: WebDriverResult<()> = listening.await;
        if let Err(error) = listening {
            panic!("Firefox does not take the script that listens for violations: {error}");
        }
    }

    /// Makes of it what a browser with a fresh profile is, in a quarter of the time: another tab, without history, and
    /// without anything that was kept for the addresses that were visited. No cookie is left, no file, and no permission.
    ///
    /// # Errors
    /// Of the driver: then the browser is better closed.
    pub(crate) async fn renew(&mut self, visited: &BTreeSet<String>) -> WebDriverResult<()> {
        match self.kind {
            Kind::Chromium => self.renew_chromium(visited).await?,
            Kind::Firefox => self.renew_firefox().await?,
        }
        let (width, height) = WINDOW;
        self.driver.set_window_rect(0, 0, width, height).await
    }

    async fn renew_chromium(&self, visited: &BTreeSet<String>) -> WebDriverResult<()> {
        let old = self.driver.windows().await?;
        let tab = self.driver.new_tab().await?;
        self.close(old, tab).await?;
        let cdp = self.driver.cdp();
        // The driver opens tabs behind the one that is shown, where nothing has the focus.
        cdp.send_raw("Page.bringToFront", json!({})).await?;
        cdp.send_raw("Network.clearBrowserCache", json!({})).await?;
        cdp.send_raw("Network.clearBrowserCookies", json!({})).await?;
        cdp.send_raw("Browser.resetPermissions", json!({})).await?;
        for origin in visited {
            let all = json!({ "origin": origin, "storageTypes": "all" });
            cdp.send_raw("Storage.clearDataForOrigin", all).await?;
        }
        Ok(())
    }

    /// Each container has cookies, storage and a cache of its own. Another one takes the place of the last.
    async fn renew_firefox(&mut self) -> WebDriverResult<()> {
        let old = self.driver.windows().await?;
        let bidi = self.driver.bidi().await?;
        let container = bidi.browser().create_user_context().await?.user_context;
        let tab = Create {
            r#type: CreateType::Tab,
            reference_context: None,
            background: None,
            user_context: Some(container.clone()),
        };
        let tab = bidi.send(tab).await?.context;
        self.close(old, WindowHandle::from(tab.to_string())).await?;
        if let Some(last) = self.container.replace(container) {
            bidi.browser().remove_user_context(last).await?;
        }
        Ok(())
    }

    async fn close(&self, old: Vec<WindowHandle>, then: WindowHandle) -> WebDriverResult<()> {
        for tab in old {
            self.driver.switch_to_window(tab).await?;
            self.driver.close_window().await?;
        }
        self.driver.switch_to_window(then).await
    }

    /// Closes the browser and ends the driver.
    pub(crate) async fn quit(mut self) {
        match timeout(PATIENCE, self.driver.clone().quit()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("{} does not quit by itself: {error}", self.kind),
            Err(_) => eprintln!("{} does not quit within {PATIENCE:?}", self.kind),
        }
        self.process.kill().await;
        drop(self.profile);
    }
}

/// Starts the driver; the port that it listens on.
///
/// It takes a free port of IPv4 and then the same one of IPv6, which another program may have: then it ends, and is
/// started once more.
async fn start_driver(kind: Kind, profile: &Profile) -> (Process, String) {
    let mut problem = String::new();
    for _ in 0..DRIVER_TRIES {
        let (mut process, marker) = match kind {
            Kind::Chromium => {
                let mut command = Command::new(&settings().chromedriver);
                command.arg("--port=0");
                (Process::start("chromedriver", &mut command), "successfully on port ")
            }
            Kind::Firefox => {
                let mut command = Command::new(settings().geckodriver());
                command.args(["--port", "0", "--websocket-port", "0", "--profile-root"]).arg(profile.path());
                (Process::start("geckodriver", &mut command), "Listening on 127.0.0.1:")
            }
        };
        match process.try_word_after(marker, START).await {
            Ok(port) => return (process, port),
            Err(said) => problem = said,
        }
    }
    panic!("{problem}");
}

/// The folder of a browser's profile. Whatever still runs on it when it is dropped is killed.
#[derive(Debug)]
struct Profile(TempDir);

impl Profile {
    fn new() -> Self {
        match TempDir::with_prefix("engine-console-browser-") {
            Ok(dir) => Self(dir),
            Err(error) => panic!("no folder for the browser's profile: {error}"),
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        for process in processes_on(self.path()) {
            // It may have ended in the meantime.
            _ = StdCommand::new("kill").args(["-KILL", &process]).status();
        }
    }
}

/// The ids of the processes whose command line names the folder.
fn processes_on(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy().into_owned();
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let names_folder = |path: PathBuf| {
        std::fs::read(path.join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(&folder))
    };
    processes
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let id = entry.file_name().into_string().ok()?;
            let is_process = id.bytes().all(|byte| byte.is_ascii_digit());
            (is_process && names_folder(entry.path())).then_some(id)
        })
        .collect()
}

fn chromium(profile: &Path, storage: Storage) -> Capabilities {
    let mut args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1440,900",
        "--lang=en-GB",
    ]
    .map(str::to_owned)
    .to_vec();
    args.push(format!("--user-data-dir={}", profile.display()));
    let mut capabilities = Capabilities::new();
    let mut set = |key: &str, value| {
        if let Err(error) = capabilities.set(key, value) {
            panic!("{key} is not a capability: {error}");
        }
    };
    set("browserName", json!("chrome"));
    // What it may keep belongs to the cookies there: 2 is to block them.
    let prefs = match storage {
        Storage::Free | Storage::Full => json!({}),
        Storage::Forbidden => json!({ "profile.default_content_setting_values.cookies": 2 }),
    };
    set("goog:chromeOptions", json!({ "binary": settings().chromium, "args": args, "prefs": prefs }));
    set("goog:loggingPrefs", json!({ "browser": "ALL" }));
    capabilities
}

fn firefox(storage: Storage) -> Capabilities {
    let mut capabilities = Capabilities::new();
    let mut set = |key: &str, value| {
        if let Err(error) = capabilities.set(key, value) {
            panic!("{key} is not a capability: {error}");
        }
    };
    set("browserName", json!("firefox"));
    set("webSocketUrl", json!(true));
    let mut prefs = json!({
        "intl.accept_languages": "en-GB, en",
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
    });
    match storage {
        Storage::Free => {}
        // "Block all cookies", to which the rest of what is stored belongs.
        Storage::Forbidden => prefs["network.cookie.cookieBehavior"] = json!(2),
        // In kilobytes.
        Storage::Full => prefs["dom.quotaManager.temporaryStorage.fixedLimit"] = json!(1),
    }
    let args = ["-headless", "--width", "1440", "--height", "900"];
    set("moz:firefoxOptions", json!({ "binary": settings().firefox(), "args": args, "prefs": prefs }));
    capabilities
}
