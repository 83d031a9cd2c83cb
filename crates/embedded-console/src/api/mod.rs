//! The REST API v3, and the calls of the console's own pages that the app needs beside it.

mod admin;
mod answer;
mod assign;
pub(crate) mod body;
mod commands;
mod data21;
mod document;
mod engines;
pub(crate) mod error;
pub(crate) mod links;
mod odd;
mod paging;
mod path;
mod pools;
mod scans;
mod secret;
mod shapes;
mod sign_in;
mod sites;
mod templates;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::document::Document;
use self::error::ApiError;
use self::links::Links;
use self::odd::Call;
use crate::audit::Entry;
use crate::console::Console;
use crate::dialect::Quirk;
use crate::security;

/// The largest body: a pool with every site of a very large console fits several times.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// The calls of API v3, which want credentials, and those of the console's own pages.
fn calls() -> (OpenApiRouter<Arc<Console>>, OpenApiRouter<Arc<Console>>) {
    let v3 = OpenApiRouter::with_openapi(document::frame())
        .routes(routes!(admin::root))
        .routes(routes!(admin::sign_out))
        .routes(routes!(document::read))
        .routes(routes!(admin::info))
        .routes(routes!(commands::run))
        .routes(routes!(engines::list, engines::create))
        .routes(routes!(secret::read, secret::generate, secret::revoke))
        .routes(routes!(secret::time_to_live))
        .routes(routes!(engines::one, engines::replace, engines::delete))
        .routes(routes!(engines::pools))
        .routes(routes!(scans::of_engine))
        .routes(routes!(sites::of_engine))
        .routes(routes!(pools::list, pools::create))
        .routes(routes!(pools::one, pools::replace, pools::delete))
        .routes(routes!(pools::engines, pools::set_engines))
        .routes(routes!(pools::add_engine, pools::remove_engine))
        .routes(routes!(pools::sites))
        .routes(routes!(sites::list, sites::create))
        .routes(routes!(sites::one, sites::replace, sites::delete))
        .routes(routes!(sites::scan_engine, sites::set_scan_engine))
        .routes(routes!(scans::of_site, scans::start))
        .routes(routes!(scans::list))
        .routes(routes!(scans::one))
        .routes(routes!(scans::pause))
        .routes(routes!(scans::resume))
        .routes(routes!(scans::stop))
        .routes(routes!(templates::list))
        .routes(routes!(templates::one));
    (v3, data21::router())
}

/// The OpenAPI document of all that a console answers, at `/api/3/json` too.
pub fn openapi() -> serde_json::Value {
    let (v3, pages) = calls();
    document::finished(v3.merge(pages).into_openapi())
}

/// Every call, behind the sign-in.
pub(crate) fn router(console: &Arc<Console>) -> Router {
    let (v3, pages) = calls();
    let (v3, mut openapi) = v3.split_for_parts();
    let (pages, of_pages) = pages.split_for_parts();
    openapi.merge(of_pages);
    let v3 = v3
        .route("/api", any(async || ApiError::missing()))
        .route("/api/{*rest}", any(async || ApiError::missing()))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(Extension(Document::new(openapi)))
        .layer(middleware::from_fn_with_state(Arc::clone(console), licensed))
        .layer(middleware::from_fn_with_state(Arc::clone(console), sign_in::signed_in));
    let pages = pages.method_not_allowed_fallback(async || ApiError::method_not_allowed());
    v3.merge(pages)
        .layer(middleware::from_fn_with_state(Arc::clone(console), finish))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::clone(console))
}

/// The same request without a slash at the end of its path, if it is for the API: a real console does not mind it
/// (docs/api-quirks.md, "Reading"). To be done before a route is chosen.
pub(crate) fn without_last_slash<B>(mut request: http::Request<B>) -> http::Request<B> {
    let path = request.uri().path();
    let is_ours = path.starts_with("/api/") || path.starts_with("/data/");
    if let Some(path) = path.strip_suffix('/').filter(|_| is_ours) {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = request.uri().clone().into_parts();
        if let Ok(both) = format!("{path}{query}").parse() {
            parts.path_and_query = Some(both);
            if let Ok(uri) = http::Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
    }
    request
}

/// A console without a licence for pools does not know them (docs/api-quirks.md, "Special engines and pools").
async fn licensed(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if console.has(Quirk::NoPools) && path.split('/').any(|part| part == "scan_engine_pools") {
        return ApiError::missing().into_response();
    }
    next.run(request).await
}

/// Outermost: gives the request its links, and errors their bodies. Nothing of the API is ever cached.
async fn finish(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let links = Links::of(&console, &parts);
    parts.extensions.insert(links.clone());
    let from_script = security::is_from_script(&parts.headers);
    let call = Call::of(&parts);
    let mut response = match security::check_site(&console, &parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => {
            let entry = Entry::new("request-refused").with("peer", console.address(&parts).to_string());
            console.audit.refused(entry.with("reason", "another site"));
            error.into_response()
        }
    };
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        response = match odd::error(&console, &call, &error) {
            Some(odd) => odd,
            None => error.render(&links, console.quirks),
        };
        if response.status() == StatusCode::UNAUTHORIZED && !from_script {
            // Tools expect the challenge. To a page's script it would only bring up the browser's own dialog.
            let challenge = HeaderValue::from_static("Basic realm=\"Security Console\", charset=\"UTF-8\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
    }
    let mut response = odd::list(&console, &call, &links, response).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
