//! The demo fleet, as `embedded-console --print-demo-fleet` lists it, and what the engines' own files say.

use std::net::SocketAddr;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::failure::{Outcome, fail};

/// One engine that belongs to the demo.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spec {
    /// Its name, also that of its folder.
    pub(crate) name: String,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The product version that it starts with.
    pub(crate) product: String,
    /// The content version that it starts with.
    pub(crate) content: String,
    /// How the demo shows it.
    pub(crate) state: State,
}

/// How the demo shows an engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State {
    /// Running, with the console enabled on it.
    Enabled,
    /// Running, but nobody has enabled the console.
    NotEnabled,
    /// Paired once, and then stopped.
    Stopped,
}

impl State {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "enabled" => Some(Self::Enabled),
            "not-enabled" => Some(Self::NotEnabled),
            "stopped" => Some(Self::Stopped),
            _ => None,
        }
    }

    /// The word for the list that is printed at the end.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::NotEnabled => "running, console not enabled",
            Self::Stopped => "stopped",
        }
    }
}

/// Reads the list: name, address with port, product version, content version and state, separated by tabs.
pub(crate) fn parse(list: &str) -> Outcome<Vec<Spec>> {
    let fleet: Option<Vec<Spec>> = list.lines().filter(|line| !line.trim().is_empty()).map(spec).collect();
    match fleet {
        Some(fleet) if !fleet.is_empty() => Ok(fleet),
        _ => fail(format!(
            "`embedded-console --print-demo-fleet` printed something else than a fleet: {list:?}"
        )),
    }
}

fn spec(line: &str) -> Option<Spec> {
    let mut parts = line.trim_end().split('\t');
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let spec = Spec {
        name: next()?.to_owned(),
        address: next()?.parse().ok()?,
        product: next()?.to_owned(),
        content: next()?.to_owned(),
        state: State::from_word(next()?)?,
    };
    // The name becomes a folder's: nothing that leads out of it.
    let plain = !spec.name.contains(['/', '\\']) && !spec.name.starts_with('.');
    (parts.next().is_none() && plain).then_some(spec)
}

/// One line of the file that keeps an engine which `cargo xtask engine new` made.
pub(crate) fn line(spec: &Spec) -> String {
    format!("{}\t{}\t{}\t{}\tenabled\n", spec.name, spec.address, spec.product, spec.content)
}

/// The number of the first console in a consoles.xml, and whether any of them is enabled. None: no console has called
/// yet. The file is the engine's own; this looks for two attributes only.
pub(crate) fn first_console(consoles_xml: &str) -> Option<(u32, bool)> {
    let mut reader = Reader::from_str(consoles_xml);
    let (mut first, mut enabled) = (None, false);
    // What is no XML any more has no further consoles.
    while let Ok(event) = reader.read_event() {
        let console = match event {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "console" => tag,
            Event::Eof => break,
            _ => continue,
        };
        let attribute = |name| Some(console.try_get_attribute(name).ok()??.value.into_owned());
        let id = attribute("id").and_then(|id| id.parse().ok());
        first = first.or(id);
        enabled |= attribute("enabled").is_some_and(|value| value == "1");
    }
    Some((first?, enabled))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "berlin-dmz-01\t127.0.1.1:40814\t6.6.268\t2445745114\tenabled\n\
                        oslo-lab-01\t127.0.1.2:40814\t6.6.250\t2445745000\tstopped\n\
                        paris-01\t127.0.1.3:40814\t6.6.268\t2445745114\tnot-enabled\n";

    #[test]
    fn the_fleet_is_read_line_by_line() {
        let fleet = parse(LIST).unwrap();
        assert_eq!(fleet.len(), 3);
        assert_eq!(fleet[0].name, "berlin-dmz-01");
        assert_eq!(fleet[1].address.to_string(), "127.0.1.2:40814");
        assert_eq!(fleet[1].product, "6.6.250");
        let states: Vec<_> = fleet.iter().map(|engine| engine.state).collect();
        assert_eq!(states, [State::Enabled, State::Stopped, State::NotEnabled]);
        assert_eq!(parse(&line(&fleet[0])).unwrap()[0], fleet[0]);
    }

    #[test]
    fn anything_else_is_refused_rather_than_half_started() {
        for bad in [
            "",
            "berlin\t127.0.1.1\t6\t1\tenabled",
            "berlin\t127.0.1.1:40814\t6\t1\tasleep",
            "berlin\t127.0.1.1:40814\t6\t1",
            "berlin\t127.0.1.1:40814\t6\t1\tenabled\tmore",
            "../../etc\t127.0.1.1:40814\t6\t1\tenabled",
            "\t127.0.1.1:40814\t6\t1\tenabled",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_engines_own_file_says_which_console_called() {
        assert_eq!(first_console("<Consoles></Consoles>"), None);
        let called = r#"<?xml version="1.0"?><Consoles><console id="1" enabled="0" connectTo="0" name="x"><cert>AA</cert></console></Consoles>"#;
        assert_eq!(first_console(called), Some((1, false)));
        let two = r#"<Consoles><console id="1" enabled="0"/><console id="2" enabled="1"/></Consoles>"#;
        assert_eq!(first_console(two), Some((1, true)));
    }
}
