//! The REST API v3, and the calls of the console's own pages that the app needs beside it.

mod admin;
pub(crate) mod body;
mod commands;
mod data21;
mod dialect;
mod document;
pub(crate) mod engines;
pub(crate) mod error;
pub(crate) mod links;
mod paging;
mod pools;
mod scans;
mod secret;
mod sites;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::document::Document;
use self::error::ApiError;
use self::links::{Link, Links};
use crate::audit::{self, Details, Entry};
use crate::auth::cache::Proof;
use crate::auth::{Credentials, Refusal, Role, SignedIn, User};
use crate::console::Console;
use crate::security;
use crate::serve::Connection;

/// The largest body: a pool with every site of a very large console fits several times.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// The calls of API v3, which want credentials, and those of the console's own pages.
fn calls() -> (OpenApiRouter<Arc<Console>>, OpenApiRouter<Arc<Console>>) {
    let v3 = OpenApiRouter::with_openapi(document::frame())
        .routes(routes!(admin::root))
        .route("/api/3/", get(admin::root))
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
        .routes(routes!(sites::one, sites::replace))
        .routes(routes!(sites::scan_engine, sites::set_scan_engine))
        .routes(routes!(scans::of_site, scans::start))
        .routes(routes!(scans::list))
        .routes(routes!(scans::one));
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
        .route("/api", any(unknown))
        .route("/api/{*rest}", any(unknown))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(Extension(Document::new(openapi)))
        .layer(middleware::from_fn_with_state(Arc::clone(console), signed_in));
    let pages = pages.method_not_allowed_fallback(async || ApiError::method_not_allowed());
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
        Err(error) => {
            let entry = Entry::new("request-refused").with("peer", console.address(&parts).to_string());
            console.audit.refused(entry.with("reason", "another site"));
            error.into_response()
        }
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

/// What the credential of a request is known by.
#[derive(Clone, Copy)]
struct Credential(Proof);

/// Lets only those through who have signed in, and none during maintenance (docs/api-quirks.md, "Signing in"). What changes something is
/// done to its end, also when the client goes away; that, and what reads a secret, goes into the security log.
async fn signed_in(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let SignedIn { user, proof, .. } = match authenticate(&console, &parts).await {
        Ok(signed_in) => signed_in,
        Err(error) => return error.into_response(),
    };
    let matched = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let event = audit::event(&parts.method, matched);
    let is_read = [Method::GET, Method::HEAD].contains(&parts.method);
    let (name, address) = (Arc::clone(&user.name), console.address(&parts).to_string());
    let path = parts.uri.path().to_owned();
    parts.extensions.insert(user);
    parts.extensions.insert(Credential(proof));
    let answer = next.run(Request::from_parts(parts, body));
    if event.is_none() && is_read {
        return answer.await;
    }
    let changed = to_the_end(async move {
        let mut response = answer.await;
        let details = response.extensions_mut().remove::<Details>().unwrap_or_default();
        if let Some(event) = event {
            // Where it was known better than by the path.
            let event = details.event.unwrap_or(event);
            let entry = Entry::new(event).with("user", name).with("peer", address).with("path", path);
            let entry = entry.with_number("status", response.status().as_u16().into());
            console
                .audit
                .write(details.told.into_iter().fold(entry, |entry, (name, value)| entry.with(name, value)));
        }
        Ok(response)
    });
    changed.await.unwrap_or_else(ApiError::into_response)
}

/// An answer with something more to be told of it in the security log.
fn about(mut response: Response, name: &'static str, value: impl Into<String>) -> Response {
    let details = response.extensions_mut().get_or_insert_default::<Details>();
    details.told.push((name, value.into()));
    response
}

/// The user that the request's Basic credentials belong to.
async fn authenticate(console: &Console, parts: &Parts) -> Result<SignedIn, ApiError> {
    if console.maintenance {
        return Err(ApiError::unauthorized("The Security Console is in maintenance mode."));
    }
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = header(AUTHORIZATION.as_str());
    let entry = |event| Entry::new(event).with("peer", console.address(parts).to_string());
    let Some(credentials) = authorization.and_then(|value| Credentials::parse(value, header("token"))) else {
        if authorization.is_some() {
            console.audit.refused(entry("sign-in-refused").with("reason", "no credentials of a known form"));
        }
        return Err(ApiError::unauthorized("Credentials are required: HTTP Basic authentication."));
    };
    match console.auth.sign_in(credentials, &console.peer(parts)).await {
        Ok(signed_in) => {
            if let Some(connection) = parts.extensions.get::<Connection>() {
                connection.trust();
            }
            if signed_in.is_new {
                console.audit.write(entry("sign-in").with("user", &signed_in.user.name));
            }
            Ok(signed_in)
        }
        Err(Refusal::Wrong(known)) => {
            let entry = entry("sign-in-refused").with("reason", "wrong");
            let entry = match known {
                Some(name) => entry.with("user", name),
                None => entry,
            };
            console.audit.refused(entry);
            Err(ApiError::unauthorized("The username, the password or the token is not right."))
        }
        Err(Refusal::TooMany) => {
            console.audit.refused(entry("sign-in-refused").with("reason", "too many"));
            Err(ApiError::too_many())
        }
        Err(Refusal::Failed(error)) => Err(error.into()),
    }
}

/// Refuses users without Global Administrator, in the console's way: 401 (docs/api-quirks.md, "Signing in").
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
#[derive(Serialize, ToSchema)]
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
#[derive(Serialize, ToSchema)]
struct LinksOnly {
    links: Vec<Link>,
}

fn done(links: &Links) -> Response {
    json(StatusCode::OK, &LinksOnly { links: vec![links.this()] })
}

/// The answer to a creation: the new thing's id and where it is.
#[derive(Serialize, ToSchema)]
struct Created {
    id: i64,
    links: [Link; 1],
}

fn created(status: StatusCode, id: i64, link: Link) -> Response {
    about(json(status, &Created { id, links: [link] }), "id", id.to_string())
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
