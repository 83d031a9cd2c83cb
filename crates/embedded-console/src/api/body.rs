//! Request bodies, read as strictly as the console reads them.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// How long a body may take to come, from the first byte to the last.
const TIME: Duration = Duration::from_secs(60);

/// A JSON body that is no array. Another content type is refused with 415, other content with 400.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let text = json_text(request, state).await?;
        // serde would take an array for an object whose properties come without their names.
        if text.trim_ascii_start().starts_with(b"[") {
            return Err(ApiError::invalid());
        }
        parse(&text).map(Self)
    }
}

/// A JSON array.
pub(crate) struct JsonArray<T>(pub(crate) Vec<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonArray<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        parse(&json_text(request, state).await?).map(Self)
    }
}

async fn json_text<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    if essence.is_some_and(|kind| kind != "application/json" && !kind.ends_with("+json")) {
        return Err(ApiError::unsupported_media_type());
    }
    bytes(request, state).await
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    let body = tokio::time::timeout(TIME, Bytes::from_request(request, state)).await;
    body.map_err(|_| ApiError::too_slow())?.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(),
        _ => ApiError::invalid(),
    })
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, ApiError> {
    // Where a body may be left out, its type has a place for `null`.
    let text = if text.is_empty() { b"null" } else { text };
    serde_json::from_slice(text).map_err(|_| ApiError::invalid())
}

/// A body as text, whatever its content type says: console commands come bare (docs/api-quirks.md, "Beyond v3").
pub(crate) struct TextBody(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for TextBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        String::from_utf8(bytes(request, state).await?.into()).map(Self).map_err(|_| ApiError::invalid())
    }
}

/// The longest name that is taken, in characters: what a database of a console has room for.
pub(crate) const LONGEST_NAME: usize = 255;
/// The longest text of several lines, in characters.
pub(super) const LONGEST_TEXT: usize = 4_096;

/// A name that must be there: not empty, without control characters and without space at its ends. `field`: what it is
/// called in the body.
pub(crate) fn required(field: &str, value: Option<&str>) -> Result<String, ApiError> {
    let text = value.map(str::trim).unwrap_or_default();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(ApiError::invalid());
    }
    not_longer(field, text, LONGEST_NAME)?;
    Ok(text.to_owned())
}

/// Refuses a text of more characters.
pub(super) fn not_longer(field: &str, text: &str, most: usize) -> Result<(), ApiError> {
    if text.chars().nth(most).is_some() { Err(ApiError::too_long(field, most)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::response::IntoResponse as _;
    use futures::{StreamExt as _, stream};
    use tokio::time::{Instant, interval, pause};

    use super::*;

    #[tokio::test]
    async fn a_body_that_comes_a_byte_now_and_then_is_not_waited_for() {
        pause();
        let started = Instant::now();
        let ticks = stream::unfold(interval(Duration::from_secs(1)), |mut ticks| async {
            ticks.tick().await;
            Some((Ok::<_, std::io::Error>("x"), ticks))
        });
        let request = Request::new(Body::from_stream(ticks.take(1_000)));
        let Err(error) = TextBody::from_request(request, &()).await else { panic!("it was waited for") };
        assert_eq!(error.into_response().status(), StatusCode::REQUEST_TIMEOUT);
        assert!(started.elapsed() < TIME * 2, "{:?}", started.elapsed());
    }
}
