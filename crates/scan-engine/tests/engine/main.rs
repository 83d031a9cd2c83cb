//! The program as a person, a script and a console have it.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as the tests do")]

mod command_line;
mod hostile;
mod reverse;
mod support;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod unattended;
