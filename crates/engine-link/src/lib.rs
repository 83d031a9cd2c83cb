//! The protocol between the embedded console and its scan engines.
//!
//! One TCP connection with TLS 1.3, on which both sides show a self-signed certificate ([`Identity`]). The handshake
//! proves that each holds its key; which [`Fingerprint`] is the right one is for the caller to know and to pin. Then
//! frames of JSON go both ways ([`FrameDecoder`]): a [`Preamble`] with the protocol version first, a hello of each side
//! next, then [`Message`]s in any order.
//!
//! ```text
//! console                                   engine
//!   | ---- TLS 1.3, both certificates ------> |
//!   | <--- Preamble {"version":1} ----------> |   another version: the connection ends
//!   | ---- ConsoleHello --------------------> |   consoles.xml gets the console's entry, enabled="0"
//!   | <--- EngineHello ---------------------- |
//!   | <--- Authorization {"enabled":false} -- |   again whenever `enable console` changes it
//!   | ---- VersionQuestion, Ping, Update ---> |
//!   | <--- Versions, Pong, UpdateAnswer ----- |
//! ```
//!
//! Who dialled makes no difference to the messages. An engine that dials a console which does not know it yet sends
//! [`Message::PairRequest`] in place of its hello, and the connection ends with the verdict ([`pair_with_console`],
//! [`Claim`]).

mod connection;
mod files;
mod fingerprint;
mod frame;
mod identity;
mod message;
mod pairing;
mod places;
mod proof;
mod tls;
mod version;

pub use connection::{Connection, LinkError, Receiver, Sender, Timeouts, accept, dial, dial_from};
pub use files::{Access, write_whole};
pub use fingerprint::{Certificate, CertificateError, Fingerprint, FingerprintError};
pub use frame::{FrameDecoder, FrameError, MAX_FRAME, encode};
pub use identity::Identity;
pub use message::{
    ConsoleHello, EngineHello, EngineVersions, MAX_TEXT, Message, PROTOCOL_VERSION, PairRefusal, Preamble,
    UpdateAnswer,
};
pub use pairing::{Claim, PairError, pair_with_console};
pub use places::{Limits, Place, Places, Standing};
pub use proof::{Nonce, Proof, SharedSecret, SharedSecretError};
pub use version::{compare_versions, major_version};
