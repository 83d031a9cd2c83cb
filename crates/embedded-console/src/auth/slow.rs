//! Failed sign-ins are slowed down, per user and peer, without holding up anyone else.

use std::net::IpAddr;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Failures that cost nothing: people mistype.
const FREE: u32 = 2;
/// The delay after the first failure that costs; it doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_millis(500);
/// The longest delay.
const LONGEST_DELAY: Duration = Duration::from_secs(8);
/// Sign-ins of one user from one peer that may wait at the same time.
const QUEUE: usize = 16;
/// The most records that are kept; beyond this the longest unused goes.
const RECORDS: NonZero<usize> = NonZero::new(10_000).unwrap();

type Key = (String, IpAddr);

/// What is remembered of one user and peer. Held while a sign-in is checked: they are checked one after the other.
#[derive(Debug)]
pub(crate) struct Record {
    failures: u32,
    not_before: Instant,
}

impl Record {
    /// How long the next check must wait.
    pub(crate) fn delay(&self) -> Duration {
        self.not_before.saturating_duration_since(Instant::now())
    }

    /// The check failed: the next one waits longer.
    pub(crate) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.not_before = Instant::now() + delay_after(self.failures);
    }

    /// The check succeeded: the past is forgiven.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
        self.not_before = Instant::now();
    }
}

fn delay_after(failures: u32) -> Duration {
    match failures.checked_sub(FREE + 1) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_DELAY
            .checked_mul(1 << doublings.min(16))
            .map_or(LONGEST_DELAY, |delay| delay.min(LONGEST_DELAY)),
    }
}

/// The records of all users and peers.
pub(crate) struct SlowDown {
    records: Mutex<LruCache<Key, Arc<AsyncMutex<Record>>>>,
}

impl Default for SlowDown {
    fn default() -> Self {
        Self { records: Mutex::new(LruCache::new(RECORDS)) }
    }
}

impl SlowDown {
    /// Takes this user's and peer's turn. None: too many are waiting for it already.
    pub(crate) async fn turn(&self, user: &str, peer: IpAddr) -> Option<OwnedMutexGuard<Record>> {
        let record = self.record(user, peer)?;
        Some(record.lock_owned().await)
    }

    fn record(&self, user: &str, peer: IpAddr) -> Option<Arc<AsyncMutex<Record>>> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let record = records.get_or_insert((user.to_owned(), peer), || {
            Arc::new(AsyncMutex::new(Record { failures: 0, not_before: Instant::now() }))
        });
        // One count is the cache's own, the others are those who wait.
        (Arc::strong_count(record) <= QUEUE).then(|| Arc::clone(record))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn mistyping_twice_is_free_and_then_it_gets_slower_up_to_a_limit() {
        let delays: Vec<u128> = (0..9).map(|failures| delay_after(failures).as_millis()).collect();
        assert_eq!(delays, [0, 0, 0, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(delay_after(u32::MAX), LONGEST_DELAY);
    }

    #[tokio::test]
    async fn another_user_and_another_peer_have_turns_of_their_own() {
        let slow = SlowDown::default();
        let mut mine = slow.turn("admin", PEER).await.unwrap();
        for _ in 0..5 {
            mine.failed();
        }
        assert!(mine.delay() > Duration::from_secs(1));
        assert_eq!(slow.turn("operator", PEER).await.unwrap().delay(), Duration::ZERO);
        let elsewhere = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        assert_eq!(slow.turn("admin", elsewhere).await.unwrap().delay(), Duration::ZERO);
        mine.succeeded();
        assert_eq!(mine.delay(), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_flood_for_one_user_is_turned_away_instead_of_queued() {
        let slow = SlowDown::default();
        let _held: Vec<_> = (0..QUEUE).map(|_| slow.record("admin", PEER).unwrap()).collect();
        assert!(slow.turn("admin", PEER).await.is_none());
        assert!(slow.turn("operator", PEER).await.is_some());
    }

    #[test]
    fn the_memory_is_bounded() {
        let slow = SlowDown::default();
        for number in 0..RECORDS.get() + 50 {
            assert!(slow.record(&format!("user {number}"), PEER).is_some());
        }
        assert_eq!(slow.records.lock().unwrap().len(), RECORDS.get());
    }
}
