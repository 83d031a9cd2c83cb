//! Scans.

use core::time::Duration;

use serde::Deserialize;

use crate::ids::{EngineId, ScanId, SiteId};
use crate::timestamp::Timestamp;
use crate::wire::{Any, Field, LinkWire, Many, Nested, Read, Row, Rows, WithId};

/// One scan, running or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Its id.
    pub id: ScanId,
    /// Its name.
    pub name: Option<String>,
    /// How it came about, in the console's word: `Manual`, `Scheduled`.
    pub scan_type: Option<String>,
    /// Its state.
    pub status: ScanStatus,
    /// The reason for its state.
    pub message: Option<String>,
    /// Who started it; `None` also where the console writes `N/A` (docs/api-quirks.md, "Reading").
    pub started_by: Option<String>,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended; `None` while it runs.
    pub ended: Option<Timestamp>,
    /// How long it took, or has taken so far.
    pub duration: Option<Duration>,
    /// How many assets it found.
    pub assets: Option<u64>,
    /// What it found on them.
    pub vulnerabilities: Option<Vulnerabilities>,
    /// The engines that ran it, each once; an id can be a pool's. The console writes `engineId`, `engineIds` as numbers
    /// or as objects, or else a link (docs/api-quirks.md, "Reading"). Which engine a scan occupies tells
    /// [`scans_on`](crate::rules::scans_on).
    pub engines: Vec<EngineId>,
    /// Whether the console says only that some pool's engines ran it: `engineId` is -1.
    pub in_pool: bool,
    /// The name of the engine, or of the pool, that ran it.
    pub engine_name: Option<String>,
    /// The site it scanned; only the list of all scans says so.
    pub site: Option<SiteId>,
    /// The name of that site.
    pub site_name: Option<String>,
}

/// How many vulnerabilities a scan found, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vulnerabilities {
    /// Critical ones.
    pub critical: u64,
    /// Severe ones.
    pub severe: u64,
    /// Moderate ones.
    pub moderate: u64,
    /// All of them.
    pub total: u64,
}

/// The state of a scan (docs/api-quirks.md, "Reading").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScanStatus {
    /// Given up by the console.
    Aborted,
    /// The console does not know.
    Unknown,
    /// Under way.
    Running,
    /// Done.
    Finished,
    /// Stopped by a person.
    Stopped,
    /// Failed.
    Error,
    /// Paused, and can continue.
    Paused,
    /// Sent to the engine.
    Dispatched,
    /// Done, its results on their way into the console.
    Integrating,
    /// A state outside the list, as the console wrote it.
    Other(String),
}

impl ScanStatus {
    /// Reads a state without regard to case. Blank text is [`ScanStatus::Unknown`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "aborted" => Self::Aborted,
            "" | "unknown" => Self::Unknown,
            "running" => Self::Running,
            "finished" => Self::Finished,
            "stopped" => Self::Stopped,
            "error" => Self::Error,
            "paused" => Self::Paused,
            "dispatched" => Self::Dispatched,
            "integrating" => Self::Integrating,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The word on screen.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Aborted => "Aborted",
            Self::Unknown => "Unknown",
            Self::Running => "Running",
            Self::Finished => "Finished",
            Self::Stopped => "Stopped",
            Self::Error => "Error",
            Self::Paused => "Paused",
            Self::Dispatched => "Dispatched",
            Self::Integrating => "Integrating",
            Self::Other(text) => text,
        }
    }

    /// Whether the scan still occupies its engine. An engine with such a scan can't be deleted
    /// (docs/api-quirks.md, "Changing").
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self, Self::Running | Self::Dispatched | Self::Integrating | Self::Paused)
    }
}

impl Read for Scan {
    type Wire<'a> = Wire<'a>;

    fn key(&self) -> Option<u64> {
        Some(self.id.get())
    }

    fn read(wire: Wire<'_>) -> Row<Self> {
        let Some(id) = wire.id.natural().map(ScanId) else { return Row::Broken };
        let mut engines: Vec<EngineId> = Vec::new();
        let told = match wire.engine_ids {
            Any::Object(one) => one.id.natural().map(|id| vec![EngineId(id)]),
            ids => ids.items(),
        };
        for engine in wire.engine_id.natural().map(EngineId).into_iter().chain(told.unwrap_or_default()) {
            if !engines.contains(&engine) {
                engines.push(engine);
            }
        }
        if engines.is_empty() {
            let links = wire.links.items().unwrap_or_default();
            engines.extend(links.first().map(|EngineLink(engine)| *engine));
        }
        Row::Read(Self {
            id,
            name: wire.scan_name.text(),
            scan_type: wire.scan_type.text(),
            status: wire.status.text().map_or(ScanStatus::Unknown, |text| ScanStatus::parse(&text)),
            message: wire.message.text(),
            started_by: [wire.started_by, wire.started_by_username]
                .into_iter()
                .filter_map(Field::text)
                .find(|name| is_told(name)),
            started: wire.start_time.time(),
            ended: wire.end_time.time(),
            duration: wire.duration.duration(),
            assets: wire.assets.natural(),
            vulnerabilities: wire.vulnerabilities.object().map(|found| Vulnerabilities {
                critical: found.critical.natural().unwrap_or(0),
                severe: found.severe.natural().unwrap_or(0),
                moderate: found.moderate.natural().unwrap_or(0),
                total: found.total.natural().unwrap_or(0),
            }),
            engines,
            in_pool: wire.engine_id.integer() == Some(-1),
            engine_name: wire.engine_name.text().filter(|name| is_told(name)),
            site: wire.site_id.natural().map(SiteId),
            site_name: wire.site_name.text(),
        })
    }
}

/// Whether a name is one: consoles write `N/A` for one that they don't know (docs/api-quirks.md, "Reading").
fn is_told(name: &str) -> bool {
    !name.eq_ignore_ascii_case("N/A")
}

/// The engine that a scan's link leads to.
struct EngineLink(EngineId);

impl Read for EngineLink {
    type Wire<'a> = LinkWire<'a>;

    fn read(mut link: LinkWire<'_>) -> Row<Self> {
        let leads = core::mem::take(&mut link.rel).text().is_some_and(|rel| rel == "Scan Engine");
        link.id().filter(|_| leads).map(|id| Self(EngineId(id))).into()
    }
}

/// A scan as it comes.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    scan_name: Field<'a>,
    scan_type: Field<'a>,
    status: Field<'a>,
    message: Field<'a>,
    started_by: Field<'a>,
    started_by_username: Field<'a>,
    start_time: Field<'a>,
    end_time: Field<'a>,
    duration: Field<'a>,
    assets: Field<'a>,
    vulnerabilities: Nested<'a, Found<'a>>,
    engine_id: Field<'a>,
    engine_ids: Any<'a, WithId<'a>, Rows<EngineId>>,
    links: Many<'a, EngineLink>,
    engine_name: Field<'a>,
    site_id: Field<'a>,
    site_name: Field<'a>,
}

/// The vulnerabilities that a scan found, as they come.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Found<'a> {
    #[serde(borrow)]
    critical: Field<'a>,
    severe: Field<'a>,
    moderate: Field<'a>,
    total: Field<'a>,
}
