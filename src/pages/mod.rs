//! The screens, one module each.

pub mod engines;
pub mod not_found;
pub mod sign_in;
