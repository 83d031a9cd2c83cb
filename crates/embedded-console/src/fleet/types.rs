//! What goes into the fleet and what comes out of it.

use std::fmt;
use std::str::FromStr;

use engine_link::{Fingerprint, Identity};
use ipnet::IpNet;
use time::OffsetDateTime;

/// What the fleet needs to know about this console.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// The console's own certificate and key.
    pub identity: Identity,
    /// `name` in an engine's consoles.xml (docs/api-quirks.md, "Engine side").
    pub console_name: String,
    /// `lastAddress` in an engine's consoles.xml; empty: the engine writes the address that it sees.
    pub console_address: String,
    /// `port` in an engine's consoles.xml: where this console listens for reverse pairs, 40815 unless changed.
    pub listener_port: u16,
    /// Engines outside these networks are never contacted, and their connections are not taken.
    pub networks: Vec<IpNet>,
    /// The console's own product version. An engine of another major version is incompatible; an update brings this one.
    pub product_version: String,
    /// The console's own content version; an update brings it.
    pub content_version: String,
}

/// An engine as the console's database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineTarget {
    /// The engine's id in API v3.
    pub id: i64,
    /// Its name, for messages.
    pub name: String,
    /// Its address: an IP address or a host name.
    pub address: String,
    /// Its port, 40814 unless changed.
    pub port: u16,
    /// The certificate that was first seen at this address. `None`: no contact yet, and the next one asks the engine
    /// to authorise this console again.
    pub pinned: Option<Fingerprint>,
    /// Whether a `version engines` was made since the engine was added. From then on its status is watched.
    pub asked: bool,
    /// The stored status: what is reported until the engine was tried.
    pub status: EngineStatus,
    /// Who opens the connection.
    pub direction: Direction,
}

/// The statuses of API v3 (docs/api-quirks.md, "Statuses").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EngineStatus {
    /// Paired and answering.
    Active,
    /// No error, but not asked yet.
    Unknown,
    /// The console is not enabled on the engine.
    PendingAuthorization,
    /// The engine's product version has another major number than the console's.
    IncompatibleVersion,
    /// Down, unreachable, or another certificate than the pinned one.
    NotResponding,
}

impl EngineStatus {
    /// Every status, in the order of docs/api-quirks.md, "Statuses".
    pub const ALL: [Self; 5] = [
        Self::Active,
        Self::Unknown,
        Self::PendingAuthorization,
        Self::IncompatibleVersion,
        Self::NotResponding,
    ];

    /// The word of API v3.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Unknown => "unknown",
            Self::PendingAuthorization => "pending-authorization",
            Self::IncompatibleVersion => "incompatible-version",
            Self::NotResponding => "not-responding",
        }
    }
}

impl fmt::Display for EngineStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of the five status words of API v3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a status of API v3")]
pub struct StatusError(pub String);

impl FromStr for EngineStatus {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, StatusError> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| StatusError(text.to_owned()))
    }
}

/// Who opens the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The standard pairing: the console dials the engine's port 40814.
    ConsoleToEngine,
    /// The reverse pairing: the engine dials the console's port 40815.
    EngineToConsole,
}

impl Direction {
    /// The word of the extra field `connectionDirection` (design, "Parts").
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsoleToEngine => "console-to-engine",
            Self::EngineToConsole => "engine-to-console",
        }
    }

    /// The direction of that word; the standard one for every other.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == Self::EngineToConsole.as_str() { Self::EngineToConsole } else { Self::ConsoleToEngine }
    }

    /// The other direction.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::ConsoleToEngine => Self::EngineToConsole,
            Self::EngineToConsole => Self::ConsoleToEngine,
        }
    }
}

/// What is known of an engine now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineReport {
    /// The status.
    pub status: EngineStatus,
    /// Why the status is what it is, with what to do; `None` while active or unknown.
    pub status_message: Option<String>,
    /// The product version that the engine told since the console was started.
    pub product_version: Option<String>,
    /// The content version, likewise.
    pub content_version: Option<String>,
    /// The serial number, likewise.
    pub serial_number: Option<String>,
    /// The operating system and processor, likewise.
    pub platform: Option<String>,
    /// Who opens the connection.
    pub direction: Direction,
    /// When the engine last talked to this console since the console was started.
    pub last_contact: Option<OffsetDateTime>,
    /// The certificate that is pinned.
    pub pinned: Option<Fingerprint>,
    /// An update was sent and the new versions were not reported yet.
    pub updating: bool,
}

/// What changed, for the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FleetEvent {
    /// The first contact was made: this certificate is the engine's from now on.
    Pinned {
        /// The engine.
        id: i64,
        /// Its certificate.
        fingerprint: Fingerprint,
    },
    /// Another side opens the connection from now on.
    Direction {
        /// The engine.
        id: i64,
        /// Who does.
        direction: Direction,
    },
    /// The engine was asked for the first time: its status is watched from now on.
    Asked {
        /// The engine.
        id: i64,
    },
    /// Status or message changed.
    Status {
        /// The engine.
        id: i64,
        /// The new status.
        status: EngineStatus,
        /// Why, with what to do.
        message: Option<String>,
    },
    /// The engine told its versions, and something in them is new.
    Versions {
        /// The engine.
        id: i64,
        /// Product version.
        product: String,
        /// Content version.
        content: String,
        /// Serial number.
        serial: String,
        /// Operating system and processor.
        platform: String,
    },
    /// The engine has applied an update.
    Updated {
        /// The engine.
        id: i64,
        /// When the new versions were reported.
        at: OffsetDateTime,
    },
}

impl FleetEvent {
    /// The engine that it is about.
    #[must_use]
    pub const fn id(&self) -> i64 {
        match self {
            Self::Pinned { id, .. }
            | Self::Direction { id, .. }
            | Self::Asked { id }
            | Self::Status { id, .. }
            | Self::Versions { id, .. }
            | Self::Updated { id, .. } => *id,
        }
    }
}

/// What became of a request to update one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// The engine took it. It reports the new versions when they are in use.
    Sent,
    /// The engine has these versions or newer ones.
    UpToDate,
    /// The engine is applying one.
    AlreadyUpdating,
    /// The engine did not answer; why, with what to do.
    Offline(String),
    /// The engine's product version or its protocol is one that an update of the engine does not help against; why, with
    /// the side to update.
    Incompatible(String),
    /// This console is not enabled on the engine.
    NotAuthorized,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_found_by_its_word_and_turned_around() {
        for direction in [Direction::ConsoleToEngine, Direction::EngineToConsole] {
            assert_eq!(Direction::from_word(direction.as_str()), direction);
            assert_ne!(direction.reversed(), direction);
        }
        assert_eq!(Direction::from_word("sideways"), Direction::ConsoleToEngine);
    }

    #[test]
    fn every_status_has_its_word_and_is_found_by_it() {
        for status in EngineStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert!("running".parse::<EngineStatus>().is_err());
    }
}
