//! The command line of the engine (docs/api-quirks.md, "Engine side"), without its terminal.

use crate::address::{ConsoleAddress, ConsoleAddressError};
use crate::engine::Engine;
use crate::links::LinkState;
use crate::registry::KnownConsole;

/// What the commands begin with, in the order of `help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// `show consoles`
    ShowConsoles,
    /// `enable console`
    EnableConsole,
    /// `disable console`
    DisableConsole,
    /// `add console`
    AddConsole,
    /// `connect to console`
    ConnectTo,
    /// `disconnect from console`
    DisconnectFrom,
    /// `add shared secret`
    AddSharedSecret,
    /// `delete console`
    DeleteConsole,
    /// `help`
    Help,
    /// `quit`
    Quit,
}

impl Phrase {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ShowConsoles,
        Self::EnableConsole,
        Self::DisableConsole,
        Self::AddConsole,
        Self::ConnectTo,
        Self::DisconnectFrom,
        Self::AddSharedSecret,
        Self::DeleteConsole,
        Self::Help,
        Self::Quit,
    ];

    /// The words, without what comes behind them.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ShowConsoles => "show consoles",
            Self::EnableConsole => "enable console",
            Self::DisableConsole => "disable console",
            Self::AddConsole => "add console",
            Self::ConnectTo => "connect to console",
            Self::DisconnectFrom => "disconnect from console",
            Self::AddSharedSecret => "add shared secret",
            Self::DeleteConsole => "delete console",
            Self::Help => "help",
            Self::Quit => "quit",
        }
    }

    /// The whole command, with its arguments.
    const fn usage(self) -> &'static str {
        match self {
            Self::ShowConsoles => "show consoles",
            Self::EnableConsole => "enable console <ID>",
            Self::DisableConsole => "disable console <ID>",
            Self::AddConsole => "add console <address>[:port]",
            Self::ConnectTo => "connect to console <ID>",
            Self::DisconnectFrom => "disconnect from console <ID>",
            Self::AddSharedSecret => "add shared secret <ID>",
            Self::DeleteConsole => "delete console <ID>",
            Self::Help => "help [command]",
            Self::Quit => "quit",
        }
    }

    /// Its line in `help`.
    const fn summary(self) -> &'static str {
        match self {
            Self::ShowConsoles => "list the consoles that this engine knows, with their IDs",
            Self::EnableConsole => "let this console use the engine",
            Self::DisableConsole => "no longer let it use the engine",
            Self::AddConsole => "add a console for this engine to dial (port 40815 unless given)",
            Self::ConnectTo => "make this engine dial the console (connectTo=1)",
            Self::DisconnectFrom => "no longer dial the console (connectTo=0)",
            Self::AddSharedSecret => "pair with a console that this engine dials; asks for the secret",
            Self::DeleteConsole => "remove the console's entry",
            Self::Help => "show this list, or more about one command",
            Self::Quit => "stop the Scan Engine service",
        }
    }

    /// What `help <command>` adds.
    const fn detail(self) -> &'static str {
        match self {
            Self::ShowConsoles => {
                "IP is the console's address, enabled=1 lets it use this engine, connectTo=1 makes this engine dial it.\n\
                 For those, state is the state of the connection. Compare the fingerprints with those on the console's\n\
                 Pairing tab."
            }
            Self::EnableConsole => {
                "It takes effect at once: no restart is needed. Then refresh the engine on the console."
            }
            Self::DisableConsole => {
                "It takes effect at once. The entry stays: \"delete console <ID>\" removes it."
            }
            Self::AddConsole => {
                "The address is an IP address or a host name: 10.0.0.1, console.example:40815, [2001:db8::1]:40815.\n\
                 Next: connect to console <ID>, add shared secret <ID>, enable console <ID>."
            }
            Self::ConnectTo => {
                "The engine dials the console at its address and port. A console with which it is not paired yet needs a\n\
                 shared secret as well: add shared secret <ID>."
            }
            Self::DisconnectFrom => {
                "A connection that this engine has made ends. The console can still dial the engine if it is enabled."
            }
            Self::AddSharedSecret => {
                "Generate the shared secret on the Security Console first: Administration, Engines, Generate. It is valid\n\
                 for 60 minutes. You are asked for it, and it is not shown as you type; in a script it is the next line. It is not\n\
                 stored: what is kept is the certificate of a console that proves that it knows the secret too."
            }
            Self::DeleteConsole => {
                "Its connections end. A console that has added this engine appears again, with enabled=0, when it calls."
            }
            Self::Help => "As in \"help add console\".",
            Self::Quit => {
                "The same as ctrl-c and yes. To leave the engine running, detach: ctrl-a d in screen."
            }
        }
    }

    /// Whether the words begin with it; gives the words behind it.
    fn strip<'w, 't>(self, words: &'w [&'t str]) -> Option<&'w [&'t str]> {
        let own: Vec<&str> = self.words().split(' ').collect();
        let (head, rest) = words.split_at_checked(own.len())?;
        // The documents write both `show consoles` and `show console`.
        let same = |typed: &str, word: &str| {
            typed == word || (word.starts_with("console") && matches!(typed, "console" | "consoles"))
        };
        head.iter().zip(&own).all(|(typed, word)| same(typed, word)).then_some(rest)
    }
}

/// A command that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `show consoles`, or `show console`: the documents use both.
    ShowConsoles,
    /// `enable console <ID>`.
    EnableConsole(u32),
    /// `disable console <ID>`.
    DisableConsole(u32),
    /// `add console <address>[:port]`.
    AddConsole(ConsoleAddress),
    /// `connect to console <ID>`.
    ConnectTo(u32),
    /// `disconnect from console <ID>`.
    DisconnectFrom(u32),
    /// `add shared secret <ID>`.
    AddSharedSecret(u32),
    /// `delete console <ID>`.
    DeleteConsole(u32),
    /// `help`, or `help <command>`.
    Help(Option<Phrase>),
    /// `quit`.
    Quit,
}

/// A line that is no command, with what to type instead. Nothing that could be a shared secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Nothing like it.
    #[error("unknown command \"{0}\": help lists the commands")]
    Unknown(String),
    /// Something like it.
    #[error("unknown command \"{typed}\": did you mean \"{meant}\"? help lists the commands")]
    Mistyped {
        /// The line.
        typed: String,
        /// What comes near to it.
        meant: String,
    },
    /// The console's number is missing or none.
    #[error("{0} needs the ID of one console, as in \"{0} 1\": show consoles lists them")]
    Id(&'static str),
    /// The address is missing.
    #[error(
        "add console needs one address, as in \"add console 10.0.0.1\" or \"add console 10.0.0.1:40815\""
    )]
    NoAddress,
    /// The address is none.
    #[error(transparent)]
    Address(#[from] ConsoleAddressError),
    /// Words behind a command that takes none.
    #[error("{0} takes nothing more: type \"{0}\" alone")]
    More(&'static str),
    /// `help` about something else.
    #[error("there is no command \"{0}\": help lists the commands")]
    NoHelp(String),
    /// A shared secret where a command is expected.
    #[error(
        "this looks like a shared secret, which was not asked for: type \"add shared secret <ID>\" alone, and the \
         secret when it is asked for. show consoles lists the IDs"
    )]
    Secret,
}

impl Command {
    /// Reads one line; upper and lower case are the same. `None` for an empty one.
    ///
    /// # Errors
    /// [`CommandError`], for the person who typed it.
    pub fn parse(line: &str) -> Result<Option<Self>, CommandError> {
        if holds_secret(line) {
            return Err(CommandError::Secret);
        }
        let lower = line.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let words = match words.as_slice() {
            [] => return Ok(None),
            ["?", rest @ ..] => [&["help"], rest].concat(),
            ["exit", rest @ ..] => [&["quit"], rest].concat(),
            words => words.to_vec(),
        };
        let found = Phrase::ALL.into_iter().find_map(|phrase| Some((phrase, phrase.strip(&words)?)));
        let Some((phrase, rest)) = found else { return Err(mistyped(line, &words)) };
        let alone = |command| {
            if rest.is_empty() { Ok(command) } else { Err(CommandError::More(phrase.words())) }
        };
        let id = || match rest {
            [number] => number.parse().map_err(|_| CommandError::Id(phrase.words())),
            _ => Err(CommandError::Id(phrase.words())),
        };
        let command = match phrase {
            Phrase::ShowConsoles => alone(Self::ShowConsoles)?,
            Phrase::EnableConsole => Self::EnableConsole(id()?),
            Phrase::DisableConsole => Self::DisableConsole(id()?),
            Phrase::AddConsole => match rest {
                [address] => Self::AddConsole(address.parse()?),
                _ => return Err(CommandError::NoAddress),
            },
            Phrase::ConnectTo => Self::ConnectTo(id()?),
            Phrase::DisconnectFrom => Self::DisconnectFrom(id()?),
            Phrase::AddSharedSecret => Self::AddSharedSecret(id()?),
            Phrase::DeleteConsole => Self::DeleteConsole(id()?),
            Phrase::Help => Self::Help(topic(rest)?),
            Phrase::Quit => alone(Self::Quit)?,
        };
        Ok(Some(command))
    }
}

/// What help is wanted about: a whole command, or the beginning of just one.
fn topic(words: &[&str]) -> Result<Option<Phrase>, CommandError> {
    if words.is_empty() {
        return Ok(None);
    }
    if let Some(phrase) = Phrase::ALL.into_iter().find(|phrase| phrase.strip(words).is_some()) {
        return Ok(Some(phrase));
    }
    let typed = words.join(" ");
    let mut begun = Phrase::ALL.into_iter().filter(|phrase| phrase.words().starts_with(&typed));
    match (begun.next(), begun.next()) {
        (Some(phrase), None) => Ok(Some(phrase)),
        _ => Err(CommandError::NoHelp(shown(&typed))),
    }
}

/// How alike two texts must be, from 0 to 1, for one to be taken for the other mistyped.
const ALIKE: f64 = 0.7;

fn mistyped(line: &str, words: &[&str]) -> CommandError {
    let typed = shown(line.trim());
    let likeness = |phrase: &Phrase| {
        let count = phrase.words().split(' ').count().min(words.len());
        strsim::normalized_damerau_levenshtein(phrase.words(), &words[..count].join(" "))
    };
    let best = Phrase::ALL.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match best {
        Some(phrase) if likeness(&phrase) >= ALIKE => {
            let count = phrase.words().split(' ').count().min(words.len());
            let rest = &words[count..];
            let meant = match rest {
                // What has to come behind it, if nothing does.
                [] => phrase.usage().to_owned(),
                _ => format!("{} {}", phrase.words(), rest.join(" ")),
            };
            CommandError::Mistyped { typed, meant: shown(&meant) }
        }
        _ => CommandError::Unknown(typed),
    }
}

/// What may be shown of a line again.
fn shown(line: &str) -> String {
    line.chars().filter(|character| !character.is_control()).take(80).collect()
}

/// Whether a line holds something that could be a shared secret, or most of one: 24 hexadecimal digits of its 32 with
/// nothing but hyphens and blanks in between. Such a line is neither shown again nor remembered.
#[must_use]
pub fn holds_secret(line: &str) -> bool {
    let mut digits = 0;
    for character in line.chars() {
        if character.is_ascii_hexdigit() {
            digits += 1;
        } else if character != '-' && !character.is_whitespace() {
            digits = 0;
        }
        if digits >= 24 {
            return true;
        }
    }
    false
}

/// What is to be done after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Read the next command.
    Next,
    /// Ask for the shared secret for this console, and hand it to [`Engine::add_shared_secret`].
    AskSecret(u32),
    /// Stop the engine.
    Quit,
}

/// The engine's answer to a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What to print; it may have several lines, or be empty.
    pub text: String,
    /// What comes next.
    pub then: Then,
}

impl Engine {
    /// Carries out one line of the command line.
    #[must_use]
    pub fn command(&self, line: &str) -> Reply {
        let command = match Command::parse(line) {
            Ok(Some(command)) => command,
            Ok(None) => return Reply { text: String::new(), then: Then::Next },
            Err(error) => return Reply { text: error.to_string(), then: Then::Next },
        };
        let text = match command {
            Command::ShowConsoles => self.show_consoles(),
            Command::EnableConsole(id) => self.set_enabled(id, true),
            Command::DisableConsole(id) => self.set_enabled(id, false),
            Command::AddConsole(address) => self.add_console(&address),
            Command::ConnectTo(id) => self.set_connect_to(id, true),
            Command::DisconnectFrom(id) => self.set_connect_to(id, false),
            Command::AddSharedSecret(id) => match self.takes_shared_secret(id) {
                Ok(_) => return Reply { text: String::new(), then: Then::AskSecret(id) },
                Err(error) => error.to_string(),
            },
            Command::DeleteConsole(id) => self.delete_console(id),
            Command::Help(None) => help(),
            Command::Help(Some(phrase)) => {
                format!("{}: {}.\n{}", phrase.usage(), phrase.summary(), phrase.detail())
            }
            Command::Quit => {
                return Reply { text: "stopping the Scan Engine".to_owned(), then: Then::Quit };
            }
        };
        Reply { text, then: Then::Next }
    }

    fn show_consoles(&self) -> String {
        let mut text = String::new();
        for console in self.registry().list() {
            let entry = &console.entry;
            let fingerprint =
                entry.fingerprint().map_or_else(|| "none".to_owned(), |fingerprint| fingerprint.to_string());
            text.push_str(&format!(
                "ID={}  IP={}  enabled={}  connectTo={}  port={}  name=\"{}\"  fingerprint={fingerprint}{}\n",
                entry.id,
                console.address(),
                u8::from(entry.enabled),
                u8::from(entry.connect_to),
                entry.port,
                entry.name,
                self.state(&console),
            ));
        }
        if text.is_empty() {
            text.push_str(
                "no consoles yet: add this engine on a Security Console, and its entry appears here; or type \
                 \"add console <address>\" for one that this engine should dial\n",
            );
        }
        text.push_str(&format!("This engine's fingerprint: {}", self.fingerprint()));
        text
    }

    /// How the connection stands to a console that this engine dials; nothing for another.
    fn state(&self, console: &KnownConsole) -> String {
        let entry = &console.entry;
        if !entry.connect_to {
            return String::new();
        }
        let state = match self.shared().links.get(entry.id) {
            _ if entry.last_address.is_empty() => "not connected: lastAddress is missing".to_owned(),
            _ if entry.certificate.is_none() => {
                format!("waits for a shared secret: add shared secret {}", entry.id)
            }
            Some(LinkState::Connected) => "connected".to_owned(),
            Some(LinkState::NotConnected(reason)) => format!("not connected: {reason}"),
            None => "connecting".to_owned(),
        };
        format!("  state=\"{state}\"")
    }

    fn set_enabled(&self, id: u32, enabled: bool) -> String {
        let state = if enabled { "enabled" } else { "disabled" };
        match self.registry().set_enabled(id, enabled) {
            Ok(true) => {
                self.log().line(format!("console {id} {state}"));
                format!("console {id} is {state} now{}", self.hint(id, enabled))
            }
            Ok(false) => format!("console {id} is already {state}{}", self.hint(id, enabled)),
            Err(error) => error.to_string(),
        }
    }

    /// What an enabled console still lacks.
    fn hint(&self, id: u32, enabled: bool) -> String {
        match self.registry().get(id) {
            Ok(console) if enabled && console.entry.certificate.is_none() => {
                let step = if console.entry.connect_to { "add shared secret" } else { "connect to console" };
                format!("; it is not paired yet: {step} {id}")
            }
            _ => String::new(),
        }
    }

    fn add_console(&self, address: &ConsoleAddress) -> String {
        match self.registry().add(address) {
            Ok(id) => {
                self.log().line(format!("console {id} added: {address}"));
                format!("console {id} is added: {address}. Next: connect to console {id}")
            }
            Err(error) => error.to_string(),
        }
    }

    fn set_connect_to(&self, id: u32, connect_to: bool) -> String {
        let entry = match self.registry().get(id) {
            Ok(console) => console.entry,
            Err(error) => return error.to_string(),
        };
        if connect_to && entry.last_address.is_empty() {
            return format!(
                "console {id} has no lastAddress in consoles.xml, so this engine can't dial it: add it there and \
                 restart, or use \"add console\""
            );
        }
        let changed = match self.registry().set_connect_to(id, connect_to) {
            Ok(changed) => changed,
            Err(error) => return error.to_string(),
        };
        let now = if changed { "now" } else { "already" };
        if !connect_to {
            return format!("console {id} has connectTo=0 {now}: this engine does not dial it");
        }
        let next = match (&entry.certificate, entry.enabled) {
            (None, _) => format!("Next: add shared secret {id}"),
            (Some(_), false) => format!("Next: enable console {id}"),
            (Some(_), true) => "show consoles shows the state of the connection".to_owned(),
        };
        format!("console {id} has connectTo=1 {now}: this engine dials it. {next}")
    }

    fn delete_console(&self, id: u32) -> String {
        match self.registry().delete(id) {
            Ok(()) => {
                self.log().line(format!("console {id} deleted"));
                format!("console {id} is deleted")
            }
            Err(error) => error.to_string(),
        }
    }
}

fn help() -> String {
    let lines: Vec<String> =
        Phrase::ALL.iter().map(|phrase| format!("{:<30}{}", phrase.usage(), phrase.summary())).collect();
    lines.join("\n")
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
            ("add console 10.0.0.1", Command::AddConsole("10.0.0.1".parse().unwrap())),
            ("Add Console Console.Example:7", Command::AddConsole("console.example:7".parse().unwrap())),
            ("connect to console 2", Command::ConnectTo(2)),
            ("disconnect from console 2", Command::DisconnectFrom(2)),
            ("add shared secret 3", Command::AddSharedSecret(3)),
            ("delete console 4", Command::DeleteConsole(4)),
            ("help", Command::Help(None)),
            ("?", Command::Help(None)),
            ("help add console", Command::Help(Some(Phrase::AddConsole))),
            ("help connect", Command::Help(Some(Phrase::ConnectTo))),
            ("help enable console 1", Command::Help(Some(Phrase::EnableConsole))),
            ("quit", Command::Quit),
            ("exit", Command::Quit),
        ] {
            assert_eq!(Command::parse(line), Ok(Some(command)), "{line}");
        }
        assert_eq!(Command::parse(" \t"), Ok(None));
    }

    #[test]
    fn a_mistake_says_what_to_type() {
        for (line, answer) in [
            (
                "enable console",
                "enable console needs the ID of one console, as in \"enable console 1\": show consoles lists them",
            ),
            (
                "disable console one",
                "disable console needs the ID of one console, as in \"disable console 1\": show consoles lists them",
            ),
            (
                "add shared secret",
                "add shared secret needs the ID of one console, as in \"add shared secret 1\": show consoles lists them",
            ),
            (
                "enabel console 1",
                "unknown command \"enabel console 1\": did you mean \"enable console 1\"? help lists the commands",
            ),
            (
                "conect to console 7",
                "unknown command \"conect to console 7\": did you mean \"connect to console 7\"? help lists the commands",
            ),
            (
                "connect console",
                "unknown command \"connect console\": did you mean \"connect to console <ID>\"? help lists the commands",
            ),
            (
                "add shared secert 1",
                "unknown command \"add shared secert 1\": did you mean \"add shared secret 1\"? help lists the commands",
            ),
            ("reboot", "unknown command \"reboot\": help lists the commands"),
            ("show consoles now", "show consoles takes nothing more: type \"show consoles\" alone"),
            (
                "add console",
                "add console needs one address, as in \"add console 10.0.0.1\" or \"add console 10.0.0.1:40815\"",
            ),
            ("help add", "there is no command \"add\": help lists the commands"),
        ] {
            assert_eq!(Command::parse(line).unwrap_err().to_string(), answer, "{line}");
        }
        let error = Command::parse("add console 10.0.0.300").unwrap_err().to_string();
        assert!(error.starts_with("\"10.0.0.300\" is not an address of a console"), "{error}");
    }

    #[test]
    fn a_shared_secret_in_the_wrong_place_is_not_shown_again() {
        let secret = "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81";
        for line in [
            secret.to_owned(),
            secret.to_lowercase(),
            secret.replace('-', " "),
            secret.replace('-', ""),
            secret[..secret.len() - 1].to_owned(),
            format!("add shared secret 1 {secret}"),
            format!("add shared secret {secret}"),
            format!("help {secret}"),
            format!("add console {secret}"),
        ] {
            assert_eq!(Command::parse(&line), Err(CommandError::Secret), "{line}");
        }
        for line in [
            "add shared secret 1",
            "add console 2001:db8::abcd:abcd:1",
            "add console ec2-203-100-113-250.example",
        ] {
            assert!(!holds_secret(line), "{line}");
        }
    }

    #[test]
    fn help_names_every_command_with_its_arguments() {
        let text = help();
        for phrase in Phrase::ALL {
            assert!(text.contains(phrase.usage()), "{phrase:?}");
            assert!(Command::parse(&format!("help {}", phrase.words())).is_ok());
        }
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    }
}
