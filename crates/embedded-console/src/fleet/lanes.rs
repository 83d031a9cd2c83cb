//! How many engines are dialled at a time.
//!
//! Thousands of engines may be down for good, and each is tried every three seconds. They share the slow lane, which
//! bounds connections and attempts per second, so that they take no processor time worth mentioning. An engine that
//! was there a moment ago takes the quick lane, and never queues behind them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Places for engines that were in contact a moment ago, and for first contacts.
const QUICK: usize = 64;
/// Places for all others.
const SLOW: usize = 128;
/// How long an attempt in the slow lane keeps its place at least: with 128 places, at most about 500 attempts a second.
const SLOW_PLACE: Duration = Duration::from_millis(250);

/// How many dials there were and are: for tests and for looking into a console that is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DialCounts {
    /// Under way now.
    pub running: usize,
    /// The most that were ever under way at a time.
    pub peak: usize,
    /// All since the start.
    pub total: usize,
}

impl DialCounts {
    /// [`DialCounts::peak`] is never above this.
    pub const MOST: usize = QUICK + SLOW;
}

#[derive(Debug)]
pub(super) struct Lanes {
    quick: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    running: AtomicUsize,
    peak: AtomicUsize,
    total: AtomicUsize,
}

/// A place in a lane, and the count of the dial that has it.
#[derive(Debug)]
pub(super) struct Place {
    lanes: Arc<Lanes>,
    until: Option<Instant>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self {
            quick: Arc::new(Semaphore::new(QUICK)),
            slow: Arc::new(Semaphore::new(SLOW)),
            running: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
        }
    }

    /// Waits for a place.
    pub(super) async fn place(self: &Arc<Self>, quick: bool) -> Place {
        let lane = if quick { &self.quick } else { &self.slow };
        // The semaphores are never closed: there is always a permit in the end.
        let permit = Arc::clone(lane).acquire_owned().await.ok();
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.peak.fetch_max(running, Ordering::Relaxed);
        self.total.fetch_add(1, Ordering::Relaxed);
        let until = (!quick).then(|| Instant::now() + SLOW_PLACE);
        Place { lanes: Arc::clone(self), until, _permit: permit }
    }

    pub(super) fn counts(&self) -> DialCounts {
        DialCounts {
            running: self.running.load(Ordering::Relaxed),
            peak: self.peak.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
        }
    }
}

impl Place {
    /// Gives the place back after a failure: in the slow lane not before its time.
    pub(super) async fn leave(self) {
        if let Some(until) = self.until {
            sleep_until(until).await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lanes.running.fetch_sub(1, Ordering::Relaxed);
    }
}
