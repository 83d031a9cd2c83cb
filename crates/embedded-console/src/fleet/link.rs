//! What is known of one engine at one address, and how it changes.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine_link::{EngineVersions, Fingerprint, LinkError, compare_versions, major_version};
use time::OffsetDateTime;
use tokio::time::Instant;

use super::events::Teller;
use super::lanes::Lanes;
use super::networks::Networks;
use super::types::{Direction, EngineReport, EngineStatus, EngineTarget, FleetConfig, FleetEvent};

/// An update whose new versions were not reported within this time is not waited for any more.
const UPDATE_LIMIT: Duration = Duration::from_secs(60);
/// While it is updated, an engine may be away for this long before it counts as not responding.
const UPDATE_ABSENCE: Duration = Duration::from_secs(4);
/// After the direction was turned, an engine that the console dials may be unreachable for this long before it counts
/// as not responding: it has to end its own attempts first.
const TURN_ABSENCE: Duration = Duration::from_secs(3);
/// An engine that was in contact this long ago is dialled with preference.
const RECENT: Duration = Duration::from_secs(60);

/// What all engines share.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) config: FleetConfig,
    pub(super) networks: Networks,
    pub(super) lanes: Arc<Lanes>,
    pub(super) events: Teller,
}

/// One engine at one address. A changed address makes a new one, so that nothing of the old place is left over.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: i64,
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) common: Arc<Common>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    name: String,
    pinned: Option<Fingerprint>,
    asked: bool,
    status: EngineStatus,
    cause: Option<Cause>,
    versions: Option<EngineVersions>,
    last_contact: Option<(Instant, OffsetDateTime)>,
    updating: Option<Update>,
    direction: Direction,
    /// The engine has confirmed this direction since the console was started.
    told: bool,
    /// When the direction was turned.
    turned: Option<Instant>,
    /// Inside the networks, as far as is known. An engine that dials is: the listener sees to it.
    inside: bool,
    /// The engine was removed or moved: nothing that is still under way counts.
    gone: bool,
}

#[derive(Debug)]
struct Update {
    sent: Instant,
    /// When the connection ended since.
    away: Option<Instant>,
}

/// Why the status is not active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// The console is not enabled on the engine; the engine's reason if it has no room for it at all.
    Unauthorized { seen: Option<IpAddr>, reason: Option<String> },
    /// Not reached, or something else than the engine was: what happened, and what to do.
    Failed { what: String, help: String },
    /// Another major version.
    Incompatible { engine: String },
}

impl Cause {
    /// For people; the first words of the refresh failures are the real console's (docs/api-quirks.md, "Beyond v3").
    fn message(&self, name: &str, ours: &str) -> String {
        match self {
            Self::Unauthorized { seen, reason } => {
                let from = seen.map_or_else(|| "this console".to_owned(), |seen| seen.to_string());
                let reason = reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
                format!(
                    "Cannot refresh scan engine ({name}): Unauthorized console connection from: {from}{reason}"
                )
            }
            Self::Failed { what, help } => format!("Cannot refresh scan engine ({name}): {what}. {help}"),
            Self::Incompatible { engine } => {
                let help = if compare_versions(engine, ours).is_lt() { "the engine" } else { "the console" };
                format!(
                    "Scan engine ({name}) has product version {engine}, this console {ours}: they do not work \
                     together. Update {help}."
                )
            }
        }
    }
}

impl Link {
    pub(super) fn new(target: EngineTarget, common: Arc<Common>) -> Self {
        let dials = target.direction == Direction::EngineToConsole;
        let inside = dials || common.networks.known(&target.address).unwrap_or(false);
        Self {
            id: target.id,
            address: target.address,
            port: target.port,
            common,
            state: Mutex::new(State {
                name: target.name,
                pinned: target.pinned,
                asked: target.asked,
                status: target.status,
                cause: None,
                versions: None,
                last_contact: None,
                updating: None,
                direction: target.direction,
                // A first contact makes an entry that says so. Whether the word of an earlier turn arrived is not known.
                told: target.pinned.is_none(),
                turned: None,
                inside,
                gone: false,
            }),
        }
    }

    /// For messages: address and port.
    pub(super) fn place(&self) -> String {
        if self.address.contains(':') && !self.address.starts_with('[') {
            format!("[{}]:{}", self.address, self.port)
        } else {
            format!("{}:{}", self.address, self.port)
        }
    }

    pub(super) fn name(&self) -> String {
        self.state().name.clone()
    }

    pub(super) fn pinned(&self) -> Option<Fingerprint> {
        self.state().pinned
    }

    pub(super) fn is_asked(&self) -> bool {
        self.state().asked
    }

    pub(super) fn direction(&self) -> Direction {
        self.state().direction
    }

    /// Whether the engine may not know yet that this console opens the connection.
    pub(super) fn is_to_be_told(&self) -> bool {
        let state = self.state();
        state.direction == Direction::ConsoleToEngine && !state.told
    }

    pub(super) fn is_inside(&self) -> bool {
        self.state().inside
    }

    /// Whether it goes before those that have been away for long.
    pub(super) fn is_recent(&self) -> bool {
        self.state().last_contact.is_some_and(|(at, _)| at.elapsed() < RECENT)
    }

    pub(super) fn report(&self) -> Option<EngineReport> {
        let state = self.state();
        if !state.inside {
            return None;
        }
        let versions = state.versions.as_ref();
        Some(EngineReport {
            status: state.status,
            status_message: state.message(&self.common.config.product_version),
            product_version: versions.map(|versions| versions.product.clone()),
            content_version: versions.map(|versions| versions.content.clone()),
            serial_number: versions.map(|versions| versions.serial.clone()),
            platform: versions.map(|versions| versions.platform.clone()),
            direction: state.direction,
            last_contact: state.last_contact.map(|(_, at)| at),
            pinned: state.pinned,
            updating: state.is_updating(),
        })
    }

    /// The engine is no longer this one's: nothing changes and nothing is told any more, not even by what is still
    /// under way.
    pub(super) fn forget(&self) {
        self.state().gone = true;
    }

    pub(super) fn renamed(&self, name: &str) {
        self.change(|state, _| {
            name.clone_into(&mut state.name);
            state.status
        });
    }

    pub(super) fn found(&self, inside: bool) {
        self.change(|state, _| {
            state.inside = inside;
            state.status
        });
    }

    /// Another side opens the connection from now on. `told`: the engine has confirmed it.
    pub(super) fn turned(&self, direction: Direction, told: bool) {
        let known = self.common.networks.known(&self.address).unwrap_or(false);
        self.change(|state, events| {
            state.told = told;
            if state.direction != direction {
                state.direction = direction;
                state.turned = Some(Instant::now());
                state.inside = known || direction == Direction::EngineToConsole;
                events.push(FleetEvent::Direction { id: self.id, direction });
            }
            state.status
        });
    }

    /// Whether the engine knows who opens the connection.
    pub(super) fn told(&self, told: bool) {
        self.state().told = told;
    }

    pub(super) fn asked(&self) {
        self.change(|state, events| {
            if !state.asked {
                state.asked = true;
                events.push(FleetEvent::Asked { id: self.id });
            }
            state.status
        });
    }

    /// The engine has shown its certificate and said whether this console may use it.
    pub(super) fn greeted(&self, fingerprint: Fingerprint) {
        self.change(|state, events| {
            state.heard();
            if state.pinned.is_none() {
                state.pinned = Some(fingerprint);
                events.push(FleetEvent::Pinned { id: self.id, fingerprint });
            }
            state.status
        });
    }

    pub(super) fn heard(&self) {
        let mut state = self.state();
        if !state.gone {
            state.heard();
        }
    }

    /// The console is not enabled on the engine. Before the first question the status stays what it was.
    pub(super) fn unauthorized(&self, seen: Option<IpAddr>, reason: Option<String>) {
        self.change(|state, _| {
            state.cause = Some(Cause::Unauthorized { seen, reason });
            EngineStatus::PendingAuthorization
        });
    }

    /// Why an update of the engine does not help, if it does not: the engine is the newer side.
    pub(super) fn is_too_new(&self) -> Option<String> {
        let ours = &self.common.config.product_version;
        let state = self.state();
        match &state.cause {
            Some(Cause::Incompatible { engine }) if compare_versions(engine, ours).is_gt() => {
                state.message(ours)
            }
            _ => None,
        }
    }

    pub(super) fn versions(&self, versions: EngineVersions) {
        self.change(|state, events| {
            state.heard();
            let new = state.versions.as_ref() != Some(&versions);
            let ours = &self.common.config.product_version;
            let compatible = match (major_version(&versions.product), major_version(ours)) {
                (Some(theirs), Some(ours)) => theirs == ours,
                // A version without a number is no proof of anything.
                _ => true,
            };
            state.cause = (!compatible).then(|| Cause::Incompatible { engine: versions.product.clone() });
            if new {
                events.push(FleetEvent::Versions {
                    id: self.id,
                    product: versions.product.clone(),
                    content: versions.content.clone(),
                    serial: versions.serial.clone(),
                    platform: versions.platform.clone(),
                });
                if state.updating.take().is_some() {
                    events.push(FleetEvent::Updated { id: self.id, at: OffsetDateTime::now_utc() });
                }
            }
            state.versions = Some(versions);
            if compatible { EngineStatus::Active } else { EngineStatus::IncompatibleVersion }
        });
    }

    pub(super) fn updating(&self) {
        self.change(|state, _| {
            state.updating.get_or_insert_with(|| Update { sent: Instant::now(), away: None });
            state.status
        });
    }

    /// The connection ended. What that means, the next dial will show.
    pub(super) fn ended(&self) {
        if let Some(update) = &mut self.state().updating {
            update.away.get_or_insert_with(Instant::now);
        }
    }

    /// The engine was not reached, or is another one.
    pub(super) fn failed(&self, error: &LinkError) {
        let help = match error {
            LinkError::CertificateChanged { .. } => {
                "If the engine was rebuilt, delete it and add it again".to_owned()
            }
            LinkError::Connect(_) | LinkError::Timeout(_) => match self.direction() {
                Direction::ConsoleToEngine => {
                    format!("Start the engine, or open port {} on the firewall", self.port)
                }
                Direction::EngineToConsole => self.start_it(),
            },
            LinkError::Version { ours, theirs } if theirs < ours => "Install a newer engine".to_owned(),
            LinkError::Version { .. } => "Install a newer console".to_owned(),
            LinkError::OtherProtocol
            | LinkError::Handshake(_)
            | LinkError::Frame(_)
            | LinkError::Unexpected => "Check that a scan engine listens there".to_owned(),
            LinkError::Closed | LinkError::Cut | LinkError::Io(_) => "Check the engine's log".to_owned(),
        };
        let status = match error {
            LinkError::Version { .. } => EngineStatus::IncompatibleVersion,
            _ => EngineStatus::NotResponding,
        };
        self.not_reached(status, format!("{error} ({})", self.place()), &help);
    }

    /// The engine's name has no address.
    pub(super) fn no_name(&self, error: &str) {
        self.not_reached(
            EngineStatus::NotResponding,
            format!("the name {} has no address ({error})", self.address),
            "Correct the address",
        );
    }

    /// The engine opens the connection, and does not. `false`: it may be away for a moment, and this is to be found
    /// out again.
    pub(super) fn absent(&self) -> bool {
        if self.state().may_be_away() {
            return false;
        }
        let help = self.start_it();
        self.not_reached(EngineStatus::NotResponding, "the engine is not connected".to_owned(), &help);
        true
    }

    /// What helps when an engine that dials is not there.
    fn start_it(&self) -> String {
        let port = self.common.config.listener_port;
        format!("Start the engine, or open port {port} on the console's firewall")
    }

    fn not_reached(&self, status: EngineStatus, what: String, help: &str) {
        self.change(|state, _| {
            if state.may_be_away() || state.may_be_turning() {
                return state.status;
            }
            state.cause = Some(Cause::Failed { what, help: format!("{help}.") });
            status
        });
    }

    /// Changes the state and tells what is new of it, in one go: what is told comes in the order in which it happened,
    /// and nothing after [`Link::forget`].
    fn change(&self, change: impl FnOnce(&mut State, &mut Vec<FleetEvent>) -> EngineStatus) {
        let ours = &self.common.config.product_version;
        let mut state = self.state();
        if state.gone {
            return;
        }
        let before = (state.status, state.message(ours));
        let mut events = Vec::new();
        let status = change(&mut state, &mut events);
        // Status and cause of an engine that nobody has asked stay: unknown (docs/api-quirks.md, "Statuses").
        if state.asked {
            state.status = status;
        } else {
            state.cause = None;
        }
        let after = (state.status, state.message(ours));
        if before != after {
            events.push(FleetEvent::Status { id: self.id, status: after.0, message: after.1 });
        }
        for event in events {
            self.common.events.tell(event);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn message(&self, ours: &str) -> Option<String> {
        self.cause.as_ref().map(|cause| cause.message(&self.name, ours))
    }

    fn heard(&mut self) {
        self.last_contact = Some((Instant::now(), OffsetDateTime::now_utc()));
        if let Some(update) = &mut self.updating {
            update.away = None;
        }
    }

    fn is_updating(&self) -> bool {
        self.updating.as_ref().is_some_and(|update| update.sent.elapsed() < UPDATE_LIMIT)
    }

    /// Whether the console dials since a moment ago, and the engine may not be ready for it.
    fn may_be_turning(&self) -> bool {
        self.direction == Direction::ConsoleToEngine
            && self.turned.is_some_and(|turned| turned.elapsed() < TURN_ABSENCE)
    }

    /// Whether the engine is away to start again after an update.
    fn may_be_away(&self) -> bool {
        self.is_updating()
            && self
                .updating
                .as_ref()
                .and_then(|update| update.away)
                .is_some_and(|away| away.elapsed() < UPDATE_ABSENCE)
    }
}
