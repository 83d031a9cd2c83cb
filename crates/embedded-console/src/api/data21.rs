//! The calls of the console's own pages, `/data` and `/api/2.1`, as far as the app needs them
//! (docs/api-quirks.md, "Beyond v3").
//!
//! They want a `nexposeCCSessionID` header that equals the cookie of that name. Practitioners report that Basic
//! credentials with a header of forty zeros are taken as well, and set the cookie; transcripts have a cookie of forty zeros
//! beside it. Because that is not certain, this console can answer in each of these ways, and in those of consoles that take
//! neither: [`DataCalls`].

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use utoipa::openapi::header::Header;
use utoipa::openapi::{RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::json;
use super::document::{Anywhere, Missing, NotFromHere, Refusable};
use super::error::ApiError;
use super::sign_in::{authenticate, require_global_administrator, to_the_end};
use crate::audit::Entry;
use crate::auth::session::{NO_SESSION, SESSION_NAME};
use crate::auth::{SignedIn, User};
use crate::config::DataCalls;
use crate::console::Console;
use crate::db::engines::{self, EngineKind};
use crate::dialect::Quirk;
use crate::engine_rules::describe;
use crate::fleet::{Direction, UpdateOutcome};
use crate::{persist, static_files};

/// Where those without a session are sent.
const SIGN_IN_PAGE: &str = "/login.jsp";

/// The calls and the page that they send strangers to.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(update))
        .routes(routes!(make_secret))
        .route("/data", any(unknown_page))
        .route("/data/{*rest}", any(unknown_page))
        .routes(routes!(reverse))
        .route("/api/2.1/{*rest}", any(async || ApiError::missing()))
        .routes(routes!(show_sign_in_page))
}

/// The header that says which session a request belongs to.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes what `session` reads")]
struct SessionHeader {
    /// The value of the cookie of this name, or forty zeros to open a session with the Basic credentials.
    #[param(rename = "nexposeCCSessionID")]
    session: String,
}

/// What those get who have no session, beside a page with 200.
struct NoSession;

impl IntoResponses for NoSession {
    fn responses() -> std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let response = ResponseBuilder::new()
            .description("There is no session, and none could be opened: a redirect to the sign-in page")
            .header("Location", Header::builder().build());
        [("302".to_owned(), RefOr::T(response.build()))].into()
    }
}

/// A session, and the cookie if it was opened by this request.
struct Session {
    user: User,
    cookie: Option<HeaderValue>,
}

/// Finds the session of a request, or opens one. The error is the whole answer.
async fn session(console: &Console, parts: &Parts) -> Result<Session, Response> {
    match console.data_calls {
        DataCalls::Basic | DataCalls::Cookie => {}
        DataCalls::Redirect => return Err(to_sign_in_page()),
        DataCalls::Page => return Err(sign_in_page(console.maintenance)),
        DataCalls::Unauthorized => {
            return Err(ApiError::unauthorized("A session is required.").into_response());
        }
    }
    if console.maintenance {
        return Err(to_sign_in_page());
    }
    let sent = parts.headers.get(SESSION_NAME).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cookie = cookie(&parts.headers);
    let insists = console.data_calls == DataCalls::Cookie;
    if sent == NO_SESSION && (!insists || cookie == Some(NO_SESSION)) {
        let Ok(SignedIn { user, proof, .. }) = authenticate(console, parts).await else {
            return Err(to_sign_in_page());
        };
        let id = console.sessions.open(user.clone(), proof).map_err(|error| {
            ApiError::unexpected(&format!("no session could be opened: {error}")).into_response()
        })?;
        let secure = if console.is_https(parts) { "; Secure" } else { "" };
        let cookie = format!("{SESSION_NAME}={id}; Path=/; HttpOnly; SameSite=Strict{secure}");
        return Ok(Session { user, cookie: HeaderValue::from_str(&cookie).ok() });
    }
    match cookie {
        Some(cookie) if bool::from(cookie.as_bytes().ct_eq(sent.as_bytes())) => {
            let user = console.sessions.user(cookie).ok_or_else(to_sign_in_page)?;
            Ok(Session { user, cookie: None })
        }
        _ => Err(to_sign_in_page()),
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(SESSION_NAME)?.strip_prefix('='))
}

/// The page that people without a session get: HTML, which a client must take as "not signed in".
fn sign_in_page(maintenance: bool) -> Response {
    let words = if maintenance {
        "The Security Console is in maintenance mode."
    } else {
        "Sign in to the Security Console. The app's own pages have the form."
    };
    static_files::notice(StatusCode::OK, "Security Console", words)
}

#[utoipa::path(
    get, path = "/login.jsp", tag = "Pages", operation_id = "getSignInPage", summary = "Where those without a session are sent",
    security(()),
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), NotFromHere)
)]
async fn show_sign_in_page(State(console): State<Arc<Console>>) -> Response {
    sign_in_page(console.maintenance)
}

/// 302, the status that clients of the console look for.
fn to_sign_in_page() -> Response {
    (StatusCode::FOUND, [(LOCATION, SIGN_IN_PAGE)]).into_response()
}

async fn unknown_page(State(console): State<Arc<Console>>, parts: Parts) -> Response {
    match session(&console, &parts).await {
        Ok(_) => ApiError::missing().into_response(),
        Err(response) => response,
    }
}

/// What came of a change, for a person.
#[derive(Serialize, ToSchema)]
struct Changed {
    message: String,
}

/// `POST /data/engine/{id}/update`: success means that the update was sent, or that there was nothing to send; not
/// that it was applied. Needs Global Administrator.
#[utoipa::path(
    post, path = "/data/engine/{id}/update", tag = "Pages", operation_id = "updateScanEngine", summary = "Sends an engine its update: success means sent, or nothing to send. Needs Global Administrator",
    params(("id" = i64, Path, description = "The engine's id"), SessionHeader),
    responses((status = 200, description = "Sent, or up to date; or the sign-in page, as HTML, to those without a session", content((Changed = "application/json"), (String = "text/html"))), NoSession, Refusable, Missing, Anywhere)
)]
async fn update(
    State(console): State<Arc<Console>>,
    id: Result<Path<i64>, axum::extract::rejection::PathRejection>,
    parts: Parts,
) -> Response {
    let session = match session(&console, &parts).await {
        Ok(session) => session,
        Err(response) => return response,
    };
    let Ok(Path(id)) = id else { return ApiError::missing().into_response() };
    let entry = Entry::new("engine-updated").with("peer", console.address(&parts).to_string());
    let entry = entry.with("id", id.to_string());
    let work = {
        let console = Arc::clone(&console);
        async move { update_one(&console, id).await }
    };
    with_cookie(change(console, entry, session.user, work).await, session.cookie)
}

/// Makes a change that needs Global Administrator, to its end, and tells the security log.
async fn change<F>(console: Arc<Console>, entry: Entry, user: User, work: F) -> Response
where
    F: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    let changed = to_the_end(async move {
        let result = match require_global_administrator(&user) {
            Ok(()) => work.await,
            Err(error) => Err(error),
        };
        let response = result.unwrap_or_else(ApiError::into_response);
        let entry = entry.with("user", &user.name);
        console.audit.write(entry.with_number("status", response.status().as_u16().into()));
        Ok(response)
    });
    changed.await.unwrap_or_else(ApiError::into_response)
}

/// A secret as the consoles' own page got it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OlderSecret {
    key_string: String,
    #[schema(minimum = 1)]
    time_to_live_in_seconds: u64,
}

/// For how long a secret is wanted.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Lifetime {
    /// How long a new secret is to be valid, in seconds. More than this console allows is less.
    #[serde(rename = "time-to-live")]
    #[param(value_type = u32, minimum = 1, maximum = 4_294_967_295_i64)]
    seconds: NonZero<u32>,
}

/// `PUT /data/admin/global/shared-secret?time-to-live=`: the still valid secret, or a new one (docs/api-quirks.md,
/// "Shared secret"). Consoles before 6.5.50 have no other call for it. Needs Global Administrator.
#[utoipa::path(
    put, path = "/data/admin/global/shared-secret", tag = "Pages", operation_id = "makeSharedSecret", summary = "Makes a shared secret, unless one is valid, as older consoles do. Needs Global Administrator",
    params(Lifetime, SessionHeader),
    responses((status = 200, description = "The valid secret; or the sign-in page, as HTML, to those without a session", content((OlderSecret = "application/json"), (String = "text/html"))), NoSession, Refusable, Missing, Anywhere)
)]
async fn make_secret(
    State(console): State<Arc<Console>>,
    lifetime: Result<Query<Lifetime>, axum::extract::rejection::QueryRejection>,
    parts: Parts,
) -> Response {
    let session = match session(&console, &parts).await {
        Ok(session) => session,
        Err(response) => return response,
    };
    if console.has(Quirk::NoOlderSecret) {
        return ApiError::missing().into_response();
    }
    let Ok(Query(Lifetime { seconds })) = lifetime else { return ApiError::invalid().into_response() };
    let event = if console.secrets.read().is_some() { "secret-read" } else { "secret-made" };
    let entry = Entry::new(event).with("peer", console.address(&parts).to_string());
    let work = {
        let console = Arc::clone(&console);
        async move {
            let lifetime = Duration::from_secs(u32::from(seconds).into());
            let (secret, _) = console
                .secrets
                .generate(lifetime)
                .map_err(|error| ApiError::unexpected(&format!("no shared secret could be made: {error}")))?;
            let left = console.secrets.time_to_live().unwrap_or_default();
            let key_string = secret.expose().to_string();
            let time_to_live_in_seconds = left.as_secs().max(1);
            Ok(json(StatusCode::OK, &OlderSecret { key_string, time_to_live_in_seconds }))
        }
    };
    with_cookie(change(console, entry, session.user, work).await, session.cookie)
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

async fn update_one(console: &Console, id: i64) -> Result<Response, ApiError> {
    let engine = console.db.read(move |tx| engines::find(tx, id)?.ok_or_else(ApiError::missing)).await?;
    let outcome = match engine.kind {
        // A part of this process: it has the console's own versions.
        EngineKind::Local => UpdateOutcome::UpToDate,
        EngineKind::Hosted => {
            return Err(ApiError::refused(format!("The scan engine {} is updated by Rapid7.", engine.name)));
        }
        EngineKind::Aws | EngineKind::Distributed => console.fleet.update(id).await,
    };
    let (sent, text) = describe(&outcome);
    let message = format!("{}: {text}", engine.name);
    if sent { Ok(json(StatusCode::OK, &Changed { message })) } else { Err(ApiError::refused(message)) }
}

/// `PUT /api/2.1/engine/{id}/reverseConnection`: turns the direction around. Takes no body. Needs Global Administrator. The
/// answer comes when the new direction is stored; the connection follows within seconds, without a restart. A refusal is
/// `false`, with 200 (docs/api-quirks.md, "Beyond v3"): why, is in the console's log.
#[utoipa::path(
    put, path = "/api/2.1/engine/{id}/reverseConnection", tag = "Pages", operation_id = "reverseScanEngine", summary = "Reverses the direction of an engine. Needs Global Administrator",
    params(("id" = i64, Path, description = "The engine's id"), SessionHeader),
    responses((status = 200, description = "`true`: the direction is stored. `false`: it is not, and stays as it is. Or the sign-in page, as HTML, to those without a session", content((bool = "application/json"), (String = "text/html"))), NoSession, Missing, Anywhere)
)]
async fn reverse(
    State(console): State<Arc<Console>>,
    id: Result<Path<i64>, axum::extract::rejection::PathRejection>,
    parts: Parts,
) -> Response {
    let session = match session(&console, &parts).await {
        Ok(session) => session,
        Err(response) => return response,
    };
    let Ok(Path(id)) = id else { return ApiError::missing().into_response() };
    let entry = Entry::new("engine-reversed").with("peer", console.address(&parts).to_string());
    let entry = entry.with("id", id.to_string());
    let work = {
        let console = Arc::clone(&console);
        async move { reverse_one(&console, id).await }
    };
    with_cookie(change(console, entry, session.user, work).await, session.cookie)
}

async fn reverse_one(console: &Console, id: i64) -> Result<Response, ApiError> {
    let engine = console.db.read(move |tx| engines::find(tx, id)?.ok_or_else(ApiError::missing)).await?;
    let reversed = match engine.kind {
        EngineKind::Local => Err("is a part of this console: there is no direction to reverse".to_owned()),
        EngineKind::Hosted => Err("is run by Rapid7: its direction cannot be reversed".to_owned()),
        EngineKind::Aws | EngineKind::Distributed => console.fleet.reverse(id).await,
    };
    let direction = match reversed {
        Ok(direction) => direction,
        Err(why) => {
            let why = why.trim_end_matches('.');
            tracing::warn!(id, "the direction was not reversed: the scan engine {} {why}", engine.name);
            return Ok(json(StatusCode::OK, &false));
        }
    };
    // The fleet has told it to those who store it; the answer waits until that is on disk.
    let _turn = console.moves.lock().await;
    let fleet = console.fleet.clone();
    console.db.write(move |tx| Ok::<_, ApiError>(persist::learn_from_report(tx, &fleet, id)?)).await?;
    let words = match direction {
        Direction::EngineToConsole => "the scan engine connects to this console from now on",
        Direction::ConsoleToEngine => "this console connects to the scan engine from now on",
    };
    tracing::info!(id, name = %engine.name, "{words}");
    Ok(json(StatusCode::OK, &true))
}
