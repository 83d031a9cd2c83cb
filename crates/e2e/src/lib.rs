//! The harness of the end-to-end tests: real browsers, a real console with its app, real scan engines, and a proxy
//! between that makes answers fail for real.
//!
//! A test runs in Chromium, and in Firefox too if it is about something that browsers do differently. It finds what a
//! person finds, by role and name, and waits for what a person would wait for:
//!
//! ```no_run
//! use e2e::{Stack, button, cell, heading, tests};
//!
//! tests! {
//!     in_both_browsers: async fn sees_an_engine(page: Page) {
//!         let stack = Stack::start().await;
//!         let mut engine = stack.engine("Frankfurt").await;
//!         engine.enable_console().await;
//!
//!         page.open(stack.url("/")).await;
//!         page.sign_in("admin", &stack.password()).await;
//!         page.see(heading("Scan Engines")).await;
//!         page.click(button("Refresh Frankfurt")).await;
//!         page.see_words(cell("Frankfurt", "Status"), "Active").await;
//!     }
//! }
//! ```
//!
//! `cargo xtask test e2e` builds and installs what the tests need and starts them.

mod browser;
mod checks;
mod contract;
mod files;
mod locator;
mod nginx;
mod page;
mod pool;
mod problems;
mod process;
mod settings;
mod stack;
mod wait;

pub mod http;
pub mod proxy;
pub mod suite;

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;

pub use browser::{Kind, Storage};
pub use checks::SIZES;
pub use locator::{
    Locator, Name, alert, any, button, cell, column, dialog, ends, field, has, heading, link, news, role,
    row, starts, text,
};
pub use nginx::Nginx;
pub use page::Page;
pub use proxy::{Fault, Standing};
pub use settings::{Settings, settings};
pub use stack::{DemoUser, Engine, ShownConsole, Stack};
pub use thirtyfour::Key;
pub use wait::{PATIENCE, until};

/// Runs a part of a test in a second browser of the same kind, beside the first one: what a colleague does in the meantime.
///
/// # Panics
/// If the body does, or if the browser has complained: violations of the page's policy and errors on the console are
/// failures in every test, except for those that the body has forgiven.
pub async fn beside<F, Fut>(page: &Page, body: F)
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = ()>,
{
    let browser = pool::take(page.kind()).await;
    let theirs = Page::new(browser.driver.clone(), page.kind());
    let outcome = on_page(&theirs, "the colleague's browser", body).await;
    pool::give_back(browser, &theirs, outcome.is_ok()).await;
    outcome.unwrap_or_else(|failure| failure.resume());
}

/// Runs something in a browser with a fresh profile and closes it afterwards, whatever came of it. Gives what the body
/// gives.
///
/// # Panics
/// As [`beside`] does.
pub async fn in_browser<T, F, Fut>(kind: Kind, storage: Storage, name: &str, body: F) -> T
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = T>,
{
    let browser = browser::Browser::start(kind, storage).await;
    let page = Page::new(browser.driver.clone(), kind);
    let outcome = on_page(&page, name, body).await;
    drop(page);
    browser.quit().await;
    outcome.unwrap_or_else(|failure| failure.resume())
}

/// Runs the body on the page, and then asks the browser whether it has complained.
async fn on_page<T, F, Fut>(page: &Page, name: &str, body: F) -> Result<T, Failure>
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = T>,
{
    let test = async {
        let result = body(page.clone()).await;
        let problems = page.problems().await;
        assert!(problems.is_empty(), "the browser complained:\n{}", problems.join("\n"));
        result
    };
    match AssertUnwindSafe(test).catch_unwind().await {
        Ok(result) => Ok(result),
        Err(panic) => Err(Failure { panic, page: describe(page, name).await }),
    }
}

/// Where the page was when a test failed.
async fn describe(page: &Page, name: &str) -> String {
    let description = AssertUnwindSafe(page.describe(name)).catch_unwind();
    match tokio::time::timeout(PATIENCE, description).await {
        Ok(Ok(description)) => description,
        // It has said why.
        Ok(Err(_)) => "the page can't be described".to_owned(),
        Err(_) => format!("the page does not answer within {PATIENCE:?}: it may be caught in a loop"),
    }
}

/// How a test failed.
struct Failure {
    panic: Box<dyn Any + Send>,
    /// Where the page was then.
    page: String,
}

impl Failure {
    /// Continues with the panic, after the page has been described.
    fn resume(self) -> ! {
        eprintln!("{}", self.page);
        resume_unwind(self.panic)
    }
}
