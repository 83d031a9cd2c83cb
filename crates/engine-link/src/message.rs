//! What the two sides say to each other.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::proof::{Nonce, Proof};

/// The version of this protocol. The two sides of a connection must have the same one.
pub const PROTOCOL_VERSION: u32 = 1;

/// The longest text in a message, in characters; what is longer is cut when it arrives.
pub const MAX_TEXT: usize = 200;

/// The first frame of each side. Its form must stay as it is in every later version, so that two versions can at
/// least tell each other which they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preamble {
    /// Always [`Preamble::PROTOCOL`].
    pub protocol: String,
    /// The sender's [`PROTOCOL_VERSION`].
    pub version: u32,
}

impl Preamble {
    /// The name of this protocol.
    pub const PROTOCOL: &str = "engine-link";

    /// What this version of the library sends.
    #[must_use]
    pub fn ours() -> Self {
        Self { protocol: Self::PROTOCOL.to_owned(), version: PROTOCOL_VERSION }
    }
}

/// What a console says of itself: what the engine writes into its consoles.xml (docs/api-quirks.md, "Engine side").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleHello {
    /// `name`.
    #[serde(deserialize_with = "one_line")]
    pub name: String,
    /// `lastAddress`; empty: the engine writes the address that it sees.
    #[serde(deserialize_with = "one_line")]
    pub address: String,
    /// `port`: where the console listens for reverse pairs.
    pub port: u16,
    /// The console has not pinned this engine at this address: it was added, or its address was changed. An
    /// authorisation from earlier does not count any more, and the administrator has to enable the console again.
    pub first_contact: bool,
}

/// What an engine says of itself to everybody. Its versions are for authorised consoles only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineHello {
    /// The engine's name.
    #[serde(deserialize_with = "one_line")]
    pub name: String,
}

/// The versions of an engine, and on what it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineVersions {
    /// Product version, as `6.6.300`.
    #[serde(deserialize_with = "one_line")]
    pub product: String,
    /// Content version.
    #[serde(deserialize_with = "one_line")]
    pub content: String,
    /// Serial number: 40 hexadecimal digits.
    #[serde(deserialize_with = "one_line")]
    pub serial: String,
    /// Operating system and processor.
    #[serde(deserialize_with = "one_line")]
    pub platform: String,
}

/// What an engine says to an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateAnswer {
    /// It is being applied; the connection will end, and the next one has the new versions.
    Applying,
    /// The engine has these versions or newer ones.
    UpToDate,
    /// One is being applied already.
    Busy,
    /// The console is not enabled on this engine.
    Unauthorized,
}

/// Why a console does not pair with an engine that has dialled it.
///
/// `Expired`, `Revoked` and `Taken` are said only to an engine that has proved the secret that they are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum PairRefusal {
    /// The console knows no such secret.
    NotAccepted,
    /// The secret was valid once: its time is over.
    Expired,
    /// The secret was revoked.
    Revoked,
    /// The console has another engine of this name, or at this address and port, with another key.
    Taken {
        /// Which, for a person.
        #[serde(deserialize_with = "one_line")]
        reason: String,
    },
    /// The console could not store the pairing, or is busy.
    Failed {
        /// What happened, for a person.
        #[serde(deserialize_with = "one_line")]
        reason: String,
    },
    /// A reason that this version does not know.
    #[serde(other)]
    Unknown,
}

impl fmt::Display for PairRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAccepted => f.write_str("the console does not accept this shared secret"),
            Self::Expired => {
                f.write_str("this shared secret has expired: generate a new one on the Security Console")
            }
            Self::Revoked => {
                f.write_str("this shared secret was revoked: generate a new one on the Security Console")
            }
            Self::Taken { reason } | Self::Failed { reason } => f.write_str(reason),
            Self::Unknown => f.write_str("the console refuses, for a reason that this engine does not know"),
        }
    }
}

/// One message. Which side dialled makes no difference to what a console and what an engine may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Message {
    /// The console's first message.
    ConsoleHello(ConsoleHello),
    /// The engine's first message.
    EngineHello(EngineHello),
    /// From the engine, after both hellos and whenever it changes: whether the console may use it.
    Authorization {
        /// `enabled` in consoles.xml.
        enabled: bool,
        /// The console's address as the engine sees it.
        seen: IpAddr,
    },
    /// From the engine, in place of the authorisation: it has no room for this console. The connection ends.
    Refused {
        /// Why, for a person.
        #[serde(deserialize_with = "one_line")]
        reason: String,
    },
    /// Answer with a [`Message::Pong`] of the same number.
    Ping {
        /// Any number.
        number: u32,
    },
    /// The answer to a ping.
    Pong {
        /// The ping's number.
        number: u32,
    },
    /// From the console: which versions? An engine on which it is not enabled answers with its authorisation.
    VersionQuestion,
    /// The engine's answer.
    Versions(EngineVersions),
    /// From the console: these versions are available, take them.
    Update {
        /// Product version.
        #[serde(deserialize_with = "one_line")]
        product: String,
        /// Content version.
        #[serde(deserialize_with = "one_line")]
        content: String,
    },
    /// The engine's answer.
    UpdateAnswer {
        /// The answer.
        answer: UpdateAnswer,
    },
    /// From an engine that has dialled, in place of its hello: it wants to be paired. See [`crate::pair_with_console`].
    PairRequest {
        /// The engine's name.
        #[serde(deserialize_with = "one_line")]
        name: String,
        /// The port that it listens on, 40814 unless changed.
        port: u16,
        /// The engine's random number.
        nonce: Nonce,
    },
    /// The console's answer.
    PairChallenge {
        /// The console's random number.
        nonce: Nonce,
    },
    /// The engine proves that it has the shared secret.
    PairProof {
        /// Its proof.
        proof: Proof,
    },
    /// So does the console, which has taken the engine.
    PairAccepted {
        /// Its proof.
        proof: Proof,
    },
    /// The console does not take the engine.
    PairRefused {
        /// Why.
        refusal: PairRefusal,
    },
    /// From a console that is enabled: who opens the connection from now on. The engine stores it as `connectTo`.
    Direction {
        /// The engine does, to the address and port in its consoles.xml; otherwise the console does.
        engine_dials: bool,
    },
    /// The engine's answer. After a yes to `engine_dials` the console ends this connection, and the engine dials.
    DirectionAnswer {
        /// Whether it was stored.
        stored: bool,
    },
    /// A message that this version does not know. It is passed over.
    #[serde(other)]
    Unknown,
}

/// Texts of the other side end up in log lines and on terminals: no control characters, and not endless.
fn one_line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.chars().filter(|character| !character.is_control()).take(MAX_TEXT).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_names_in_json() {
        let json = serde_json::to_string(&Message::Ping { number: 7 }).unwrap();
        assert_eq!(json, r#"{"type":"ping","number":7}"#);
        let hello = Message::EngineHello(EngineHello { name: "London".to_owned() });
        assert_eq!(serde_json::to_string(&hello).unwrap(), r#"{"type":"engine-hello","name":"London"}"#);
        assert_eq!(
            serde_json::to_string(&Message::VersionQuestion).unwrap(),
            r#"{"type":"version-question"}"#
        );
    }

    #[test]
    fn a_message_of_a_later_version_is_passed_over() {
        let message: Message = serde_json::from_str(r#"{"type":"scan","targets":[1,2]}"#).unwrap();
        assert_eq!(message, Message::Unknown);
    }

    #[test]
    fn texts_of_the_other_side_are_one_short_line() {
        let long = "x".repeat(1000);
        for (sent, read) in [("evil\\u001b[2J\\nname", "evil[2Jname"), (long.as_str(), &long[..MAX_TEXT])] {
            let json = format!(r#"{{"type":"engine-hello","name":"{sent}"}}"#);
            let Message::EngineHello(hello) = serde_json::from_str(&json).unwrap() else { panic!("{json}") };
            assert_eq!(hello.name, read);
        }
    }
}
