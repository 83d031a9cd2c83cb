//! Who may have a connection, where anyone can connect.
//!
//! A place is never refused: someone else gives way. Refusing the newest would let whoever holds all places keep
//! everybody out. Who gives way, is decided among those of the same [`Standing`], so that strangers take nothing from
//! those who have shown that they are someone: the oldest of the same certificate or address when that one has more
//! than its share, else the oldest of the address that has the most.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::fingerprint::Fingerprint;

/// What is known of the other side of a connection. With it a connection only competes with its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has not said who it is, or is nobody that this side knows.
    Stranger,
    /// It holds the key of this certificate, which this side knows and has not given any right.
    Known(Fingerprint),
    /// It holds the key of this certificate, which someone has trusted. Only its own connections take its places.
    Trusted(Fingerprint),
}

/// How many connections there may be at a time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of strangers.
    pub strangers: usize,
    /// Of strangers from one address; of IPv6 the first 64 bits are one address.
    pub strangers_of_address: usize,
    /// Of certificates that are known and not trusted.
    pub known: usize,
    /// Of these from one address.
    pub known_of_address: usize,
    /// Of one certificate, known or trusted.
    pub of_certificate: usize,
}

/// All places.
#[derive(Debug)]
pub struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    /// By their order of arrival.
    held: BTreeMap<u64, Held>,
    next: u64,
    gave_way: u64,
}

#[derive(Debug)]
struct Held {
    address: IpAddr,
    standing: Standing,
    lost: Arc<Notify>,
}

/// The place of one connection, until it is dropped or [lost](Place::lost).
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    number: u64,
    lost: Arc<Notify>,
}

impl Places {
    /// Nobody has one yet.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, taken: Mutex::default() })
    }

    /// A place for a stranger from this address. Someone may have to give way for it.
    #[must_use]
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Place {
        let lost = Arc::new(Notify::new());
        let mut taken = self.taken();
        let number = taken.next;
        taken.next += 1;
        let held =
            Held { address: neighbourhood(address), standing: Standing::Stranger, lost: Arc::clone(&lost) };
        taken.held.insert(number, held);
        taken.make_room(number, &self.limits);
        Place { places: Arc::clone(self), number, lost }
    }

    /// How many connections have a place now.
    #[must_use]
    pub fn held(&self) -> usize {
        self.taken().held.len()
    }

    /// How many connections have had to give way so far.
    #[must_use]
    pub fn gave_way(&self) -> u64 {
        self.taken().gave_way
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// `number` is new among those of its standing: whoever is too many there loses the place.
    fn make_room(&mut self, number: u64, limits: &Limits) {
        let Some(Held { address, standing, .. }) = self.held.get(&number) else { return };
        let (address, standing) = (*address, *standing);
        let too_many = match standing {
            Standing::Stranger => self.too_many(
                |held| held.standing == Standing::Stranger,
                address,
                limits.strangers,
                limits.strangers_of_address,
            ),
            Standing::Trusted(_) => {
                self.oldest_beyond(limits.of_certificate, |held| held.standing == standing)
            }
            Standing::Known(_) => {
                self.oldest_beyond(limits.of_certificate, |held| held.standing == standing).or_else(|| {
                    self.too_many(
                        |held| matches!(held.standing, Standing::Known(_)),
                        address,
                        limits.known,
                        limits.known_of_address,
                    )
                })
            }
        };
        if let Some(held) = too_many.and_then(|number| self.held.remove(&number)) {
            self.gave_way += 1;
            held.lost.notify_one();
        }
    }

    /// Who gives way among `these`, if they are more than `all`, or those from this address more than `of_address`.
    fn too_many(
        &self,
        these: impl Fn(&Held) -> bool,
        address: IpAddr,
        all: usize,
        of_address: usize,
    ) -> Option<u64> {
        if let Some(own) = self.oldest_beyond(of_address, |held| these(held) && held.address == address) {
            return Some(own);
        }
        let mut addresses: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        let mut count = 0;
        for (number, held) in self.held.iter().filter(|(_, held)| these(held)) {
            count += 1;
            addresses.entry(held.address).or_insert((0, *number)).0 += 1;
        }
        let oldest = addresses.into_values().min_by_key(|(count, oldest)| (Reverse(*count), *oldest));
        oldest.filter(|_| count > all).map(|(_, oldest)| oldest)
    }

    /// The oldest of `these`, if they are more than this.
    fn oldest_beyond(&self, limit: usize, these: impl Fn(&Held) -> bool) -> Option<u64> {
        let mut found = self.held.iter().filter(|(_, held)| these(held)).map(|(number, _)| *number);
        let oldest = found.next()?;
        (found.count() >= limit).then_some(oldest)
    }
}

impl Place {
    /// The other side has turned out to be this. Someone of the same standing may have to give way for it.
    pub fn stands(&self, standing: Standing) {
        let mut taken = self.places.taken();
        // Not there any more: it is lost already.
        let Some(held) = taken.held.get_mut(&self.number) else { return };
        if held.standing != standing {
            held.standing = standing;
            taken.make_room(self.number, &self.places.limits);
        }
    }

    /// Waits until this one has to give way: then its connection is to be closed. Ends once only.
    pub async fn lost(&self) {
        self.lost.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().held.remove(&self.number);
    }
}

/// Whoever has one IPv6 address has 2^64 of them.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    const LIMITS: Limits =
        Limits { strangers: 6, strangers_of_address: 4, known: 4, known_of_address: 3, of_certificate: 2 };

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn key(byte: u8) -> Fingerprint {
        Fingerprint([byte; 32])
    }

    fn is_lost(place: &Place) -> bool {
        place.lost().now_or_never().is_some()
    }

    fn lost(kept: &[Place]) -> Vec<usize> {
        kept.iter().enumerate().filter(|(_, place)| is_lost(place)).map(|(at, _)| at).collect()
    }

    #[test]
    fn the_oldest_of_an_address_with_too_many_gives_way_to_its_newest() {
        let places = Places::new(LIMITS);
        let kept: Vec<Place> = (0..6).map(|_| places.take(address(1))).collect();
        assert_eq!(lost(&kept), [0, 1]);
        assert_eq!((places.held(), places.gave_way()), (4, 2));
        drop(kept);
        assert_eq!(places.held(), 0, "nothing is left of them");
    }

    #[test]
    fn whoever_has_the_most_gives_way_to_a_newcomer() {
        let places = Places::new(LIMITS);
        let one = places.take(address(9));
        let many: Vec<Place> = (0..4).map(|_| places.take(address(1))).collect();
        let others: Vec<Place> = (2..4).map(|last| places.take(address(last))).collect();
        assert_eq!(lost(&many), [0], "it is neither the oldest of all nor the newcomer");
        assert!(!is_lost(&one) && lost(&others).is_empty());
        assert_eq!(places.held(), LIMITS.strangers);
    }

    #[test]
    fn strangers_from_anywhere_take_nothing_from_a_certificate_that_is_known() {
        let places = Places::new(LIMITS);
        let trusted = places.take(address(1));
        trusted.stands(Standing::Trusted(key(1)));
        let known = places.take(address(1));
        known.stands(Standing::Known(key(2)));
        let kept: Vec<Place> = (0..100).map(|last| places.take(address(last))).collect();
        assert_eq!(lost(&kept).len(), 100 - LIMITS.strangers);
        assert!(!is_lost(&trusted) && !is_lost(&known));
    }

    #[test]
    fn a_certificate_has_a_few_places_and_the_newest_count() {
        let places = Places::new(LIMITS);
        for standing in [Standing::Trusted(key(1)), Standing::Known(key(2))] {
            let kept: Vec<Place> = (0..5)
                .map(|last| {
                    let place = places.take(address(last));
                    place.stands(standing);
                    place
                })
                .collect();
            assert_eq!(lost(&kept), [0, 1, 2], "{standing:?}");
            assert_eq!(places.held(), LIMITS.of_certificate);
        }
    }

    #[test]
    fn certificates_that_nobody_trusts_share_their_places_by_address() {
        let places = Places::new(LIMITS);
        let known = |last, byte| {
            let place = places.take(address(last));
            place.stands(Standing::Known(key(byte)));
            place
        };
        let mut kept = vec![known(1, 1), known(2, 2), known(2, 3), known(2, 4)];
        kept.push(known(2, 5));
        assert_eq!(lost(&kept), [1], "one address has three at most");
        kept.push(known(3, 6));
        assert_eq!(lost(&kept), [2], "and the one with the most gives way to another");
        assert_eq!(places.held(), LIMITS.known);
    }

    #[test]
    fn one_that_loses_its_right_competes_with_its_like_again() {
        let places = Places::new(LIMITS);
        let fallen = places.take(address(1));
        fallen.stands(Standing::Trusted(key(1)));
        let known: Vec<Place> = (2..6)
            .map(|last| {
                let place = places.take(address(last));
                place.stands(Standing::Known(key(last)));
                place
            })
            .collect();
        assert!(lost(&known).is_empty());
        fallen.stands(Standing::Known(key(1)));
        assert!(is_lost(&fallen), "it is the oldest of five");
        // What it turns out to be then is of no interest any more.
        fallen.stands(Standing::Trusted(key(1)));
        assert_eq!(places.held(), LIMITS.known);
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one() {
        let places = Places::new(LIMITS);
        let kept: Vec<Place> =
            (0..6).map(|last| places.take(format!("2001:db8::{last}").parse().unwrap())).collect();
        assert_eq!(lost(&kept), [0, 1]);
        let other = places.take("2001:db8:0:1::1".parse().unwrap());
        let mapped = places.take("::ffff:10.0.0.1".parse().unwrap());
        assert!(!is_lost(&other) && !is_lost(&mapped) && lost(&kept).is_empty());
    }
}
