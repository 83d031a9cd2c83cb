//! The language of **Filter engines**: words, `key:value`, `outdated` and `stale`, quotes, and a minus for "not".
//!
//! A text is parsed once, then matched against every row. [`EngineFilter`] writes itself back as it was understood.

use core::cmp::Ordering;
use core::fmt;
use core::net::IpAddr;
use std::sync::Arc;

use crate::model::{Engine, EngineStatus};
use crate::rules::keys::{self, bare, fold_case};
use crate::rules::{EngineRow, Notes, Staleness, Thresholds, Versions, staleness};
use crate::timestamp::Timestamp;

/// What can stand before a colon, with an example of each and what it looks at.
pub const FILTER_KEYS: [(&str, &str, &str); 14] = [
    ("name", "name:oslo", "the name"),
    ("status", "status:active,unknown", "the status, or the start of it"),
    ("address", "address:10.2.0.0/16", "the address: a part of it, or a network"),
    ("port", "port:40814", "the port"),
    ("version", "version:<6.6.260", "the product version: a part of it, or older and newer ones"),
    ("content", "content:>=2445745114", "the content version, likewise"),
    ("pool", "pool:\"North Europe\"", "the names of its pools"),
    ("pools", "pools:0", "how many pools it is in"),
    ("sites", "sites:>10", "how many sites it may scan, those of its pools included"),
    ("platform", "platform:linux", "the platform"),
    ("serial", "serial:4F2A", "the serial number"),
    ("id", "id:17", "the console's number for it"),
    ("tag", "tag:prod", "its tags, kept in this browser"),
    ("note", "note:firewall", "its note, kept in this browser"),
];

/// Words with a meaning of their own, and what they stand for.
pub const FILTER_FLAGS: [(&str, &str); 2] = [
    ("outdated", "has an older product or content version than most engines"),
    ("stale", "was last refreshed too long ago, or never"),
];

/// Which engines the table shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineFilter {
    terms: Vec<Term>,
    statuses: Vec<EngineStatus>,
    problem: Option<FilterProblem>,
    fleet: Option<Fleet>,
    notes: Option<Arc<Notes>>,
}

/// What was not understood, and how it could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterProblem {
    /// No field has this key.
    Field(String),
    /// This key takes a number.
    Number(&'static str),
    /// This is no network.
    Network(String),
}

impl fmt::Display for FilterProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(key) => {
                let known = FILTER_KEYS.map(|(known, ..)| known).join(", ");
                write!(f, "There is no field “{key}”. The fields are {known}.")
            }
            Self::Number(key) => write!(f, "“{key}:” takes a number, such as {key}:0 or {key}:>10."),
            Self::Network(text) => {
                write!(f, "“{text}” is not a network, such as 10.2.0.0/16 or 2001:db8::/32.")
            }
        }
    }
}

/// What `outdated` and `stale` compare an engine with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fleet {
    now: Timestamp,
    thresholds: Thresholds,
    product: Option<Box<[u8]>>,
    content: Option<Box<[u8]>>,
}

impl Fleet {
    /// All engines as they are now. How old is too old is the first of the thresholds.
    #[must_use]
    pub fn of(rows: &[EngineRow], now: Timestamp, thresholds: Thresholds) -> Self {
        let usual = |version: fn(&Engine) -> Option<&str>| {
            let versions = Versions::of(rows.iter().map(|row| version(&row.engine)));
            versions.usual().map(keys::natural)
        };
        Self {
            now,
            thresholds,
            product: usual(|engine| engine.product_version.as_deref()),
            content: usual(|engine| engine.content_version.as_deref()),
        }
    }
}

/// One term: all terms must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// Whether it was written with a minus, and must not hold.
    not: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// Somewhere in the row.
    Word(String),
    /// In one field: any of these, in small letters.
    Contains(Text, Vec<String>),
    Status(Vec<String>),
    Network(IpAddr, u8),
    /// The version as it was written, and its key.
    Version(Version, Ordered, String, Box<[u8]>),
    Number(Number, Vec<(Ordered, u64)>),
    Outdated,
    Stale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Name,
    Address,
    Version,
    Content,
    Pool,
    Platform,
    Serial,
    Tag,
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Product,
    Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Port,
    Pools,
    Sites,
    Id,
}

/// How a value is to compare with the one that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ordered {
    Less,
    AtMost,
    Same,
    AtLeast,
    More,
}

impl Ordered {
    /// Longer signs first.
    const SIGNS: [(&str, Self); 5] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::More),
        ("=", Self::Same),
    ];

    /// The sign at the beginning, if there is one, and what follows.
    fn split(text: &str) -> (Option<Self>, &str) {
        let found = Self::SIGNS.iter().find_map(|(sign, it)| Some((*it, text.strip_prefix(sign)?)));
        found.map_or((None, text), |(it, rest)| (Some(it), rest.trim_start()))
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Same => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Same => order.is_eq(),
            Self::AtLeast => order.is_ge(),
            Self::More => order.is_gt(),
        }
    }
}

impl EngineFilter {
    /// Understands a text. With statuses, the engine's must be among them; none means any.
    ///
    /// A term that is not understood looks for its own text, and [`problem`](Self::problem) says so.
    #[must_use]
    pub fn new(text: &str, statuses: Vec<EngineStatus>) -> Self {
        let mut filter = Self { statuses, ..Self::default() };
        for written in split(text) {
            match written.test() {
                Ok(Some(test)) => filter.terms.push(Term { not: written.not, test }),
                // A key whose value is still to be typed.
                Ok(None) => {}
                Err(problem) => {
                    filter.problem.get_or_insert(problem);
                    let test = Test::Word(fold_case(&written.whole()));
                    filter.terms.push(Term { not: written.not, test });
                }
            }
        }
        filter
    }

    /// Whether a term compares with the fleet: `outdated` and `stale` hold for no engine before
    /// [`compare_with`](Self::compare_with).
    #[must_use]
    pub fn needs_fleet(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Outdated | Test::Stale))
    }

    /// What `outdated` and `stale` compare with.
    #[must_use]
    pub fn compare_with(self, fleet: Fleet) -> Self {
        Self { fleet: Some(fleet), ..self }
    }

    /// Whether a term looks in notes or tags: it holds for no engine before [`look_in`](Self::look_in).
    #[must_use]
    pub fn needs_notes(&self) -> bool {
        let in_notes = |term: &Term| matches!(term.test, Test::Contains(Text::Tag | Text::Note, _));
        self.terms.iter().any(in_notes)
    }

    /// The notes and tags that `tag:` and `note:` look in.
    #[must_use]
    pub fn look_in(self, notes: Arc<Notes>) -> Self {
        Self { notes: Some(notes), ..self }
    }

    /// What was not understood first.
    #[must_use]
    pub fn problem(&self) -> Option<&FilterProblem> {
        self.problem.as_ref()
    }

    /// Whether every engine passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.statuses.is_empty()
    }

    /// Whether this engine passes.
    #[must_use]
    pub fn matches(&self, row: &EngineRow) -> bool {
        self.matches_text(row) && self.matches_status(row)
    }

    /// Whether this engine passes as far as the chosen statuses go.
    #[must_use]
    pub fn matches_status(&self, row: &EngineRow) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&row.engine.status)
    }

    /// Whether this engine passes as far as the text goes. The status counts beside the filter count these.
    #[must_use]
    pub fn matches_text(&self, row: &EngineRow) -> bool {
        self.terms.iter().all(|term| term.test.holds(row, self) != term.not)
    }
}

impl Test {
    fn holds(&self, row: &EngineRow, filter: &EngineFilter) -> bool {
        let (engine, fleet) = (&row.engine, filter.fleet.as_ref());
        match self {
            Self::Word(word) => row.searched().contains(word.as_str()) || is_number_of(engine, word),
            Self::Contains(field @ (Text::Tag | Text::Note), any) => {
                let note = filter.notes.as_ref().and_then(|notes| notes.of(engine.id));
                note.is_some_and(|note| {
                    let text = if *field == Text::Tag { note.tags.join("\n") } else { note.text.clone() };
                    let text = fold_case(&text);
                    any.iter().any(|part| text.contains(part.as_str()))
                })
            }
            Self::Contains(field, any) => field.of(row).is_some_and(|text| {
                let text = fold_case(text);
                any.iter().any(|part| text.contains(part.as_str()))
            }),
            Self::Status(any) => {
                let (label, key) = (fold_case(engine.status.label()), engine.status.key());
                any.iter().any(|it| label.starts_with(it.as_str()) || key.starts_with(it.as_str()))
            }
            Self::Network(network, bits) => bare(&engine.address)
                .parse()
                .is_ok_and(|address| first_bits(address, *bits) == first_bits(*network, *bits)),
            Self::Version(version, ordered, _, than) => {
                let key = match version {
                    Version::Product => &row.product_key,
                    Version::Content => &row.content_key,
                };
                key.as_ref().is_some_and(|key| ordered.holds((**key).cmp(than)))
            }
            Self::Number(number, any) => number
                .of(row)
                .is_some_and(|value| any.iter().any(|(ordered, than)| ordered.holds(value.cmp(than)))),
            Self::Outdated => fleet.is_some_and(|fleet| {
                let older = |mine: &Option<Arc<[u8]>>, usual: &Option<Box<[u8]>>| {
                    mine.as_deref().zip(usual.as_deref()).is_some_and(|(mine, usual)| mine < usual)
                };
                older(&row.product_key, &fleet.product) || older(&row.content_key, &fleet.content)
            }),
            Self::Stale => {
                fleet.is_some_and(|fleet| staleness(engine, fleet.now, fleet.thresholds) != Staleness::Fresh)
            }
        }
    }
}

/// Whether the word is the whole number of the engine, or of its port. Parts of numbers would find nearly all engines.
fn is_number_of(engine: &Engine, word: &str) -> bool {
    word.parse().is_ok_and(|number: u64| {
        engine.id.get() == number || engine.port.is_some_and(|port| u64::from(port) == number)
    })
}

/// An address as a number of 128 bits, of which only the first of its kind are kept.
fn first_bits(address: IpAddr, bits: u8) -> (bool, u128) {
    let (is_v4, number, all) = match address {
        IpAddr::V4(address) => (true, u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (false, address.to_bits(), 128),
    };
    (is_v4, number.checked_shr(all - u32::from(bits)).unwrap_or_default())
}

impl Text {
    const ALL: [(&str, Self); 9] = [
        ("name", Self::Name),
        ("address", Self::Address),
        ("version", Self::Version),
        ("content", Self::Content),
        ("pool", Self::Pool),
        ("platform", Self::Platform),
        ("serial", Self::Serial),
        ("tag", Self::Tag),
        ("note", Self::Note),
    ];

    fn of(self, row: &EngineRow) -> Option<&str> {
        let engine = &row.engine;
        match self {
            Self::Name => Some(&engine.name),
            Self::Address => Some(&engine.address),
            Self::Version => engine.product_version.as_deref(),
            Self::Content => engine.content_version.as_deref(),
            Self::Pool => Some(&row.pool_names),
            Self::Platform => row.platform.as_deref(),
            Self::Serial => engine.serial_number.as_deref(),
            // They are no part of the row.
            Self::Tag | Self::Note => None,
        }
    }
}

impl Number {
    const ALL: [(&str, Self); 4] =
        [("port", Self::Port), ("pools", Self::Pools), ("sites", Self::Sites), ("id", Self::Id)];

    fn of(self, row: &EngineRow) -> Option<u64> {
        match self {
            Self::Port => row.engine.port.map(u64::from),
            Self::Pools => Some(row.pools.len() as u64),
            Self::Sites => Some(row.sites_count() as u64),
            Self::Id => Some(row.engine.id.get()),
        }
    }
}

/// A term as it was written.
#[derive(Debug, Default)]
struct Written {
    not: bool,
    key: Option<String>,
    /// What follows the key, parted at commas outside of quotes; without a key, the word.
    values: Vec<String>,
    /// Whether part of it stood in quotes: then it is a text, whatever it looks like.
    quoted: bool,
}

/// The terms of a text. Quotes that are not closed end with it.
fn split(text: &str) -> Vec<Written> {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut term = Written::default();
        if let Some(after) = rest.strip_prefix('-') {
            (term.not, rest) = (true, after);
        }
        let (mut in_quotes, mut value) = (false, String::new());
        let mut end = rest.len();
        for (at, character) in rest.char_indices() {
            match character {
                '"' => {
                    in_quotes = !in_quotes;
                    term.quoted = true;
                }
                ':' if term.key.is_none() && !term.quoted && is_key(&value) => {
                    term.key = Some(core::mem::take(&mut value).to_ascii_lowercase());
                }
                ',' if term.key.is_some() && !in_quotes => term.values.push(core::mem::take(&mut value)),
                _ if character.is_whitespace() && !in_quotes => {
                    end = at;
                    break;
                }
                _ => value.push(character),
            }
        }
        term.values.push(value);
        rest = rest[end..].trim_start();
        terms.push(term);
    }
    terms
}

/// Whether a text before a colon names a field, and is not the beginning of an address of IPv6 such as `fe80::1`.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (!text.bytes().all(|byte| byte.is_ascii_hexdigit()) || text.len() > 4)
}

impl Written {
    fn whole(&self) -> String {
        let value = self.values.join(",");
        self.key.as_ref().map_or_else(|| value.clone(), |key| format!("{key}:{value}"))
    }

    /// What it tests; nothing where there is nothing to test yet.
    fn test(&self) -> Result<Option<Test>, FilterProblem> {
        let Some(key) = self.key.as_deref() else {
            let value = fold_case(&self.values.join(","));
            return Ok(match value.as_str() {
                "" => None,
                "outdated" if !self.quoted => Some(Test::Outdated),
                "stale" if !self.quoted => Some(Test::Stale),
                _ => Some(Test::Word(value)),
            });
        };
        let values = self.values.iter().map(|value| fold_case(value.trim()));
        let any: Vec<String> = values.filter(|value| !value.is_empty()).collect();
        if any.is_empty() {
            return Ok(None);
        }
        let value = any.join(",");
        if key == "status" {
            return Ok(Some(Test::Status(any)));
        }
        if let Some(number) = Number::ALL.iter().find(|(known, _)| *known == key) {
            return numbers(*number, &any);
        }
        if key == "address" && value.contains('/') {
            return network(&value).map(Some);
        }
        let version = match key {
            "version" => Some(Version::Product),
            "content" => Some(Version::Content),
            _ => None,
        };
        if let (Some(version), (Some(ordered), than)) = (version, Ordered::split(&value)) {
            let test = || Test::Version(version, ordered, than.to_owned(), keys::natural(than));
            return Ok((!than.is_empty()).then(test));
        }
        match Text::ALL.iter().find(|(known, _)| *known == key) {
            Some((_, field)) => Ok(Some(Test::Contains(*field, any))),
            None => Err(FilterProblem::Field(key.to_owned())),
        }
    }
}

fn numbers((key, number): (&'static str, Number), any: &[String]) -> Result<Option<Test>, FilterProblem> {
    let mut wanted = Vec::new();
    for text in any {
        let (ordered, digits) = Ordered::split(text);
        if digits.is_empty() {
            continue;
        }
        let Ok(than) = digits.parse() else {
            return Err(FilterProblem::Number(key));
        };
        wanted.push((ordered.unwrap_or(Ordered::Same), than));
    }
    Ok((!wanted.is_empty()).then_some(Test::Number(number, wanted)))
}

fn network(text: &str) -> Result<Test, FilterProblem> {
    let parsed = text.split_once('/').and_then(|(address, bits)| {
        let address: IpAddr = bare(address).parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.parse::<u8>().ok().filter(|bits| *bits <= most)?;
        Some(Test::Network(address, bits))
    });
    parsed.ok_or_else(|| FilterProblem::Network(text.to_owned()))
}

/// The text as it was understood; read again, it means the same. The chosen statuses are not part of it.
impl fmt::Display for EngineFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            if term.not {
                f.write_str("-")?;
            }
            term.test.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(&quoted(word)),
            Self::Contains(field, any) => {
                let key = Text::ALL.iter().find(|(_, it)| it == field).map_or("", |(key, _)| key);
                write!(f, "{key}:{}", joined(any))
            }
            Self::Status(any) => write!(f, "status:{}", joined(any)),
            Self::Network(address, bits) => write!(f, "address:{address}/{bits}"),
            Self::Version(version, ordered, than, _) => {
                let key = if *version == Version::Product { "version" } else { "content" };
                let sign = ordered.sign();
                if is_parted(than) {
                    write!(f, "{key}:\"{sign}{than}\"")
                } else {
                    write!(f, "{key}:{sign}{than}")
                }
            }
            Self::Number(number, any) => {
                let key = Number::ALL.iter().find(|(_, it)| it == number).map_or("", |(key, _)| key);
                write!(f, "{key}:")?;
                for (at, (ordered, than)) in any.iter().enumerate() {
                    let sign = if *ordered == Ordered::Same { "" } else { ordered.sign() };
                    write!(f, "{}{sign}{than}", if at > 0 { "," } else { "" })?;
                }
                Ok(())
            }
            Self::Outdated => f.write_str("outdated"),
            Self::Stale => f.write_str("stale"),
        }
    }
}

/// A text that is read as one word, and as nothing else.
fn quoted(text: &str) -> String {
    let means_more = FILTER_FLAGS.iter().any(|(flag, _)| *flag == text);
    let splits = text.contains(|c: char| c.is_whitespace() || c == ':');
    if means_more || splits || text.starts_with('-') { format!("\"{text}\"") } else { text.to_owned() }
}

/// Whether a value is read as several ones, or as several terms, without quotes.
fn is_parted(value: &str) -> bool {
    value.contains(|c: char| c.is_whitespace() || c == ',')
}

/// Several values, each in quotes where it would be parted otherwise.
fn joined(any: &[String]) -> String {
    let each = any.iter().map(|one| if is_parted(one) { format!("\"{one}\"") } else { one.clone() });
    each.collect::<Vec<_>>().join(",")
}

/// How many ways to continue are offered at once.
const SUGGESTIONS: usize = 8;

/// A way to continue with what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterSuggestion {
    /// The term that it would make of the last one.
    pub term: String,
    /// What the term looks at; empty where it says that itself.
    pub about: &'static str,
    /// The whole text then.
    pub text: String,
}

/// How the last term of a filter can continue: keys and flags by their beginning, statuses, the pools of these names, and these tags.
#[must_use]
pub fn filter_suggestions<'a>(
    text: &str,
    pools: impl Iterator<Item = &'a str>,
    tags: &[String],
) -> Vec<FilterSuggestion> {
    let mut in_quotes = false;
    let mut start = 0;
    for (at, character) in text.char_indices() {
        match character {
            '"' => in_quotes = !in_quotes,
            _ if character.is_whitespace() && !in_quotes => start = at + character.len_utf8(),
            _ => {}
        }
    }
    let (before, term) = text.split_at(start);
    let (minus, term) = term.strip_prefix('-').map_or(("", term), |term| ("-", term));
    let folded = fold_case(&term.replace('"', ""));
    let offers: Vec<(String, &'static str)> = match folded.split_once(':') {
        None if folded.is_empty() => Vec::new(),
        None => {
            let keys = FILTER_KEYS.iter().map(|(key, _, about)| (format!("{key}:"), *about));
            let flags = FILTER_FLAGS.iter().map(|(flag, about)| ((*flag).to_owned(), *about));
            keys.chain(flags).filter(|(offer, _)| offer.starts_with(&folded)).collect()
        }
        Some(("status", begun)) => {
            let keys = EngineStatus::KNOWN.into_iter().map(|status| status.key().to_owned());
            keys.filter(|key| key.starts_with(begun)).map(|key| (format!("status:{key}"), "")).collect()
        }
        Some(("pool", part)) => {
            let names = pools.filter(|name| fold_case(name).contains(part)).take(SUGGESTIONS);
            names.map(|name| (format!("pool:{}", joined(&[name.replace('"', "")])), "")).collect()
        }
        Some(("tag", part)) => {
            let known = tags.iter().filter(|tag| fold_case(tag).contains(part)).take(SUGGESTIONS);
            known.map(|tag| (format!("tag:{}", joined(&[tag.replace('"', "")])), "")).collect()
        }
        Some(_) => Vec::new(),
    };
    let new = offers.into_iter().filter(|(offer, _)| offer != term).take(SUGGESTIONS);
    new.map(|(offer, about)| {
        // What follows a key's colon is still to be typed.
        let end = if offer.ends_with(':') { "" } else { " " };
        FilterSuggestion {
            about,
            text: format!("{before}{minus}{offer}{end}"),
            term: format!("{minus}{offer}"),
        }
    })
    .collect()
}
