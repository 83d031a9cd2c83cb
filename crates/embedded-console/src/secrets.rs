//! The shared secrets for reverse pairing (docs/api-quirks.md, "Shared secret"), in memory only: a restart revokes them.

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use engine_link::SharedSecret;

/// Secrets that are no longer valid and that are remembered, so that an engine that has one can be told why.
const OLD: usize = 16;
/// How long they are remembered.
const OLD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// A moment by two clocks: one stands still while the machine sleeps, the other can be set. Whichever has moved further
/// counts.
#[derive(Clone, Copy)]
struct Moment {
    since: Instant,
    at: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Self { since: Instant::now(), at: SystemTime::now() }
    }

    fn age(self) -> Duration {
        self.since.elapsed().max(self.at.elapsed().unwrap_or_default())
    }
}

/// What an engine's proof says of the secret that it has.
#[derive(Debug, Clone)]
pub(crate) enum Proven {
    /// It is the valid one.
    Valid(SharedSecret),
    /// It was valid until its time was over.
    Expired,
    /// It was valid until it was revoked.
    Revoked,
    /// This console has not made it, or has forgotten it.
    Unknown,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Expired,
    Revoked,
}

struct Valid {
    secret: SharedSecret,
    since: Moment,
    lifetime: Duration,
}

impl Valid {
    fn left(&self) -> Duration {
        self.lifetime.saturating_sub(self.since.age())
    }
}

#[derive(Default)]
struct Made {
    valid: Option<Valid>,
    old: VecDeque<(SharedSecret, End, Moment)>,
}

/// The one shared secret that may be valid, and those that were.
pub(crate) struct Secrets {
    lifetime: Duration,
    made: Mutex<Made>,
}

impl Secrets {
    /// No secret yet; those that are made will be valid for `lifetime` at most.
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, made: Mutex::default() }
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.valid.as_ref().is_some_and(|valid| valid.left().is_zero()) {
            made.end(End::Expired);
        }
        made.old.retain(|(_, _, since)| since.age() < OLD_FOR);
        made
    }

    /// The valid secret.
    pub(crate) fn read(&self) -> Option<SharedSecret> {
        self.made().valid.as_ref().map(|valid| valid.secret.clone())
    }

    /// The still valid secret, or a new one; and whether it is new. `lifetime`: how long a new one is to be valid, if that
    /// is less than usual.
    pub(crate) fn generate(&self, lifetime: Duration) -> io::Result<(SharedSecret, bool)> {
        let mut made = self.made();
        if let Some(valid) = &made.valid {
            return Ok((valid.secret.clone(), false));
        }
        let secret = SharedSecret::generate()?;
        let lifetime = lifetime.min(self.lifetime);
        made.valid = Some(Valid { secret: secret.clone(), since: Moment::now(), lifetime });
        Ok((secret, true))
    }

    /// False: there was none.
    pub(crate) fn revoke(&self) -> bool {
        let mut made = self.made();
        let any = made.valid.is_some();
        made.end(End::Revoked);
        any
    }

    /// How long the valid secret still is.
    pub(crate) fn time_to_live(&self) -> Option<Duration> {
        self.made().valid.as_ref().map(Valid::left)
    }

    /// Which secret it is that `proves` finds proved. Every secret is tried, whichever it is, so that the time tells
    /// nothing.
    pub(crate) fn proven(&self, proves: impl Fn(&SharedSecret) -> bool) -> Proven {
        let made = self.made();
        let mut proven = Proven::Unknown;
        for (secret, end, _) in &made.old {
            if proves(secret) {
                proven = match end {
                    End::Expired => Proven::Expired,
                    End::Revoked => Proven::Revoked,
                };
            }
        }
        if let Some(Valid { secret, .. }) = &made.valid
            && proves(secret)
        {
            proven = Proven::Valid(secret.clone());
        }
        proven
    }
}

impl Made {
    /// The valid secret is one of the old ones now.
    fn end(&mut self, end: End) {
        let Some(Valid { secret, .. }) = self.valid.take() else { return };
        if self.old.len() >= OLD {
            self.old.pop_front();
        }
        self.old.push_back((secret, end, Moment::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Duration = Duration::MAX;

    fn text(secret: &SharedSecret) -> String {
        secret.expose().to_string()
    }

    /// As a claim does, with the secret that the engine has.
    fn is(has: &SharedSecret) -> impl Fn(&SharedSecret) -> bool {
        let has = text(has);
        move |secret| text(secret) == has
    }

    #[test]
    fn a_valid_secret_is_given_again_and_an_expired_one_is_not() {
        let secrets = Secrets::new(Duration::from_secs(3600));
        assert!(secrets.read().is_none());
        let first = secrets.generate(USUAL).unwrap().0;
        assert_eq!(text(&secrets.generate(USUAL).unwrap().0), text(&first));
        assert!(secrets.time_to_live().unwrap() > Duration::from_secs(3590));
        assert!(secrets.revoke());
        assert!(!secrets.revoke());
        assert_ne!(text(&secrets.generate(USUAL).unwrap().0), text(&first));

        assert!(secrets.revoke());
        secrets.generate(Duration::from_secs(60)).unwrap();
        assert!(secrets.time_to_live().unwrap() <= Duration::from_secs(60), "as it was wanted");

        let brief = Secrets::new(Duration::ZERO);
        brief.generate(USUAL).unwrap();
        assert!(brief.read().is_none() && brief.time_to_live().is_none());
    }

    #[test]
    fn what_became_of_a_secret_is_known_for_the_last_sixteen() {
        let secrets = Secrets::new(Duration::from_secs(3600));
        let first = secrets.generate(USUAL).unwrap().0;
        assert!(matches!(secrets.proven(is(&first)), Proven::Valid(_)));
        secrets.revoke();
        assert!(matches!(secrets.proven(is(&first)), Proven::Revoked));
        assert!(matches!(secrets.proven(is(&SharedSecret::generate().unwrap())), Proven::Unknown));
        let last = secrets.generate(USUAL).unwrap().0;
        for _ in 0..OLD {
            secrets.revoke();
            secrets.generate(USUAL).unwrap();
        }
        assert!(matches!(secrets.proven(is(&first)), Proven::Unknown), "forgotten");
        assert!(matches!(secrets.proven(is(&last)), Proven::Revoked));

        let brief = Secrets::new(Duration::ZERO);
        let expired = brief.generate(USUAL).unwrap().0;
        assert!(matches!(brief.proven(is(&expired)), Proven::Expired));
        assert!(!brief.revoke(), "what has expired can't be revoked");
    }

    #[test]
    fn every_secret_is_tried_whichever_it_is() {
        let secrets = Secrets::new(Duration::from_secs(3600));
        let mut known = Vec::new();
        for _ in 0..4 {
            secrets.revoke();
            known.push(secrets.generate(USUAL).unwrap().0);
        }
        for has in &known {
            let tried = std::cell::Cell::new(0);
            secrets.proven(|secret| {
                tried.set(tried.get() + 1);
                text(secret) == text(has)
            });
            assert_eq!(tried.get(), known.len());
        }
    }
}
