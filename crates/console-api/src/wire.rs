//! Lenient readers over decoded JSON.
//!
//! Any read-only field may be absent, null or of another type than the specification says
//! (docs/api-quirks.md, "Reading"), and one odd field must not cost a whole list. So a body is decoded once into a JSON
//! value and each type picks its fields from it; a field that can't be read is the same as one that is missing. One
//! reader without type parameters is also less code to download than a derived visitor for each type.

use crate::error::Error;
use crate::json::{Json, JsonError};
use crate::model::{List, Page};
use crate::timestamp::{Timestamp, parse_duration};
use crate::transport::Response;

/// The longest excerpt of a foreign body that is shown, in characters.
const EXCERPT_CHARS: usize = 160;
/// The longest message of a console that is shown, in characters.
const MESSAGE_CHARS: usize = 600;

/// The fields of one JSON object.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Json);

impl<'a> Fields<'a> {
    /// The fields of a value, if it is an object.
    pub(crate) fn of(value: &'a Json) -> Option<Self> {
        matches!(value, Json::Object(_)).then_some(Self(value))
    }

    /// The value of a field; null is the same as missing.
    pub(crate) fn get(self, key: &str) -> Option<&'a Json> {
        self.0.get(key).filter(|value| **value != Json::Null)
    }

    /// An object inside this one.
    pub(crate) fn inner(self, key: &str) -> Option<Fields<'a>> {
        self.get(key).and_then(Fields::of)
    }

    /// A text that is not blank. Numbers count as their digits: content versions come both ways.
    pub(crate) fn text(self, key: &str) -> Option<String> {
        match self.get(key)? {
            Json::Text(text) | Json::Number(text) => non_empty(text.trim().to_owned()),
            _ => None,
        }
    }

    pub(crate) fn integer(self, key: &str) -> Option<i64> {
        self.get(key).and_then(as_integer)
    }

    /// An id or a count: a whole number from 0 up.
    pub(crate) fn natural(self, key: &str) -> Option<u64> {
        self.integer(key).and_then(|number| u64::try_from(number).ok())
    }

    /// A port, 1 to 65535.
    pub(crate) fn port(self, key: &str) -> Option<u16> {
        self.integer(key).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
    }

    pub(crate) fn decimal(self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Json::Number(text) | Json::Text(text) => parse_decimal(text.trim()),
            _ => None,
        }
    }

    pub(crate) fn flag(self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Json::Bool(flag) => Some(*flag),
            Json::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Json::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            value @ Json::Number(_) => as_integer(value).map(|number| number != 0),
            _ => None,
        }
    }

    /// A date: RFC 3339, or a number of milliseconds (of seconds, if it is too small for that).
    pub(crate) fn time(self, key: &str) -> Option<Timestamp> {
        match self.get(key)? {
            Json::Text(text) => Timestamp::parse(text),
            value @ Json::Number(_) => {
                let number = as_integer(value)?;
                // 10^11 ms is in 1973, before any console; 10^11 s is in the year 5138.
                let seconds = (-100_000_000_000..100_000_000_000).contains(&number);
                Some(Timestamp::from_unix_ms(if seconds { number * 1000 } else { number }))
            }
            _ => None,
        }
    }

    pub(crate) fn duration(self, key: &str) -> Option<core::time::Duration> {
        self.get(key)?.as_text().and_then(parse_duration)
    }

    /// A list of ids: integers live, objects `{id,…}` in newer specifications (docs/api-quirks.md, "Reading"). Entries
    /// that are neither are left out. `None` when the field is missing or no list, which an empty one is not.
    pub(crate) fn ids(self, key: &str) -> Option<Vec<u64>> {
        match self.get(key)? {
            Json::Array(entries) => Some(entries.iter().filter_map(as_id).collect()),
            _ => None,
        }
    }
}

fn as_id(value: &Json) -> Option<u64> {
    let number = match value {
        Json::Object(_) => as_integer(value.get("id")?),
        _ => as_integer(value),
    };
    number.and_then(|number| u64::try_from(number).ok())
}

/// A whole number, also as text or with a zero fraction.
pub(crate) fn as_integer(value: &Json) -> Option<i64> {
    let (Json::Number(text) | Json::Text(text)) = value else { return None };
    let text = text.trim();
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    whole.parse().ok()
}

/// A number with a fraction and an exponent, to 14 digits. What it is used for is shown rounded; the exact
/// conversion of the standard library is large.
fn parse_decimal(text: &str) -> Option<f64> {
    let (text, sign) = text.strip_prefix('-').map_or((text, 1.0), |text| (text, -1.0));
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (mut value, mut places, mut any, mut after_point) = (0.0_f64, 0_i32, false, false);
    for c in mantissa.chars() {
        match c.to_digit(10) {
            Some(digit) => {
                value = value * 10.0 + f64::from(digit);
                places += i32::from(after_point);
                any = true;
            }
            None if c == '.' && !after_point => after_point = true,
            None => return None,
        }
    }
    // Dividing by a power of ten is exact more often than multiplying with its inverse.
    let shift = exponent.saturating_sub(places);
    let value =
        if shift < 0 { value / 10_f64.powi(shift.saturating_neg()) } else { value * 10_f64.powi(shift) };
    (any && value.is_finite()).then_some(sign * value)
}

/// Whether the body is a web page rather than data.
pub(crate) fn is_html(response: &Response) -> bool {
    let by_type = response.content_type.as_deref().is_some_and(|kind| {
        let kind = kind.trim().as_bytes();
        starts_with(kind, b"text/html") || starts_with(kind, b"application/xhtml")
    });
    let start = response.body.trim_ascii_start();
    by_type || starts_with(start, b"<!doctype") || starts_with(start, b"<html")
}

fn starts_with(text: &[u8], start: &[u8]) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The JSON value of a successful response.
pub(crate) fn json(response: &Response) -> Result<Json, Error> {
    if is_html(response) {
        return Err(unexpected(response));
    }
    Json::parse(&response.body).map_err(|error| match error {
        JsonError::CutOff if !response.body.trim_ascii().is_empty() => {
            Error::CutOff { received: response.body.len() }
        }
        JsonError::CutOff | JsonError::NotJson => unexpected(response),
    })
}

/// [`Error::UnexpectedBody`] with the start of this body.
pub(crate) fn unexpected(response: &Response) -> Error {
    Error::UnexpectedBody {
        status: response.status,
        content_type: response.content_type.clone(),
        excerpt: one_line(&response.body, EXCERPT_CHARS),
    }
}

/// The same, without showing the body: it could be a shared secret.
pub(crate) fn unexpected_hidden(response: &Response) -> Error {
    Error::UnexpectedBody {
        status: response.status,
        content_type: response.content_type.clone(),
        excerpt: if is_html(response) { one_line(&response.body, EXCERPT_CHARS) } else { "…".to_owned() },
    }
}

/// One object of a kind, or [`Error::UnexpectedBody`].
pub(crate) fn one<R>(response: &Response, read: fn(Fields<'_>) -> Option<R>) -> Result<R, Error> {
    let value = json(response)?;
    Fields::of(&value).and_then(read).ok_or_else(|| unexpected(response))
}

/// What reading one row of a list gives.
pub(crate) enum Row<R> {
    /// A row that can be used.
    Read(R),
    /// A row that is left out on purpose, such as a pool among the engines.
    Skip,
    /// A row without what makes it usable, such as its id.
    Broken,
}

impl<R> From<Option<R>> for Row<R> {
    fn from(row: Option<R>) -> Self {
        row.map_or(Self::Broken, Self::Read)
    }
}

/// The rows of `{"resources": […]}`, or of a bare array. A missing or null `resources` beside `links` or `page` is an
/// empty list.
fn rows(value: &Json) -> Option<&[Json]> {
    match (value, value.get("resources")) {
        (Json::Array(rows), _) | (_, Some(Json::Array(rows))) => Some(rows),
        (_, Some(Json::Null)) => Some(&[]),
        (_, None) if value.get("links").is_some() || value.get("page").is_some() => Some(&[]),
        _ => None,
    }
}

/// A list of things; rows that can't be read are counted, and the others are kept.
pub(crate) fn list<R>(response: &Response, read: fn(Fields<'_>) -> Row<R>) -> Result<List<R>, Error> {
    let value = json(response)?;
    read_rows(&value, read).ok_or_else(|| unexpected(response))
}

fn read_rows<R>(value: &Json, read: fn(Fields<'_>) -> Row<R>) -> Option<List<R>> {
    let rows = rows(value)?;
    let mut list = List { items: Vec::with_capacity(rows.len()), unreadable: 0 };
    for row in rows {
        match Fields::of(row).map_or(Row::Broken, read) {
            Row::Read(item) => list.items.push(item),
            Row::Skip => {}
            Row::Broken => list.unreadable += 1,
        }
    }
    Some(list)
}

/// A list of ids: `{"resources": [1, 2]}` or a bare array.
pub(crate) fn id_list(response: &Response) -> Result<Vec<u64>, Error> {
    let value = json(response)?;
    let rows = rows(&value).ok_or_else(|| unexpected(response))?;
    Ok(rows.iter().filter_map(as_id).collect())
}

/// One page of a paged list.
pub(crate) fn page<R>(response: &Response, read: fn(Fields<'_>) -> Row<R>) -> Result<Page<R>, Error> {
    let value = json(response)?;
    let list = read_rows(&value, read).ok_or_else(|| unexpected(response))?;
    let info = Fields::of(&value).and_then(|fields| fields.inner("page"));
    let number_of = |key| info.and_then(|info: Fields<'_>| info.natural(key));
    Ok(Page {
        items: list.items,
        unreadable: list.unreadable,
        number: number_of("number"),
        size: number_of("size"),
        total_pages: number_of("totalPages"),
        total: number_of("totalResources"),
    })
}

/// The id of something just created: `{"id": 7}`, or else the number at the end of a link to it.
pub(crate) fn created_id(response: &Response) -> Option<u64> {
    let value = json(response).ok()?;
    if let Some(id) = as_id(&value) {
        return Some(id);
    }
    let Some(Json::Array(links)) = value.get("links") else { return None };
    links.iter().find_map(|link| {
        let mut parts = link.get("href")?.as_text()?.rsplit('/');
        let id = parts.next()?.parse().ok()?;
        // The 3 of `…/api/3` is no id.
        (parts.next()? != "api").then_some(id)
    })
}

/// The console's own words in an error body: the `message` of its JSON, a plain text, or the title of a page. `None`
/// when there are none.
pub(crate) fn message(response: &Response) -> Option<String> {
    if is_html(response) {
        return title(&response.body);
    }
    let value = match Json::parse(&response.body) {
        Ok(value) => value,
        // JSON that can't be read is not something to quote at a person.
        Err(_) if matches!(response.body.trim_ascii_start().first(), Some(b'{' | b'[')) => return None,
        Err(_) => return non_empty(one_line(&response.body, MESSAGE_CHARS)),
    };
    let mut words = ["message", "error", "detail"].iter().filter_map(|key| value.get(key)?.as_text());
    let words = words.next().or(value.as_text())?;
    non_empty(one_line(words.as_bytes(), MESSAGE_CHARS))
}

/// The words of the body's `<title>`.
fn title(body: &[u8]) -> Option<String> {
    let open = find_ignoring_case(body, b"<title")?;
    let text = body.get(open..)?;
    let text = text.get(text.iter().position(|byte| *byte == b'>')? + 1..)?;
    let end = find_ignoring_case(text, b"</title")?;
    non_empty(one_line(text.get(..end)?, MESSAGE_CHARS))
}

/// Where the ASCII text `needle` (in lower case) begins in `body`, without regard to case.
pub(crate) fn find_ignoring_case(body: &[u8], needle: &[u8]) -> Option<usize> {
    body.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The start of a body on one line: blanks and control characters become single blanks, and what is left out becomes
/// an ellipsis.
pub(crate) fn one_line(body: &[u8], max_chars: usize) -> String {
    // A character has at most four bytes; looking no further keeps this quick for a large body.
    let head = &body[..body.len().min(max_chars * 16)];
    let text = String::from_utf8_lossy(head);
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= max_chars {
            line.push('…');
            return line;
        }
        if gap {
            line.push(' ');
            length += 1;
            gap = false;
        }
        line.push(c);
        length += 1;
    }
    if head.len() < body.len() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(content_type: &str, body: &str) -> Response {
        Response {
            status: 400,
            content_type: Some(content_type.to_owned()),
            body: body.as_bytes().to_vec(),
            ..Response::default()
        }
    }

    #[test]
    fn numbers_come_as_numbers_and_as_text() {
        let text = r#"{"a":5,"b":"5","c":5.0,"d":5.5,"e":-1,"f":null,"g":" 7 ","h":1e300}"#;
        let value = Json::parse(text.as_bytes()).unwrap();
        let fields = Fields::of(&value).unwrap();
        assert_eq!(["a", "b", "c", "g"].map(|key| fields.natural(key)), [Some(5), Some(5), Some(5), Some(7)]);
        assert_eq!(["d", "e", "f", "h", "none"].map(|key| fields.natural(key)), [None; 5]);
        assert_eq!(fields.integer("e"), Some(-1));
        assert_eq!(fields.decimal("d"), Some(5.5));
    }

    #[test]
    fn decimals_are_right_to_fourteen_digits() {
        for text in ["0", "4457823.78", "-12.5", "1e3", "2.5E-3", "123456789012345", "0.1", "1.5e300"] {
            let exact: f64 = text.parse().unwrap();
            let mine = parse_decimal(text).unwrap();
            assert!((mine - exact).abs() <= exact.abs() * 1e-14, "{text}: {mine}");
        }
        for bad in ["", ".", "-", "1.2.3", "x", "1e", "1e999", "NaN", "inf", "1e99999999999"] {
            assert_eq!(parse_decimal(bad), None, "{bad}");
        }
        assert_eq!(parse_decimal("1e-999"), Some(0.0));
    }

    #[test]
    fn a_list_of_ids_may_hold_objects_and_oddities() {
        let text = r#"{"ids":[1,"2",{"id":3,"name":"x"},{"name":"y"},null,-4,[5]],"no":3}"#;
        let value = Json::parse(text.as_bytes()).unwrap();
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.ids("ids"), Some(vec![1, 2, 3]));
        assert_eq!(fields.ids("no"), None);
    }

    #[test]
    fn the_words_of_an_error_body_are_found_whatever_its_shape() {
        let cases = [
            ("application/json", r#"{"status":"400","message":" Name taken "}"#, Some("Name taken")),
            ("application/json", r#"{"status":500,"message":null}"#, None),
            ("application/json", r#""quoted""#, Some("quoted")),
            ("application/json", "{\"message\": \"cut", None),
            ("text/plain", "no\n  such\tthing", Some("no such thing")),
            ("text/html", "<html><head><TITLE>503\n Service</TITLE></head>…", Some("503 Service")),
            ("text/html", "<p>nothing to quote</p>", None),
            ("", "", None),
        ];
        for (kind, body, words) in cases {
            assert_eq!(message(&response(kind, body)).as_deref(), words, "{body}");
        }
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(one_line(b"  a\r\n\tb\0c  ", 10), "a b c");
        assert_eq!(one_line("ä".repeat(200).as_bytes(), 3), "äää…");
        assert_eq!(one_line(b"abc def", 4), "abc…");
        assert_eq!(one_line(b"\xff\xfe", 10), "\u{fffd}\u{fffd}");
        assert_eq!(one_line(b"", 10), "");
    }
}
