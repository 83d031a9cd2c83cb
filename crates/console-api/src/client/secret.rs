//! The shared secret of reverse pairing (docs/api-quirks.md, "Shared secret").

use core::time::Duration;

use serde::de::IgnoredAny;
use zeroize::Zeroize;

use crate::client::Client;
use crate::client::call::{CHANGE_TIME, Call};
use crate::error::Error;
use crate::model::{GeneratedSecret, SharedSecret};
use crate::transport::{Method, Response, Transport};
use crate::wire::{self, Field, Read, Row};

const SECRET: &str = "api/3/scan_engines/shared_secret";
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
    /// is asked beforehand.
    ///
    /// # Errors
    /// Any [`Error`] of a read or a change.
    pub async fn generate_shared_secret(&self) -> Result<GeneratedSecret, Error> {
        let before = self.shared_secret().await?;
        let call =
            Call { method: Method::Post, accept: SECRET_KINDS, timeout: CHANGE_TIME, ..Call::read(SECRET) };
        let secret = read_secret(self.v3(call).await?)?;
        let was_valid_before = before.as_ref() == Some(&secret);
        Ok(GeneratedSecret { secret, was_valid_before })
    }

    /// Makes the secret invalid. `false` if there was none.
    ///
    /// # Errors
    /// Any [`Error`] of a change, but not [`Error::NotFound`].
    pub async fn revoke_shared_secret(&self) -> Result<bool, Error> {
        match self.change(Method::Delete, SECRET, None).await {
            Ok(_) => Ok(true),
            Err(error) => none_valid(error).map(|()| false),
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

/// 404 says that no secret is valid.
fn none_valid(error: Error) -> Result<(), Error> {
    match error {
        Error::NotFound { .. } => Ok(()),
        error => Err(error),
    }
}

/// Reads the secret, and wipes the body it came in.
fn read_secret(mut response: Response) -> Result<SharedSecret, Error> {
    let secret = core::str::from_utf8(&response.body).ok().and_then(SharedSecret::parse);
    let secret = secret.ok_or_else(|| wire::unexpected_hidden(&response));
    response.body.zeroize();
    secret
}
