//! Failed sign-ins are slowed down: per user, per address, and apart from both for peers that signed in before, so that
//! a stranger's flood holds up strangers.
//!
//! What is remembered is of a fixed size each, under keyed hashes of what it is about, and bounded in number: neither long
//! names nor many of them cost memory.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Failures that cost nothing: people mistype.
const FREE: u32 = 2;
/// The same for all users of one address together: an office may share one.
const FREE_OF_ADDRESS: u32 = 30;
/// The delay after the first failure that costs; it doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_millis(500);
/// The longest delay.
const LONGEST_DELAY: Duration = Duration::from_secs(8);
/// The longest that an address waits for its turn before it is turned away.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Sign-ins that may wait for the same turn.
const QUEUE: usize = 16;
/// A record that was not used for this long is forgotten.
const FORGET: Duration = Duration::from_secs(15 * 60);
/// One failure of an address is forgiven after each of these. A success forgives none of the others: who has an account
/// could otherwise guess the password of another for ever.
const FORGIVE: Duration = Duration::from_secs(10);
/// The most records that are kept, of each kind. One takes about 150 bytes.
pub(super) const RECORDS: usize = 10_000;

fn delay_after(failures: u32, free: u32) -> Duration {
    match failures.checked_sub(free + 1) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_DELAY
            .checked_mul(1 << doublings.min(16))
            .map_or(LONGEST_DELAY, |delay| delay.min(LONGEST_DELAY)),
    }
}

/// What counts as one address: of IPv6 a whole /64, which everybody has who has one address in it.
pub(crate) fn one_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What is remembered of one thing that is tried again and again. Held while a sign-in is checked: they are checked one
/// after the other.
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
        self.not_before = Instant::now() + delay_after(self.failures, FREE);
    }

    /// The check succeeded: the past is forgiven.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
        self.not_before = Instant::now();
    }
}

struct Entry {
    record: Arc<AsyncMutex<Record>>,
    used: Instant,
}

/// Turns, and how long each is delayed: one record for each key.
#[derive(Default)]
pub(crate) struct SlowDown {
    /// Its keys are random, so that nobody can make two keys fall together.
    hasher: RandomState,
    entries: Mutex<HashMap<u64, Entry>>,
}

impl SlowDown {
    /// Takes the turn of this key. None: too many are waiting for it already.
    pub(crate) async fn turn(&self, key: impl Hash) -> Option<OwnedMutexGuard<Record>> {
        let record = self.record(key)?;
        Some(record.lock_owned().await)
    }

    /// Whether there is a record of this key.
    pub(super) fn knows(&self, key: impl Hash) -> bool {
        self.entries().contains_key(&self.hasher.hash_one(key))
    }

    /// Makes a record of this key, if there is none.
    pub(super) fn know(&self, key: impl Hash) {
        let _ = self.record(key);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, key: impl Hash) -> Option<Arc<AsyncMutex<Record>>> {
        let now = Instant::now();
        let key = self.hasher.hash_one(key);
        let mut entries = self.entries();
        if !entries.contains_key(&key) && entries.len() >= RECORDS {
            make_room(&mut entries, now);
        }
        let entry = entries.entry(key).or_insert_with(|| Entry {
            record: Arc::new(AsyncMutex::new(Record { failures: 0, not_before: now })),
            used: now,
        });
        entry.used = now;
        // One count is the entry's own, the others are those who wait.
        (Arc::strong_count(&entry.record) <= QUEUE).then(|| Arc::clone(&entry.record))
    }
}

/// Forgets what nobody needs: first what is old, then half of the rest, those with the fewest failures first. So what is
/// under attack stays, however many others are invented; by use alone they would push it out.
fn make_room(entries: &mut HashMap<u64, Entry>, now: Instant) {
    let idle = |entry: &Entry| Arc::strong_count(&entry.record) == 1;
    entries.retain(|_, entry| !idle(entry) || now.saturating_duration_since(entry.used) < FORGET);
    if entries.len() < RECORDS {
        return;
    }
    let mut least: Vec<(u32, Instant, u64)> = entries
        .iter()
        .filter(|(_, entry)| idle(entry))
        .filter_map(|(key, entry)| Some((entry.record.try_lock().ok()?.failures, entry.used, *key)))
        .collect();
    least.sort_unstable();
    for (.., key) in least.iter().take(RECORDS / 2) {
        entries.remove(key);
    }
}

/// How often each address may try, all its users together. Not one after the other, so that colleagues don't wait for each
/// other, but with growing gaps once too much has failed.
#[derive(Default)]
pub(super) struct Pace {
    hasher: RandomState,
    slots: Mutex<HashMap<u64, Slot>>,
}

struct Slot {
    /// Attempts that failed, and those under way.
    failures: u32,
    /// Up to when failures have been forgiven.
    forgiven: Instant,
    /// When the next attempt may begin.
    next: Instant,
}

impl Slot {
    fn forgive(&mut self, now: Instant) {
        let times = now.saturating_duration_since(self.forgiven).as_secs() / FORGIVE.as_secs();
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_sub(times);
        self.forgiven = if self.failures == 0 { now } else { self.forgiven + FORGIVE * times };
    }
}

impl Pace {
    /// Counts an attempt, and tells how long it must wait. None: for so long that it is turned away.
    ///
    /// It counts as a failure until [`Pace::succeeded`], so that attempts which are given up count as well.
    pub(super) fn attempt(&self, key: impl Hash) -> Option<Duration> {
        let now = Instant::now();
        let key = self.hasher.hash_one(key);
        let mut slots = self.slots();
        if !slots.contains_key(&key) && slots.len() >= RECORDS {
            make_room_for_address(&mut slots, now);
        }
        let slot = slots.entry(key).or_insert(Slot { failures: 0, forgiven: now, next: now });
        slot.forgive(now);
        let begins = slot.next.max(now);
        let wait = begins.saturating_duration_since(now);
        if wait > LONGEST_WAIT {
            return None;
        }
        slot.failures = slot.failures.saturating_add(1);
        slot.next = begins + delay_after(slot.failures, FREE_OF_ADDRESS);
        Some(wait)
    }

    /// An attempt was no failure.
    pub(super) fn succeeded(&self, key: impl Hash) {
        if let Some(slot) = self.slots().get_mut(&self.hasher.hash_one(key)) {
            slot.failures = slot.failures.saturating_sub(1);
        }
    }

    /// Whether few enough have failed lately for an attempt to cost nothing.
    pub(super) fn is_calm(&self, key: impl Hash) -> bool {
        let mut slots = self.slots();
        let Some(slot) = slots.get_mut(&self.hasher.hash_one(key)) else { return true };
        slot.forgive(Instant::now());
        slot.failures <= FREE_OF_ADDRESS
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<u64, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room_for_address(slots: &mut HashMap<u64, Slot>, now: Instant) {
    slots.retain(|_, slot| {
        slot.forgive(now);
        slot.failures > 0
    });
    if slots.len() >= RECORDS {
        let mut least: Vec<(u32, Instant, u64)> =
            slots.iter().map(|(key, slot)| (slot.failures, slot.next, *key)).collect();
        least.sort_unstable();
        for (.., key) in least.iter().take(RECORDS / 2) {
            slots.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn mistyping_twice_is_free_and_then_it_gets_slower_up_to_a_limit() {
        let delays: Vec<u128> = (0..9).map(|failures| delay_after(failures, FREE).as_millis()).collect();
        assert_eq!(delays, [0, 0, 0, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(delay_after(u32::MAX, FREE), LONGEST_DELAY);
    }

    #[test]
    fn an_address_is_one_of_ipv4_and_a_network_of_ipv6() {
        let one = |text: &str| one_address(text.parse().unwrap());
        assert_eq!(one("2001:db8:0:7::1"), one("2001:db8:0:7:ffff::2"));
        assert_ne!(one("2001:db8:0:7::1"), one("2001:db8:0:8::1"));
        assert_eq!(one("::ffff:192.0.2.1"), one("192.0.2.1"));
        assert_ne!(one("192.0.2.2"), one("192.0.2.1"));
    }

    #[tokio::test]
    async fn another_key_has_turns_of_its_own() {
        let slow = SlowDown::default();
        let mut mine = slow.turn(("admin", PEER)).await.unwrap();
        for _ in 0..5 {
            mine.failed();
        }
        assert!(mine.delay() > Duration::from_secs(1));
        assert_eq!(slow.turn(("operator", PEER)).await.unwrap().delay(), Duration::ZERO);
        let elsewhere = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        assert_eq!(slow.turn(("admin", elsewhere)).await.unwrap().delay(), Duration::ZERO);
        mine.succeeded();
        assert_eq!(mine.delay(), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_flood_for_one_key_is_turned_away_instead_of_queued() {
        let slow = SlowDown::default();
        let _held: Vec<_> = (0..QUEUE).map(|_| slow.record("admin").unwrap()).collect();
        assert!(slow.turn("admin").await.is_none());
        assert!(slow.turn("operator").await.is_some());
    }

    #[tokio::test]
    async fn invented_names_take_bounded_memory_and_push_out_nothing_that_is_under_attack() {
        let slow = SlowDown::default();
        let mut attacked = slow.turn("admin").await.unwrap();
        for _ in 0..8 {
            attacked.failed();
        }
        drop(attacked);
        // As many as the attack that ended the delay, each with the two failures that are free.
        for number in 0..20_400 {
            let mut turn = slow.turn(number).await.unwrap();
            turn.failed();
            turn.failed();
        }
        assert!(slow.entries().len() <= RECORDS);
        assert!(slow.turn("admin").await.unwrap().delay() > Duration::from_secs(1), "the delay has ended");
    }

    #[test]
    fn an_address_gets_slower_when_much_fails_there_and_is_turned_away_in_the_end() {
        let pace = Pace::default();
        for _ in 0..=FREE_OF_ADDRESS {
            assert_eq!(pace.attempt(PEER), Some(Duration::ZERO));
        }
        assert!(!pace.is_calm(PEER));
        let mut waits = Vec::new();
        while let Some(wait) = pace.attempt(PEER) {
            waits.push(wait);
            assert!(waits.len() < 10, "it is never turned away: {waits:?}");
        }
        assert!(waits.is_sorted() && waits.last() > Some(&Duration::from_secs(1)), "{waits:?}");
        let elsewhere = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        assert_eq!(pace.attempt(elsewhere), Some(Duration::ZERO));
    }

    #[test]
    fn what_succeeds_does_not_slow_an_address_down() {
        let pace = Pace::default();
        for _ in 0..FREE_OF_ADDRESS * 4 {
            assert_eq!(pace.attempt(PEER), Some(Duration::ZERO));
            pace.succeeded(PEER);
        }
        assert!(pace.is_calm(PEER));
    }

    #[test]
    fn the_memory_of_addresses_is_bounded() {
        let pace = Pace::default();
        for number in 0..RECORDS + 50 {
            assert!(pace.attempt(number).is_some());
        }
        assert!(pace.slots().len() <= RECORDS);
    }
}
