//! The client: one method for each thing that the console can do.

mod admin;
mod call;
mod engines;
mod outcome;
mod paging;
mod pools;
mod scans;
mod secret;
mod sites;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use crate::credentials::Credentials;
use crate::transport::Transport;

pub use admin::{Asked, Refreshed, UpdateAnswer};
pub use call::Welcome;
pub use engines::EngineDraft;
pub use outcome::{Created, Moved, PoolMoved, Saved};
pub use paging::{PageRequest, Sort};
pub use pools::PoolDraft;
pub use sites::{NewSite, SiteDraft};

/// How reads are repeated after a passing failure: the connection failed or broke off, or the console answered 429,
/// 502, 503 or 504. Calls that change something are never repeated, and a time-out is not either: it has taken long
/// enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many times a read is tried in all, at least once.
    pub tries: u32,
    /// How long to wait before the second try. Each further wait is twice as long; chance takes off up to half.
    pub first_wait: Duration,
    /// The longest wait. If the console asks for a longer one (`Retry-After`), the read is not repeated.
    pub longest_wait: Duration,
}

impl RetryPolicy {
    /// Each call is sent once.
    pub const NEVER: Self = Self { tries: 1, first_wait: Duration::ZERO, longest_wait: Duration::ZERO };
}

/// Three tries, 300 ms and then 600 ms apart, and at most 5 s if the console asks for it.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self { tries: 3, first_wait: Duration::from_millis(300), longest_wait: Duration::from_secs(5) }
    }
}

/// A Security Console, for one user. Cheap to clone.
///
/// Every method sends its calls at once when it is awaited; dropping the future cancels them.
pub struct Client<T> {
    transport: Arc<T>,
    credentials: Arc<Credentials>,
    retry: RetryPolicy,
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self {
            transport: Arc::clone(&self.transport),
            credentials: Arc::clone(&self.credentials),
            retry: self.retry,
        }
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("retry", &self.retry).finish_non_exhaustive()
    }
}

impl<T: Transport> Client<T> {
    /// A client that sends its calls over this transport, as this user. Nothing is sent yet; see
    /// [`sign_in`](Self::sign_in).
    #[must_use]
    pub fn new(transport: T, credentials: Credentials) -> Self {
        Self {
            transport: Arc::new(transport),
            credentials: Arc::new(credentials),
            retry: RetryPolicy::default(),
        }
    }

    /// The same client with another way of repeating reads.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// A client over the same transport, as another user or with a new two-factor token.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { transport: Arc::clone(&self.transport), credentials: Arc::new(credentials), retry: self.retry }
    }

    /// Who the calls are sent as.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}
