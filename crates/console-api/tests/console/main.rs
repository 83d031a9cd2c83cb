//! The client against a scripted console with the quirks of docs/api-quirks.md, and the rules on what it reads.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod actions;
mod activity;
mod anything;
mod audit;
mod candidates;
mod engine_form;
mod engines;
mod errors;
mod filter;
mod health;
mod mutes;
mod names;
mod new_engines;
mod paging;
mod pairing;
mod pool_plan;
mod pool_rules;
mod pools;
mod relief;
mod retries;
mod rules;
mod scanner_rows;
mod secret;
mod sites_and_scans;
mod staged;
mod support;
mod table;
mod takeover;
mod updates;
