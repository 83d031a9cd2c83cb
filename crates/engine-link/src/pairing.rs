//! Pairing with a shared secret, for engines that dial their console: a reverse pair
//! (docs/api-quirks.md, "Shared secret" and "Engine side").
//!
//! ```text
//! engine                                           console
//!   | ---- PairRequest {name, port, nonce} --------> |
//!   | <--- PairChallenge {nonce} ------------------- |
//!   | ---- PairProof {proof} ----------------------> |   the console knows now that the engine has the secret
//!   | <--- PairAccepted {proof} or PairRefused ----- |   the engine pins the console's certificate only after this
//! ```
//!
//! The secret itself is never sent. A [`Proof`] is the HMAC-SHA256, keyed with the secret, over the sender's role, both
//! nonces, the fingerprints of both certificates, and the value that only the two ends of this TLS connection have. So a
//! proof is useless on another connection, for another certificate, or in the other direction. Each side makes its
//! nonce for one connection, which ends after one attempt.

use std::io;
use std::time::Duration;

use tokio::time::timeout;

use crate::connection::{Connection, LinkError};
use crate::fingerprint::Fingerprint;
use crate::message::{Message, PairRefusal};
use crate::proof::{Nonce, Proof, Role, SharedSecret, Transcript};

/// How long one step of the other side may take. The console slows wrong secrets down, so this is longer than its
/// longest delay.
const STEP: Duration = Duration::from_secs(15);

/// Why an engine is not paired.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// The console refused.
    #[error("{0}")]
    Refused(PairRefusal),
    /// The console does not know the secret: it is not the one that made it. Nothing was pinned.
    #[error(
        "the other side could not prove that it knows the shared secret: it is not the console that made it"
    )]
    NotTheConsole,
    /// The connection failed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// This machine failed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// The engine's side, on a connection that it dialled. On success the other side has proved that it knows the secret:
/// its [`Connection::peer_certificate`] is the one to pin. Nothing but that is to be kept of the secret.
///
/// # Errors
/// [`PairError`]. Nothing may be pinned then. The connection is of no more use in either case.
pub async fn pair_with_console(
    connection: &mut Connection,
    identity: Fingerprint,
    secret: &SharedSecret,
    name: &str,
    port: u16,
) -> Result<(), PairError> {
    let engine_nonce = Nonce::new()?;
    let request = Message::PairRequest { name: name.to_owned(), port, nonce: engine_nonce };
    connection.send(&request).await?;
    let console_nonce = match next(connection).await? {
        Message::PairChallenge { nonce } => nonce,
        Message::PairRefused { refusal } => return Err(PairError::Refused(refusal)),
        _ => return Err(LinkError::Unexpected.into()),
    };
    let transcript = Transcript {
        engine_nonce,
        console_nonce,
        engine: identity,
        console: connection.peer_fingerprint(),
        exporter: *connection.exporter(),
    };
    connection.send(&Message::PairProof { proof: transcript.proof(secret, Role::Engine) }).await?;
    match next(connection).await? {
        Message::PairAccepted { proof } if transcript.verifies(secret, Role::Console, proof) => Ok(()),
        Message::PairAccepted { .. } => Err(PairError::NotTheConsole),
        Message::PairRefused { refusal } => Err(PairError::Refused(refusal)),
        _ => Err(LinkError::Unexpected.into()),
    }
}

/// What an engine claims that wants to be paired: the console's side, after the engine has sent its proof.
///
/// Whether it holds, the console decides with [`Claim::proves`], once for each secret that it made; then it answers with
/// [`Claim::accept`] or [`Claim::refuse`], which end the attempt.
#[derive(Debug)]
pub struct Claim {
    connection: Connection,
    name: String,
    port: u16,
    transcript: Transcript,
    proof: Proof,
}

impl Claim {
    /// Challenges an engine that has sent [`Message::PairRequest`] with this name, port and nonce, and takes its proof.
    ///
    /// # Errors
    /// [`PairError::Link`] or [`PairError::Io`].
    pub async fn challenge(
        mut connection: Connection,
        identity: Fingerprint,
        name: String,
        port: u16,
        engine_nonce: Nonce,
    ) -> Result<Self, PairError> {
        let console_nonce = Nonce::new()?;
        connection.send(&Message::PairChallenge { nonce: console_nonce }).await?;
        let Message::PairProof { proof } = next(&mut connection).await? else {
            return Err(LinkError::Unexpected.into());
        };
        let transcript = Transcript {
            engine_nonce,
            console_nonce,
            engine: connection.peer_fingerprint(),
            console: identity,
            exporter: *connection.exporter(),
        };
        Ok(Self { connection, name, port, transcript, proof })
    }

    /// Whether the engine has this secret. In constant time.
    #[must_use]
    pub fn proves(&self, secret: &SharedSecret) -> bool {
        self.transcript.verifies(secret, Role::Engine, self.proof)
    }

    /// The engine's name, as it gives it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The port that it says it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The connection, for the engine's certificate and address.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Proves to the engine that this console has the secret too, which makes the engine pin its certificate.
    ///
    /// # Errors
    /// [`LinkError`]: whether the engine has got it is not known.
    pub async fn accept(mut self, secret: &SharedSecret) -> Result<(), LinkError> {
        let proof = self.transcript.proof(secret, Role::Console);
        self.connection.send(&Message::PairAccepted { proof }).await?;
        self.connection.split().0.close().await;
        Ok(())
    }

    /// Tells the engine why not.
    pub async fn refuse(mut self, refusal: PairRefusal) {
        // An engine that is gone needs no reason.
        if self.connection.send(&Message::PairRefused { refusal }).await.is_ok() {
            self.connection.split().0.close().await;
        }
    }
}

/// The next message that this version knows.
async fn next(connection: &mut Connection) -> Result<Message, LinkError> {
    let known = async {
        loop {
            match connection.recv().await {
                Ok(Message::Unknown) => {}
                other => return other,
            }
        }
    };
    timeout(STEP, known).await.map_err(|_| LinkError::Timeout(STEP))?
}
