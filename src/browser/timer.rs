//! Waiting. A wait that is given up leaves no timer behind in the browser.

use std::time::Duration;

use gloo_timers::{callback::Timeout, future::TimeoutFuture};

/// Waits; at most about 24 days, the longest that browsers know.
pub fn sleep(pause: Duration) -> TimeoutFuture {
    TimeoutFuture::new(milliseconds(pause))
}

/// Lets the browser draw, and take what was typed, between two pieces of long work.
pub fn breathe() -> TimeoutFuture {
    TimeoutFuture::new(0)
}

/// Does something after a pause, unless what this gives back is dropped before.
pub fn after(pause: Duration, act: impl FnOnce() + 'static) -> Timeout {
    Timeout::new(milliseconds(pause), act)
}

/// Browsers would treat anything longer as zero.
fn milliseconds(pause: Duration) -> u32 {
    i32::try_from(pause.as_millis()).unwrap_or(i32::MAX).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_never_longer_than_browsers_know() {
        for (pause, milliseconds_of_it) in [
            (Duration::ZERO, 0),
            (Duration::from_millis(30), 30),
            (Duration::from_secs(3_000_000), 2_147_483_647),
            (Duration::MAX, 2_147_483_647),
        ] {
            assert_eq!(milliseconds(pause), milliseconds_of_it);
        }
    }
}
