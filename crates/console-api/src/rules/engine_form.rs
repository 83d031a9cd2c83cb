//! The form of an engine: what is wrong with it as one types, in words (docs/api-quirks.md, "Changing").

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::client::EngineDraft;
use crate::ids::EngineId;
use crate::model::Engine;
use crate::rules::keys::{bare, fold_case, same_host};
use crate::rules::permission::{is_local, is_local_place};

/// The longest name, in characters.
const LONGEST_NAME: usize = 255;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EngineField {
    /// **Name**.
    Name,
    /// **Address**.
    Address,
    /// **Port**.
    Port,
}

/// The form as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineText {
    /// The name.
    pub name: String,
    /// Host name or IP address.
    pub address: String,
    /// The port.
    pub port: String,
}

/// Empty, but for the documented port 40814.
impl Default for EngineText {
    fn default() -> Self {
        Self { name: String::new(), address: String::new(), port: EngineDraft::DEFAULT_PORT.to_string() }
    }
}

impl EngineText {
    /// The form of an engine as it is.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        let draft = EngineDraft::of(engine);
        Self { name: draft.name, address: draft.address, port: draft.port.to_string() }
    }
}

/// What is wrong with a form, field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineCheck {
    /// What is wrong with the name.
    pub name: Option<String>,
    /// What is wrong with the address, or with address and port together.
    pub address: Option<String>,
    /// What is wrong with the port.
    pub port: Option<String>,
    /// What to send; `None` while anything is wrong.
    pub draft: Option<EngineDraft>,
}

/// Checks a form against the engines that there are. `this` is the one that is edited.
#[must_use]
pub fn check_engine(text: &EngineText, this: Option<EngineId>, engines: &[Engine]) -> EngineCheck {
    let name = text.name.trim();
    let address = text.address.trim();
    let port = port_of(&text.port);
    let other = |found: &dyn Fn(&Engine) -> bool| {
        engines.iter().find(|engine| Some(engine.id) != this && found(engine))
    };

    let name_problem = match name_problem(name) {
        Some(problem) => Some(problem.to_owned()),
        None => {
            let folded = fold_case(name);
            other(&|engine| fold_case(engine.name.trim()) == folded)
                .map(|engine| ["Another engine is already called ", &engine.name, "."].concat())
        }
    };
    let address_problem = match (address_problem(address), port) {
        (Some(problem), _) => Some(problem.to_owned()),
        (None, None) => None,
        (None, Some(port)) => {
            let local = is_local_place(address, Some(port));
            other(&|engine| {
                (engine.port == Some(port) && same_host(&engine.address, address))
                    || (local && is_local(engine))
            })
            .map(|engine| [&engine.name, " already has this address and this port."].concat())
        }
    };
    let draft = match (&name_problem, &address_problem, port) {
        (None, None, Some(port)) => {
            Some(EngineDraft { name: name.to_owned(), address: address.to_owned(), port })
        }
        _ => None,
    };
    EngineCheck {
        name: name_problem,
        address: address_problem,
        port: port.is_none().then(|| "Enter a port from 1 to 65535.".to_owned()),
        draft,
    }
}

pub(crate) fn name_problem(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("Enter a name.")
    } else if name.chars().any(char::is_control) {
        Some("A name can't have line breaks, tabs or other control characters.")
    } else if name.chars().count() > LONGEST_NAME {
        Some("A name has at most 255 characters.")
    } else {
        None
    }
}

/// A port as it was typed: digits alone.
pub(crate) fn port_of(text: &str) -> Option<u16> {
    let text = text.trim();
    // `parse` would take a plus sign as well.
    if !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|port| *port != 0)
}

/// What is wrong with a host name or an IP address. The console takes what passes here.
pub(crate) fn address_problem(address: &str) -> Option<&'static str> {
    const IPV4: &str = "An IPv4 address is four numbers from 0 to 255, such as 192.0.2.10.";
    const IPV6: &str = "This is not an IPv6 address. One is, for example, 2001:db8::10.";
    if address.is_empty() {
        return Some("Enter a host name or an IP address.");
    }
    if bare(address).parse::<Ipv6Addr>().is_ok() {
        return None;
    }
    if address.contains("://") {
        return Some("Enter the host name or IP address alone, without “https://”.");
    }
    if address.contains(['/', '\\', '@', '?', '#']) {
        return Some("Enter the host name or IP address alone, with nothing before or after it.");
    }
    if let Some((host, port)) = address.rsplit_once(':') {
        let behind = (!host.contains(':') || host.ends_with(']')) && port.bytes().all(|b| b.is_ascii_digit());
        return Some(if behind { "Enter the port in its own field, not after the address." } else { IPV6 });
    }
    if address.contains(['[', ']']) {
        return Some("Only an IPv6 address stands in brackets.");
    }
    let name = address.strip_suffix('.').unwrap_or(address);
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
        return Some("A host name has only the letters a to z, digits, hyphens, underscores and dots.");
    }
    // No top-level domain is a number, but resolvers read `10.1` and `0x7f.1` as addresses.
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) && !last.is_empty();
    if (is_number && address.parse::<Ipv4Addr>().is_err()) || last.starts_with("0x") || last.starts_with("0X")
    {
        return Some(IPV4);
    }
    let is_name = name.len() <= 253
        && name
            .split('.')
            .all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'));
    if is_name {
        None
    } else {
        Some(
            "Each part of a host name has 1 to 63 characters and no hyphen at its ends; all of them have at most 253.",
        )
    }
}

/// At which field a refusal of the console belongs, from its words: the first word that names one counts, since the
/// values follow.
#[must_use]
pub fn field_of_refusal(message: &str) -> Option<EngineField> {
    message.split(|c: char| !c.is_ascii_alphanumeric()).find_map(|word| {
        Some(match word.to_ascii_lowercase().as_str() {
            "name" | "names" => EngineField::Name,
            "address" | "addresses" | "host" | "hostname" | "ip" => EngineField::Address,
            "port" | "ports" => EngineField::Port,
            _ => return None,
        })
    })
}

/// Whether saving drops the pairing: the engine is somewhere else then (docs/api-quirks.md, "Engine side"). Another
/// spelling of the same IPv6 address is not.
#[must_use]
pub fn needs_pairing_again(before: &EngineDraft, wanted: &EngineDraft) -> bool {
    let (old, new) = (before.address.trim(), wanted.address.trim());
    let moved = match (bare(old).parse::<Ipv6Addr>(), bare(new).parse::<Ipv6Addr>()) {
        (Ok(old), Ok(new)) => old != new,
        // A console may take names that differ in case alone for two places, and then pairs again.
        _ => old != new,
    };
    moved || before.port != wanted.port
}
