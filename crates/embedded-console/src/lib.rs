//! A Security Console for trying out.

pub mod fleet;
