//! The shared secret for reverse pairing (console-facts §3). It is kept in memory only: a restart revokes it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use zeroize::Zeroizing;

use super::error::ApiError;
use super::links::Links;
use super::{done, json};
use crate::console::Console;

struct Issued {
    text: Zeroizing<String>,
    since: Instant,
    at: SystemTime,
}

/// The one shared secret that may be valid.
pub(crate) struct SharedSecret {
    lifetime: Duration,
    issued: Mutex<Option<Issued>>,
}

impl SharedSecret {
    /// No secret yet; those that are made will be valid for `lifetime`.
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, issued: Mutex::default() }
    }

    fn issued(&self) -> MutexGuard<'_, Option<Issued>> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if issued.as_ref().is_some_and(|issued| self.left(issued).is_zero()) {
            *issued = None;
        }
        issued
    }

    /// Whichever clock has moved further counts: one stands still while the machine sleeps, the other can be set.
    fn left(&self, issued: &Issued) -> Duration {
        let age = issued.since.elapsed().max(issued.at.elapsed().unwrap_or_default());
        self.lifetime.saturating_sub(age)
    }

    /// The valid secret.
    fn read(&self) -> Option<Zeroizing<String>> {
        self.issued().as_ref().map(|issued| issued.text.clone())
    }

    /// The still valid secret, or a new one.
    fn generate(&self) -> io::Result<Zeroizing<String>> {
        let mut issued = self.issued();
        if let Some(issued) = issued.as_ref() {
            return Ok(issued.text.clone());
        }
        let text = new_text()?;
        *issued = Some(Issued { text: text.clone(), since: Instant::now(), at: SystemTime::now() });
        Ok(text)
    }

    /// False: there was none.
    fn revoke(&self) -> bool {
        self.issued().take().is_some()
    }

    fn time_to_live(&self) -> Option<Duration> {
        self.issued().as_ref().map(|issued| self.left(issued))
    }
}

/// Eight groups of four upper-case hexadecimal digits: 128 random bits.
fn new_text() -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0_u8; 16]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|error| io::Error::other(format!("random numbers: {error}")))?;
    let mut text = Zeroizing::new(String::with_capacity(39));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 2 == 0 {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0xF] {
            text.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
        }
    }
    Ok(text)
}

fn none() -> ApiError {
    ApiError::none("There is no valid shared secret.")
}

/// Plain text, unquoted: not the JSON that the other calls answer with.
fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = (status, text.to_owned()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8"));
    response
}

/// `GET /scan_engines/shared_secret`.
pub(super) async fn read(State(console): State<Arc<Console>>) -> Result<Response, ApiError> {
    let text = console.secret.read().ok_or_else(none)?;
    Ok(plain(StatusCode::OK, &text))
}

/// `POST /scan_engines/shared_secret`.
pub(super) async fn generate(State(console): State<Arc<Console>>) -> Result<Response, ApiError> {
    let text = console.secret.generate().map_err(|error| {
        tracing::error!(%error, "no shared secret could be made");
        ApiError::unexpected()
    })?;
    Ok(plain(StatusCode::CREATED, &text))
}

/// `DELETE /scan_engines/shared_secret`.
pub(super) async fn revoke(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
) -> Result<Response, ApiError> {
    if console.secret.revoke() { Ok(done(&links)) } else { Err(none()) }
}

/// `GET /scan_engines/shared_secret/time_to_live`: a bare integer, seconds.
pub(super) async fn time_to_live(State(console): State<Arc<Console>>) -> Result<Response, ApiError> {
    let left = console.secret.time_to_live().ok_or_else(none)?;
    // A secret that is valid has at least a second to live.
    Ok(json(StatusCode::OK, &left.as_secs().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_eight_groups_of_four_digits() {
        let text = new_text().unwrap();
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(groups.len(), 8);
        for group in groups {
            assert_eq!(group.len(), 4);
            assert!(
                group.chars().all(|digit| digit.is_ascii_digit() || ('A'..='F').contains(&digit)),
                "{}",
                *text
            );
        }
    }

    #[test]
    fn a_valid_secret_is_given_again_and_an_expired_one_is_not() {
        let secret = SharedSecret::new(Duration::from_secs(3600));
        assert!(secret.read().is_none());
        let first = secret.generate().unwrap();
        assert_eq!(*secret.generate().unwrap(), *first);
        assert!(secret.time_to_live().unwrap() > Duration::from_secs(3590));
        assert!(secret.revoke());
        assert!(!secret.revoke());
        assert_ne!(*secret.generate().unwrap(), *first);

        let brief = SharedSecret::new(Duration::ZERO);
        brief.generate().unwrap();
        assert!(brief.read().is_none() && brief.time_to_live().is_none());
    }
}
