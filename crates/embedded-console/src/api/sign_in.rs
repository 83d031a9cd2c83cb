//! Who may call: the sign-in in front of API v3, and the security log of what is done behind it.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::Method;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::error::ApiError;
use crate::audit::{self, Details, Entry};
use crate::auth::cache::Proof;
use crate::auth::{Credentials, Refusal, Role, SignedIn, User};
use crate::console::Console;
use crate::serve::Connection;

/// What the credential of a request is known by.
#[derive(Clone, Copy)]
pub(super) struct Credential(pub(super) Proof);

/// Lets only those through who have signed in, and none during maintenance (docs/api-quirks.md, "Signing in"). What changes something is
/// done to its end, also when the client goes away; that, and what reads a secret, goes into the security log.
pub(super) async fn signed_in(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
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

/// The user that the request's Basic credentials belong to.
pub(super) async fn authenticate(console: &Console, parts: &Parts) -> Result<SignedIn, ApiError> {
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
            Err(ApiError::unauthorized("The username, the password or the token is incorrect."))
        }
        Err(Refusal::TooMany) => {
            console.audit.refused(entry("sign-in-refused").with("reason", "too many"));
            Err(ApiError::too_many())
        }
        Err(Refusal::Failed(error)) => Err(error.into()),
    }
}

/// Refuses users without Global Administrator, in the console's way: 401 (docs/api-quirks.md, "Signing in").
pub(super) fn require_global_administrator(user: &User) -> Result<(), ApiError> {
    match user.role {
        Role::GlobalAdministrator => Ok(()),
        Role::SecurityManager => Err(ApiError::unauthorized(format!(
            "The user {} does not have the permission for this: it needs Global Administrator.",
            user.name
        ))),
    }
}

/// Runs work to its end even when the client goes away in the middle: half a change would be worse than none.
pub(super) async fn to_the_end<F>(work: F) -> Result<Response, ApiError>
where
    F: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(error) => Err(ApiError::unexpected(&format!("it ended early: {error}"))),
    }
}
