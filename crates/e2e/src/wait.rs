//! Waiting for a condition, with a bound.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a person would wait before calling it broken.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How often a condition is looked at that can't report by itself.
const POLL: Duration = Duration::from_millis(40);

/// Looks again and again until the check gives a value, at most for `bound`.
///
/// # Errors
/// What the last check said was missing.
pub async fn until<T>(
    bound: Duration,
    mut check: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T, String> {
    let end = Instant::now() + bound;
    loop {
        match check().await {
            Ok(value) => return Ok(value),
            Err(missing) if Instant::now() >= end => return Err(missing),
            Err(_) => sleep(POLL).await,
        }
    }
}
