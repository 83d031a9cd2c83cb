//! The shared secret: how long it is valid, as the console reports, and the secret itself at the moment that it is needed.
//! The app does not keep it: a console that was started again has another one, or none.

use std::time::Duration;

use console_api::{Error, SharedSecret, rules::Thing};
use leptos::{prelude::*, task::spawn_local};

use super::Data;
use crate::browser::clock::monotonic_ms;

/// Whether a secret is valid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Validity {
    /// Not asked yet.
    Unknown,
    /// None is.
    None,
    /// One is, until this moment of [`monotonic_ms`].
    Until(f64),
    /// One was, and its time is over.
    Expired,
    /// One was, and the console has none any more before its time.
    Gone,
}

/// What the console and the network may differ in, from one answer to the next, on when the same secret ends: 10 s.
const SAME_END_MS: f64 = 10_000.0;

/// What the activity calls it.
const SECRET: &str = "Shared secret";

impl Validity {
    /// Whether it is another secret that is valid now. Each is valid for an hour from when it was made, so that a later one ends later.
    #[must_use]
    pub fn is_another(self, now: Self) -> bool {
        matches!((self, now), (Self::Until(before), Self::Until(now)) if now - before > SAME_END_MS)
    }
}

/// The shared secret of this console. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Secret {
    /// Whether one is valid, by the console's word.
    pub validity: RwSignal<Validity>,
    /// Why the console could not be asked the last time.
    pub failed: RwSignal<Option<Error>>,
    /// Whether it came from where consoles before 6.5.50 have it: they can neither tell how long it is valid nor revoke it.
    pub older: RwSignal<bool>,
    asking: StoredValue<bool>,
}

impl Secret {
    pub(super) fn new() -> Self {
        Self {
            validity: RwSignal::new(Validity::Unknown),
            failed: RwSignal::new(None),
            older: RwSignal::new(false),
            asking: StoredValue::new(false),
        }
    }

    /// The seconds that it is still valid, counted on from the console's last word.
    pub fn seconds_left(self) -> Option<u64> {
        match self.validity.get() {
            Validity::Until(end) => Some(((end - monotonic_ms()) / 1000.0).ceil().max(0.0) as u64),
            _ => None,
        }
    }

    pub(super) fn forget(self) {
        self.asking.set_value(false);
        self.validity.set(Validity::Unknown);
        self.failed.set(None);
        self.older.set(false);
    }

    fn heard(self, left: Option<Duration>) {
        self.failed.set(None);
        let before = self.validity.get_untracked();
        let now = match (left, before) {
            (Some(left), _) => Validity::Until(monotonic_ms() + left.as_millis() as f64),
            (None, Validity::Until(end)) if end - monotonic_ms() <= 2000.0 => Validity::Expired,
            (None, Validity::Until(_)) => Validity::Gone,
            (None, Validity::Unknown) => Validity::None,
            (None, before) => before,
        };
        self.validity.set(now);
    }
}

impl Data {
    /// Asks the console how long the secret is still valid, unless it is being asked.
    pub fn ask_secret(self) {
        if self.secret.asking.get_value() {
            return;
        }
        if self.secret.older.get_untracked() {
            if untrack(|| self.secret.seconds_left()) == Some(0) {
                self.secret.heard(None);
            }
            return;
        }
        self.secret.asking.set_value(true);
        spawn_local(async move {
            let left = self.session.call(async |console| console.shared_secret_time_to_live().await).await;
            match left {
                Ok(left) => self.secret.heard(left),
                // The visit is over: nothing of it is to be noted.
                Err(Error::Cancelled) => return,
                Err(error) => self.secret.failed.set(Some(error)),
            }
            self.secret.asking.set_value(false);
        });
    }

    /// Makes a secret, or finds the one that is still valid. `true`: it is new.
    ///
    /// # Errors
    /// Why the console made none.
    pub async fn generate_secret(self) -> Result<bool, Error> {
        // Never the secret itself.
        let noting = self.noting("Generating a shared secret", Thing::Console, 0, SECRET.to_owned());
        let generated = self.session.call(async |console| console.generate_shared_secret().await).await;
        let is_old = generated.as_ref().is_ok_and(|generated| generated.was_valid_before);
        let word = if is_old { "one was still valid" } else { "generated" };
        noting.ends(generated.as_ref().err(), word);
        let generated = generated?;
        self.secret.older.set(generated.left.is_some());
        let left = match generated.left {
            Some(left) => Some(left),
            None => self.session.call(async |console| console.shared_secret_time_to_live().await).await?,
        };
        self.secret.heard(left);
        Ok(!generated.was_valid_before)
    }

    /// The secret itself, for **Show** and **Copy**. `None`: none is valid any more.
    ///
    /// # Errors
    /// Why the console did not give it.
    pub async fn reveal_secret(self) -> Result<Option<SharedSecret>, Error> {
        if self.secret.older.get_untracked() {
            // The one that is still valid comes back.
            let secret = self.session.call(async |console| console.older_secret().await).await?;
            self.secret.heard(secret.left);
            return Ok(Some(secret.secret));
        }
        let secret = self.session.call(async |console| console.shared_secret().await).await?;
        if secret.is_none() {
            self.secret.heard(None);
        }
        Ok(secret)
    }

    /// Makes the secret invalid. `false`: there was none.
    ///
    /// # Errors
    /// Why the console did not do it.
    pub async fn revoke_secret(self) -> Result<bool, Error> {
        let noting = self.noting("Revoking the shared secret", Thing::Console, 0, SECRET.to_owned());
        let revoked = self.session.call(async |console| console.revoke_shared_secret().await).await;
        let word = if revoked == Ok(false) { "there was none" } else { "revoked" };
        noting.ends(revoked.as_ref().err(), word);
        let revoked = revoked?;
        self.secret.validity.set(Validity::None);
        Ok(revoked)
    }
}
