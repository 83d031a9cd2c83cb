//! The whole system in Chromium and Firefox: one module a subject.

mod accessibility;
mod behind_nginx;
mod bulk;
mod dialects;
mod direction;
mod engine_form;
mod engine_life;
mod engines;
mod failures;
mod faults;
mod fleet;
mod handover;
mod health;
mod keyboard;
mod pairing_reverse;
mod pairing_standard;
mod pictures;
mod policy;
mod refresh;
mod screens;
mod select_sites;
mod shared_secret;
mod sign_in;
mod sites;
mod unsaved;
mod update;
