//! The command line of the engine (console-facts §6), without its terminal.

use crate::engine::Engine;

/// What `help` prints.
const HELP: &str = "\
show consoles            list the consoles that this engine knows, with their IDs
enable console <ID>      let this console use the engine
disable console <ID>     do not let it any more
help                     show this list
quit                     stop the Scan Engine service";

/// A command that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `show consoles`, or `show console`: the documents use both.
    ShowConsoles,
    /// `enable console <ID>`.
    EnableConsole(u32),
    /// `disable console <ID>`.
    DisableConsole(u32),
    /// `help`.
    Help,
    /// `quit`.
    Quit,
}

/// A line that is no command, with what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Nothing like it.
    #[error("unknown command \"{0}\": help lists the commands")]
    Unknown(String),
    /// The console's number is missing or none.
    #[error(
        "{verb} console needs the ID of one console, as in \"{verb} console 1\": show consoles lists them"
    )]
    Id {
        /// `enable` or `disable`.
        verb: &'static str,
    },
}

impl Command {
    /// Reads one line; upper and lower case are the same. `None` for an empty one.
    ///
    /// # Errors
    /// [`CommandError`], for the person who typed it.
    pub fn parse(line: &str) -> Result<Option<Self>, CommandError> {
        let lower = line.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let command = match words.as_slice() {
            [] => return Ok(None),
            ["show", "consoles" | "console"] => Self::ShowConsoles,
            ["enable", "console" | "consoles", rest @ ..] => Self::EnableConsole(id("enable", rest)?),
            ["disable", "console" | "consoles", rest @ ..] => Self::DisableConsole(id("disable", rest)?),
            ["help" | "?"] => Self::Help,
            ["quit" | "exit"] => Self::Quit,
            _ => {
                let shown: String =
                    line.trim().chars().filter(|character| !character.is_control()).take(80).collect();
                return Err(CommandError::Unknown(shown));
            }
        };
        Ok(Some(command))
    }
}

fn id(verb: &'static str, words: &[&str]) -> Result<u32, CommandError> {
    match words {
        [number] => number.parse().map_err(|_| CommandError::Id { verb }),
        _ => Err(CommandError::Id { verb }),
    }
}

/// The engine's answer to a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What to print; it may have several lines, or be empty.
    pub text: String,
    /// The engine is to stop.
    pub quit: bool,
}

impl Engine {
    /// Carries out one line of the command line.
    #[must_use]
    pub fn command(&self, line: &str) -> Reply {
        let command = match Command::parse(line) {
            Ok(Some(command)) => command,
            Ok(None) => return Reply { text: String::new(), quit: false },
            Err(error) => return Reply { text: error.to_string(), quit: false },
        };
        let text = match command {
            Command::ShowConsoles => self.show_consoles(),
            Command::EnableConsole(id) => self.set_enabled(id, true),
            Command::DisableConsole(id) => self.set_enabled(id, false),
            Command::Help => HELP.to_owned(),
            Command::Quit => "stopping the Scan Engine".to_owned(),
        };
        Reply { text, quit: command == Command::Quit }
    }

    fn show_consoles(&self) -> String {
        let mut text = String::new();
        for console in self.registry().list() {
            let entry = &console.entry;
            let fingerprint = entry
                .certificate
                .as_ref()
                .map_or_else(|| "none".to_owned(), |certificate| certificate.fingerprint().to_string());
            text.push_str(&format!(
                "ID={}  IP={}  enabled={}  connectTo={}  port={}  name=\"{}\"  fingerprint={fingerprint}\n",
                entry.id,
                console.address(),
                u8::from(entry.enabled),
                u8::from(entry.connect_to),
                entry.port,
                entry.name,
            ));
        }
        if text.is_empty() {
            text.push_str(
                "no consoles yet: add this engine on a Security Console, and its entry appears here\n",
            );
        }
        text.push_str(&format!("This engine's fingerprint: {}", self.fingerprint()));
        text
    }

    fn set_enabled(&self, id: u32, enabled: bool) -> String {
        let state = if enabled { "enabled" } else { "disabled" };
        match self.registry().set_enabled(id, enabled) {
            Ok(true) => {
                self.log().line(format!("console {id} {state}"));
                format!("console {id} is {state} now")
            }
            Ok(false) => format!("console {id} is {state} already"),
            Err(error) => error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_lines_are_understood() {
        for (line, command) in [
            ("show consoles", Command::ShowConsoles),
            ("show console", Command::ShowConsoles),
            ("  Show   CONSOLES ", Command::ShowConsoles),
            ("enable console 1", Command::EnableConsole(1)),
            ("disable console 12", Command::DisableConsole(12)),
            ("help", Command::Help),
            ("quit", Command::Quit),
        ] {
            assert_eq!(Command::parse(line), Ok(Some(command)), "{line}");
        }
        assert_eq!(Command::parse(" \t"), Ok(None));
    }

    #[test]
    fn a_mistake_says_what_to_type() {
        assert_eq!(
            Command::parse("enable console").unwrap_err().to_string(),
            "enable console needs the ID of one console, as in \"enable console 1\": show consoles lists them"
        );
        assert_eq!(Command::parse("disable console one"), Err(CommandError::Id { verb: "disable" }));
        assert_eq!(
            Command::parse("enabel console 1").unwrap_err().to_string(),
            "unknown command \"enabel console 1\": help lists the commands"
        );
    }
}
