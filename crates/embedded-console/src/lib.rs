//! A Security Console for trying out, developing and testing: the REST API v3 over SQLite, the app's files, and real
//! connections to engines.
//!
//! [`start`] runs one inside this process; the program `embedded-console` is a thin layer over it.
//!
//! ```text
//! browser ── static_files          the app, with its security headers
//!         └─ api ── db             engines, pools, sites, scans, users in one SQLite file
//!              └─── fleet          engine-link connections; what they tell goes through `persist` into `db`
//! engines ── engine_listener      those that dial: to the fleet, or to `pairing` with the shared secret
//! ```

mod api;
mod audit;
mod auth;
mod clock;
pub mod config;
mod console;
mod db;
mod dialect;
mod engine_listener;
mod engine_rules;
pub mod fleet;
mod hosts;
mod pairing;
mod patience;
mod persist;
mod places;
mod secrets;
mod security;
pub mod seed;
mod serve;
mod startup;
mod static_files;
mod templates;
mod tls;

pub use api::openapi;
pub use auth::two_factor_token;
pub use config::Config;
pub use security::CONTENT_SECURITY_POLICY;
pub use startup::{Running, StartError, start};
pub use static_files::APP_ROUTES;
