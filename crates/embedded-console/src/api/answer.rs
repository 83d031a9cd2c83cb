//! What answers are made of.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::links::{Link, Links};
use crate::audit::Details;

/// An answer of JSON.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => json_bytes(status, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// An answer of JSON that is written already.
pub(super) fn json_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    response
}

/// A list that is not paged.
#[derive(Serialize, ToSchema)]
pub(super) struct Resources<T> {
    links: Vec<Link>,
    resources: Vec<T>,
}

impl<T: Serialize> Resources<T> {
    pub(super) fn new(links: &Links, resources: Vec<T>) -> Self {
        Self { links: vec![links.this()], resources }
    }
}

/// The answer to a change: links only.
#[derive(Serialize, ToSchema)]
pub(super) struct LinksOnly {
    pub(super) links: Vec<Link>,
}

/// The usual answer to a change.
pub(super) fn done(links: &Links) -> Response {
    json(StatusCode::OK, &LinksOnly { links: vec![links.this()] })
}

/// The answer to a creation: the new thing's id and where it is.
#[derive(Serialize, ToSchema)]
pub(super) struct Created {
    id: i64,
    links: [Link; 1],
}

/// Says that it is done, and tells the security log the id.
pub(super) fn created(status: StatusCode, id: i64, link: Link) -> Response {
    about(json(status, &Created { id, links: [link] }), "id", id.to_string())
}

/// An answer with something more to be told of it in the security log.
pub(super) fn about(mut response: Response, name: &'static str, value: impl Into<String>) -> Response {
    let details = response.extensions_mut().get_or_insert_default::<Details>();
    details.told.push((name, value.into()));
    response
}
