//! A Scan Engine stand-in.
//!
//! It pairs with consoles, tells its status and versions, and applies updates; it runs no scans. What it keeps lies in
//! its installation directory: `nse/conf/consoles.xml` ([`ConsolesFile`], console-facts §6), `nse/conf/versions.json`
//! and its certificate and key in `keys/`.
//!
//! A connection is answered in the same way whoever dialled, so that an engine that dials its console (a reverse pair)
//! needs no second session.

mod commands;
mod consoles_file;
mod engine;
mod log;
mod registry;
mod session;
mod versions;

pub use commands::{Command, CommandError, Reply};
pub use consoles_file::{ConsoleEntry, ConsolesFile, ConsolesFileError, DEFAULT_CONSOLE_PORT};
pub use engine::{Engine, Options, StartError};
pub use log::Log;
pub use registry::{Contact, KnownConsole, MAX_NOT_ENABLED, Refusal, Registry, RegistryError};
pub use versions::{DEFAULT_CONTENT_VERSION, DEFAULT_PRODUCT_VERSION};
