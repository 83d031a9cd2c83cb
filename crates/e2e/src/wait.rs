//! Waiting for a condition, with a bound.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a person would wait before calling it broken: ten seconds, and as much again for a machine with four browsers on
/// two cores.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long after a look at a condition, which can't report by itself, comes the next one: the longer it has been waited
/// for, the longer. To look keeps the page from going on, and the other tests from the processor.
const POLL: Duration = Duration::from_millis(20);
/// The longest of these pauses.
const LONGEST_POLL: Duration = Duration::from_millis(150);

/// Looks again and again until the check gives a value, at most for `bound`.
///
/// # Errors
/// What the last check said was missing.
pub async fn until<T>(
    bound: Duration,
    mut check: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T, String> {
    let end = Instant::now() + bound;
    let mut pause = POLL;
    loop {
        match check().await {
            Ok(value) => return Ok(value),
            Err(missing) if Instant::now() >= end => return Err(missing),
            Err(_) => sleep(pause).await,
        }
        pause = LONGEST_POLL.min(pause * 3 / 2);
    }
}
