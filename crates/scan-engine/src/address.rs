//! The address of a console, as an administrator types it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::DEFAULT_CONSOLE_PORT;

/// The longest host name (RFC 1035), in characters.
const MAX_NAME: usize = 253;
/// The longest part of it.
const MAX_LABEL: usize = 63;

/// Where a console listens for engines: an IP address or a host name, and a port.
///
/// It is read from `10.0.0.1`, `10.0.0.1:40815`, `console.example`, `console.example:40815`, `2001:db8::1`,
/// `[2001:db8::1]` and `[2001:db8::1]:40815`. Two texts for one address are equal afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleAddress {
    /// An IP address in its usual form, without brackets; or a host name in small letters.
    pub host: String,
    /// From 1 to 65535.
    pub port: u16,
}

/// The text is not an address of a console.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{text}\" is not the address of a console: {reason}. Give an IP address or a host name, and a port unless it is \
     {DEFAULT_CONSOLE_PORT}, as in 10.0.0.1, console.example:{DEFAULT_CONSOLE_PORT} or \
     [2001:db8::1]:{DEFAULT_CONSOLE_PORT}"
)]
pub struct ConsoleAddressError {
    text: String,
    reason: &'static str,
}

impl ConsoleAddress {
    /// The address in an entry, which someone may have written by hand.
    #[must_use]
    pub fn of_entry(host: &str, port: u16) -> Self {
        let host = host.trim();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        Self { host: normal(bare).unwrap_or_else(|_| bare.to_lowercase()), port }
    }
}

impl FromStr for ConsoleAddress {
    type Err = ConsoleAddressError;

    fn from_str(text: &str) -> Result<Self, ConsoleAddressError> {
        let text = text.trim();
        let failed = |reason| {
            let text = text.chars().filter(|character| !character.is_control()).take(80).collect();
            ConsoleAddressError { text, reason }
        };
        if text.contains('/') {
            return Err(failed("it is an address of a page"));
        }
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, port) = rest.split_once(']').ok_or_else(|| failed("the bracket is not closed"))?;
            let host = host.parse::<Ipv6Addr>().map_err(|_| failed("no IPv6 address is in the brackets"))?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':').ok_or_else(|| failed("no colon is before the port"))?),
            };
            (host.to_string(), port)
        } else if let Ok(host) = text.parse::<Ipv6Addr>() {
            (host.to_string(), None)
        } else {
            let (host, port) = match text.split_once(':') {
                Some((_, port)) if port.contains(':') => return Err(failed("it is no IPv6 address")),
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            };
            (normal(host).map_err(failed)?, port)
        };
        let port = match port {
            None => DEFAULT_CONSOLE_PORT,
            // `parse` alone would take a sign as well.
            Some(port) => Some(port)
                .filter(|port| port.bytes().all(|digit| digit.is_ascii_digit()))
                .and_then(|port| port.parse().ok())
                .filter(|port| *port > 0)
                .ok_or_else(|| failed("a port is a number from 1 to 65535"))?,
        };
        Ok(Self { host, port })
    }
}

/// One form for every way to write it.
fn normal(host: &str) -> Result<String, &'static str> {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Ok(address.to_string());
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(address.to_string());
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_lowercase();
    if name.is_empty() {
        return Err("the host is missing");
    }
    if name.len() > MAX_NAME {
        return Err("the host name is too long");
    }
    for label in name.split('.') {
        // The underscore is no part of a host name by the rules, and occurs all the same.
        let good =
            |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
        if label.is_empty() || label.len() > MAX_LABEL || !label.chars().all(good) {
            return Err("a host name has letters, digits and hyphens, and single dots in between");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("no part of a host name begins or ends with a hyphen");
        }
    }
    // The last part of a name is never a number: someone meant an IP address.
    if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|digit| digit.is_ascii_digit())) {
        return Err("an IPv4 address has four numbers from 0 to 255");
    }
    Ok(name)
}

impl fmt::Display for ConsoleAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_address_is_read() {
        for (text, host, port) in [
            ("10.0.0.1", "10.0.0.1", 40815),
            (" 10.0.0.1:9 ", "10.0.0.1", 9),
            ("Console.Example", "console.example", 40815),
            ("console.example.:40815", "console.example", 40815),
            ("localhost:65535", "localhost", 65535),
            ("2001:DB8:0::1", "2001:db8::1", 40815),
            ("[2001:db8::1]", "2001:db8::1", 40815),
            ("[2001:db8::1]:7", "2001:db8::1", 7),
            ("::1", "::1", 40815),
            ("console_1", "console_1", 40815),
            ("3com.example", "3com.example", 40815),
        ] {
            let address: ConsoleAddress = text.parse().unwrap();
            assert_eq!((address.host.as_str(), address.port), (host, port), "{text}");
            assert_eq!(address.to_string().parse(), Ok(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_with_the_reason() {
        for (text, reason) in [
            ("", "the host is missing"),
            (":40815", "the host is missing"),
            ("10.0.0.256", "four numbers from 0 to 255"),
            ("10.0.0", "four numbers"),
            ("10", "four numbers"),
            ("host:", "a port is a number from 1 to 65535"),
            ("host:0", "a port is"),
            ("host:65536", "a port is"),
            ("host:+1", "a port is"),
            ("https://host:3780/", "an address of a page"),
            ("[::1", "the bracket is not closed"),
            ("[host]", "no IPv6 address is in the brackets"),
            ("[::1]40815", "no colon is before the port"),
            ("1:2:3", "it is no IPv6 address"),
            ("a..b", "single dots"),
            ("under score", "letters, digits"),
            ("-a.example", "hyphen"),
            ("\u{1b}[2J", "letters, digits"),
        ] {
            let error = text.parse::<ConsoleAddress>().unwrap_err().to_string();
            assert!(error.contains(reason) && error.contains("as in 10.0.0.1"), "{text}: {error}");
            assert!(!error.contains('\u{1b}'));
        }
        assert!("a".repeat(64).parse::<ConsoleAddress>().is_err());
        assert!("ab.".repeat(90).parse::<ConsoleAddress>().is_err());
    }

    #[test]
    fn the_address_of_an_entry_by_hand_is_compared_in_its_usual_form() {
        for (host, normal) in
            [("[::1]", "::1"), ("Console.example.", "console.example"), ("what is this", "what is this")]
        {
            assert_eq!(ConsoleAddress::of_entry(host, 1).host, normal);
        }
    }
}
