//! The screens, one module each.

pub mod administration;
pub mod engine;
pub mod engines;
pub mod new_engine;
pub mod not_found;
pub mod shared_secret;
pub mod sign_in;
