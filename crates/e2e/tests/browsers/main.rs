//! The whole system in Chromium and Firefox: one module a subject.

mod accessibility;
mod engine_life;
mod engines;
mod failures;
mod fleet;
mod keyboard;
mod pictures;
mod policy;
mod refresh;
mod sign_in;
