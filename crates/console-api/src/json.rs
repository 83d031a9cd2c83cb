//! JSON, as little of it as a console needs.
//!
//! A parser of its own, because of its size: serde_json costs the app 8 kB more to download (brotli). A property test compares it with serde_json. What differs is on purpose: bytes that are not UTF-8, control
//! characters inside a text and halves of surrogate pairs are read, the first and the last as U+FFFD.

use core::fmt;

/// How deep arrays and objects may be nested: far more than any console does, and far less than the stack holds.
const DEEPEST: u32 = 100;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As it was written: most numbers are ids, and need no float.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    /// In the order of the text; of equal keys the last one counts.
    Object(Vec<(String, Json)>),
}

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// It ends too early.
    CutOff,
    /// It is something else.
    NotJson,
}

impl Json {
    /// Reads a whole body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, JsonError> {
        let text = String::from_utf8_lossy(body);
        let mut parser = Parser { rest: text.strip_prefix('\u{feff}').unwrap_or(&text) };
        let value = parser.value(DEEPEST)?;
        parser.skip_blanks();
        if parser.rest.is_empty() { Ok(value) } else { Err(JsonError::NotJson) }
    }

    /// An object of these fields.
    pub(crate) fn object<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Object(fields.map(|(key, value)| (key.to_owned(), value)).into())
    }

    /// Adds a field to an object; other values stay as they are.
    pub(crate) fn with(mut self, key: &str, value: Self) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((key.to_owned(), value));
        }
        self
    }

    /// The value of a field, if this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().rfind(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl FromIterator<u64> for Json {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Self {
        Self::Array(numbers.into_iter().map(Self::from).collect())
    }
}

/// Writes the value without blanks.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(true) => f.write_str("true"),
            Self::Bool(false) => f.write_str("false"),
            Self::Number(number) => f.write_str(number),
            Self::Text(text) => write_text(f, text),
            Self::Array(values) => {
                let mut before = "[";
                for value in values {
                    f.write_str(before)?;
                    value.fmt(f)?;
                    before = ",";
                }
                f.write_str(if values.is_empty() { "[]" } else { "]" })
            }
            Self::Object(fields) => {
                let mut before = "{";
                for (key, value) in fields {
                    f.write_str(before)?;
                    write_text(f, key)?;
                    f.write_str(":")?;
                    value.fmt(f)?;
                    before = ",";
                }
                f.write_str(if fields.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\0'..='\x1f' => write!(f, "\\u{:04x}", u32::from(c))?,
            _ => f.write_char(c)?,
        }
    }
    f.write_str("\"")
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// The next byte; the end of the text is an error.
    fn peek(&self) -> Result<u8, JsonError> {
        self.rest.as_bytes().first().copied().ok_or(JsonError::CutOff)
    }

    /// Takes this ASCII character, if it is next.
    fn takes(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes this ASCII character, which must be next.
    fn needs(&mut self, c: char) -> Result<(), JsonError> {
        self.peek()?;
        if self.takes(c) { Ok(()) } else { Err(JsonError::NotJson) }
    }

    /// Takes as many bytes as `head` was found to have.
    fn take(&mut self, length: usize) -> &'a str {
        let (head, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        head
    }

    fn value(&mut self, depth: u32) -> Result<Json, JsonError> {
        self.skip_blanks();
        match self.peek()? {
            b'{' => self.object(depth.checked_sub(1).ok_or(JsonError::NotJson)?),
            b'[' => self.array(depth.checked_sub(1).ok_or(JsonError::NotJson)?),
            b'"' => self.text().map(Json::Text),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if let Some(rest) = self.rest.strip_prefix(word) {
            self.rest = rest;
            Ok(value)
        } else if word.starts_with(self.rest) {
            Err(JsonError::CutOff)
        } else {
            Err(JsonError::NotJson)
        }
    }

    fn array(&mut self, depth: u32) -> Result<Json, JsonError> {
        let mut values = Vec::new();
        self.needs('[')?;
        self.skip_blanks();
        if self.takes(']') {
            return Ok(Json::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            self.skip_blanks();
            if self.takes(']') {
                return Ok(Json::Array(values));
            }
            self.needs(',')?;
        }
    }

    fn object(&mut self, depth: u32) -> Result<Json, JsonError> {
        let mut fields = Vec::new();
        self.needs('{')?;
        self.skip_blanks();
        if self.takes('}') {
            return Ok(Json::Object(fields));
        }
        loop {
            self.skip_blanks();
            let key = self.text()?;
            self.skip_blanks();
            self.needs(':')?;
            fields.push((key, self.value(depth)?));
            self.skip_blanks();
            if self.takes('}') {
                return Ok(Json::Object(fields));
            }
            self.needs(',')?;
        }
    }

    fn text(&mut self) -> Result<String, JsonError> {
        self.needs('"')?;
        let mut text = String::new();
        loop {
            // Everything up to the next quote or backslash at once.
            let plain = self.rest.find(['"', '\\']).ok_or(JsonError::CutOff)?;
            text.push_str(self.take(plain));
            if self.takes('"') {
                return Ok(text);
            }
            self.needs('\\')?;
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, JsonError> {
        let c = match self.peek()? {
            plain @ (b'"' | b'\\' | b'/') => char::from(plain),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.take(1);
                return self.unicode();
            }
            _ => return Err(JsonError::NotJson),
        };
        self.take(1);
        Ok(c)
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first) {
            let before = self.rest;
            if self.takes('\\') && self.takes('u') {
                let second = self.hex()?;
                if (0xdc00..0xe000).contains(&second) {
                    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
            // Not a pair: what follows is read by itself.
            self.rest = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16).ok_or(JsonError::NotJson)?;
            code = code * 16 + digit;
            self.take(1);
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.rest;
        self.takes('-');
        // A zero stands alone.
        if !self.takes('0') {
            self.digits()?;
        }
        if self.takes('.') {
            self.digits()?;
        }
        if self.takes('e') || self.takes('E') {
            let _ = self.takes('+') || self.takes('-');
            self.digits()?;
        }
        let length = start.len() - self.rest.len();
        Ok(Json::Number(start.get(..length).unwrap_or(start).to_owned()))
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), JsonError> {
        if !self.peek()?.is_ascii_digit() {
            return Err(JsonError::NotJson);
        }
        self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Json, JsonError> {
        Json::parse(text.as_bytes())
    }

    #[test]
    fn it_writes_what_it_reads() {
        for text in [
            r#"{"a":[1,-2.50,3e7,"x\"\\y",true,false,null],"b":{},"c":[],"d":"\u0000\u001f"}"#,
            r#""ä → 𝄞""#,
            "0",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn escapes_are_read() {
        let text = r#" "\"\\\/\b\f\n\r\t\u00e4\ud834\udd1e" "#;
        assert_eq!(parse(text), Ok(Json::Text("\"\\/\u{8}\u{c}\n\r\tä𝄞".to_owned())));
        // Half a pair, alone, before an ordinary escape, and before another first half.
        for text in [r#""\ud834x""#, r#""\udd1ex""#, r#""\ud834\u0078""#, r#""\ud834\n""#] {
            assert!(parse(text).unwrap().as_text().unwrap().starts_with('\u{fffd}'), "{text}");
        }
        assert_eq!(parse(r#""\ud834\ud834\udd1e""#), Ok(Json::Text("\u{fffd}𝄞".to_owned())));
    }

    #[test]
    fn a_text_that_ends_too_early_is_told_from_one_that_is_something_else() {
        let whole = r#"{"a":[1,{"b":"x\u00e4"},true,null,-1.5e+3]}"#;
        for end in 0..whole.len() {
            assert_eq!(parse(&whole[..end]), Err(JsonError::CutOff), "{}", &whole[..end]);
        }
        for other in [
            "x",
            "{]",
            "[1 2]",
            "{\"a\" 1}",
            "{a:1}",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1x",
            "+1",
            ".5",
            "\"\\x\"",
            "tru e",
            "<html>",
        ] {
            assert_eq!(parse(other), Err(JsonError::NotJson), "{other}");
        }
    }

    #[test]
    fn of_equal_keys_the_last_one_counts() {
        let value = parse(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(value.get("a"), Some(&Json::from(2)));
        assert_eq!(value.get("b"), None);
    }

    #[test]
    fn nesting_has_an_end() {
        assert!(parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_ok());
        assert_eq!(parse(&"[".repeat(101)), Err(JsonError::NotJson));
        assert_eq!(parse(&"{\"a\":".repeat(1_000_000)), Err(JsonError::NotJson));
    }

    #[test]
    fn odd_bytes_cost_only_themselves() {
        assert_eq!(Json::parse(b"\"a\xffb\x01\""), Ok(Json::Text("a\u{fffd}b\u{1}".to_owned())));
        assert_eq!(Json::parse("\u{feff}1".as_bytes()), Ok(Json::from(1)));
    }
}

/// The comparison with serde_json needs what is private here.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod comparison {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn same(mine: &Json, theirs: &Value) -> bool {
        match (mine, theirs) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(mine), Value::Bool(theirs)) => mine == theirs,
            (Json::Number(mine), Value::Number(theirs)) => close(mine.parse().ok(), theirs.as_f64()),
            (Json::Text(mine), Value::String(theirs)) => mine == theirs,
            (Json::Array(mine), Value::Array(theirs)) => {
                mine.len() == theirs.len() && mine.iter().zip(theirs).all(|(mine, theirs)| same(mine, theirs))
            }
            (Json::Object(fields), Value::Object(theirs)) => {
                fields.iter().all(|(key, _)| theirs.contains_key(key))
                    && theirs.iter().all(|(key, value)| mine.get(key).is_some_and(|mine| same(mine, value)))
            }
            _ => false,
        }
    }

    /// serde_json's own floats may be off by the last bit.
    fn close(mine: Option<f64>, theirs: Option<f64>) -> bool {
        mine.zip(theirs).is_some_and(|(mine, theirs)| (mine - theirs).abs() <= mine.abs() * 1e-15)
    }

    fn compare(text: &str) -> Result<(), TestCaseError> {
        match (Json::parse(text.as_bytes()), serde_json::from_str::<Value>(text)) {
            (Ok(mine), Ok(theirs)) => prop_assert!(same(&mine, &theirs), "{mine:?} {theirs:?}"),
            (Err(mine), Err(theirs)) => {
                // With fewer than four bytes after \u, serde_json does not look whether they are digits.
                let same = (mine == JsonError::CutOff) == theirs.is_eof();
                prop_assert!(same || text.contains("\\u"), "{mine:?} {theirs}");
            }
            (Ok(_), Err(theirs)) => {
                let on_purpose = text.contains("\\u")
                    || text.chars().any(char::is_control)
                    || theirs.to_string().contains("out of range");
                prop_assert!(on_purpose, "only mine reads it: {}", theirs);
            }
            (Err(mine), Ok(_)) => prop_assert!(false, "only theirs reads it: {mine:?}"),
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn both_read_the_same_and_refuse_the_same(
            text in r#"([\[\]{},:]|"[a-c]{0,2}"|"(\\["\\/bfnrtu]|x|\\u[0-9a-dA-D]{3,4}){0,3}"|true|false|null|nul|-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?([eE][+-]?[0-9]{1,2})?| |"|\\|-|ä){0,12}"#
        ) {
            compare(&text)?;
        }

        #[test]
        fn both_read_whole_documents_and_find_the_same_cuts(
            text in r#"\[(\{"[a-z]{1,3}":(-?[1-9][0-9]{0,5}|"[a-zäß\\n ]{0,6}"|null|\[\])(,"[a-z]{1,3}":(true|1\.5e3|"\\u00e4")){0,3}\},){0,4}1\]"#,
            at in any::<prop::sample::Index>(),
        ) {
            compare(&text)?;
            let cuts: Vec<usize> = (0..text.len()).filter(|end| text.is_char_boundary(*end)).collect();
            compare(&text[..cuts[at.index(cuts.len())]])?;
        }
    }
}
