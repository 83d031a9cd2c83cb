//! The REST API v3, and the calls of the console's own pages that the app needs beside it.

mod admin;
pub(crate) mod body;
mod commands;
mod data21;
mod dialect;
pub(crate) mod engines;
pub(crate) mod error;
pub(crate) mod links;
mod paging;
mod pools;
mod scans;
mod secret;
mod sites;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post, put};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

pub(crate) use self::secret::{Proven, Secrets};

use self::error::ApiError;
use self::links::{Link, Links};
use crate::auth::{Credentials, Refusal, Role, User};
use crate::console::Console;
use crate::security;

/// The largest body: a pool with every site of a very large console fits several times.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// Every call, behind the sign-in.
pub(crate) fn router(console: &Arc<Console>) -> Router {
    let v3 = Router::new()
        .route("/api/3", get(admin::root))
        .route("/api/3/", get(admin::root))
        .route("/api/3/administration/info", get(admin::info))
        .route("/api/3/administration/commands", post(commands::run))
        .route("/api/3/scan_engines", get(engines::list).post(engines::create))
        .route(
            "/api/3/scan_engines/shared_secret",
            get(secret::read).post(secret::generate).delete(secret::revoke),
        )
        .route("/api/3/scan_engines/shared_secret/time_to_live", get(secret::time_to_live))
        .route("/api/3/scan_engines/{id}", get(engines::one).put(engines::replace).delete(engines::delete))
        .route("/api/3/scan_engines/{id}/scan_engine_pools", get(engines::pools))
        .route("/api/3/scan_engines/{id}/scans", get(scans::of_engine))
        .route("/api/3/scan_engines/{id}/sites", get(sites::of_engine))
        .route("/api/3/scan_engine_pools", get(pools::list).post(pools::create))
        .route("/api/3/scan_engine_pools/{id}", get(pools::one).put(pools::replace).delete(pools::delete))
        .route("/api/3/scan_engine_pools/{id}/engines", get(pools::engines).put(pools::set_engines))
        .route(
            "/api/3/scan_engine_pools/{id}/engines/{engine}",
            put(pools::add_engine).delete(pools::remove_engine),
        )
        .route("/api/3/scan_engine_pools/{id}/sites", get(pools::sites))
        .route("/api/3/sites", get(sites::list).post(sites::create))
        .route("/api/3/sites/{id}", get(sites::one).put(sites::replace))
        .route("/api/3/sites/{id}/scan_engine", get(sites::scan_engine).put(sites::set_scan_engine))
        .route("/api/3/sites/{id}/scans", get(scans::of_site).post(scans::start))
        .route("/api/3/scans", get(scans::list))
        .route("/api/3/scans/{id}", get(scans::one))
        .route("/api", any(unknown))
        .route("/api/{*rest}", any(unknown))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(middleware::from_fn_with_state(Arc::clone(console), signed_in));
    let pages = data21::router().method_not_allowed_fallback(async || ApiError::method_not_allowed());
    v3.merge(pages)
        .layer(middleware::from_fn_with_state(Arc::clone(console), finish))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::clone(console))
}

async fn unknown() -> ApiError {
    ApiError::missing()
}

/// Outermost: gives the request its links, and errors their bodies. Nothing of the API is ever cached.
async fn finish(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let links = Links::of(&console, &parts);
    parts.extensions.insert(links.clone());
    let from_script = security::is_from_script(&parts.headers);
    let mut response = match security::check_site(&console, &parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    };
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        response = error.render(&links, console.dialect);
        if response.status() == StatusCode::UNAUTHORIZED && !from_script {
            // Tools expect the challenge. To a page's script it would only bring up the browser's own dialog.
            let challenge = HeaderValue::from_static("Basic realm=\"Security Console\", charset=\"UTF-8\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Lets only those through who have signed in, and none during maintenance (console-facts §2).
async fn signed_in(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match authenticate(&console, &parts).await {
        Ok(user) => {
            parts.extensions.insert(user);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    }
}

/// The user that the request's Basic credentials belong to.
async fn authenticate(console: &Console, parts: &Parts) -> Result<User, ApiError> {
    if console.maintenance {
        return Err(ApiError::unauthorized("The Security Console is in maintenance mode."));
    }
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let credentials =
        header(AUTHORIZATION.as_str()).and_then(|value| Credentials::parse(value, header("token")));
    let Some(credentials) = credentials else {
        return Err(ApiError::unauthorized("Credentials are required: HTTP Basic authentication."));
    };
    match console.auth.sign_in(credentials, console.peer(parts)).await {
        Ok(user) => Ok(user),
        Err(Refusal::Wrong) => {
            Err(ApiError::unauthorized("The username, the password or the token is not right."))
        }
        Err(Refusal::TooMany) => Err(ApiError::too_many()),
        Err(Refusal::Failed(error)) => Err(error.into()),
    }
}

/// Refuses users without Global Administrator, in the console's way: 401 (console-facts §2).
fn require_global_administrator(user: &User) -> Result<(), ApiError> {
    match user.role {
        Role::GlobalAdministrator => Ok(()),
        Role::SecurityManager => Err(ApiError::unauthorized(format!(
            "The user {} does not have the permission for this: it needs Global Administrator.",
            user.name
        ))),
    }
}

/// An identifier in the path. What is not a number is not found.
struct Id(i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(id) =
            Path::<i64>::from_request_parts(parts, state).await.map_err(|_| ApiError::missing())?;
        Ok(Self(id))
    }
}

/// Two identifiers in the path.
struct TwoIds(i64, i64);

impl<S: Send + Sync> FromRequestParts<S> for TwoIds {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path((one, two)) =
            Path::<(i64, i64)>::from_request_parts(parts, state).await.map_err(|_| ApiError::missing())?;
        Ok(Self(one, two))
    }
}

/// An answer of JSON.
pub(crate) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => json_bytes(status, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// An answer of JSON that is written already.
fn json_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    response
}

/// A list that is not paged.
#[derive(Serialize)]
struct Resources<T> {
    links: Vec<Link>,
    resources: Vec<T>,
}

impl<T: Serialize> Resources<T> {
    fn new(links: &Links, resources: Vec<T>) -> Self {
        Self { links: vec![links.this()], resources }
    }
}

/// The answer to a change: links only.
#[derive(Serialize)]
struct LinksOnly {
    links: Vec<Link>,
}

fn done(links: &Links) -> Response {
    json(StatusCode::OK, &LinksOnly { links: vec![links.this()] })
}

/// The answer to a creation: the new thing's id and where it is.
fn created(status: StatusCode, id: i64, link: Link) -> Response {
    #[derive(Serialize)]
    struct Created {
        id: i64,
        links: [Link; 1],
    }
    json(status, &Created { id, links: [link] })
}

/// Runs work to its end even when the client goes away in the middle: half a change would be worse than none.
async fn to_the_end<F>(work: F) -> Result<Response, ApiError>
where
    F: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a request ended early");
            Err(ApiError::unexpected())
        }
    }
}
