//! The app's components and pages in a real headless browser, over a console that is a few lines of Rust.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod activity;
mod add_engines;
mod bulk;
mod console;
mod engine;
mod engines;
mod forms;
mod health;
mod history;
mod kept;
mod notes;
mod odd_consoles;
mod palette;
mod panel;
mod person;
mod picker;
mod pool_plan;
mod pools;
mod query;
mod questions;
mod relieve;
mod reread;
mod rows;
mod shared_secret;
mod sign_in;
mod sites;
mod sites_tab;
mod stages;
mod table;
mod tasks;
mod transport;
mod unsaved;
mod views;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
