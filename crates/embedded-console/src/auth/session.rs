//! Sessions for `/data` and `/api/2.1`, which want a `nexposeCCSessionID` (docs/api-quirks.md, "Beyond v3").

use std::io;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use lru::LruCache;

use super::User;
use super::cache::{IDLE, LONGEST, Proof};

/// The name of the cookie and of the header that must repeat it.
pub(crate) const SESSION_NAME: &str = "nexposeCCSessionID";
/// What a client sends in the header when it signs in with Basic in the same request.
pub(crate) const NO_SESSION: &str = "0000000000000000000000000000000000000000";
/// The most sessions that are kept; beyond this the longest unused goes.
const MOST: NonZero<usize> = NonZero::new(1_000).unwrap();

struct Open {
    user: User,
    /// The credential that it was opened with: they end together.
    proof: Proof,
    since: Instant,
    used: Instant,
}

impl Open {
    fn is_over(&self) -> bool {
        self.used.elapsed() >= IDLE || self.since.elapsed() >= LONGEST
    }
}

/// The sessions of this console, in memory only.
pub(crate) struct Sessions {
    open: Mutex<LruCache<String, Open>>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { open: Mutex::new(LruCache::new(MOST)) }
    }
}

impl Sessions {
    /// Opens a session and returns its identifier: forty upper-case hexadecimal digits.
    pub(crate) fn open(&self, user: User, proof: Proof) -> io::Result<String> {
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
        let id = hex::encode_upper(bytes);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        open.put(id.clone(), Open { user, proof, since: now, used: now });
        Ok(id)
    }

    /// Ends the sessions that were opened with this credential.
    pub(crate) fn close(&self, proof: &Proof) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, session| session.proof != *proof);
    }

    /// The user of an open session.
    pub(crate) fn user(&self, id: &str) -> Option<User> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = open.get_mut(id)?;
        if !session.is_over() {
            session.used = Instant::now();
            return Some(session.user.clone());
        }
        open.pop(id);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;

    #[test]
    fn a_session_is_known_by_its_identifier_only() {
        let sessions = Sessions::default();
        let ann = User { name: "ann".into(), role: Role::GlobalAdministrator };
        let id = sessions.open(ann.clone(), [1; 32]).unwrap();
        assert_eq!(id.len(), 40);
        assert_eq!(sessions.user(&id).map(|user| user.name).as_deref(), Some("ann"));
        assert!(sessions.user(NO_SESSION).is_none());
        let other = sessions.open(ann, [2; 32]).unwrap();
        sessions.close(&[1; 32]);
        assert!(sessions.user(&id).is_none(), "it ends with its credential");
        assert!(sessions.user(&other).is_some(), "and others don't");
    }

    #[test]
    fn of_too_many_the_longest_unused_goes() {
        let sessions = Sessions::default();
        let ann = User { name: "ann".into(), role: Role::GlobalAdministrator };
        let open = || sessions.open(ann.clone(), [1; 32]).unwrap();
        let (used, unused) = (open(), open());
        for _ in 2..MOST.get() {
            open();
        }
        assert!(sessions.user(&used).is_some());
        open();
        assert!(sessions.user(&used).is_some());
        assert!(sessions.user(&unused).is_none());
    }
}
