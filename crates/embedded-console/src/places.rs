//! How many connections there may be, in all and from one address, and which goes when a new one finds no place.
//!
//! Turning the new one away would let whoever holds all places keep everybody else out. So the oldest continues which nobody
//! has signed in, of the address that has the most: those who hold places take them from each other.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;

use crate::auth::slow::one_address;

/// The places of all connections.
pub(crate) struct Places {
    all: usize,
    of_one: usize,
    /// From here come the connections of many: they have no bound of their own.
    shared: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    /// By number: the first is the oldest.
    held: BTreeMap<u64, Held>,
}

struct Held {
    address: IpAddr,
    is_trusted: bool,
    close: CancellationToken,
}

/// One connection's place, until it is dropped.
pub(crate) struct Place {
    id: u64,
    close: CancellationToken,
    places: Arc<Places>,
}

impl Places {
    /// Places for `all` connections, `of_one` of them from one address, unless that is in `shared`.
    pub(crate) fn new(all: usize, of_one: usize, shared: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self { all, of_one, shared, taken: Mutex::default() })
    }

    /// A place for a connection from there; another connection may be closed for it. None: people who have signed in have
    /// all of them.
    pub(crate) fn take(places: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let is_shared = places.shared.iter().any(|network| network.contains(&peer));
        let address = one_address(peer);
        let mut taken = places.taken();
        if !is_shared && taken.held.values().filter(|held| held.address == address).count() >= places.of_one {
            taken.close_oldest(address)?;
        }
        if taken.held.len() >= places.all {
            let fullest = taken.fullest()?;
            taken.close_oldest(fullest)?;
        }
        let id = taken.next;
        taken.next += 1;
        let close = CancellationToken::new();
        taken.held.insert(id, Held { address, is_trusted: false, close: close.clone() });
        Some(Place { id, close, places: Arc::clone(places) })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// The address with the most connections on which nobody has signed in.
    fn fullest(&self) -> Option<IpAddr> {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        for held in self.held.values().filter(|held| !held.is_trusted) {
            *counts.entry(held.address).or_default() += 1;
        }
        // With the same number the one whose oldest connection is older: the order must not be that of a hash.
        let most = counts.values().copied().max()?;
        let mut fullest = self.held.values().filter(|held| !held.is_trusted);
        fullest.find(|held| counts.get(&held.address) == Some(&most)).map(|held| held.address)
    }

    /// Closes the oldest connection from there on which nobody has signed in. None: there is no such.
    fn close_oldest(&mut self, address: IpAddr) -> Option<()> {
        let oldest = self.held.iter().find(|(_, held)| held.address == address && !held.is_trusted);
        let id = *oldest?.0;
        self.held.remove(&id)?.close.cancel();
        Some(())
    }
}

impl Place {
    /// A number that no other connection has or had.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Someone has signed in on it: it is not closed for a new one any more.
    pub(crate) fn trust(&self) {
        if let Some(held) = self.places.taken().held.get_mut(&self.id) {
            held.is_trusted = true;
        }
    }

    /// Waits until the place is another's.
    pub(crate) async fn lost(&self) {
        self.close.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().held.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, number])
    }

    fn are_open(places: &[Place]) -> Vec<bool> {
        places.iter().map(|place| !place.close.is_cancelled()).collect()
    }

    #[test]
    fn an_address_that_has_its_share_loses_its_oldest_connection() {
        let places = Places::new(10, 3, Vec::new());
        let other = Places::take(&places, peer(2)).unwrap();
        let held: Vec<Place> = (0..5).map(|_| Places::take(&places, peer(1)).unwrap()).collect();
        assert_eq!(are_open(&held), [false, false, true, true, true]);
        assert_eq!(are_open(&[other]), [true]);
    }

    #[test]
    fn when_all_are_taken_the_address_with_the_most_gives_one() {
        let places = Places::new(4, 3, Vec::new());
        let one = [1, 2, 1, 1].map(|number| Places::take(&places, peer(number)).unwrap());
        let new = Places::take(&places, peer(3)).unwrap();
        assert_eq!(are_open(&one), [false, true, true, true]);
        assert_eq!(are_open(&[new]), [true]);
    }

    #[test]
    fn even_when_each_has_an_address_of_its_own_a_new_one_finds_a_place() {
        let places = Places::new(3, 3, Vec::new());
        let strangers = [1, 2, 3].map(|number| Places::take(&places, peer(number)).unwrap());
        let person = Places::take(&places, peer(9)).unwrap();
        assert_eq!(are_open(&strangers), [false, true, true]);
        person.trust();
        let more = [4, 5, 6, 7].map(|number| Places::take(&places, peer(number)).unwrap());
        assert_eq!(are_open(&[person]), [true], "who has signed in keeps the place");
        assert_eq!(are_open(&more), [false, false, true, true]);
    }

    #[test]
    fn places_of_people_who_have_signed_in_are_not_taken() {
        let places = Places::new(2, 2, Vec::new());
        let people = [1, 1].map(|number| Places::take(&places, peer(number)).unwrap());
        people.iter().for_each(Place::trust);
        assert!(Places::take(&places, peer(2)).is_none());
        drop(people);
        assert!(Places::take(&places, peer(2)).is_some());
        assert!(places.taken().held.is_empty(), "nothing is left of them");
    }

    #[test]
    fn a_proxy_has_no_share_of_its_own() {
        let places = Places::new(5, 2, vec![IpNet::from(peer(1))]);
        let proxied: Vec<Place> = (0..5).map(|_| Places::take(&places, peer(1)).unwrap()).collect();
        assert_eq!(are_open(&proxied), [true; 5]);
    }
}
