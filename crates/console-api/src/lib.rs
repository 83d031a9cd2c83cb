//! The contract with a Security Console: requests, wire decoding, errors, the client and the domain rules.
//!
//! The crate does no I/O of its own. A [`Transport`] sends one request and gives one response back; the browser app
//! brings one over `fetch`, and the feature `native` has one over reqwest. Everything else is the same code natively
//! and in WebAssembly, so that most of it is tested without a browser.
//!
//! Data goes one way: bytes → wire types, read leniently (every read-only field may be missing: docs/api-quirks.md,
//! "Reading") → the types in this crate, which are strict. What a status means and what to do about it are plain functions in
//! [`rules`].
//!
//! ```
//! use console_api::{Client, Credentials, Error, Transport};
//!
//! async fn names<T: Transport + 'static>(transport: T) -> Result<Vec<String>, Error> {
//!     let credentials = Credentials::new("admin", "secret", None).map_err(|_| Error::Unauthorized)?;
//!     let console = Client::new(transport, credentials);
//!     Ok(console.engines().await?.items.into_iter().map(|engine| engine.name).collect())
//! }
//! ```

mod client;
mod credentials;
mod error;
mod ids;
mod model;
#[cfg(feature = "native")]
mod native;
pub mod rules;
mod timestamp;
mod transport;
mod wire;

pub use client::{
    Asked, Client, Created, EngineDraft, Moved, NewSite, PageRequest, PoolDraft, PoolMoved, Refreshed,
    RetryPolicy, Saved, SiteDraft, Sort, UpdateAnswer, Welcome,
};
pub use credentials::{Credentials, CredentialsError};
pub use error::Error;
pub use ids::{EngineId, ParseIdError, PoolId, ScanId, ScannerId, SiteId};
pub use model::{
    CommandOutput, ConsoleInfo, Direction, Engine, EngineStatus, EngineSummary, EngineVersionBlock,
    GeneratedSecret, List, Page, Pool, Scan, ScanStatus, ScanTemplate, Severity, SharedSecret, Site,
    SiteType, VersionReport, Vulnerabilities, parse_version_engines,
};
#[cfg(feature = "native")]
pub use native::{NativeTransport, NativeTransportError};
pub use timestamp::Timestamp;
pub use transport::{Header, Method, Request, Response, Transport, TransportError};
