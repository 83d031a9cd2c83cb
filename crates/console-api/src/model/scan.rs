//! Scans.

use core::time::Duration;

use crate::ids::{EngineId, ScanId, SiteId};
use crate::timestamp::Timestamp;
use crate::wire::{Fields, Row};

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
    /// Who started it.
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
    /// The engines that ran it, each once. The console writes `engineId`, and `engineIds` as numbers or as objects
    /// (docs/api-quirks.md, "Reading").
    pub engines: Vec<EngineId>,
    /// The name of the engine that ran it.
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
    /// Paused, and can go on.
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

impl Scan {
    pub(crate) fn row(fields: Fields<'_>) -> Row<Self> {
        Self::read(fields).into()
    }

    pub(crate) fn read(fields: Fields<'_>) -> Option<Self> {
        let mut engines: Vec<EngineId> = Vec::new();
        for id in fields.natural("engineId").into_iter().chain(fields.ids("engineIds").unwrap_or_default()) {
            if !engines.contains(&EngineId(id)) {
                engines.push(EngineId(id));
            }
        }
        Some(Self {
            id: ScanId(fields.natural("id")?),
            name: fields.text("scanName"),
            scan_type: fields.text("scanType"),
            status: fields.text("status").map_or(ScanStatus::Unknown, |text| ScanStatus::parse(&text)),
            message: fields.text("message"),
            started_by: fields.text("startedBy"),
            started: fields.time("startTime"),
            ended: fields.time("endTime"),
            duration: fields.duration("duration"),
            assets: fields.natural("assets"),
            vulnerabilities: fields.inner("vulnerabilities").map(|found| Vulnerabilities {
                critical: found.natural("critical").unwrap_or(0),
                severe: found.natural("severe").unwrap_or(0),
                moderate: found.natural("moderate").unwrap_or(0),
                total: found.natural("total").unwrap_or(0),
            }),
            engines,
            engine_name: fields.text("engineName"),
            site: fields.natural("siteId").map(SiteId),
            site_name: fields.text("siteName"),
        })
    }
}
