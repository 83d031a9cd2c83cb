//! What keeps other sites' pages away, and the headers that the browser is told to be strict with.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{self, HeaderName, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use crate::api::error::ApiError;
use crate::api::links;
use crate::console::Console;

/// The one content security policy: everything comes from this origin, scripts are files, and the only thing that may
/// be compiled at run time is WebAssembly.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Puts the security headers on every answer.
pub(crate) async fn headers(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let is_https = console.is_https(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a page's script sent the request: browsers say so, tools say nothing.
pub(crate) fn is_from_script(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-dest") == Some("empty")
}

/// Whether a person follows a link to a whole page. Such links may come from anywhere: a mail, a ticket, a wiki.
fn is_navigation(parts: &Parts) -> bool {
    parts.method == http::Method::GET
        && text(&parts.headers, "sec-fetch-mode") == Some("navigate")
        && text(&parts.headers, "sec-fetch-dest") == Some("document")
}

/// Refuses what another site's page sends to the API.
pub(crate) fn check_site(console: &Console, parts: &Parts) -> Result<(), ApiError> {
    // `same-site` is another origin too: another port of this host, another host of this domain.
    let fetch_site = text(&parts.headers, "sec-fetch-site");
    if matches!(fetch_site, Some("cross-site" | "same-site")) {
        return Err(ApiError::forbidden("This request comes from another site."));
    }
    check_origin(console, parts)
}

/// Refuses what another site's page loads of the app's files; following a link to the app is fine.
pub(crate) fn check_page(console: &Console, parts: &Parts) -> Result<(), ApiError> {
    if is_navigation(parts) {
        return Ok(());
    }
    if text(&parts.headers, "sec-fetch-site") == Some("cross-site") {
        return Err(ApiError::forbidden("This request comes from another site."));
    }
    check_origin(console, parts)
}

/// `Origin` must be this console as the client reaches it, if it is there at all.
fn check_origin(console: &Console, parts: &Parts) -> Result<(), ApiError> {
    match parts.headers.get(ORIGIN) {
        None => Ok(()),
        Some(origin) if origin.as_bytes().eq_ignore_ascii_case(links::origin(console, parts).as_bytes()) => {
            Ok(())
        }
        Some(_) => Err(ApiError::forbidden("This request comes from a foreign origin.")),
    }
}
