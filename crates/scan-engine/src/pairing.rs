//! `add shared secret`: pairing with a console that this engine dials (a reverse pair).

use std::fmt;

use engine_link::{
    Fingerprint, LinkError, PairError, PairRefusal, SharedSecret, SharedSecretError, pair_with_console,
};

use crate::address::ConsoleAddress;
use crate::engine::Engine;
use crate::registry::{KnownConsole, RegistryError};
use crate::reverse::{self, DialError};

/// Why a shared secret was not applied. Nothing of it is kept, and nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    /// There is no such console, or its entry could not be stored.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The entry says that the console dials this engine.
    #[error(
        "console {0} has connectTo=0, so this engine does not dial it: type \"connect to console {0}\" first"
    )]
    NotDialled(u32),
    /// Someone wrote the entry without an address.
    #[error(
        "console {0} has no lastAddress in consoles.xml: add it there and restart, or use \"add console\""
    )]
    NoAddress(u32),
    /// The engine was not started yet: it could not tell the console on which port it listens.
    #[error("this engine does not listen yet")]
    NotListening,
    /// Another text.
    #[error("{0}. Nothing was sent: type \"add shared secret {1}\" again")]
    Malformed(SharedSecretError, u32),
    /// The console was not reached, or what was reached is none.
    #[error("{}", unreachable(*id, place, error))]
    Dial {
        /// The entry.
        id: u32,
        /// Its address.
        place: ConsoleAddress,
        /// Why.
        error: Box<DialError>,
    },
    /// The console was reached, and did not pair.
    #[error("{}", refused(*id, place, error))]
    Pair {
        /// The entry.
        id: u32,
        /// Its address.
        place: ConsoleAddress,
        /// Why.
        error: Box<PairError>,
    },
}

/// A console that has proved the shared secret, and whose certificate is pinned from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// The entry.
    pub id: u32,
    /// Where the console listens.
    pub place: ConsoleAddress,
    /// Its certificate.
    pub fingerprint: Fingerprint,
    /// The certificate that was pinned before, if it was another.
    pub replaced: Option<Fingerprint>,
    /// Whether the console may use this engine already.
    pub enabled: bool,
    /// Another entry with the same certificate: it is the same console.
    pub twin: Option<u32>,
}

impl fmt::Display for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, place, fingerprint, .. } = self;
        write!(
            f,
            "The shared secret was applied successfully: console {id} at {place} has proved that it made it.\n\
             Its certificate is pinned now; fingerprint {fingerprint}"
        )?;
        if let Some(old) = self.replaced {
            write!(f, "\nIt replaces another certificate, which had the fingerprint {old}")?;
        }
        if let Some(twin) = self.twin {
            write!(
                f,
                "\nConsole {twin} is the same console: \"delete console {twin}\" removes the entry that is not needed"
            )?;
        }
        if self.enabled {
            write!(f, "\nConsole {id} is already enabled")
        } else {
            write!(f, "\nNext: enable console {id}")
        }
    }
}

fn unreachable(id: u32, place: &ConsoleAddress, error: &DialError) -> String {
    let again = format!("type \"add shared secret {id}\" again");
    let help = match error {
        DialError::NoName { .. } => {
            format!("Correct the address: \"delete console {id}\", then \"add console <address>\"")
        }
        DialError::Link { error: LinkError::Connect(_) | LinkError::Timeout(_), .. } => format!(
            "Check the address, start the Security Console, and open port {} on its firewall; then {again}",
            place.port
        ),
        DialError::Link { error: LinkError::Version { ours, theirs }, .. } => {
            let older = if theirs < ours { "console" } else { "engine" };
            format!("Update the {older}, then {again}")
        }
        DialError::Link { .. } => {
            format!("Check that a Security Console listens at this address and port, then {again}")
        }
    };
    format!("console {id} can't be reached: {error}. {help}")
}

fn refused(id: u32, place: &ConsoleAddress, error: &PairError) -> String {
    let generate = "generate a new one on the Security Console";
    match error {
        PairError::Refused(PairRefusal::NotAccepted) => format!(
            "the console at {place} does not accept this shared secret: compare it with the one that the console \
             shows, or {generate}; then type \"add shared secret {id}\" again"
        ),
        PairError::Refused(PairRefusal::Expired) => format!(
            "this shared secret has expired (it is valid for 60 minutes at most): {generate}, then type \
             \"add shared secret {id}\" again"
        ),
        PairError::Refused(PairRefusal::Revoked) => format!(
            "this shared secret was revoked on the console: {generate}, then type \"add shared secret {id}\" again"
        ),
        PairError::Refused(PairRefusal::Taken { reason } | PairRefusal::Failed { reason }) => {
            format!("the console at {place} does not pair with this engine: {reason}")
        }
        PairError::Refused(PairRefusal::Unknown) => {
            format!("the console at {place} does not pair, for a reason that only a newer engine knows")
        }
        PairError::NotTheConsole => format!(
            "what answers at {place} could not prove that it knows the shared secret: it is not the console that made \
             it, and was not trusted. Check the address with \"show consoles\", and whether the connection is being intercepted"
        ),
        PairError::Link(error) => format!(
            "the connection to {place} failed while pairing: {error}. Check on the console whether the engine has \
             appeared, then type \"add shared secret {id}\" again"
        ),
        PairError::Io(error) => format!("this machine failed while pairing: {error}"),
    }
}

impl Engine {
    /// Whether a shared secret can be applied to a console: before anyone is asked for it.
    ///
    /// # Errors
    /// [`PairingError`], except for what only the secret or the console can tell.
    pub fn takes_shared_secret(&self, id: u32) -> Result<KnownConsole, PairingError> {
        let console = self.registry().get(id)?;
        if !console.entry.connect_to {
            return Err(PairingError::NotDialled(id));
        }
        if console.entry.last_address.is_empty() {
            return Err(PairingError::NoAddress(id));
        }
        Ok(console)
    }

    /// Dials a console and pairs with it by a shared secret. On success its certificate is pinned in its entry, in
    /// place of one that was there; nothing else is kept. It takes half a minute at most for each of the console's
    /// addresses, and may be dropped: nothing is changed then.
    ///
    /// # Errors
    /// [`PairingError`], with what to do next.
    pub async fn add_shared_secret(&self, id: u32, secret: &str) -> Result<Paired, PairingError> {
        let place = self.takes_shared_secret(id)?.place();
        let secret: SharedSecret = secret.parse().map_err(|error| PairingError::Malformed(error, id))?;
        let shared = self.shared();
        let port = shared.listens().ok_or(PairingError::NotListening)?.port();
        let mut connection = reverse::dial(shared, &place, None)
            .await
            .map_err(|error| PairingError::Dial { id, place: place.clone(), error: error.into() })?;
        pair_with_console(&mut connection, self.fingerprint(), &secret, self.name(), port)
            .await
            .map_err(|error| PairingError::Pair { id, place: place.clone(), error: error.into() })?;

        let certificate = connection.peer_certificate();
        let fingerprint = certificate.fingerprint();
        let replaced = self.registry().pin(id, certificate)?.map(|old| old.fingerprint());
        let mut consoles = self.registry().list();
        consoles.retain(|console| console.entry.fingerprint() == Some(fingerprint));
        let enabled = consoles.iter().any(|console| console.entry.id == id && console.entry.enabled);
        let twin = consoles.iter().map(|console| console.entry.id).find(|other| *other != id);
        self.log().line(format!("paired with console {id} at {place}; fingerprint {fingerprint}"));
        Ok(Paired { id, place, fingerprint, replaced, enabled, twin })
    }
}
