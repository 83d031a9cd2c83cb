//! The client against a scripted console: each quirk of console-facts §2 to §4, and the rules on what it reads.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod actions;
mod anything;
mod engine_form;
mod engines;
mod errors;
mod paging;
mod pairing;
mod pools;
mod retries;
mod rules;
mod secret;
mod sites_and_scans;
mod support;
mod table;
mod updates;
