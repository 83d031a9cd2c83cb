//! The calls for the shared secret (docs/api-quirks.md, "Shared secret").

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use super::answer::{LinksOnly, done, json};
use super::document::{Anywhere, Missing, Refusable};
use super::error::ApiError;
use super::links::Links;
use crate::audit::Details;
use crate::console::Console;
use crate::dialect::Quirk;

/// What consoles say that have no shared secret in v3. `changes`: whether the call makes or revokes one.
fn check_known(console: &Console, changes: bool) -> Result<(), ApiError> {
    match (console.has(Quirk::NoSharedSecret), console.has(Quirk::SharedSecret400)) {
        (false, true) => Err(ApiError::invalid()),
        (true, true) if changes => Err(ApiError::invalid()),
        (true, _) => Err(ApiError::missing()),
        (false, false) => Ok(()),
    }
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
#[utoipa::path(
    get, path = "/api/3/scan_engines/shared_secret", tag = "Shared Secret", operation_id = "getSharedSecret", summary = "The valid shared secret",
    responses((status = 200, description = "The secret, unquoted", body = String, content_type = "text/plain"), Refusable, Missing, Anywhere)
)]
pub(super) async fn read(State(console): State<Arc<Console>>) -> Result<Response, ApiError> {
    check_known(&console, false)?;
    let secret = console.secrets.read().ok_or_else(|| match console.has(Quirk::SecretUnauthorized) {
        true => ApiError::unauthorized("There is no valid shared secret."),
        false => none(),
    })?;
    Ok(plain(StatusCode::OK, &secret.expose()))
}

/// `POST /scan_engines/shared_secret`.
#[utoipa::path(
    post, path = "/api/3/scan_engines/shared_secret", tag = "Shared Secret", operation_id = "createSharedSecret", summary = "Makes a shared secret, unless one is valid",
    responses((status = 201, description = "The valid secret, unquoted", body = String, content_type = "text/plain"), Refusable, Missing, Anywhere)
)]
pub(super) async fn generate(State(console): State<Arc<Console>>) -> Result<Response, ApiError> {
    check_known(&console, true)?;
    let (secret, is_new) = console
        .secrets
        .generate(Duration::MAX)
        .map_err(|error| ApiError::unexpected(&format!("no shared secret could be made: {error}")))?;
    let mut response = plain(StatusCode::CREATED, &secret.expose());
    if !is_new {
        response.extensions_mut().insert(Details { event: Some("secret-read"), ..Details::default() });
    }
    Ok(response)
}

/// `DELETE /scan_engines/shared_secret`.
#[utoipa::path(
    delete, path = "/api/3/scan_engines/shared_secret", tag = "Shared Secret", operation_id = "revokeSharedSecret", summary = "Revokes the valid shared secret",
    responses((status = 200, description = "Done", body = LinksOnly), Refusable, Missing, Anywhere)
)]
pub(super) async fn revoke(
    State(console): State<Arc<Console>>,
    Extension(links): Extension<Links>,
) -> Result<Response, ApiError> {
    check_known(&console, true)?;
    if console.secrets.revoke() { Ok(done(&links)) } else { Err(none()) }
}

/// `GET /scan_engines/shared_secret/time_to_live`: a bare integer, seconds.
#[utoipa::path(
    get, path = "/api/3/scan_engines/shared_secret/time_to_live", tag = "Shared Secret", operation_id = "getSharedSecretTimeToLive", summary = "How long the shared secret is still valid",
    responses((status = 200, description = "Seconds, as a bare integer", body = u64, content_type = "application/json"), Refusable, Missing, Anywhere)
)]
pub(super) async fn time_to_live(State(console): State<Arc<Console>>) -> Result<Response, ApiError> {
    check_known(&console, false)?;
    let left = console.secrets.time_to_live().ok_or_else(none)?;
    // A secret that is valid has at least a second to live.
    Ok(json(StatusCode::OK, &left.as_secs().max(1)))
}
