//! `consoles.xml`: which consoles may use this engine (docs/api-quirks.md, "Engine side").
//!
//! People edit this file by hand, so it is never written again: an edit replaces the values that it is about, or adds
//! an attribute or an element, and every other byte stays: comments, unknown attributes and elements, indentation.

use std::borrow::Cow;
use std::ops::Range;

use engine_link::{Certificate, Fingerprint, SharedSecret, SharedSecretError};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

/// The port of a console's listener for reverse pairs, unless the entry says another (docs/api-quirks.md, "Ports").
pub const DEFAULT_CONSOLE_PORT: u16 = 40815;

/// What a file without any console looks like.
const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Consoles>\n</Consoles>\n";

/// One console's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// `id`: 1 or more, unique in the file.
    pub id: u32,
    /// `enabled`: the console may use this engine.
    pub enabled: bool,
    /// `connectTo`: this engine dials the console (a reverse pair).
    pub connect_to: bool,
    /// `name`, as the console says it.
    pub name: String,
    /// `lastAddress`: where this engine dials the console if `connectTo` is set, else as the console says it. Empty:
    /// the console has never been in contact, someone wrote the entry.
    pub last_address: String,
    /// `port` of the console's listener for reverse pairs.
    pub port: u16,
    /// `<cert>`: the console that this entry is about. Without it nobody matches the entry.
    pub certificate: Option<Certificate>,
}

impl ConsoleEntry {
    /// The certificate's fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.certificate.as_ref().map(Certificate::fingerprint)
    }
}

/// The file can't be read as consoles.xml.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ConsolesFileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// The text of a consoles.xml with what it means.
#[derive(Debug, Clone)]
pub struct ConsolesFile {
    text: String,
    consoles: Vec<Located>,
    /// Where the root's end tag starts; for `<Consoles/>` the whole tag.
    root_end: Range<usize>,
    root_name: String,
}

#[derive(Debug, Clone)]
struct Located {
    entry: ConsoleEntry,
    /// The start tag in the text, from `<` to `>`.
    tag: Range<usize>,
    /// The end tag; for `<console/>` the same as the start tag.
    end: Range<usize>,
    /// The `<cert>` that counts.
    certificate: Option<Element>,
    /// The shared secret that the entry has in plain text.
    secret: Option<Given>,
}

/// A shared secret that is in the file, or that it is none.
pub(crate) type Given = Result<SharedSecret, SharedSecretError>;

/// The attribute that it is in (docs/api-quirks.md, "Engine side").
const SECRET: &str = "plaintext_sharedSecret";

impl Located {
    /// All of it in the text.
    fn element(&self) -> Range<usize> {
        self.tag.start..self.end.end
    }
}

/// An element in the text: its start tag and its end tag, which are the same for an empty one.
#[derive(Debug, Clone)]
struct Element {
    start: Range<usize>,
    end: Range<usize>,
}

impl Default for ConsolesFile {
    fn default() -> Self {
        Self {
            text: EMPTY.to_owned(),
            consoles: Vec::new(),
            root_end: EMPTY.len() - "</Consoles>\n".len()..EMPTY.len(),
            root_name: "Consoles".to_owned(),
        }
    }
}

impl ConsolesFile {
    /// Reads the text of a consoles.xml. Attribute names count in any case, as the documents write both `enabled` and
    /// `Enabled`.
    ///
    /// # Errors
    /// [`ConsolesFileError`] when it is no well-formed XML with the root `Consoles`, or an entry's values have no
    /// meaning.
    pub fn parse(text: &str) -> Result<Self, ConsolesFileError> {
        Parser::new(text).run()
    }

    /// The entries, in the file's order.
    pub fn entries(&self) -> impl Iterator<Item = &ConsoleEntry> {
        self.consoles.iter().map(|console| &console.entry)
    }

    /// The shared secrets that are in the file in plain text, with the ids of their entries.
    pub fn secrets(&self) -> impl Iterator<Item = (u32, Given)> {
        self.consoles.iter().filter_map(|console| Some((console.entry.id, console.secret.clone()?)))
    }

    /// Takes the shared secret out of one entry. `false`: there is no entry with this id.
    ///
    /// # Errors
    /// [`ConsolesFileError`] when the file can't be read any more then; nothing is changed then.
    pub fn remove_secret(&mut self, id: u32) -> Result<bool, ConsolesFileError> {
        let Some(console) = self.consoles.iter().find(|console| console.entry.id == id) else {
            return Ok(false);
        };
        let tag = without(&self.text[console.tag.clone()], SECRET);
        let mut text = self.text.clone();
        text.replace_range(console.tag.clone(), &tag);
        *self = Self::parse(&text)?;
        Ok(true)
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Sets attributes of one entry. `false`: there is no entry with this id.
    ///
    /// # Errors
    /// [`ConsolesFileError`] when the new values have no meaning; nothing is changed then.
    pub fn set(&mut self, id: u32, values: &[(&str, &str)]) -> Result<bool, ConsolesFileError> {
        let Some(console) = self.consoles.iter().find(|console| console.entry.id == id) else {
            return Ok(false);
        };
        let tag = retagged(&self.text[console.tag.clone()], values);
        let mut text = self.text.clone();
        text.replace_range(console.tag.clone(), &tag);
        *self = Self::parse(&text)?;
        Ok(true)
    }

    /// Adds an entry behind the others.
    ///
    /// # Errors
    /// [`ConsolesFileError`] when the id is taken; nothing is changed then.
    pub fn add(&mut self, entry: &ConsoleEntry) -> Result<(), ConsolesFileError> {
        let mut element = format!(
            "  <console id=\"{}\" enabled=\"{}\" connectTo=\"{}\" name=\"{}\" lastAddress=\"{}\" port=\"{}\">\n",
            entry.id,
            u8::from(entry.enabled),
            u8::from(entry.connect_to),
            escape(entry.name.as_str()),
            escape(entry.last_address.as_str()),
            entry.port,
        );
        if let Some(certificate) = &entry.certificate {
            element.push_str(&certificate_lines(certificate));
        }
        element.push_str("  </console>\n");

        let mut text = self.text.clone();
        if text[self.root_end.clone()].starts_with("</") {
            text.insert_str(self.root_end.start, &element);
        } else {
            // The root is one empty tag: it gets a start and an end.
            let start = opened(&text[self.root_end.clone()]);
            text.replace_range(self.root_end.clone(), &format!("{start}\n{element}</{}>", self.root_name));
        }
        *self = Self::parse(&text)?;
        Ok(())
    }

    /// Puts another certificate into one entry. `false`: there is no entry with this id.
    ///
    /// # Errors
    /// [`ConsolesFileError`] when the file can't be read any more then; nothing is changed then.
    pub fn set_certificate(&mut self, id: u32, certificate: &Certificate) -> Result<bool, ConsolesFileError> {
        let Some(console) = self.consoles.iter().find(|console| console.entry.id == id) else {
            return Ok(false);
        };
        let mut text = self.text.clone();
        match &console.certificate {
            Some(old) if old.start != old.end => {
                text.replace_range(old.start.end..old.end.start, &format!("\n{}    ", certificate.to_pem()));
            }
            Some(empty) => {
                text.replace_range(empty.start.clone(), certificate_lines(certificate).trim());
            }
            None if console.tag == console.end => {
                let tag = opened(&text[console.tag.clone()]);
                let name = tag.trim_start_matches('<');
                let name = &name[..name.find([' ', '\t', '\r', '\n', '>']).unwrap_or(name.len())];
                let element = format!("{tag}\n{}  </{name}>", certificate_lines(certificate));
                text.replace_range(console.tag.clone(), &element);
            }
            None => {
                // Lines of its own, before the line of the end tag where that has one.
                let end = console.end.start;
                match line_start(&text, end) {
                    Some(at) => text.insert_str(at, &certificate_lines(certificate)),
                    None => text.insert_str(end, &format!("\n{}  ", certificate_lines(certificate))),
                }
            }
        }
        *self = Self::parse(&text)?;
        Ok(true)
    }

    /// Takes one entry out, with the lines that it has for itself. `false`: there is no entry with this id.
    ///
    /// # Errors
    /// [`ConsolesFileError`] when the file can't be read any more then; nothing is changed then.
    pub fn remove(&mut self, id: u32) -> Result<bool, ConsolesFileError> {
        let Some(console) = self.consoles.iter().find(|console| console.entry.id == id) else {
            return Ok(false);
        };
        let mut span = console.element();
        let after = &self.text[span.end..];
        let blank = after.len() - after.trim_start_matches([' ', '\t', '\r']).len();
        if let (Some(start), true) = (line_start(&self.text, span.start), after[blank..].starts_with('\n')) {
            span = start..span.end + blank + 1;
        }
        let mut text = self.text.clone();
        text.replace_range(span, "");
        *self = Self::parse(&text)?;
        Ok(true)
    }
}

/// Where the line of this place starts, when nothing but blanks is before it.
fn line_start(text: &str, at: usize) -> Option<usize> {
    let start = text[..at].trim_end_matches([' ', '\t']).len();
    text[..start].ends_with('\n').then_some(start)
}

fn certificate_lines(certificate: &Certificate) -> String {
    format!("    <cert>\n{}    </cert>\n", certificate.to_pem())
}

/// The start tag of an element that was one empty tag.
fn opened(tag: &str) -> String {
    let inner = tag.strip_suffix("/>").unwrap_or(tag);
    format!("{}>", inner.trim_end())
}

/// The start tag with other values in their places; attributes that it does not have yet come last.
fn retagged(tag: &str, values: &[(&str, &str)]) -> String {
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let name_length = inner.find(|character: char| character.is_ascii_whitespace()).unwrap_or(inner.len());
    let start = BytesStart::from_content(inner, name_length);
    let mut missing: Vec<_> = values.to_vec();
    let mut edits = Vec::new();
    for attribute in start.attributes().flatten() {
        let position = missing.iter().position(|(name, _)| name.eq_ignore_ascii_case(attribute.key.as_ref()));
        // The value is a piece of `tag`: where the piece starts, the edit starts.
        if let (Some(position), Cow::Borrowed(old)) = (position, &attribute.value) {
            let from = old.as_ptr().addr() - tag.as_ptr().addr();
            edits.push((from..from + old.len(), escape(missing.remove(position).1)));
        }
    }
    let mut new = tag.to_owned();
    let end = 1 + inner.trim_end().len();
    for (name, value) in missing.into_iter().rev() {
        new.insert_str(end, &format!(" {name}=\"{}\"", escape(value)));
    }
    for (range, value) in edits.into_iter().rev() {
        new.replace_range(range, &value);
    }
    new
}

/// The start tag without an attribute and the blanks before it.
fn without(tag: &str, name: &str) -> String {
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let name_length = inner.find(|character: char| character.is_ascii_whitespace()).unwrap_or(inner.len());
    let start = BytesStart::from_content(inner, name_length);
    let found =
        start.attributes().flatten().find(|attribute| attribute.key.as_ref().eq_ignore_ascii_case(name));
    let Some(Attribute { key, value: Cow::Borrowed(value) }) = found else { return tag.to_owned() };
    // Both are pieces of `tag`; the quote behind the value goes too.
    let from = key.as_ref().as_ptr().addr() - tag.as_ptr().addr();
    let to = value.as_ptr().addr() - tag.as_ptr().addr() + value.len() + 1;
    format!("{}{}", tag[..from].trim_end(), &tag[to..])
}

/// Reads the events of one file.
struct Parser<'a> {
    text: &'a str,
    consoles: Vec<Located>,
    root: Option<(String, Range<usize>)>,
    /// The names of the open elements, the root first.
    open: Vec<String>,
    /// The text of the `<cert>` that is open, and its start tag.
    certificate: Option<(String, Range<usize>)>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, consoles: Vec::new(), root: None, open: Vec::new(), certificate: None }
    }

    fn run(mut self) -> Result<ConsolesFile, ConsolesFileError> {
        // Some editors put a byte order mark in front, which the reader leaves out of its positions.
        let mark = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if self.text[mark..].starts_with('\u{feff}') {
            // The reader would leave out this one too.
            return Err(self.error(mark, "a second byte order mark"));
        }
        let position = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).saturating_add(mark);
        let mut reader = Reader::from_str(&self.text[mark..]);
        loop {
            let from = position(reader.buffer_position());
            let event = reader
                .read_event()
                .map_err(|error| self.error(position(reader.error_position()), error.to_string()))?;
            let span = from..position(reader.buffer_position());
            match event {
                Event::Start(tag) => self.start(&tag, span)?,
                Event::Empty(tag) => {
                    self.start(&tag, span.clone())?;
                    self.end(span)?;
                }
                Event::End(_) => self.end(span)?,
                Event::Text(text) => self.characters(&text.xml10_content(), from)?,
                Event::CData(text) => self.characters(&text.xml10_content(), from)?,
                Event::GeneralRef(reference) if self.open.is_empty() => {
                    return Err(
                        self.error(from, format!("&{}; outside of the root", reference.xml10_content()))
                    );
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if let Some(name) = self.open.last() {
            return Err(self.error(self.text.len(), format!("the element <{name}> has no end")));
        }
        let Some((root_name, root_end)) = self.root else {
            return Err(self.error(0, "the element <Consoles> is missing"));
        };
        Ok(ConsolesFile { text: self.text.to_owned(), consoles: self.consoles, root_end, root_name })
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Range<usize>) -> Result<(), ConsolesFileError> {
        let name = tag.name().as_ref().to_owned();
        // The reader takes anything for attributes until someone looks at them.
        for attribute in tag.attributes() {
            let key = attribute.map_err(|error| self.error(span.start, error.to_string()))?.key;
            // The reader does without the blank that XML wants before each attribute.
            // <https://www.w3.org/TR/xml/#NT-STag>
            let at = key.as_ref().as_ptr().addr() - tag.as_ref().as_ptr().addr();
            if !tag.as_ref()[..at].ends_with([' ', '\t', '\r', '\n']) {
                return Err(self.error(span.start, format!("no blank before the attribute {}", key.as_ref())));
            }
        }
        match self.open.as_slice() {
            [] => {
                if self.root.is_some() {
                    return Err(self.error(span.start, format!("a second root element <{name}>")));
                }
                if !name.eq_ignore_ascii_case("Consoles") {
                    return Err(self.error(span.start, format!("the root is <{name}>, not <Consoles>")));
                }
                self.root = Some((name.clone(), span.clone()));
            }
            [_] if name.eq_ignore_ascii_case("console") => {
                let (entry, secret) = self.entry(tag, span.start)?;
                self.consoles.push(Located {
                    entry,
                    end: span.clone(),
                    tag: span,
                    certificate: None,
                    secret,
                });
            }
            [_, console] if name.eq_ignore_ascii_case("cert") && console.eq_ignore_ascii_case("console") => {
                self.certificate = Some((String::new(), span));
            }
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn end(&mut self, span: Range<usize>) -> Result<(), ConsolesFileError> {
        let name = self.open.pop().unwrap_or_default();
        match self.open.len() {
            0 => {
                if let Some((_, end)) = &mut self.root {
                    *end = span;
                }
            }
            1 if name.eq_ignore_ascii_case("console") => {
                if let Some(console) = self.consoles.last_mut() {
                    console.end = span;
                }
            }
            2 => {
                if let Some((text, start)) = self.certificate.take() {
                    return self.certificate(&text, Element { start, end: span });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A `<cert>` is over. Of several the last one that is not empty counts.
    fn certificate(&mut self, text: &str, element: Element) -> Result<(), ConsolesFileError> {
        let certificate = if text.trim().is_empty() {
            None
        } else {
            let read = Certificate::from_text(text)
                .map_err(|error| self.error(element.start.start, format!("<cert> holds {error}")))?;
            Some(read)
        };
        if let Some(console) = self.consoles.last_mut()
            && (certificate.is_some() || console.entry.certificate.is_none())
        {
            console.entry.certificate = certificate;
            console.certificate = Some(element);
        }
        Ok(())
    }

    fn characters(&mut self, text: &str, from: usize) -> Result<(), ConsolesFileError> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(self.error(from, "text outside of the root"));
        }
        if let Some((certificate, _)) = &mut self.certificate
            && self.open.len() == 3
        {
            certificate.push_str(text);
        }
        Ok(())
    }

    fn entry(
        &self,
        tag: &BytesStart<'_>,
        from: usize,
    ) -> Result<(ConsoleEntry, Option<Given>), ConsolesFileError> {
        let mut secret = None;
        let mut id = None;
        let mut names = Vec::new();
        let mut entry = ConsoleEntry {
            id: 0,
            enabled: false,
            connect_to: false,
            name: String::new(),
            last_address: String::new(),
            port: DEFAULT_CONSOLE_PORT,
            certificate: None,
        };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.error(from, error.to_string()))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.error(from, error.to_string()))?
                .into_owned();
            let key = attribute.key.as_ref();
            let wrong = |what: &str| self.error(from, format!("{key}=\"{value}\": {what}"));
            let name = key.to_ascii_lowercase();
            if key.eq_ignore_ascii_case(SECRET) {
                // Nothing of it gets into words.
                if secret.is_some() {
                    return Err(self.error(from, format!("the attribute {SECRET} is there twice")));
                }
                secret = Some(value.parse());
                continue;
            }
            // In XML these are two; for whoever reads the file it would be open which of them counts.
            if names.contains(&name) {
                return Err(wrong("the same attribute is there twice"));
            }
            match name.as_str() {
                "id" => {
                    id = Some(
                        value
                            .parse()
                            .ok()
                            .filter(|id| *id > 0)
                            .ok_or_else(|| wrong("must be a number from 1"))?,
                    );
                }
                "enabled" => entry.enabled = switch(&value).ok_or_else(|| wrong("must be 0 or 1"))?,
                "connectto" => entry.connect_to = switch(&value).ok_or_else(|| wrong("must be 0 or 1"))?,
                "port" => entry.port = value.parse().map_err(|_| wrong("must be a port from 1 to 65535"))?,
                "name" => entry.name = value,
                "lastaddress" => entry.last_address = value,
                _ => continue,
            }
            names.push(name);
        }
        entry.id = id.ok_or_else(|| self.error(from, "a <console> without id"))?;
        if self.consoles.iter().any(|console| console.entry.id == entry.id) {
            return Err(self.error(from, format!("a second console with id {}", entry.id)));
        }
        Ok((entry, secret))
    }

    fn error(&self, at: usize, reason: impl Into<String>) -> ConsolesFileError {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        ConsolesFileError { line, reason: reason.into() }
    }
}

fn switch(value: &str) -> Option<bool> {
    match value.trim() {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use engine_link::Identity;

    use super::*;

    fn entry(id: u32) -> ConsoleEntry {
        ConsoleEntry {
            id,
            enabled: false,
            connect_to: false,
            name: "Head office \"<1>\" & co".to_owned(),
            last_address: "192.0.2.1".to_owned(),
            port: 40815,
            certificate: Some(Identity::ephemeral("console").unwrap().certificate().clone()),
        }
    }

    #[test]
    fn an_entry_is_read_as_it_was_added() {
        let mut file = ConsolesFile::default();
        let (first, second) = (entry(1), entry(2));
        file.add(&first).unwrap();
        file.add(&second).unwrap();
        let read = ConsolesFile::parse(file.text()).unwrap();
        assert_eq!(read.entries().collect::<Vec<_>>(), [&first, &second]);
        assert!(
            file.text().contains("<console id=\"1\" enabled=\"0\" connectTo=\"0\" name="),
            "{}",
            file.text()
        );
    }

    #[test]
    fn an_edit_changes_its_value_and_no_other_byte() {
        let text = "\u{feff}<?xml version='1.0'?>\n<!-- ours -->\n<Consoles version=\"3\">\n\
            \t<console  id='1' Enabled='0' colour=\"a&quot;b\"\n     connectTo='1'>\n\
            \t\t<note>keep &amp; hold</note></console>\n\
            \t<console id=\"2\" enabled=\"0\"/><other/>\n</Consoles>\n<!-- end -->\n";
        let mut file = ConsolesFile::parse(text).unwrap();
        assert!(file.set(1, &[("enabled", "1")]).unwrap());
        assert_eq!(file.text(), text.replace("Enabled='0'", "Enabled='1'"));
        assert!(file.set(2, &[("enabled", "1"), ("name", "B & C")]).unwrap());
        assert!(
            file.text().contains("<console id=\"2\" enabled=\"1\" name=\"B &amp; C\"/>"),
            "{}",
            file.text()
        );
        assert_eq!(file.entries().map(|entry| entry.enabled).collect::<Vec<_>>(), [true, true]);
        assert!(!file.set(3, &[("enabled", "1")]).unwrap());
    }

    #[test]
    fn a_secret_in_plain_text_is_read_and_taken_out_and_no_other_byte() {
        const TEXT: &str = "0F1E-2D3C-4B5A-6978-8796-A5B4-C3D2-E1F0";
        for (before, after) in [
            ("<console id=\"1\" enabled=\"1\"", " port=\"40815\"><cert></cert></console>"),
            ("<console id='1'\n    ", "/>"),
            ("<console ", " id=\"1\" />"),
        ] {
            for attribute in ["plaintext_sharedSecret", "Plaintext_SharedSecret"] {
                let text =
                    |middle: &str| format!("<Consoles>{before}{middle}{after}<!-- ours --></Consoles>\n");
                let mut file = ConsolesFile::parse(&text(&format!(" {attribute}=\"{TEXT}\""))).unwrap();
                let secrets: Vec<_> = file.secrets().collect();
                let [(1, Ok(secret))] = secrets.as_slice() else { panic!("{secrets:?}") };
                assert_eq!(secret.expose().as_str(), TEXT);
                assert!(file.remove_secret(1).unwrap());
                assert_eq!(
                    file.text(),
                    text("").replace(&format!("{before}{after}"), &format!("{}{after}", before.trim_end()))
                );
                assert_eq!(file.secrets().count(), 0);
                assert!(!file.remove_secret(2).unwrap());
            }
        }
        let file =
            ConsolesFile::parse("<Consoles><console id='1' plaintext_sharedSecret='none'/></Consoles>")
                .unwrap();
        assert!(matches!(file.secrets().collect::<Vec<_>>()[..], [(1, Err(_))]));
        let twice = format!(
            "<Consoles><console id='1' plaintext_sharedSecret='{TEXT}' plaintext_SharedSecret='{TEXT}'/></Consoles>"
        );
        let error = ConsolesFile::parse(&twice).unwrap_err().to_string();
        assert!(error.contains("there twice") && !error.contains(TEXT), "{error}");
    }

    #[test]
    fn an_entry_is_added_to_an_empty_root() {
        for root in ["<Consoles/>", "<Consoles />\n", "<Consoles a=\"1\"></Consoles>", "<consoles\n/>"] {
            let mut file = ConsolesFile::parse(root).unwrap();
            file.add(&entry(1)).unwrap();
            assert_eq!(file.entries().count(), 1, "{}", file.text());
        }
    }

    #[test]
    fn an_entry_is_taken_out_and_no_other_byte() {
        let before = "<Consoles>\r\n  <!-- ours -->\r\n";
        let after = "  <console id=\"2\" note=\"x\"/><console id=\"3\"><note/></console>\n</Consoles>";
        let one = "\t<console id='1'>\n   <cert>\n</cert>\n  </console> \r\n";
        let mut file = ConsolesFile::parse(&format!("{before}{one}{after}")).unwrap();
        assert!(file.remove(1).unwrap());
        assert_eq!(file.text(), format!("{before}{after}"));
        assert!(!file.remove(1).unwrap());
        // These two share a line.
        assert!(file.remove(3).unwrap());
        assert_eq!(file.text(), format!("{before}  <console id=\"2\" note=\"x\"/>\n</Consoles>"));
        assert!(file.remove(2).unwrap());
        assert_eq!(file.text(), format!("{before}</Consoles>"));
        file.add(&entry(4)).unwrap();
        assert_eq!(file.entries().count(), 1);
    }

    #[test]
    fn a_certificate_is_put_in_wherever_its_place_is() {
        let certificate = entry(1).certificate.unwrap();
        let pem = certificate.to_pem();
        let old = entry(1).certificate.unwrap().to_pem();
        for (inner, expected) in [
            ("/>".to_owned(), format!(">\n    <cert>\n{pem}    </cert>\n  </console>")),
            (" />".to_owned(), format!(">\n    <cert>\n{pem}    </cert>\n  </console>")),
            ("></console>".to_owned(), format!(">\n    <cert>\n{pem}    </cert>\n  </console>")),
            (
                ">\n\t<note/>\n\t</console>".to_owned(),
                format!(">\n\t<note/>\n    <cert>\n{pem}    </cert>\n\t</console>"),
            ),
            (
                format!("><cert a=\"b\">{old}</cert><note/></console>"),
                format!("><cert a=\"b\">\n{pem}    </cert><note/></console>"),
            ),
            ("><cert/></console>".to_owned(), format!("><cert>\n{pem}    </cert></console>")),
            ("><cert></cert></console>".to_owned(), format!("><cert>\n{pem}    </cert></console>")),
        ] {
            let around =
                |inner: &str| format!("<Consoles><!-- a -->\n  <console id=\"1\"{inner}<b/></Consoles>");
            let mut file = ConsolesFile::parse(&around(&inner)).unwrap();
            assert!(file.set_certificate(1, &certificate).unwrap());
            assert_eq!(file.text(), around(&expected), "{inner}");
            assert_eq!(file.entries().next().unwrap().certificate.as_ref(), Some(&certificate));
            assert!(!file.set_certificate(2, &certificate).unwrap());
        }
    }

    #[test]
    fn a_certificate_is_read_without_its_marks_too() {
        let certificate = entry(1).certificate.unwrap();
        let pem = certificate.to_pem();
        let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        for text in [pem.as_str(), &bare, &format!("<![CDATA[{bare}]]>")] {
            let file = ConsolesFile::parse(&format!(
                "<Consoles><console id=\"1\" enabled=\"1\"><cert>{text}</cert></console></Consoles>"
            ))
            .unwrap();
            assert_eq!(file.entries().next().unwrap().certificate.as_ref(), Some(&certificate));
        }
    }

    #[test]
    fn a_broken_file_is_told_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("\u{feff}\u{feff}<Consoles/>", 1),
            ("<Engines/>", 1),
            ("\n<Consoles //>", 2),
            ("<Consoles>\n<note a/></Consoles>", 2),
            ("<Consoles>\n<console plaintext_sharedSecret=\"x\"name=\"a b\" id=\"1\"/></Consoles>", 2),
            ("<Consoles>\n<note a=\"1\"b=\"2\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"1\">\n", 3),
            ("<Consoles>\n\n<console id=\"1\"></Consoles>", 3),
            ("<Consoles>\n<console enabled=\"1\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"0\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"1\" enabled=\"yes\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"1\" port=\"70000\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"1\" enabled=\"1\" enabled=\"0\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"1\" enabled=\"1\" Enabled=\"0\"/></Consoles>", 2),
            ("<Consoles>\n<console id=\"1\"/>\n<console id=\"1\"/></Consoles>", 3),
            ("<Consoles>\n<console id=\"1\">\n<cert>no certificate</cert></console></Consoles>", 3),
            ("<Consoles/>\n<Consoles/>", 2),
            ("<Consoles/>\nhello", 1),
        ] {
            let error = ConsolesFile::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
        }
    }
}
