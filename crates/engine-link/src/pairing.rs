//! Pairing with a shared secret, for engines that dial their console (a reverse pair; console-facts §3, §6).
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
//! proof is of no use on another connection, for another certificate, or in the other direction. Each side makes its
//! nonce for one connection, which ends after one attempt.

use std::fmt;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::message::{Message, PairRefusal};
use crate::{Connection, Fingerprint, LinkError};

/// How long one step of the other side may take. The console slows wrong secrets down, so this is longer than its
/// longest delay.
const STEP: Duration = Duration::from_secs(15);

/// A shared secret: 128 random bits, written as eight groups of four upper-case hexadecimal digits (console-facts §3).
///
/// It is wiped from memory when it is dropped, and its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<[u8; 16]>);

/// The text is no shared secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a shared secret has eight groups of four hexadecimal digits, as in 0123-4567-89AB-CDEF-0123-4567-89AB-CDEF"
)]
pub struct SharedSecretError;

impl SharedSecret {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn generate() -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 16]);
        random(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// The text for people. Whoever asks for it takes care that it goes nowhere else.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(39));
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 && index % 2 == 0 {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 0xF] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
        text
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// Reads it without regard to case, to spaces around it and to how the groups are separated: it is typed by hand.
impl FromStr for SharedSecret {
    type Err = SharedSecretError;

    fn from_str(text: &str) -> Result<Self, SharedSecretError> {
        let mut bytes = Zeroizing::new([0_u8; 16]);
        let mut count = 0;
        for character in text.chars().filter(|character| !character.is_whitespace() && *character != '-') {
            let digit = character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let byte = bytes.get_mut(count / 2).ok_or(SharedSecretError)?;
            *byte = (*byte << 4) | digit.ok_or(SharedSecretError)?;
            count += 1;
        }
        if count == 32 { Ok(Self(bytes)) } else { Err(SharedSecretError) }
    }
}

/// Defines 32 bytes that travel as 64 hexadecimal digits.
macro_rules! bytes_as_hex {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name([u8; 32]);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                from_hex(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not 64 hexadecimal digits"))
            }
        }
    };
}

bytes_as_hex! {
    /// A random number of 256 bits, for one attempt on one connection.
    Nonce
}
bytes_as_hex! {
    /// The proof that its sender has the shared secret. It is compared by [`Claim::proves`] and
    /// [`pair_with_console`], in constant time.
    Proof
}

impl Nonce {
    fn new() -> io::Result<Self> {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        Ok(Self(bytes))
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(format!("random numbers: {error}")))
}

/// Who makes a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Engine,
    Console,
}

impl Role {
    const fn label(self) -> &'static [u8; 28] {
        match self {
            Self::Engine => b"engine-link v1 pair: engine ",
            Self::Console => b"engine-link v1 pair: console",
        }
    }
}

/// What both proofs of an attempt are about. Every part has a fixed length, so that no two say the same.
#[derive(Debug, Clone, Copy)]
struct Transcript {
    engine_nonce: Nonce,
    console_nonce: Nonce,
    engine: Fingerprint,
    console: Fingerprint,
    exporter: [u8; 32],
}

impl Transcript {
    fn mac(&self, secret: &SharedSecret, role: Role) -> Hmac<Sha256> {
        // The key's own length is 64 bytes; a shorter one is filled with zeros, as HMAC says.
        let mut key = Zeroizing::new([0_u8; 64]);
        key[..16].copy_from_slice(secret.0.as_slice());
        let mut mac = Hmac::<Sha256>::new((&*key).into());
        mac.update(role.label());
        for part in
            [&self.engine_nonce.0, &self.console_nonce.0, &self.engine.0, &self.console.0, &self.exporter]
        {
            mac.update(part);
        }
        mac
    }

    fn proof(&self, secret: &SharedSecret, role: Role) -> Proof {
        Proof(self.mac(secret, role).finalize().into_bytes().into())
    }

    /// In constant time.
    fn verifies(&self, secret: &SharedSecret, role: Role, proof: Proof) -> bool {
        self.mac(secret, role).verify_slice(&proof.0).is_ok()
    }
}

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

async fn next(connection: &mut Connection) -> Result<Message, LinkError> {
    timeout(STEP, connection.recv()).await.map_err(|_| LinkError::Timeout(STEP))?
}
