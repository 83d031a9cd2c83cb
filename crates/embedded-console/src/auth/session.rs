//! Sessions for `/data` and `/api/2.1`, which want a `nexposeCCSessionID` (docs/api-quirks.md, "Beyond v3").

use std::io;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::User;

/// The name of the cookie and of the header that must repeat it.
pub(crate) const SESSION_NAME: &str = "nexposeCCSessionID";
/// What a client sends in the header when it signs in with Basic in the same request.
pub(crate) const NO_SESSION: &str = "0000000000000000000000000000000000000000";
/// A session that was not used for this long is over.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// The most sessions that are kept; beyond this the longest unused goes.
const MOST: NonZero<usize> = NonZero::new(1_000).unwrap();

/// The sessions of this console, in memory only.
pub(crate) struct Sessions {
    open: Mutex<LruCache<String, (User, Instant)>>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { open: Mutex::new(LruCache::new(MOST)) }
    }
}

impl Sessions {
    /// Opens a session and returns its identifier: forty upper-case hexadecimal digits.
    pub(crate) fn open(&self, user: User) -> io::Result<String> {
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
        let id = hex::encode_upper(bytes);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.put(id.clone(), (user, Instant::now()));
        Ok(id)
    }

    /// The user of an open session.
    pub(crate) fn user(&self, id: &str) -> Option<User> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, used) = open.get_mut(id)?;
        if used.elapsed() < IDLE {
            *used = Instant::now();
            return Some(user.clone());
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
        let id = sessions.open(User { name: "ann".into(), role: Role::GlobalAdministrator }).unwrap();
        assert_eq!(id.len(), 40);
        assert_eq!(sessions.user(&id).map(|user| user.name).as_deref(), Some("ann"));
        assert!(sessions.user(NO_SESSION).is_none());
    }

    #[test]
    fn of_too_many_the_longest_unused_goes() {
        let sessions = Sessions::default();
        let open = || sessions.open(User { name: "ann".into(), role: Role::GlobalAdministrator }).unwrap();
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
