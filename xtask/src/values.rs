//! What may be given on the command line, for the arguments of all commands.

use std::net::SocketAddr;

use clap::ValueEnum;

/// The word by which a value is chosen on the command line.
pub(crate) fn word(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// An address to listen on.
pub(crate) fn address(given: &str) -> Result<SocketAddr, &'static str> {
    given.parse().map_err(|_| "this is not an address with a port, such as 127.0.0.1:3780")
}

/// A path that begins and ends with a slash and has nothing that a page would have to escape.
pub(crate) fn public_path(given: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let inner = given.trim_matches('/');
    if given.is_empty()
        || !given.chars().all(plain)
        || inner.split('/').any(|part| part == ".." || part == ".")
        || given.contains("//")
    {
        return Err("give a path such as / or /engines/");
    }
    Ok(if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") })
}

/// The name of an engine. It becomes a folder's name, an argument of a program and a word on a line.
pub(crate) fn engine_name(given: &str) -> Result<String, &'static str> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if given.is_empty() || given.len() > 40 || given.starts_with('-') || !given.chars().all(good) {
        return Err("this can't be an engine's name here: use up to 40 small letters, digits and hyphens");
    }
    Ok(given.to_owned())
}
