//! The whole system in Chromium and Firefox: one module a subject.

mod accessibility;
mod bulk;
mod dialects;
mod direction;
mod engine_form;
mod engine_life;
mod engines;
mod failures;
mod faults;
mod fleet;
mod keyboard;
mod pairing_reverse;
mod pairing_standard;
mod pictures;
mod policy;
mod refresh;
mod screens;
mod shared_secret;
mod sign_in;
mod update;
