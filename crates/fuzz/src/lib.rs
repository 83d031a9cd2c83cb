//! What the fuzzer tries, as plain functions: each takes any bytes, and panics when a promise is broken.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, which looks for bytes that reach code that no bytes have reached
//! before. It starts from the files in `seeds/`, which are tried in the ordinary tests as well. What it finds goes there
//! too, once it is repaired.

mod consoles_xml;
mod frames;

use std::io::{self, Write as _};
use std::process::ExitCode;

pub use consoles_xml::consoles_xml;
pub use frames::frames;

/// What the fuzzer's programs do in an ordinary build, in which the fuzzer could not see what its bytes reach.
#[must_use]
pub fn not_watched() -> ExitCode {
    // Nobody may be reading: there is nothing else to be done.
    drop(writeln!(io::stderr(), "this was built without the fuzzer: use `cargo xtask fuzz`"));
    ExitCode::FAILURE
}
