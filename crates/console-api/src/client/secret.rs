//! The shared secret of reverse pairing (docs/api-quirks.md, "Shared secret").

use core::time::Duration;

use serde::de::IgnoredAny;
use zeroize::Zeroize;

use crate::client::Client;
use crate::client::call::{CHANGE_TIME, Call};
use crate::error::{Error, is_unexpected};
use crate::model::{GeneratedSecret, SharedSecret};
use crate::transport::{Method, Response, Transport};
use crate::wire::{self, Field, Read, Row};

const SECRET: &str = "api/3/scan_engines/shared_secret";
/// Where consoles before 6.5.50 have it.
const OLDER: &str = "data/admin/global/shared-secret?time-to-live=3600";
/// How long a secret is valid, and how much of that a new one may have lost on its way, in seconds.
const LIFETIME: u64 = 3600;
const NEWLY_MADE: u64 = 10;
/// The secret comes as plain text; some consoles give a JSON string.
const SECRET_KINDS: &str = "text/plain, application/json";

impl<T: Transport> Client<T> {
    /// The secret that is valid now; `None` if there is none.
    ///
    /// # Errors
    /// Any [`Error`] of a read, but not [`Error::NotFound`].
    pub async fn shared_secret(&self) -> Result<Option<SharedSecret>, Error> {
        match self.v3(Call { accept: SECRET_KINDS, ..Call::read(SECRET) }).await {
            Ok(response) => read_secret(response).map(Some),
            Err(error) => none_valid(error).map(|()| None),
        }
    }

    /// Makes a secret, or gives the one that is still valid. The console does not say which of the two it did, so it
    /// is asked beforehand. Where API v3 has no secrets it is [`older_secret`](Self::older_secret).
    ///
    /// # Errors
    /// Any [`Error`] of a read or a change. [`Error::TooOldForSecrets`] if the console has none in either place.
    pub async fn generate_shared_secret(&self) -> Result<GeneratedSecret, Error> {
        let before = self.shared_secret().await?;
        let call =
            Call { method: Method::Post, accept: SECRET_KINDS, timeout: CHANGE_TIME, ..Call::read(SECRET) };
        match self.v3(call).await {
            Ok(response) => {
                let secret = read_secret(response)?;
                let was_valid_before = before.as_ref() == Some(&secret);
                Ok(GeneratedSecret { secret, was_valid_before, left: None })
            }
            Err(error) if before.is_none() && is_not_there(&error) => self.older_secret().await,
            Err(error) => Err(error.of_change()),
        }
    }

    /// The secret of a console without one in API v3: the one that is still valid, or a new one, with the time that is left
    /// (docs/api-quirks.md, "Shared secret").
    ///
    /// # Errors
    /// [`Error::TooOldForSecrets`] if the console does not take this call from the app either.
    pub async fn older_secret(&self) -> Result<GeneratedSecret, Error> {
        let call = Call { accept: SECRET_KINDS, ..Call::change(Method::Put, OLDER, None) };
        let mut response = match self.outside_v3(call).await {
            Ok(response) => response,
            Err(Error::NotAllowedHere | Error::NotPermitted { .. }) => return Err(Error::TooOldForSecrets),
            Err(error) if is_not_there(&error) => return Err(Error::TooOldForSecrets),
            Err(error) => return Err(error),
        };
        // JSON, XML or text: the secret and the number are told apart by their form.
        let text = core::str::from_utf8(&response.body).unwrap_or_default();
        let parts = || text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let seconds = parts().find_map(|part| part.parse::<u64>().ok());
        let secret = parts().find_map(SharedSecret::parse).ok_or_else(|| wire::unexpected_hidden(&response));
        response.body.zeroize();
        Ok(GeneratedSecret {
            secret: secret?,
            was_valid_before: seconds.is_some_and(|seconds| seconds < LIFETIME - NEWLY_MADE),
            left: Some(Duration::from_secs(seconds.unwrap_or(LIFETIME).min(LIFETIME))),
        })
    }

    /// Makes the secret invalid. `false` if there was none.
    ///
    /// # Errors
    /// Any [`Error`] of a change, but not [`Error::NotFound`].
    pub async fn revoke_shared_secret(&self) -> Result<bool, Error> {
        match self.send(Method::Delete, SECRET.to_owned(), None).await {
            Ok(()) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How long the secret stays valid, to the second; `None` if there is none.
    ///
    /// # Errors
    /// Any [`Error`] of a read, but not [`Error::NotFound`].
    pub async fn shared_secret_time_to_live(&self) -> Result<Option<Duration>, Error> {
        let response = match self.get(format!("{SECRET}/time_to_live")).await {
            Ok(response) => response,
            Err(error) => return none_valid(error).map(|()| None),
        };
        let Seconds(seconds) = wire::one(&response)?;
        // Below zero it has just expired.
        Ok(u64::try_from(seconds).ok().map(Duration::from_secs))
    }
}

/// A bare number.
struct Seconds(i64);

impl Read for Seconds {
    type Wire<'a> = IgnoredAny;

    fn read(_: IgnoredAny) -> Row<Self> {
        Row::Broken
    }

    fn read_value(value: Field<'_>) -> Row<Self> {
        value.integer().map(Self).into()
    }
}

/// 404 says that no secret is valid, and so can 401 (docs/api-quirks.md, "Shared secret"). A console that has none at all
/// answers 404 or 400.
fn none_valid(error: Error) -> Result<(), Error> {
    match error {
        Error::NotPermitted { .. } => Ok(()),
        error if is_not_there(&error) => Ok(()),
        error => Err(error),
    }
}

/// Whether the console may not know the call.
fn is_not_there(error: &Error) -> bool {
    match error {
        Error::NotFound { .. } => true,
        Error::Rejected { status: 400, message } => !is_unexpected(message),
        _ => false,
    }
}

/// Reads the secret, and wipes the body it came in.
fn read_secret(mut response: Response) -> Result<SharedSecret, Error> {
    let secret = core::str::from_utf8(&response.body).ok().and_then(SharedSecret::parse);
    let secret = secret.ok_or_else(|| wire::unexpected_hidden(&response));
    response.body.zeroize();
    secret
}
