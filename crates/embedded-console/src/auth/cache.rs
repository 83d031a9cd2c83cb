//! Credentials that were right are recognised for a while without hashing them slowly again.
//!
//! Kept is a keyed hash only: the key is made at the start and never leaves memory. It covers who sent the credentials as
//! well, so that only the peer whose credentials were checked is recognised by them: for all others this must not be a
//! quick way to try passwords and tokens.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use lru::LruCache;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Peer, User};

/// How long a credential is recognised after it was used last.
pub(super) const IDLE: Duration = Duration::from_secs(15 * 60);
/// How long it is recognised at most, however much it is used.
pub(super) const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
/// The most credentials that are kept; beyond this the longest unused goes.
const MOST: NonZero<usize> = NonZero::new(1_000).unwrap();
/// The most of one user: with more of them nobody pushes out those of others.
const MOST_OF_ONE: usize = 50;
/// The connections of one peer that are known. Browsers have six.
const CONNECTIONS: usize = 16;

/// What a credential is known by.
pub(crate) type Proof = [u8; 32];

struct Known {
    user: User,
    since: Instant,
    used: Instant,
    /// The connections on which it was recognised.
    connections: VecDeque<u64>,
}

impl Known {
    fn is_over(&self, now: Instant) -> bool {
        let age = |since: Instant| now.saturating_duration_since(since);
        age(self.used) >= IDLE || age(self.since) >= LONGEST
    }

    fn note(&mut self, connection: Option<u64>) {
        let Some(connection) = connection.filter(|id| !self.connections.contains(id)) else { return };
        if self.connections.len() >= CONNECTIONS {
            self.connections.pop_front();
        }
        self.connections.push_back(connection);
    }
}

/// The credentials that were right lately.
pub(crate) struct CredentialCache {
    key: Zeroizing<[u8; 32]>,
    known: Mutex<LruCache<Proof, Known>>,
}

impl CredentialCache {
    /// An empty cache with a key of its own.
    pub(crate) fn new() -> io::Result<Self> {
        let mut key = Zeroizing::new([0_u8; 32]);
        getrandom::fill(key.as_mut_slice())
            .map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
        Ok(Self { key, known: Mutex::new(LruCache::new(MOST)) })
    }

    /// What a credential of this peer is known by. The lengths keep the parts apart.
    pub(super) fn proof(&self, user: &str, password: &str, token: &str, peer: &Peer) -> Proof {
        // HMAC takes keys of any length: the fallback is never used, and would know no credential.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_slice()) else { return [0; 32] };
        let address = peer.address.to_string();
        for part in [user.as_bytes(), password.as_bytes(), token.as_bytes(), address.as_bytes(), &peer.agent]
        {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The user that this credential belongs to, if it was right not long ago.
    ///
    /// `calm`: whether little has failed at this peer lately. If much has, only the connections on which the credential
    /// was recognised before are: on others it would be a guess as good as any.
    pub(super) fn recognise(&self, proof: &Proof, connection: Option<u64>, calm: bool) -> Option<User> {
        let now = Instant::now();
        // The lookup is by a keyed hash: its timing tells nothing about the password.
        let mut all = self.known();
        let known = all.get_mut(proof)?;
        if known.is_over(now) {
            all.pop(proof);
            return None;
        }
        if !calm && !connection.is_some_and(|id| known.connections.contains(&id)) {
            return None;
        }
        known.used = now;
        known.note(connection);
        Some(known.user.clone())
    }

    /// Remembers a credential that was right just now.
    pub(super) fn remember(&self, proof: Proof, user: User, connection: Option<u64>) {
        let now = Instant::now();
        let mut all = self.known();
        let of_user = all.iter().filter(|(_, known)| known.user.name == user.name).map(|(proof, _)| *proof);
        // The longest unused is the last.
        if let Some(unused) = of_user.skip(MOST_OF_ONE - 1).last() {
            all.pop(&unused);
        }
        let mut known = Known { user, since: now, used: now, connections: VecDeque::new() };
        known.note(connection);
        all.put(proof, known);
    }

    /// Forgets a credential: the next request with it is checked like a stranger's.
    pub(super) fn forget(&self, proof: &Proof) {
        self.known().pop(proof);
    }

    fn known(&self) -> MutexGuard<'_, LruCache<Proof, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;

    fn user(name: &str) -> User {
        User { name: name.into(), role: Role::SecurityManager }
    }

    fn peer(address: &str, agent: &str) -> Peer {
        Peer::new(address.parse().unwrap(), agent.as_bytes(), Some(1))
    }

    #[test]
    fn every_part_of_the_credential_counts_and_so_does_the_peer() {
        let cache = CredentialCache::new().unwrap();
        let (here, elsewhere) = (peer("192.0.2.1", "browser"), peer("192.0.2.2", "browser"));
        let proof = |user: &str, password: &str, token: &str| cache.proof(user, password, token, &here);
        cache.remember(proof("ann", "secret", "123456"), user("ann"), Some(1));
        let known = |proof: &Proof| cache.recognise(proof, Some(1), true).is_some();
        assert!(known(&proof("ann", "secret", "123456")));
        for other in [
            ("bob", "secret", "123456"),
            ("ann", "secrets", "123456"),
            ("ann", "secret", "123457"),
            ("ann", "secret1", "23456"),
        ] {
            assert!(!known(&proof(other.0, other.1, other.2)), "{other:?}");
        }
        assert!(!known(&cache.proof("ann", "secret", "123456", &elsewhere)));
        assert!(!known(&cache.proof("ann", "secret", "123456", &peer("192.0.2.1", "curl"))));
    }

    #[test]
    fn each_console_has_a_key_of_its_own() {
        let (one, two) = (CredentialCache::new().unwrap(), CredentialCache::new().unwrap());
        let peer = peer("192.0.2.1", "browser");
        assert_ne!(one.proof("ann", "secret", "", &peer), two.proof("ann", "secret", "", &peer));
    }

    #[test]
    fn while_much_fails_only_known_connections_are_recognised() {
        let cache = CredentialCache::new().unwrap();
        let proof = cache.proof("ann", "secret", "", &peer("192.0.2.1", "browser"));
        cache.remember(proof, user("ann"), Some(7));
        assert!(cache.recognise(&proof, Some(7), false).is_some());
        assert!(cache.recognise(&proof, Some(8), false).is_none());
        assert!(cache.recognise(&proof, None, false).is_none());
        // A connection that was recognised in calm times is known from then on.
        assert!(cache.recognise(&proof, Some(8), true).is_some());
        assert!(cache.recognise(&proof, Some(8), false).is_some());
    }

    #[test]
    fn use_keeps_a_credential_known_but_not_for_ever_and_sign_out_ends_it() {
        let cache = CredentialCache::new().unwrap();
        let proof = cache.proof("ann", "secret", "", &peer("192.0.2.1", "browser"));
        let ago = |time: Duration| Instant::now().checked_sub(time).unwrap();
        let moment = Duration::from_secs(1);
        let recognised = |since: Instant, used: Instant| {
            cache.remember(proof, user("ann"), None);
            let mut all = cache.known();
            let known = all.get_mut(&proof).unwrap();
            (known.since, known.used) = (since, used);
            drop(all);
            cache.recognise(&proof, None, true).is_some()
        };
        assert!(recognised(ago(IDLE * 2), ago(IDLE - moment)));
        assert!(!recognised(ago(IDLE), ago(IDLE)));
        let now = Instant::now();
        // A machine that has not been up for so long has no such past.
        if let Some(long_ago) = now.checked_sub(LONGEST) {
            assert!(recognised(long_ago + moment * 5, now));
            assert!(!recognised(long_ago, now));
        }
        assert!(recognised(now, now));
        cache.forget(&proof);
        assert!(cache.recognise(&proof, None, true).is_none());
    }

    #[test]
    fn the_memory_is_bounded_and_one_user_pushes_out_no_other() {
        let cache = CredentialCache::new().unwrap();
        let here = peer("192.0.2.1", "browser");
        let bobs = cache.proof("bob", "secret", "", &here);
        cache.remember(bobs, user("bob"), None);
        for number in 0..MOST.get() + 20 {
            cache.remember(cache.proof("ann", &number.to_string(), "", &here), user("ann"), None);
        }
        assert_eq!(cache.known().len(), MOST_OF_ONE + 1);
        assert!(cache.recognise(&bobs, None, true).is_some());
        for number in 0..MOST.get() + 20 {
            let name = number.to_string();
            cache.remember(cache.proof(&name, "secret", "", &here), user(&name), None);
        }
        assert_eq!(cache.known().len(), MOST.get());
    }
}
