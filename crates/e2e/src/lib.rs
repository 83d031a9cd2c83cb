//! The harness of the end-to-end tests: real browsers, a real console with its app, real scan engines, and a proxy
//! between that makes answers fail for real.
//!
//! A test is written once for both browsers. It finds what a person finds, by role and name, and waits for what a
//! person would wait for:
//!
//! ```no_run
//! use e2e::{Stack, button, cell, heading, in_both_browsers};
//!
//! in_both_browsers! {
//!     async fn sees_an_engine(page: Page) {
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
mod locator;
mod nginx;
mod page;
mod problems;
mod process;
mod settings;
mod stack;
mod wait;

pub mod http;
pub mod proxy;

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;

pub use browser::Kind;
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

/// Runs a test's body in a fresh browser and closes it afterwards, whatever came of it.
///
/// # Panics
/// If the body does, or if the browser has complained: violations of the page's policy and errors on the console are
/// failures in every test, except for those that the body has forgiven.
pub fn run<F, Fut>(kind: Kind, name: &str, body: F)
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime for the test: {error}"));
    runtime.block_on(in_browser(kind, name, body));
}

/// Runs a part of a test in a second browser of the same kind, beside the first one: what a colleague does meanwhile.
///
/// # Panics
/// As [`run`] does.
pub async fn beside<F, Fut>(page: &Page, body: F)
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = ()>,
{
    in_browser(page.kind(), "the colleague's browser", body).await;
}

/// Runs something in a fresh browser and closes it afterwards, whatever came of it. Gives what the body gives.
///
/// # Panics
/// As [`run`] does.
pub async fn in_browser<T, F, Fut>(kind: Kind, name: &str, body: F) -> T
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = T>,
{
    let browser = browser::Browser::start(kind).await;
    let page = Page::new(browser.driver.clone(), kind);
    let test = async {
        let result = body(page.clone()).await;
        let problems = page.problems().await;
        assert!(problems.is_empty(), "the browser complained:\n{}", problems.join("\n"));
        result
    };
    let outcome = AssertUnwindSafe(test).catch_unwind().await;
    if outcome.is_err() {
        let description = AssertUnwindSafe(page.describe(name)).catch_unwind();
        match tokio::time::timeout(PATIENCE, description).await {
            Ok(Ok(description)) => eprintln!("{description}"),
            // It has said why.
            Ok(Err(_)) => eprintln!("the page can't be described"),
            Err(_) => {
                eprintln!("the page does not answer within {PATIENCE:?}: it may be caught in a loop");
            }
        }
    }
    drop(page);
    browser.quit().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Makes tests of async functions, each once for Chromium and once for Firefox: `name::chromium`, `name::firefox`.
#[macro_export]
macro_rules! in_both_browsers {
    ($($(#[$meta:meta])* async fn $name:ident($page:ident: Page) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($page: $crate::Page) $body

        mod $name {
            #[test]
            fn chromium() {
                $crate::run($crate::Kind::Chromium, stringify!($name), super::$name);
            }

            #[test]
            fn firefox() {
                $crate::run($crate::Kind::Firefox, stringify!($name), super::$name);
            }
        }
    )+};
}

/// Makes a test for Chromium only, where Firefox has no way to do it.
#[macro_export]
macro_rules! in_chromium {
    ($($(#[$meta:meta])* async fn $name:ident($page:ident: Page) $body:block)+) => {$(
        $(#[$meta])*
        #[test]
        fn $name() {
            async fn body($page: $crate::Page) $body
            $crate::run($crate::Kind::Chromium, stringify!($name), body);
        }
    )+};
}
