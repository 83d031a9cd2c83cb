//! The embedded console program.
fn main() {}
