//! Sites.

use serde::Deserialize;

use crate::ids::{ScannerId, SiteId};
use crate::timestamp::Timestamp;
use crate::wire::{Field, Read, Row};

/// A site: a set of assets that one engine or pool scans.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Its name; `Site 6` if the console gave none.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// How its assets are found.
    pub site_type: Option<SiteType>,
    /// How important it is, in the console's word: `very_low`, `low`, `normal`, `high`, `very_high`.
    pub importance: Option<String>,
    /// How many assets it has.
    pub assets: Option<u64>,
    /// Its risk score.
    pub risk_score: Option<f64>,
    /// The engine or the pool that scans it. A site always has one; the console may not say which.
    pub scanner: Option<ScannerId>,
    /// The id of its scan template.
    pub scan_template: Option<String>,
    /// When it was last scanned.
    pub last_scan: Option<Timestamp>,
}

/// How a site's assets are found (docs/api-quirks.md, "Reading").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteType {
    /// By a list of addresses.
    Static,
    /// Through a discovery connection.
    Dynamic,
    /// By agents.
    Agent,
    /// A type outside the list, as the console wrote it.
    Other(String),
}

impl SiteType {
    /// Reads a type without regard to case.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "static" => Self::Static,
            "dynamic" => Self::Dynamic,
            "agent" => Self::Agent,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The word on screen.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Static => "Static",
            Self::Dynamic => "Dynamic",
            Self::Agent => "Agent",
            Self::Other(text) => text,
        }
    }
}

impl Read for Site {
    type Wire<'a> = Wire<'a>;

    fn key(&self) -> Option<u64> {
        Some(self.id.get())
    }

    fn read(wire: Wire<'_>) -> Row<Self> {
        let Some(id) = wire.id.natural().map(SiteId) else { return Row::Broken };
        Row::Read(Self {
            id,
            name: wire.name.text().unwrap_or_else(|| format!("Site {id}")),
            description: wire.description.text(),
            site_type: wire.site_type.text().map(|text| SiteType::parse(&text)),
            importance: wire.importance.text(),
            assets: wire.assets.natural(),
            risk_score: wire.risk_score.decimal(),
            scanner: wire.scan_engine.natural().map(ScannerId),
            scan_template: wire.scan_template.text(),
            last_scan: wire.last_scan_time.time(),
        })
    }
}

/// A site as it comes.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    name: Field<'a>,
    description: Field<'a>,
    #[serde(rename = "type")]
    site_type: Field<'a>,
    importance: Field<'a>,
    assets: Field<'a>,
    risk_score: Field<'a>,
    scan_engine: Field<'a>,
    scan_template: Field<'a>,
    last_scan_time: Field<'a>,
}
