//! The screens, one module each.

pub mod activity;
pub mod add_engines;
pub mod administration;
pub mod engine;
pub mod engines;
pub mod health;
pub mod new_engine;
pub mod not_found;
pub mod pool;
pub mod pools;
pub mod shared_secret;
pub mod sign_in;
pub mod site;
pub mod sites;
