//! Browsers that several tests use, one after the other: to start one takes as long as many a test.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::browser::{Browser, Kind, Storage};
use crate::page::Page;

/// Those that no test uses now. Each is as good as new.
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

fn idle() -> MutexGuard<'static, Vec<Browser>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A browser for one test.
///
/// # Panics
/// If none is idle and none comes up.
pub(crate) async fn take(kind: Kind) -> Browser {
    let found = {
        let mut idle = idle();
        idle.iter().position(|browser| browser.kind == kind).map(|at| idle.swap_remove(at))
    };
    match found {
        Some(browser) => browser,
        None => Browser::start(kind, Storage::Free).await,
    }
}

/// Makes the browser ready for the next test. After one that failed it is closed: nobody knows what state it is in.
pub(crate) async fn give_back(mut browser: Browser, page: &Page, good: bool) {
    if good {
        match browser.renew(&page.visited()).await {
            Ok(()) => return idle().push(browser),
            Err(error) => eprintln!("{} is not made new, and closed: {error}", browser.kind),
        }
    }
    browser.quit().await;
}

/// Closes all that are idle.
pub(crate) async fn close() {
    let all = std::mem::take(&mut *idle());
    futures::future::join_all(all.into_iter().map(Browser::quit)).await;
}
