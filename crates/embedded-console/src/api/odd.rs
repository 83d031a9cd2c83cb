//! Answers whose shape is odd (docs/api-quirks.md, "Reading" and "Signing in"), made of sound ones where they leave the
//! console. None of it is in the OpenAPI document.

use axum::body::{Body, to_bytes};
use axum::extract::MatchedPath;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::answer;
use super::error::ApiError;
use super::links::Links;
use crate::console::Console;
use crate::dialect::{Quirk, Quirks};
use crate::static_files;

/// An id that is no number.
const UUID: &str = "5f0c2d8e-7a41-4c1b-9d5e-2b6f8a3c1e90";

/// What was asked.
pub(super) struct Call {
    is_read: bool,
    /// The route, with names for ids.
    route: String,
}

impl Call {
    /// The call of this request.
    pub(super) fn of(parts: &Parts) -> Self {
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
        Self { is_read: parts.method == Method::GET, route }
    }

    /// Whether it is for a single thing.
    fn is_single(&self) -> bool {
        self.is_read && self.route.starts_with("/api/3/") && self.route.ends_with("/{id}")
    }

    /// Whether its answer may be a list of things.
    fn is_list(&self) -> bool {
        self.is_read && self.route.starts_with("/api/3/")
    }
}

/// What is answered instead of an error, if that is odd.
pub(super) fn error(console: &Console, call: &Call, error: &ApiError) -> Option<Response> {
    let status = error.status();
    let knows_pools = !(console.has(Quirk::NoPools) && call.route.contains("/scan_engine_pools"));
    if console.has(Quirk::Foreign) && status == StatusCode::NOT_FOUND && call.is_single() && knows_pools {
        return Some(answer::json(StatusCode::OK, &json!({ "code": 0, "result": null })));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        // It says how long to wait.
        return None;
    }
    let (plain, html) = (console.has(Quirk::PlainErrors), console.has(Quirk::HtmlErrors));
    if plain && (!html || status == StatusCode::BAD_REQUEST) {
        return Some((status, error.message().to_owned()).into_response());
    }
    html.then(|| static_files::notice(status, "Security Console", "The request was not answered."))
}

/// A list as this console gives it.
pub(super) async fn list(console: &Console, call: &Call, links: &Links, response: Response) -> Response {
    let quirks = console.quirks;
    let is_odd =
        [Quirk::OddRows, Quirk::OneRowAndNone, Quirk::LinksAlone].into_iter().any(|quirk| quirks.has(quirk));
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_odd || !call.is_list() || response.status() != StatusCode::OK || !is_json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => {
            // Not by way of `ApiError`: it is too late for a body.
            tracing::error!(%error, "a request failed: its answer could not be read again");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut answer) if answer["resources"].is_array() => {
            make_odd(quirks, &mut answer, &json!([links.this()]));
            answer.to_string().into()
        }
        _ => bytes,
    };
    parts.headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Response::from_parts(parts, Body::from(bytes))
}

fn make_odd(quirks: Quirks, list: &mut Value, links: &Value) {
    let (has_page, is_last) = match list.get("page") {
        Some(page) => (true, page["number"].as_i64() >= page["totalPages"].as_i64().map(|pages| pages - 1)),
        None => (false, true),
    };
    let Some(rows) = list["resources"].as_array_mut() else { return };
    match rows.first() {
        None if has_page && quirks.has(Quirk::OneRowAndNone) => {
            list["page"]["totalPages"] = 1.into();
            list["page"]["totalResources"] = 1.into();
        }
        None if quirks.has(Quirk::LinksAlone) => *list = json!({ "links": links }),
        Some(Value::Object(first)) if is_last && quirks.has(Quirk::OddRows) => {
            let mut with_text = first.clone();
            with_text.insert("id".to_owned(), UUID.into());
            rows.extend([Value::Object(with_text), json!({ "links": links })]);
            if has_page && let Some(total) = list["page"]["totalResources"].as_i64() {
                list["page"]["totalResources"] = (total + 2).into();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(quirks: &[Quirk], mut list: Value) -> Value {
        make_odd(quirks.iter().copied().collect(), &mut list, &json!([]));
        list
    }

    fn page(number: i64, pages: i64, total: i64, rows: &Value) -> Value {
        json!({
            "links": [],
            "page": { "number": number, "size": 2, "totalPages": pages, "totalResources": total },
            "resources": rows,
        })
    }

    #[test]
    fn the_last_page_has_two_odd_rows_more_and_counts_them() {
        let rows = json!([{ "id": 1, "name": "Oslo" }]);
        let first = page(0, 2, 3, &rows);
        assert_eq!(odd(&[Quirk::OddRows], first.clone()), first);
        let last = odd(&[Quirk::OddRows], page(1, 2, 3, &rows));
        let odd_rows = json!([{ "id": 1, "name": "Oslo" }, { "id": UUID, "name": "Oslo" }, { "links": [] }]);
        assert_eq!(last, page(1, 2, 5, &odd_rows));
        let unpaged = odd(&[Quirk::OddRows], json!({ "links": [], "resources": rows }));
        assert_eq!(unpaged["resources"], odd_rows);
        let ids = json!({ "links": [], "resources": [1, 2] });
        assert_eq!(odd(&[Quirk::OddRows], ids.clone()), ids, "a list of ids has no rows");
    }

    #[test]
    fn an_empty_list_has_a_page_that_says_one_row_or_links_alone() {
        let empty = page(0, 0, 0, &json!([]));
        let alone = json!({ "links": [] });
        let one = page(0, 1, 1, &json!([]));
        assert_eq!(odd(&[Quirk::OneRowAndNone], empty.clone()), one);
        assert_eq!(odd(&[Quirk::LinksAlone], empty.clone()), alone);
        assert_eq!(odd(&[Quirk::LinksAlone, Quirk::OneRowAndNone], empty), one);
        let unpaged = json!({ "links": [], "resources": [] });
        assert_eq!(odd(&[Quirk::LinksAlone, Quirk::OneRowAndNone], unpaged), alone);
    }
}
