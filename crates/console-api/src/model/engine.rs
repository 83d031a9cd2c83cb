//! Scan engines.

use core::fmt;

use serde::Deserialize;

use crate::ids::{EngineId, PoolId, SiteId};
use crate::model::Pool;
use crate::timestamp::Timestamp;
use crate::wire::{Field, Many, Read, Row};

/// A scan engine as the console reports it. Which fields exist depends on the age of the console
/// (docs/api-quirks.md, "Reading").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// Its id, unique among engines and pools.
    pub id: EngineId,
    /// Its name, unique in the console; `Engine 6` if the console gave none.
    pub name: String,
    /// Host name or IP address; empty if the console gave none.
    pub address: String,
    /// The port the engine listens on, 1 to 65535.
    pub port: Option<u16>,
    /// What the console last knew about the connection.
    pub status: EngineStatus,
    /// Why the status is what it is, in the console's words. Real consoles do not tell.
    pub status_message: Option<String>,
    /// Who opens the connection. Real consoles do not tell.
    pub direction: Option<Direction>,
    /// The SHA-256 fingerprint of the engine's certificate, as the console has pinned it. Real consoles do not tell.
    pub certificate_fingerprint: Option<String>,
    /// The SHA-256 fingerprint of the certificate that the console shows to this engine. Real consoles do not tell.
    pub console_fingerprint: Option<String>,
    /// The version of the engine's software.
    pub product_version: Option<String>,
    /// The version of the engine's checks; often with a date: `2445745114 (2018-10-22)`.
    pub content_version: Option<String>,
    /// The serial number, from consoles of version 6.6.105 or later.
    pub serial_number: Option<String>,
    /// Whether Amazon Web Services authorised the engine beforehand. Such an engine can't join pools.
    pub aws_pre_authorised: bool,
    /// The sites assigned to this engine directly; those that use one of its pools are not among them.
    pub sites: Vec<SiteId>,
    /// The pools it is in, from older consoles only. Use [`pools_of`](crate::rules::pools_of) instead.
    pub pools: Option<Vec<PoolId>>,
    /// Whether someone has marked it as run by Rapid7. No console tells (docs/api-quirks.md, "Special engines and pools").
    pub run_by_rapid7: bool,
    /// When the engine last talked to the console. The local engine often has none.
    pub last_refreshed: Option<Timestamp>,
    /// When the engine last took an update.
    pub last_updated: Option<Timestamp>,
}

/// Pools that old consoles list among the engines have the port -1 and are skipped (docs/api-quirks.md, "Reading").
impl Read for Engine {
    type Wire<'a> = Wire<'a>;

    fn read(wire: Wire<'_>) -> Row<Self> {
        if wire.port.integer() == Some(-1) {
            return Row::Skip;
        }
        let Some(id) = wire.id.natural().map(EngineId) else { return Row::Broken };
        Row::Read(Self {
            id,
            name: wire.name.text().unwrap_or_else(|| format!("Engine {id}")),
            address: wire.address.text().unwrap_or_default(),
            port: wire.port.port(),
            status: wire.status.trimmed().map_or(EngineStatus::Missing, |text| EngineStatus::parse(&text)),
            status_message: wire.status_message.text(),
            direction: wire.connection_direction.trimmed().and_then(|text| Direction::parse(&text)),
            certificate_fingerprint: wire.certificate_fingerprint.text(),
            console_fingerprint: wire.console_fingerprint.text(),
            product_version: wire.product_version.text(),
            content_version: wire.content_version.text(),
            serial_number: wire.serial_number.text(),
            aws_pre_authorised: wire.is_aws_pre_auth_engine.flag().unwrap_or(false),
            sites: wire.sites.items().unwrap_or_default(),
            pools: wire.engine_pools.items(),
            run_by_rapid7: false,
            last_refreshed: wire.last_refreshed_date.time(),
            last_updated: wire.last_updated_date.time(),
        })
    }
}

/// An engine as it comes.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    name: Field<'a>,
    address: Field<'a>,
    port: Field<'a>,
    status: Field<'a>,
    status_message: Field<'a>,
    connection_direction: Field<'a>,
    certificate_fingerprint: Field<'a>,
    console_fingerprint: Field<'a>,
    product_version: Field<'a>,
    content_version: Field<'a>,
    serial_number: Field<'a>,
    #[serde(rename = "isAWSPreAuthEngine")]
    is_aws_pre_auth_engine: Field<'a>,
    sites: Many<'a, SiteId>,
    engine_pools: Many<'a, PoolId>,
    last_refreshed_date: Field<'a>,
    last_updated_date: Field<'a>,
}

/// Who opens the connection between console and engine (docs/api-quirks.md, "Statuses").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The console calls the engine (standard).
    ConsoleToEngine,
    /// The engine calls the console (reverse).
    EngineToConsole,
}

impl Direction {
    /// Reads `console-to-engine` and `engine-to-console`, without regard to case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ConsoleToEngine, Self::EngineToConsole]
            .into_iter()
            .find(|direction| direction.as_str().eq_ignore_ascii_case(text.trim()))
    }

    /// The word that the wire uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsoleToEngine => "console-to-engine",
            Self::EngineToConsole => "engine-to-console",
        }
    }
}

/// How good or bad a status is: the colour of the arrow, and its shape (docs/api-quirks.md, "Statuses").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Green: it works.
    Good,
    /// Orange: nobody knows.
    Uncertain,
    /// Red: it does not work.
    Bad,
}

/// The state of the connection to an engine (docs/api-quirks.md, "Statuses").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EngineStatus {
    /// Paired and answering. `running` counts as this too.
    Active,
    /// No error, but not contacted.
    Unknown,
    /// The console is not enabled on the engine yet.
    PendingAuthorization,
    /// The product versions differ too much.
    IncompatibleVersion,
    /// The engine is down or unreachable.
    NotResponding,
    /// A status outside the list, as the console wrote it.
    Other(String),
    /// The console gave no status (older ones do so).
    Missing,
}

impl EngineStatus {
    /// The five statuses of the specification, in the order in which people think of them.
    pub const KNOWN: [Self; 5] = [
        Self::Active,
        Self::Unknown,
        Self::PendingAuthorization,
        Self::IncompatibleVersion,
        Self::NotResponding,
    ];

    /// Reads a status without regard to case and to how words are joined: `not-responding`, `Not Responding`,
    /// `NOT_RESPONDING`. The short forms of `version engines` (`Pending-Auth`, `Incompatible`:
    /// docs/api-quirks.md, "Beyond v3") and `running` count too. Blank text is [`EngineStatus::Missing`], anything else
    /// [`EngineStatus::Other`]. Reads what [`key`](Self::key) writes.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        // Nearly all come as the specification writes them.
        if let Some(known) = Self::KNOWN.into_iter().find(|known| known.key() == text) {
            return known;
        }
        let mut word = text.to_ascii_lowercase();
        word.retain(|c| !matches!(c, '-' | '_' | ' '));
        match word.as_str() {
            "active" | "running" => Self::Active,
            "unknown" => Self::Unknown,
            "pendingauthorization" | "pendingauthorisation" | "pendingauth" => Self::PendingAuthorization,
            "incompatibleversion" | "incompatible" => Self::IncompatibleVersion,
            "notresponding" => Self::NotResponding,
            // The key of a missing one.
            "" | "nostatus" => Self::Missing,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// A stable word for addresses and stored choices: the specification's own where it has one, `no-status` for a
    /// missing one.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Unknown => "unknown",
            Self::PendingAuthorization => "pending-authorization",
            Self::IncompatibleVersion => "incompatible-version",
            Self::NotResponding => "not-responding",
            Self::Other(text) => text,
            Self::Missing => "no-status",
        }
    }

    /// The words on screen (docs/api-quirks.md, "Statuses").
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Active => "Active",
            Self::Unknown => "Unknown",
            Self::PendingAuthorization => "Pending authorization",
            Self::IncompatibleVersion => "Incompatible version",
            Self::NotResponding => "Not responding",
            Self::Other(text) => text,
            Self::Missing => "No status",
        }
    }

    /// The arrow's colour. A status that nobody knows is uncertain, not bad.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Active => Severity::Good,
            Self::Unknown | Self::Other(_) | Self::Missing => Severity::Uncertain,
            Self::PendingAuthorization | Self::IncompatibleVersion | Self::NotResponding => Severity::Bad,
        }
    }

    /// What the status means, in one sentence (docs/api-quirks.md, "Statuses").
    #[must_use]
    pub const fn meaning(&self) -> &'static str {
        match self {
            Self::Active => "The engine is paired and answers.",
            Self::Unknown => {
                "There is no error. The console has not asked the engine for its status yet, or not for a long time."
            }
            Self::PendingAuthorization => "The console is not enabled on the engine yet.",
            Self::IncompatibleVersion => {
                "The product versions of the console and the engine differ too much."
            }
            Self::NotResponding => "The engine is down, or the console can't reach it.",
            Self::Other(_) => "The console reports a status that this app does not know.",
            Self::Missing => "The console does not report a status.",
        }
    }

    /// What to do about it, in one sentence (docs/api-quirks.md, "Statuses"). `None` when nothing needs doing. With the
    /// engine's own name and address it comes from [`next_step`](crate::rules::next_step).
    #[must_use]
    pub const fn what_helps(&self) -> Option<&'static str> {
        match self {
            Self::Active => None,
            Self::Unknown | Self::Other(_) | Self::Missing => Some("Refresh the engine."),
            Self::PendingAuthorization => Some("Enable the console on the engine, then refresh it."),
            Self::IncompatibleVersion => Some("Update the engine."),
            Self::NotResponding => {
                Some("Start the engine and open port 40814 (40815 for a reverse pair), then refresh it.")
            }
        }
    }
}

impl fmt::Display for EngineStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// One engine with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineSummary {
    /// The engine.
    pub engine: Engine,
    /// How many sites are assigned to it directly.
    pub sites_count: u64,
    /// The pools it is in.
    pub pools: Vec<Pool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_in_every_spelling() {
        for (text, status) in [
            ("active", EngineStatus::Active),
            ("Running", EngineStatus::Active),
            ("NOT_RESPONDING", EngineStatus::NotResponding),
            ("Pending-Auth", EngineStatus::PendingAuthorization),
            ("Incompatible", EngineStatus::IncompatibleVersion),
            (" Unknown ", EngineStatus::Unknown),
            ("", EngineStatus::Missing),
            ("Sleeping", EngineStatus::Other("Sleeping".to_owned())),
        ] {
            assert_eq!(EngineStatus::parse(text), status, "{text:?}");
        }
    }

    #[test]
    fn a_key_reads_back() {
        let odd = [EngineStatus::Missing, EngineStatus::Other("Sleeping".to_owned())];
        for status in EngineStatus::KNOWN.into_iter().chain(odd) {
            assert_eq!(EngineStatus::parse(status.key()), status);
        }
    }

    #[test]
    fn the_colours_are_those_of_the_table() {
        use Severity::{Bad, Good, Uncertain};
        assert_eq!(EngineStatus::KNOWN.map(|status| status.severity()), [Good, Uncertain, Bad, Bad, Bad]);
        assert_eq!(EngineStatus::Missing.severity(), Uncertain);
        assert_eq!(EngineStatus::Active.what_helps(), None);
    }

    #[test]
    fn directions_read_back() {
        for direction in [Direction::ConsoleToEngine, Direction::EngineToConsole] {
            assert_eq!(Direction::parse(&direction.as_str().to_uppercase()), Some(direction));
        }
        assert_eq!(Direction::parse("sideways"), None);
    }
}
