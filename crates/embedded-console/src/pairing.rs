//! Pairs engines that dial this console and have its shared secret (docs/api-quirks.md, "Shared secret").
//!
//! What is stored of it is the engine's certificate. The engine gets the console's proof, by which it pins the console's
//! certificate, only when that is on disk. If it does not get it, it can pair again: it is the same engine then.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use engine_link::{Claim, Connection, Fingerprint, Nonce, PairError, PairRefusal, SharedSecret};
use rusqlite::Transaction;
use tokio::time::{sleep, timeout};

use crate::api::body::required;
use crate::audit::Entry;
use crate::auth::slow::one_address;
use crate::console::Console;
use crate::db::engines::{self, EngineKind, EngineRow};
use crate::db::{DbError, DiskTrouble};
use crate::engine_rules::{Conflict, conflict, forget_if_deleted};
use crate::fleet::Direction;
use crate::persist;
use crate::secrets::Proven;

/// What wrong secrets are counted under, per address that they come from.
const GUESSES: &str = "shared secret";
/// How long an engine waits for its turn. It gives up after 15 s without an answer.
const PATIENCE: Duration = Duration::from_secs(12);

/// Answers an engine that wants to be paired.
///
/// # Errors
/// When the connection ended before the engine had sent its proof, or before it had the verdict.
pub(crate) async fn pair(
    console: &Arc<Console>,
    connection: Connection,
    name: String,
    port: u16,
    nonce: Nonce,
) -> Result<(), PairError> {
    let claim = Claim::challenge(connection, console.fingerprint, name, port, nonce).await?;
    let peer = claim.connection().peer_address().ip().to_canonical();
    match verdict(console, &claim, peer).await {
        Ok((secret, engine)) => {
            let entry = Entry::new("engine-paired").with("peer", peer.to_string()).with("name", &engine.name);
            console.audit.write(entry.with("id", engine.id.to_string()));
            claim.accept(&secret).await?;
        }
        Err(refusal) => {
            let entry =
                Entry::new("pairing-refused").with("peer", peer.to_string()).with("name", claim.name());
            console.audit.refused(entry.with("reason", refusal.to_string()));
            claim.refuse(refusal).await;
        }
    }
    Ok(())
}

/// Checks the proof, and stores the engine if it holds.
async fn verdict(
    console: &Arc<Console>,
    claim: &Claim,
    peer: IpAddr,
) -> Result<(SharedSecret, EngineRow), PairRefusal> {
    let turn = timeout(PATIENCE, async {
        let turn = console.guesses.turn((GUESSES, one_address(peer))).await?;
        sleep(turn.delay()).await;
        Some(turn)
    });
    let Ok(Some(mut turn)) = turn.await else {
        return Err(failed("too many engines wait for the console at this address: try again later"));
    };
    let secret = match console.secrets.proven(|secret| claim.proves(secret)) {
        Proven::Valid(secret) => secret,
        Proven::Expired => return Err(PairRefusal::Expired),
        Proven::Revoked => return Err(PairRefusal::Revoked),
        Proven::Unknown => {
            turn.failed();
            return Err(PairRefusal::NotAccepted);
        }
    };
    turn.succeeded();
    drop(turn);
    let engine = store(console, claim, peer).await?;
    Ok((secret, engine))
}

async fn store(console: &Arc<Console>, claim: &Claim, peer: IpAddr) -> Result<EngineRow, PairRefusal> {
    let wanted = Wanted {
        name: required("name", Some(claim.name())).map_err(|_| {
            failed("the console needs a name of the engine, of 255 characters at most: start the engine with another --name")
        })?,
        address: peer.to_string(),
        port: claim.port(),
        key: claim.connection().peer_fingerprint(),
    };
    if wanted.port == 0 {
        return Err(failed("the console needs the port that the engine listens on, which can't be 0"));
    }
    // One move at a time: database and fleet change together, in the same order.
    let _turn = console.moves.lock().await;
    let engine = console.db.write(move |tx| wanted.store(tx)).await.map_err(|error| match error {
        NotStored::Refused(refusal) => refusal,
        NotStored::Database(error) => {
            tracing::error!(%error, "a pairing could not be stored");
            failed(match error.disk() {
                Some(DiskTrouble::Full) => {
                    "the console's disk is full: make room on it, then add the shared secret again"
                }
                Some(DiskTrouble::Failed) => {
                    "the console's disk is full or does not work: check its log, then add the shared secret again"
                }
                None => "the console could not store the pairing: check its log, then add the shared secret again",
            })
        }
    })?;
    console.fleet.paired(persist::target(engine.clone()));
    if forget_if_deleted(console, engine.id).await.is_err() {
        tracing::debug!(id = engine.id, "whether the engine was deleted in the meantime could not be read");
    }
    Ok(engine)
}

fn failed(reason: &str) -> PairRefusal {
    PairRefusal::Failed { reason: reason.to_owned() }
}

/// An engine that has proved the secret.
struct Wanted {
    name: String,
    address: String,
    port: u16,
    key: Fingerprint,
}

enum NotStored {
    Refused(PairRefusal),
    Database(DbError),
}

impl From<DbError> for NotStored {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl Wanted {
    /// An engine with this key is paired again: it keeps its id, name, sites and pools. Another engine's name and place
    /// are never taken over.
    fn store(&self, tx: &Transaction<'_>) -> Result<EngineRow, NotStored> {
        let key = self.key.to_string();
        let id = match engines::of_key(tx, &key)? {
            Some(known) => {
                // Where it dialled from is where it is now, if that is all that was ever known of it. An address that was
                // given in the console may well be another way to the same engine.
                if known.direction == Direction::EngineToConsole.as_str()
                    && conflict(tx, &known.name, &self.address, self.port, known.id)?.is_none()
                {
                    engines::set_place(tx, known.id, &self.address, self.port)?;
                }
                known.id
            }
            None => {
                if let Some(conflict) = conflict(tx, &self.name, &self.address, self.port, 0)? {
                    return Err(NotStored::Refused(PairRefusal::Taken { reason: reason(&conflict) }));
                }
                engines::insert(tx, EngineKind::Distributed, &self.name, &self.address, self.port)?
            }
        };
        engines::pair_reverse(tx, id, &key)?;
        let row = engines::find(tx, id)?;
        row.ok_or_else(|| {
            NotStored::Refused(failed("the engine was deleted in the meantime: add the shared secret again"))
        })
    }
}

/// The longest part of a name in a reason, in characters: a reason is cut when it arrives, and what to do comes last.
const NAME_SHOWN: usize = 40;

/// Why an engine's name or place is not free, and what to do.
fn reason(conflict: &Conflict) -> String {
    let describe = |engine: &EngineRow| {
        let name: String = engine.name.chars().take(NAME_SHOWN).collect();
        let cut = if name == engine.name { "" } else { "…" };
        format!("{name}{cut} (ID {})", engine.id)
    };
    match conflict {
        Conflict::Name(engine) => format!(
            "the console has another engine of this name, {}: delete that one, or start this one with another --name; then \
             add the shared secret again",
            describe(engine)
        ),
        Conflict::Place(engine) => format!(
            "the console has another engine at this address and port, {}: delete that one, or let this one listen \
             elsewhere; then add the shared secret again",
            describe(engine)
        ),
    }
}
