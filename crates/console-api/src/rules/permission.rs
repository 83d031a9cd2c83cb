//! Which engines are special, and what may not be done with them (docs/api-quirks.md, "Special engines and pools").

use core::fmt;
use core::net::IpAddr;

use crate::model::{Direction, Engine, EngineStatus};
use crate::rules::keys;

/// The host of the engines that Rapid7 runs for its customers.
const HOSTED: &str = "nse.extranet.rapid7.com";
const LOCAL_PORT: u16 = 40814;

/// Whether this is the engine that comes with the console: 127.0.0.1, localhost or ::1, and port 40814. Any other
/// engine on loopback is an ordinary one.
#[must_use]
pub fn is_local(engine: &Engine) -> bool {
    is_local_place(&engine.address, engine.port)
}

pub(crate) fn is_local_place(address: &str, port: Option<u16>) -> bool {
    let here = ["127.0.0.1", "localhost", "::1"].iter().any(|local| keys::same_host(address, local));
    here && port == Some(LOCAL_PORT)
}

/// Whether this is an engine that Rapid7 hosts, by its address or by its mark.
#[must_use]
pub fn is_hosted(engine: &Engine) -> bool {
    engine.run_by_rapid7 || is_hosted_address(&engine.address)
}

pub(crate) fn is_hosted_address(address: &str) -> bool {
    let address = keys::bare(address);
    address.strip_suffix('.').unwrap_or(address).eq_ignore_ascii_case(HOSTED)
}

/// Whether an engine may be one of Rapid7's that nothing tells apart: it has a plain IP address
/// (docs/api-quirks.md, "Special engines and pools"). Only a person can know, and mark it.
#[must_use]
pub fn may_be_hosted(engine: &Engine) -> bool {
    keys::bare(&engine.address).parse::<IpAddr>().is_ok_and(|ip| !ip.is_loopback())
}

/// Why something can't be done with an engine. `Display` gives the sentence for the disabled button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is the engine that comes with the console.
    Local,
    /// It is an engine that Rapid7 hosts.
    Hosted,
    /// Amazon Web Services authorised it beforehand.
    AwsPreAuthorised,
    /// It is the local engine, whose updates come with the console's own.
    UpdatedWithConsole,
    /// Rapid7 updates it.
    UpdatedByRapid7,
    /// It is not paired, or can't be told now.
    NotActive,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "Not possible for the local engine, which comes with the console.",
            Self::Hosted => "Not possible for an engine hosted by Rapid7.",
            Self::AwsPreAuthorised => "Not possible for an AWS pre-authorised engine.",
            Self::UpdatedWithConsole => "The local engine is updated together with the console.",
            Self::UpdatedByRapid7 => "An engine hosted by Rapid7 is updated by Rapid7.",
            Self::NotActive => "Not possible now: this needs a paired engine that is active.",
        })
    }
}

fn ordinary(engine: &Engine) -> Result<(), Refusal> {
    if is_local(engine) {
        Err(Refusal::Local)
    } else if is_hosted(engine) {
        Err(Refusal::Hosted)
    } else {
        Ok(())
    }
}

/// Whether an engine can join pools.
///
/// # Errors
/// Why it can't: it is local, hosted or AWS pre-authorised.
pub fn may_join_pool(engine: &Engine) -> Result<(), Refusal> {
    ordinary(engine)?;
    if engine.aws_pre_authorised { Err(Refusal::AwsPreAuthorised) } else { Ok(()) }
}

/// Whether the direction of an engine's pairing can be reversed.
///
/// # Errors
/// Why it can't: it is local or hosted.
pub fn may_reverse(engine: &Engine) -> Result<(), Refusal> {
    ordinary(engine)
}

/// Why the direction can't be reversed now, as a sentence for the disabled button; `None` when it can.
///
/// An engine that the console calls has to be told that it is to call from now on, which takes a pairing that works.
/// Whether it works is not known of a status that is missing or outside the list; then the console decides. The way
/// back is always open: the console simply calls again.
#[must_use]
pub fn reverse_refusal(engine: &Engine) -> Option<String> {
    let can_be_told =
        matches!(engine.status, EngineStatus::Active | EngineStatus::Missing | EngineStatus::Other(_));
    let refusal = match may_reverse(engine) {
        Err(refusal) => refusal,
        Ok(()) if can_be_told || engine.direction == Some(Direction::EngineToConsole) => return None,
        Ok(()) => Refusal::NotActive,
    };
    Some(refusal.to_string())
}

/// Whether an update can be sent to an engine as far as its kind goes.
///
/// # Errors
/// Why it can't: the local engine comes with the console and is updated with it, hosted ones belong to Rapid7
/// (docs/api-quirks.md, "Special engines and pools").
pub fn may_update(engine: &Engine) -> Result<(), Refusal> {
    match ordinary(engine) {
        Err(Refusal::Local) => Err(Refusal::UpdatedWithConsole),
        Err(_) => Err(Refusal::UpdatedByRapid7),
        Ok(()) => Ok(()),
    }
}

/// Whether an engine can be deleted as far as its kind goes; assigned sites and running scans are in the way too.
///
/// # Errors
/// Why it can't: it is local or hosted.
pub fn may_delete(engine: &Engine) -> Result<(), Refusal> {
    ordinary(engine)
}
