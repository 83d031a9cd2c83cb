//! The console as its clients see it: over HTTP, with the app's own client and with requests that it never makes.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

mod access;
mod contract;
mod data_calls;
mod dialects;
mod document;
mod engines;
mod files;
mod fleet_through_api;
mod hostile;
mod lab;
mod pools;
mod process;
mod quirks;
mod reverse;
mod secret;
mod seeds;
mod sites_and_scans;
mod small_engine;
mod tls;
