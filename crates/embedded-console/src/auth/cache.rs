//! Credentials that were right are recognised for a while without hashing them slowly again.
//!
//! Kept is a keyed hash only: the key is made at the start and never leaves memory.

use std::io;
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use lru::LruCache;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::User;

/// How long a credential is recognised after it was checked.
pub(crate) const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// The most credentials that are kept; beyond this the longest unused goes.
const MOST: NonZero<usize> = NonZero::new(1_000).unwrap();

/// What a credential is known by.
pub(crate) type Proof = [u8; 32];

/// The credentials that were right lately.
pub(crate) struct CredentialCache {
    key: Zeroizing<[u8; 32]>,
    known: Mutex<LruCache<Proof, (User, Instant)>>,
}

impl CredentialCache {
    /// An empty cache with a key of its own.
    pub(crate) fn new() -> io::Result<Self> {
        let mut key = Zeroizing::new([0_u8; 32]);
        getrandom::fill(key.as_mut_slice())
            .map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
        Ok(Self { key, known: Mutex::new(LruCache::new(MOST)) })
    }

    /// What a credential is known by. The lengths keep the three parts apart.
    pub(crate) fn proof(&self, user: &str, password: &str, token: &str) -> Proof {
        // HMAC takes keys of any length: the fallback is never used, and would know no credential.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_slice()) else { return [0; 32] };
        for part in [user, password, token] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The user that this credential belongs to, if it was right not long ago.
    pub(crate) fn recognise(&self, proof: &Proof) -> Option<User> {
        // The lookup is by a keyed hash: its timing tells nothing about the password.
        let mut known = self.known();
        let (user, since) = known.get(proof)?;
        if since.elapsed() < LIFETIME {
            return Some(user.clone());
        }
        known.pop(proof);
        None
    }

    /// Remembers a credential that was right just now.
    pub(crate) fn remember(&self, proof: Proof, user: User) {
        self.known().put(proof, (user, Instant::now()));
    }

    fn known(&self) -> MutexGuard<'_, LruCache<Proof, (User, Instant)>> {
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

    #[test]
    fn every_part_of_the_credential_counts() {
        let cache = CredentialCache::new().unwrap();
        cache.remember(cache.proof("ann", "secret", "123456"), user("ann"));
        assert!(cache.recognise(&cache.proof("ann", "secret", "123456")).is_some());
        for other in [
            ("bob", "secret", "123456"),
            ("ann", "secrets", "123456"),
            ("ann", "secret", "123457"),
            ("ann", "secret1", "23456"),
        ] {
            assert!(cache.recognise(&cache.proof(other.0, other.1, other.2)).is_none(), "{other:?}");
        }
    }

    #[test]
    fn each_console_has_a_key_of_its_own() {
        let (one, two) = (CredentialCache::new().unwrap(), CredentialCache::new().unwrap());
        assert_ne!(one.proof("ann", "secret", ""), two.proof("ann", "secret", ""));
    }

    #[test]
    fn the_memory_is_bounded() {
        let cache = CredentialCache::new().unwrap();
        for number in 0..MOST.get() + 20 {
            cache.remember(cache.proof("ann", &number.to_string(), ""), user("ann"));
        }
        assert_eq!(cache.known().len(), MOST.get());
    }
}
