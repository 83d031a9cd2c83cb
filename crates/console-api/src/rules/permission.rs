//! Which engines are special, and what may not be done with them (console-facts §5).

use core::fmt;

use crate::model::Engine;
use crate::rules::keys;

/// The host of the engines that Rapid7 runs for its customers.
const HOSTED: &str = "nse.extranet.rapid7.com";
const LOCAL_PORT: u16 = 40814;

/// Whether this is the engine that comes with the console: 127.0.0.1, localhost or ::1, and port 40814. Any other
/// engine on loopback is an ordinary one.
#[must_use]
pub fn is_local(engine: &Engine) -> bool {
    let address = bare(&engine.address);
    let here = address.eq_ignore_ascii_case("localhost")
        || keys::ipv4(address) == Some([127, 0, 0, 1])
        || matches!(address, "::1" | "0:0:0:0:0:0:0:1");
    here && engine.port == Some(LOCAL_PORT)
}

/// Whether this is an engine that Rapid7 hosts.
#[must_use]
pub fn is_hosted(engine: &Engine) -> bool {
    let address = bare(&engine.address);
    address.strip_suffix('.').unwrap_or(address).eq_ignore_ascii_case(HOSTED)
}

fn bare(address: &str) -> &str {
    let address = address.trim();
    address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address)
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
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "Not possible for the local engine, which comes with the console.",
            Self::Hosted => "Not possible for an engine hosted by Rapid7.",
            Self::AwsPreAuthorised => "Not possible for an AWS pre-authorised engine.",
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

/// Whether the direction of an engine's pairing can be turned around.
///
/// # Errors
/// Why it can't: it is local or hosted.
pub fn may_reverse(engine: &Engine) -> Result<(), Refusal> {
    ordinary(engine)
}

/// Whether an engine can be deleted as far as its kind goes; assigned sites and running scans are in the way too.
///
/// # Errors
/// Why it can't: it is local or hosted.
pub fn may_delete(engine: &Engine) -> Result<(), Refusal> {
    ordinary(engine)
}
