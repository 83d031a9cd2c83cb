//! A Scan Engine stand-in.
//!
//! It pairs with consoles, tells its status and versions, and applies updates; it runs no scans. What it keeps lies in
//! its installation directory: `nse/conf/consoles.xml` ([`ConsolesFile`]; docs/api-quirks.md, "Engine side"),
//! `nse/conf/versions.json` and its certificate and key in `keys/`.
//!
//! A connection is answered in the same way whoever dialled. An engine that dials its console (a reverse pair) was
//! paired with a shared secret before ([`Engine::add_shared_secret`], or one that stood in consoles.xml at the start), and keeps a connection with it from then on.

mod address;
mod commands;
mod consoles_file;
mod engine;
mod links;
mod log;
mod pairing;
mod registry;
mod reverse;
mod session;
mod shared;
mod unattended;
mod versions;

pub use address::{ConsoleAddress, ConsoleAddressError};
pub use commands::{Command, CommandError, Phrase, Reply, Then, holds_secret};
pub use consoles_file::{ConsoleEntry, ConsolesFile, ConsolesFileError, DEFAULT_CONSOLE_PORT};
pub use engine::{Engine, Options, StartError};
pub use log::{Kind, Log};
pub use pairing::{Paired, PairingError};
pub use registry::{AddError, Contact, KnownConsole, MAX_NOT_ENABLED, Refusal, Registry, RegistryError};
pub use reverse::DialError;
pub use versions::{DEFAULT_CONTENT_VERSION, DEFAULT_PRODUCT_VERSION};
