//! The errors of the API, in the console's form: `{"status": 400, "message": "…", "links": […]}`
//! (docs/api-quirks.md, "Signing in").

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::json;
use super::links::{Link, Links};
use crate::db::{DbError, DiskTrouble};
use crate::dialect::{Quirk, Quirks};

/// What a console says to arguments that it can't take.
pub(crate) const INVALID: &str = "One or more arguments supplied in the request is invalid.";
/// What a console says to an identifier that it does not know, or does not want to show.
const MISSING: &str = "The resource does not exist or access is prohibited.";
/// What a console says when it failed.
pub(crate) const UNEXPECTED: &str =
    "An unexpected error occurred. See the log file for more information or contact support.";

/// What this console says when its disk is full.
const DISK_FULL: &str =
    "An unexpected error occurred: the console's disk is full, and nothing was changed. Make room on it.";
/// What this console says when a file can't be read or written.
const DISK_FAILED: &str =
    "An unexpected error occurred: the console's disk is full or does not work. See the console's log.";

/// An answer that is not a success.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
}

impl ApiError {
    /// Any status, with words of its own.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 400 with the console's general words.
    pub(crate) fn invalid() -> Self {
        Self::new(StatusCode::BAD_REQUEST, INVALID)
    }

    /// 400 with words of its own.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400: a text is longer than the console takes it. `most`: in characters.
    pub(crate) fn too_long(field: &str, most: usize) -> Self {
        Self::refused(format!("{INVALID} The {field} is too long: it can have {most} characters."))
    }

    /// 404.
    pub(crate) fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, MISSING)
    }

    /// 404 with words of its own.
    pub(crate) fn none(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 401: wrong credentials, no permission or maintenance (docs/api-quirks.md, "Signing in").
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 403: the request comes from another site's page.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed for this resource.")
    }

    /// 408: the body did not come in time.
    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time.")
    }

    /// 413.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.")
    }

    /// 415.
    pub(crate) fn unsupported_media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
    }

    /// 429.
    pub(crate) fn too_many() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many sign-ins are waiting for this user. Try again later.",
        )
    }

    /// 500 with the console's general words. What happened is for the log: `because`.
    pub(crate) fn unexpected(because: &str) -> Self {
        tracing::error!("a request failed: {because}");
        Self::failed()
    }

    fn failed() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, UNEXPECTED)
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The words for a person.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The whole answer, once it is known what was asked.
    pub(crate) fn render(&self, links: &Links, quirks: Quirks) -> Response {
        let body = ErrorBody {
            status: ErrorStatus::new(self.status, quirks),
            message: &self.message,
            links: [links.this()],
        };
        let mut response = json(self.status, &body);
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        response
    }
}

/// The `status` of an error's body.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ErrorStatus {
    Number(u16),
    Text(String),
}

impl ErrorStatus {
    fn new(status: StatusCode, quirks: Quirks) -> Self {
        match quirks.has(Quirk::TextErrorStatus) {
            true => Self::Text(status.as_u16().to_string()),
            false => Self::Number(status.as_u16()),
        }
    }
}

/// The body of an answer that is not a success.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(super) struct ErrorBody<'a> {
    /// The status once more.
    status: ErrorStatus,
    /// What went wrong, for a person.
    message: &'a str,
    links: [Link; 1],
}

/// The error travels in the answer's extensions: the body is made where the request's own link is known.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "a request failed");
        match error.disk() {
            Some(DiskTrouble::Full) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, DISK_FULL),
            Some(DiskTrouble::Failed) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, DISK_FAILED),
            None => Self::failed(),
        }
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        DbError::from(error).into()
    }
}
