//! The list of tests, and running them.
//!
//! What a test binary of cargo's does by itself is done here, because there is something to do after the last test: to
//! close the browsers that they all have used.

use std::future::Future;
use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use crate::browser::Kind;
use crate::page::Page;
use crate::{on_page, pool};

/// What a test does.
type Body = Pin<Box<dyn Future<Output = ()>>>;

/// Makes the tests of a module, as the function `tests` for the list in `main`. Before each stands where it runs:
/// `in_chromium`, `in_both_browsers` for what is different from browser to browser, or `without_a_browser`.
#[macro_export]
macro_rules! tests {
    ($($(#[$meta:meta])* $place:ident: async fn $name:ident($($page:ident: Page)?) $body:block)+) => {
        $($(#[$meta])* async fn $name($($page: $crate::Page)?) $body)+

        /// The tests of this module.
        pub(crate) fn tests() -> Vec<$crate::suite::Test> {
            let tests = [$($crate::suite::$place(
                concat!(module_path!(), "::", stringify!($name)),
                |$($page: $crate::Page)?| Box::pin($name($($page)?)),
            )),+];
            tests.into_iter().flatten().collect()
        }
    };
}

/// A test with its name.
pub type Test = Trial;

/// A test that runs in Chromium.
pub fn in_chromium(name: &str, body: fn(Page) -> Body) -> Vec<Test> {
    vec![in_browser(Kind::Chromium, name, body)]
}

/// A test of what browsers do differently: focus, keyboard, dialogs, history, downloads, policy, storage, layout, broken
/// connections. It runs in each.
pub fn in_both_browsers(name: &str, body: fn(Page) -> Body) -> Vec<Test> {
    [Kind::Chromium, Kind::Firefox].map(|kind| in_browser(kind, name, body)).into()
}

/// A test that needs no browser.
pub fn without_a_browser(name: &str, body: fn() -> Body) -> Vec<Test> {
    vec![Trial::test(short(name), move || {
        let outcome = runtime().block_on(AssertUnwindSafe(body()).catch_unwind());
        outcome.map_err(|panic| Failed::from(words(&*panic)))
    })]
}

fn in_browser(kind: Kind, name: &str, body: fn(Page) -> Body) -> Test {
    let name = format!("{}::{kind}", short(name));
    Trial::test(name.clone(), move || {
        let started = Instant::now();
        let outcome = runtime().block_on(async {
            let browser = pool::take(kind).await;
            let page = Page::new(browser.driver.clone(), kind);
            let outcome = on_page(&page, &name, body).await;
            pool::give_back(browser, &page, outcome.is_ok()).await;
            outcome.map_err(|failure| Failed::from(format!("{}\n{}", words(&*failure.panic), failure.page)))
        });
        TIMES.lock().unwrap_or_else(PoisonError::into_inner).push((started.elapsed(), name));
        outcome
    })
}

/// Without the name of the test program.
fn short(name: &str) -> &str {
    name.split_once("::").map_or(name, |(_, name)| name)
}

/// What a panic said.
fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked without words")
}

/// All tests share it, for browsers outlive a test.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap_or_else(|error| panic!("no runtime for the tests: {error}"))
    })
}

/// How long each test took.
static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// How many of the longest are told at the end: where it is worth to look first.
const LONGEST: usize = 10;

fn tell_the_longest() {
    let mut times = std::mem::take(&mut *TIMES.lock().unwrap_or_else(PoisonError::into_inner));
    times.sort();
    println!("the longest tests:");
    for (took, name) in times.iter().rev().take(LONGEST) {
        println!("  {:>5.1} s  {name}", took.as_secs_f64());
    }
}

/// Runs the tests that the command line names, all when it names none. It understands what cargo's own test programs do,
/// `--list`, `--exact`, `--skip` and `--test-threads` among it.
pub fn run(tests: impl IntoIterator<Item = Vec<Test>>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert_with(|| {
        // Each test has a console, engines and a browser of its own, and waits about half of its time.
        2 * std::thread::available_parallelism().map_or(2, NonZero::get)
    });
    let conclusion = libtest_mimic::run(&arguments, tests.into_iter().flatten().collect());
    runtime().block_on(pool::close());
    if !arguments.list {
        tell_the_longest();
    }
    conclusion.exit_code()
}
