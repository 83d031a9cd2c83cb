//! What is measured: the app and, beside it, a page written by hand; both from one console, with the same data.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use e2e::{Kind, Page, Stack, Storage, in_browser, settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::report::say;

/// The hand-written page's files.
const PAGE: [(&str, &str); 3] = [
    ("hand-written.html", include_str!("../page/hand-written.html")),
    ("hand-written.js", include_str!("../page/hand-written.js")),
    ("hand-written.css", include_str!("../page/hand-written.css")),
];

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The app.
    App,
    /// The page it is compared with.
    HandWritten,
}

impl Subject {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::App, Self::HandWritten];

    fn path(self) -> &'static str {
        match self {
            Self::App => "/engines",
            Self::HandWritten => "/hand-written.html",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "app",
            Self::HandWritten => "hand-written",
        })
    }
}

/// Whom it is measured for: how many engines, and how fast the processor is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fleet {
    /// Engines and sites.
    pub(crate) size: (u32, u32),
    /// The processor is slowed down so many times.
    pub(crate) throttled: u32,
}

impl Fleet {
    /// How many engines.
    pub(crate) const fn engines(self) -> u32 {
        self.size.0
    }

    /// Which processor, in words.
    pub(crate) fn processor(self) -> String {
        if self.throttled == 1 { "whole".to_owned() } else { format!("1/{}", self.throttled) }
    }

    /// The goals are those of a whole processor.
    pub(crate) const fn has_goals(self) -> bool {
        self.throttled == 1
    }

    /// From **Sign in** to the first row, without the network, in milliseconds.
    pub(crate) const fn row_goal(self) -> f64 {
        if self.size.0 > 1000 { 220.0 } else { 150.0 }
    }
}

impl fmt::Display for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} engines, {} processor", self.size.0, self.processor())
    }
}

/// A console with so many engines that serves both pages. No proxy stands before it.
#[derive(Debug)]
pub(crate) struct Console {
    stack: Stack,
    _files: TempDir,
}

impl Console {
    /// Starts one with `engines` engines and `sites` sites.
    ///
    /// # Panics
    /// If it does not come up.
    pub(crate) async fn start((engines, sites): (u32, u32)) -> Self {
        say(&format!("A console with {engines} engines and {sites} sites …"));
        let files = match serve_both(&settings().dist) {
            Ok(files) => files,
            Err(error) => panic!("the pages can't be put together: {error}"),
        };
        let stack = Stack::serving(files.path(), &["--seed", &format!("large:{engines},{sites}")]).await;
        Self { stack, _files: files }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.stack.console_address()
    }

    /// The password of the user `admin`.
    pub(crate) fn password(&self) -> String {
        self.stack.password()
    }

    /// Opens a page in a fresh browser and signs in. When its first row is there, does the rest; gives what was noted of
    /// the loading, and what the rest gives.
    ///
    /// # Panics
    /// If the page does not come so far, or the browser complains of it.
    pub(crate) async fn open<T, F>(&self, subject: Subject, fleet: Fleet, rest: F) -> (Value, T)
    where
        F: AsyncFnOnce(&Page) -> T,
    {
        let url = format!("http://{}{}", self.address(), subject.path());
        let credentials = json!({ "username": "admin", "password": self.password() });
        let watch = format!("({})({credentials})", include_str!("watch.js").trim_end());
        in_browser(Kind::Chromium, Storage::Free, &format!("bench-{subject}"), async move |page: Page| {
            page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await;
            page.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": fleet.throttled })).await;
            page.open(url).await;
            let loaded = ask(&page, "load", &[]).await;
            let rest = rest(&page).await;
            (loaded, rest)
        })
        .await
    }
}

/// The app's folder with the hand-written page beside.
fn serve_both(dist: &Path) -> std::io::Result<TempDir> {
    let files = TempDir::with_prefix("engine-console-bench-")?;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.is_file()) {
            fs::copy(&path, files.path().join(name))?;
        }
    }
    for (name, text) in PAGE {
        fs::write(files.path().join(name), text)?;
    }
    Ok(files)
}

/// What `watch.js` has of that name: a value, a promise, or what a function gives for these arguments.
///
/// # Panics
/// If it fails, with the reason.
pub(crate) async fn ask(page: &Page, name: &str, arguments: &[Value]) -> Value {
    let answer = page
        .run_async(
            "const [name, words, done] = arguments;
             const asked = window.__bench[name];
             const answer = async () => (typeof asked === 'function' ? asked(...words) : asked);
             answer().then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));",
            vec![json!(name), json!(arguments)],
        )
        .await;
    assert!(answer["error"].is_null(), "{name}: {}", answer["error"]);
    answer["value"].clone()
}

/// A number of an answer.
///
/// # Panics
/// If it is none.
pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}
