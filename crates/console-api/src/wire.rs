//! Lenient readers of what a console writes.
//!
//! Any read-only field may be absent, null or of another type than the specification says (docs/api-quirks.md, "Reading"), and one
//! odd field must not cost a whole list. So each wire type derives `Deserialize` with fields that take any value: [`Field`] where one
//! value belongs, [`Nested`] for an object, [`Many`] for a list. What a value means is decided when it is asked for; one that makes no
//! sense is the same as one that is missing. Strictness begins with the types of `model`, which say by [`Read`] how they are made.
//!
//! All of them are [`Any`], whose visitor takes whatever comes. So serde_json never has to say what it expected instead, and
//! the app is spared its code for that, which writes floats: 8 kB to download. Reading each row and field as a `RawValue`
//! first brought it back, for no gain in time. Nor is a body ever a tree of values: the rows of a list become what they are to
//! be one by one, and texts without escapes are borrowed until then.

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::{List, Page};
use crate::timestamp::{Timestamp, parse_duration};
use crate::transport::Response;

/// The longest excerpt of a foreign body that is shown, in characters.
const EXCERPT_CHARS: usize = 160;
/// The longest message of a console that is shown, in characters.
const MESSAGE_CHARS: usize = 600;

/// A value of any kind: an object as `O`, a list as `L`.
pub(crate) enum Any<'a, O, L> {
    /// Neither an object nor a list.
    Value(Field<'a>),
    /// An object.
    Object(O),
    /// A list.
    List(L),
}

/// An object, or whatever is in its place.
pub(crate) type Nested<'a, T> = Any<'a, T, IgnoredAny>;

/// A list of things, or whatever is in its place.
pub(crate) type Many<'a, T> = Any<'a, IgnoredAny, Rows<T>>;

impl<O, L> Any<'_, O, L> {
    /// The object, if it is one.
    pub(crate) fn object(self) -> Option<O> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl<O, T> Any<'_, O, Rows<T>> {
    /// The things that could be read. `None` when the field is missing or no list, which is not the same as an empty one.
    pub(crate) fn items(self) -> Option<Vec<T>> {
        match self {
            Self::List(rows) => Some(rows.items),
            _ => None,
        }
    }
}

impl<O, L> Default for Any<'_, O, L> {
    fn default() -> Self {
        Self::Value(Field::Missing)
    }
}

impl<'de: 'a, 'a, O: Deserialize<'de>, L: Deserialize<'de>> Deserialize<'de> for Any<'a, O, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whatever(PhantomData))
    }
}

/// The visitor of [`Any`]: all that JSON has, and nothing that it refuses.
struct Whatever<'a, O, L>(PhantomData<Any<'a, O, L>>);

impl<'de: 'a, 'a, O: Deserialize<'de>, L: Deserialize<'de>> Visitor<'de> for Whatever<'a, O, L> {
    type Value = Any<'a, O, L>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Any::Value(Field::Null))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Any::Value(Field::Flag(flag)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Any::Value(Field::Whole(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Any::Value(i64::try_from(number).map_or(Field::Other, Field::Whole)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Any::Value(Field::Decimal(number)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Any::Value(Field::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Any::Value(Field::Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        O::deserialize(MapAccessDeserializer::new(fields)).map(Any::Object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<Self::Value, A::Error> {
        L::deserialize(SeqAccessDeserializer::new(rows)).map(Any::List)
    }
}

/// One value.
#[derive(Default)]
pub(crate) enum Field<'a> {
    /// There is none.
    #[default]
    Missing,
    /// As good as none.
    Null,
    Flag(bool),
    Whole(i64),
    /// A number with a point or an exponent.
    Decimal(f64),
    /// Without its quotes and escapes.
    Text(Cow<'a, str>),
    /// A list, an object, or a number beyond all that are in use.
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Nested::<IgnoredAny>::deserialize(deserializer)? {
            Any::Value(field) => Ok(field),
            Any::Object(_) | Any::List(_) => Ok(Self::Other),
        }
    }
}

impl<'a> Field<'a> {
    /// Whether there is nothing.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing | Self::Null)
    }

    /// A text as it is, also a blank one.
    pub(crate) fn words(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text that is not blank. Whole numbers count as their digits: content versions come both ways. Others do not: 6.10 would be 6.1.
    pub(crate) fn text(self) -> Option<String> {
        self.trimmed().map(Cow::into_owned)
    }

    /// The same, borrowed where it can be.
    pub(crate) fn trimmed(self) -> Option<Cow<'a, str>> {
        let text = match self {
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Text(Cow::Borrowed(text)) => Cow::Borrowed(trim(text)),
            Self::Text(Cow::Owned(text)) => Cow::Owned(trim(&text).to_owned()),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// A whole number, also as text or with a zero fraction.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            // Up to here, floats hold each whole number.
            Self::Decimal(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(*number as i64),
            Self::Text(text) => {
                let text = text.trim();
                let whole = match text.split_once('.') {
                    Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
                    _ => text,
                };
                whole.parse().ok()
            }
            _ => None,
        }
    }

    /// An id or a count: a whole number from 0 up.
    pub(crate) fn natural(&self) -> Option<u64> {
        self.integer().and_then(|number| u64::try_from(number).ok())
    }

    /// A port, 1 to 65535.
    pub(crate) fn port(&self) -> Option<u16> {
        self.integer().and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
    }

    /// A number with a fraction, also as text.
    pub(crate) fn decimal(&self) -> Option<f64> {
        match self {
            // What this is used for is shown rounded.
            Self::Whole(number) => Some(*number as f64),
            Self::Decimal(number) => Some(*number),
            Self::Text(text) => match serde_json::from_str(text.trim()).ok()? {
                Field::Text(_) => None,
                number => number.decimal(),
            },
            _ => None,
        }
    }

    /// Yes or no: also as text, or as a number that is 0 or not.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            Self::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            Self::Text(_) => None,
            number => number.integer().map(|number| number != 0),
        }
    }

    /// A date: RFC 3339, or a number of milliseconds (of seconds, if it is too small for that).
    pub(crate) fn time(&self) -> Option<Timestamp> {
        if let Self::Text(text) = self {
            return Timestamp::parse(text);
        }
        let number = self.integer()?;
        // 10^11 ms is in 1973, before any console; 10^11 s is in the year 5138.
        let seconds = (-100_000_000_000..100_000_000_000).contains(&number);
        Some(Timestamp::from_unix_ms(if seconds { number * 1000 } else { number }))
    }

    /// A duration in ISO 8601.
    pub(crate) fn duration(self) -> Option<core::time::Duration> {
        self.words().and_then(|text| parse_duration(&text))
    }
}

/// What can be made of what a console writes.
pub(crate) trait Read: Sized {
    /// The object that it comes as, leniently.
    type Wire<'a>: Deserialize<'a>;

    /// Makes it of the object.
    fn read(wire: Self::Wire<'_>) -> Row<Self>;

    /// What tells a row of a paged list from the others.
    fn key(&self) -> Option<u64> {
        None
    }

    /// Makes it of what stands where the object belongs.
    fn read_value(_: Field<'_>) -> Row<Self> {
        Row::Broken
    }

    /// Makes it of whatever came.
    fn read_any(any: Nested<'_, Self::Wire<'_>>) -> Row<Self> {
        match any {
            Any::Object(wire) => Self::read(wire),
            Any::Value(value) => Self::read_value(value),
            Any::List(_) => Row::Broken,
        }
    }
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

impl<R> Row<R> {
    /// The row, if it can be used.
    fn usable(self) -> Option<R> {
        match self {
            Self::Read(row) => Some(row),
            Self::Skip | Self::Broken => None,
        }
    }
}

/// An id where an object with one may stand: integers live, objects `{id,…}` in newer specifications (docs/api-quirks.md, "Reading").
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WithId<'a> {
    #[serde(borrow)]
    pub(crate) id: Field<'a>,
}

/// The rows of a list, each made while the body is read. Those that can't be are counted.
pub(crate) struct Rows<T> {
    items: Vec<T>,
    unreadable: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { items: Vec::new(), unreadable: 0 }
    }
}

impl<'de, T: Read> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self::default())
    }
}

impl<'de, T: Read> Visitor<'de> for Rows<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut rows: A) -> Result<Self, A::Error> {
        while self.next(&mut rows)? {}
        // The list stays in memory until it is read again; room for another six thousand engines need not.
        self.items.shrink_to_fit();
        Ok(self)
    }
}

impl<T: Read> Rows<T> {
    /// Reads the next row, if there is one.
    ///
    /// Never inlined: a browser puts its optimised code in place at a function's next call, so that a loop around all of this would
    /// run in the first, slow code until the list ends.
    #[inline(never)]
    fn next<'de, A: SeqAccess<'de>>(&mut self, rows: &mut A) -> Result<bool, A::Error> {
        let Some(row) = rows.next_element::<Nested<'de, T::Wire<'de>>>()? else { return Ok(false) };
        match T::read_any(row) {
            Row::Read(item) => self.items.push(item),
            Row::Skip => {}
            Row::Broken => self.unreadable += 1,
        }
        Ok(true)
    }
}

/// `{"resources": […], "page": {…}, "links": […]}`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Read"))]
struct Envelope<'a, T> {
    #[serde(borrow, default = "Any::default")]
    resources: Many<'a, T>,
    #[serde(default)]
    page: Nested<'a, PageWire<'a>>,
    #[serde(default)]
    links: Field<'a>,
}

/// What a console says about a page of a list.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PageWire<'a> {
    #[serde(borrow)]
    number: Field<'a>,
    size: Field<'a>,
    total_pages: Field<'a>,
    total_resources: Field<'a>,
}

impl<T> Envelope<'_, T> {
    /// `None` if this is no list. A missing `resources` beside `links` or `page` is an empty one, and so is null.
    fn page(self) -> Option<Page<T>> {
        let told = !matches!((&self.links, &self.page), (Field::Missing, Any::Value(Field::Missing)));
        let rows = match self.resources {
            Any::List(rows) => rows,
            Any::Value(Field::Null) => Rows::default(),
            Any::Value(Field::Missing) if told => Rows::default(),
            _ => return None,
        };
        let page = self.page.object().unwrap_or_default();
        Some(Page {
            number: page.number.natural(),
            size: page.size.natural(),
            total_pages: page.total_pages.natural(),
            total: page.total_resources.natural(),
            ..rows.page()
        })
    }
}

impl<T> Rows<T> {
    fn page(self) -> Page<T> {
        let Self { items, unreadable } = self;
        Page { items, unreadable, number: None, size: None, total_pages: None, total: None }
    }
}

/// One page of a paged list: `{"resources": […]}`, or a bare array.
pub(crate) fn page<T: Read>(response: &Response) -> Result<Page<T>, Error> {
    let mut page = None;
    body(response, &mut |text| {
        page = match serde_json::from_str::<Any<'_, Envelope<'_, T>, Rows<T>>>(text)? {
            Any::Object(envelope) => envelope.page(),
            Any::List(rows) => Some(rows.page()),
            Any::Value(_) => None,
        };
        Ok(())
    })?;
    page.ok_or_else(|| unexpected(response))
}

/// A list of things; rows that can't be read are counted, and the others are kept.
pub(crate) fn list<T: Read>(response: &Response) -> Result<List<T>, Error> {
    page(response).map(|page| List { items: page.items, unreadable: page.unreadable })
}

/// What came, if it is JSON.
pub(crate) fn row<T: Read>(response: &Response) -> Result<Row<T>, Error> {
    let mut row = Row::Broken;
    body(response, &mut |text| {
        row = T::read_any(serde_json::from_str(text)?);
        Ok(())
    })?;
    Ok(row)
}

/// One thing, or [`Error::UnexpectedBody`].
pub(crate) fn one<T: Read>(response: &Response) -> Result<T, Error> {
    row(response)?.usable().ok_or_else(|| unexpected(response))
}

/// Shows a body to `read`, as text; again, from the start, where it had to be mended. Not generic, so that the app has it once.
fn body(response: &Response, read: &mut dyn FnMut(&str) -> serde_json::Result<()>) -> Result<(), Error> {
    if is_html(response) {
        return Err(unexpected(response));
    }
    // Bytes that are not UTF-8 cost only themselves.
    let text = match core::str::from_utf8(&response.body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(&response.body),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut result = read(text);
    if result.as_ref().is_err_and(serde_json::Error::is_syntax) && text.contains(is_control) {
        // Control characters inside a text are no JSON, but they may occur. Outside of texts a blank means what a line's end does.
        result = read(&text.replace(is_control, " "));
    }
    result.map_err(|error| {
        if error.is_eof() && !response.body.trim_ascii().is_empty() {
            Error::CutOff { received: response.body.len() }
        } else {
            unexpected(response)
        }
    })
}

/// What JSON does not allow inside a text.
fn is_control(c: char) -> bool {
    c < ' '
}

/// The body of a request.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    // Nothing that is sent can fail here: it takes a map whose keys are no texts, or a type that refuses to be written.
    serde_json::to_vec(value).unwrap_or_default()
}

/// The id of something just created: `{"id": 7}`, or else the number at the end of a link to it.
pub(crate) fn created_id(response: &Response) -> Option<u64> {
    one(response).ok().map(|CreatedId(id)| id)
}

struct CreatedId(u64);

impl Read for CreatedId {
    type Wire<'a> = CreatedWire<'a>;

    fn read(wire: CreatedWire<'_>) -> Row<Self> {
        let linked = || wire.links.items()?.first().map(|LinkedId(id)| *id);
        wire.id.natural().or_else(linked).map(Self).into()
    }

    fn read_value(value: Field<'_>) -> Row<Self> {
        value.natural().map(Self).into()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CreatedWire<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    links: Many<'a, LinkedId>,
}

/// The id at the end of a link.
struct LinkedId(u64);

impl Read for LinkedId {
    type Wire<'a> = LinkWire<'a>;

    fn read(wire: LinkWire<'_>) -> Row<Self> {
        wire.id().map(Self).into()
    }
}

/// A link as it comes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LinkWire<'a> {
    #[serde(borrow)]
    pub(crate) rel: Field<'a>,
    href: Field<'a>,
}

impl LinkWire<'_> {
    /// The number at its end.
    pub(crate) fn id(self) -> Option<u64> {
        let href = self.href.words()?;
        let mut parts = href.trim_end_matches('/').rsplit('/');
        let id = parts.next()?.parse().ok()?;
        // The 3 of `…/api/3` is no id.
        (parts.next()? != "api").then_some(id)
    }
}

/// The console's own words in an error body: the `message` of its JSON, a plain text, or the title of a page. `None`
/// when there are none.
pub(crate) fn message(response: &Response) -> Option<String> {
    if is_html(response) {
        return title(&response.body);
    }
    match row(response) {
        Ok(row) => row.usable().and_then(|Words(words)| non_empty(one_line(words.as_bytes(), MESSAGE_CHARS))),
        // JSON that can't be read is not something to quote at a person.
        Err(_) if matches!(response.body.trim_ascii_start().first(), Some(b'{' | b'[')) => None,
        Err(_) => non_empty(one_line(&response.body, MESSAGE_CHARS)),
    }
}

/// The words of a refusal in JSON.
struct Words(String);

impl Read for Words {
    type Wire<'a> = RefusalWire<'a>;

    fn read(wire: RefusalWire<'_>) -> Row<Self> {
        let words = [wire.message, wire.error, wire.detail].into_iter().find_map(Field::words);
        words.map(|words| Self(words.into_owned())).into()
    }

    fn read_value(value: Field<'_>) -> Row<Self> {
        value.words().map(|words| Self(words.into_owned())).into()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefusalWire<'a> {
    #[serde(borrow)]
    message: Field<'a>,
    error: Field<'a>,
    detail: Field<'a>,
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

/// [`str::trim`], at once for nearly every text: one that begins and ends with a visible ASCII character.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
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

    fn field(text: &str) -> Field<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_come_as_numbers_and_as_text() {
        for (written, read) in [
            ("5", Some(5)),
            (r#""5""#, Some(5)),
            ("5.0", Some(5)),
            (r#"" 5.00 ""#, Some(5)),
            ("5e0", Some(5)),
            ("18446744073709551615", None),
            ("5.5", None),
            ("-1", None),
            ("1e300", None),
            ("null", None),
            ("true", None),
            ("[5]", None),
            (r#"{"id":5}"#, None),
        ] {
            assert_eq!(field(written).natural(), read, "{written}");
        }
        assert_eq!(field("-1").integer(), Some(-1));
        assert_eq!(Field::default().integer(), None);
        for (written, read) in
            [("1", Some(1)), ("65535", Some(65535)), ("0", None), ("65536", None), ("-1", None)]
        {
            assert_eq!(field(written).port(), read, "{written}");
        }
    }

    #[test]
    fn a_whole_number_as_text_is_its_digits() {
        for (written, text) in
            [("2445745114", "2445745114"), ("-6", "-6"), (r#"" x ""#, "x"), (r#""6.10""#, "6.10")]
        {
            assert_eq!(field(written).text().as_deref(), Some(text));
        }
        for written in ["null", "true", r#""  ""#, "6.10", "[]", "{}"] {
            assert_eq!(field(written).text(), None, "{written}");
        }
    }

    #[test]
    fn decimals_come_as_numbers_and_as_text() {
        for text in ["0", "4457823.78", "-12.5", "1e3", "2.5E-3", "123456789012345", "0.1", "1.5e300"] {
            let exact: f64 = text.parse().unwrap();
            for written in [text, &format!("\" {text}\"")] {
                let read = field(written).decimal().unwrap();
                assert!((read - exact).abs() <= exact.abs() * 1e-14, "{written}: {read}");
            }
        }
        for bad in [
            r#""""#,
            r#"".""#,
            r#""1.2.3""#,
            r#""x""#,
            r#""1e999""#,
            r#""NaN""#,
            r#""\"1\"""#,
            "null",
            "[1]",
            "true",
        ] {
            assert_eq!(field(bad).decimal(), None, "{bad}");
        }
    }

    #[test]
    fn flags_come_as_such_as_text_and_as_numbers() {
        for yes in ["true", r#"" True ""#, "1", "-7", "1.0"] {
            assert_eq!(field(yes).flag(), Some(true), "{yes}");
        }
        for no in ["false", r#""FALSE""#, "0"] {
            assert_eq!(field(no).flag(), Some(false), "{no}");
        }
        for neither in ["null", r#""yes""#, r#""1""#, "0.5", "[true]", "{}"] {
            assert_eq!(field(neither).flag(), None, "{neither}");
        }
    }

    #[test]
    fn times_come_as_text_as_milliseconds_and_as_seconds() {
        let noon = Timestamp::parse("2024-10-07T12:00:00Z");
        for written in
            [r#""2024-10-07T14:00:00+02:00""#, "1728302400000", "1728302400", r#""2024\u002d10-07 12:00""#]
        {
            assert_eq!(field(written).time(), noon, "{written}");
        }
        for bad in ["null", r#""1728302400""#, "1.5", "true", "{}"] {
            assert_eq!(field(bad).time(), None, "{bad}");
        }
        assert_eq!(field(r#""PT2S""#).duration(), Some(core::time::Duration::from_secs(2)));
        assert_eq!(field("2").duration(), None);
    }

    #[test]
    fn a_list_of_ids_may_hold_objects_and_oddities() {
        use crate::ids::SiteId;
        let ids = |text| serde_json::from_str::<Many<'_, SiteId>>(text).unwrap().items();
        let odd = r#"[1,"2",{"id":3,"name":"x"},{"name":"y"},null,-4,[5],{"id":"6"},{"id":{"id":7}}]"#;
        assert_eq!(ids(odd), Some([1, 2, 3, 6].map(SiteId).into()));
        assert_eq!(ids("[]"), Some(Vec::new()));
        for none in ["3", "null", "{}", r#""[1]""#] {
            assert_eq!(ids(none), None, "{none}");
        }
    }

    /// A thing that is there if it has a name.
    #[derive(Debug, PartialEq)]
    struct Named(String);

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct NamedWire<'a> {
        #[serde(borrow)]
        name: Field<'a>,
    }

    impl Read for Named {
        type Wire<'a> = NamedWire<'a>;

        fn read(wire: NamedWire<'_>) -> Row<Self> {
            wire.name.text().map(Self).into()
        }
    }

    /// The names in a list, with a stroke between them, and how many rows had none.
    fn names(body: &[u8]) -> Result<(String, usize), Error> {
        let response = Response { status: 200, body: body.to_vec(), ..Response::default() };
        let list = list::<Named>(&response)?;
        let names: Vec<String> = list.items.into_iter().map(|Named(name)| name).collect();
        Ok((names.join("|"), list.unreadable))
    }

    fn is_unexpected(body: &[u8]) -> bool {
        matches!(names(body), Err(Error::UnexpectedBody { .. }))
    }

    #[test]
    fn a_row_that_does_not_fit_costs_only_itself() {
        // An array is no row, though serde_json would take one for the other.
        let rows =
            r#"[{"name":"a"},["b"],{"name":["c"]},7,-7.5,"e",true,null,{},{"x":1e999,"\u006eame":"f"}]"#;
        let read = Ok(("a|f".to_owned(), 8));
        assert_eq!(names(rows.as_bytes()), read);
        assert_eq!(names(format!(r#" {{"links":[],"page":7,"resources":{rows}}} "#).as_bytes()), read);
    }

    #[test]
    fn escapes_are_read() {
        let body = br#"[{"name":"\"\\\/\b\f\n\r\t\u00e4\ud834\udd1e"}]"#;
        assert_eq!(names(body), Ok(("\"\\/\u{8}\u{c}\n\r\tä𝄞".to_owned(), 0)));
    }

    #[test]
    fn odd_bytes_cost_only_themselves() {
        for (body, read) in [
            (b"[{\"name\":\"a\xffb\"}]".as_slice(), "a\u{fffd}b"),
            ("\u{feff}[{\"name\":\"ab\"}]".as_bytes(), "ab"),
            (b"{\n\t\"resources\":\r\n[{\"name\":\"a\x01b\nc\"}]}", "a b c"),
        ] {
            assert_eq!(names(body), Ok((read.to_owned(), 0)));
        }
    }

    #[test]
    fn what_serde_json_does_not_read_makes_an_answer_unreadable() {
        // In what is not looked at, it does no harm.
        for (value, in_a_field, beside_it) in
            [(r#""\ud834""#, true, false), ("1e999", true, false), (r#""x","name":"y""#, true, false)]
        {
            let row = |key| format!(r#"[{{"name":"a"}},{{"{key}":{value}}}]"#);
            assert_eq!(is_unexpected(row("name").as_bytes()), in_a_field, "{value}");
            assert_eq!(is_unexpected(row("x").as_bytes()), beside_it, "{value}");
        }
    }

    #[test]
    fn a_body_that_ends_too_early_is_told_from_one_that_is_something_else() {
        let whole = r#"{"links":[],"resources":[{"name":"x\u00e4"},true,null,-1.5e+3]}"#;
        assert_eq!(names(whole.as_bytes()), Ok(("xä".to_owned(), 3)));
        for end in 1..whole.len() {
            let cut = Err(Error::CutOff { received: end });
            assert_eq!(names(&whole.as_bytes()[..end]), cut, "{}", &whole[..end]);
        }
        for other in [
            "",
            "x",
            "{]",
            "[1 2]",
            r#"{"resources" []}"#,
            "{resources:[]}",
            "[{},]",
            r#"{"resources":[],}"#,
            "[01]",
            "[]x",
            r#"{"resources":[]}]"#,
            r#"["\x"]"#,
            "[tru e]",
            "<html>",
            "{}",
            "null",
            "7",
            r#"{"resources":{}}"#,
            r#"{"resources":"[]"}"#,
        ] {
            assert!(is_unexpected(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn nesting_costs_no_stack() {
        let (open, close) = ("[".repeat(1_000_000), "]".repeat(1_000_000));
        // In a field that nobody asks for, in one that is no list, as a row, and never closed.
        let rows = format!(r#"[{{"x":{open}{close},"name":"a"}},{{"name":{open}{close}}},{open}{close}]"#);
        assert_eq!(names(rows.as_bytes()), Ok(("a".to_owned(), 2)));
        assert_eq!(names(open.as_bytes()), Err(Error::CutOff { received: 1_000_000 }));
        let objects = r#"{"resources":"#.repeat(100_000);
        assert_eq!(names(objects.as_bytes()), Err(Error::CutOff { received: objects.len() }));
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
