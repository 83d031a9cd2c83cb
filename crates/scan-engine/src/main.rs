//! The scan engine program.
fn main() {}
