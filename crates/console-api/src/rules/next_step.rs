//! What to do about a status that is not good, with the engine's own values filled in (docs/api-quirks.md, "Statuses").

use crate::model::{Direction, Engine, EngineStatus};
use crate::rules::ConsolePlace;
use crate::rules::{is_hosted, seen_by};

/// The next step for one engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// Why: the console's own words if it has any, or else what the status means.
    pub why: String,
    /// What to do, as one or two sentences.
    pub what: String,
    /// The same in one to three words, for a row. With `…` at its end it takes reading `what` first; without, it is `action`.
    pub brief: &'static str,
    /// What the app can do at once.
    pub action: StepAction,
    /// Whether the instructions on pairing help here.
    pub pairing_helps: bool,
}

/// What the app can do about an engine at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepAction {
    /// Ask the engine again.
    Refresh,
    /// Send it the update.
    Update,
    /// Delete it, so that it can be added again.
    Delete,
}

/// What to do next about this engine; `None` when it is active.
#[must_use]
pub fn next_step(engine: &Engine) -> Option<NextStep> {
    step(engine, None)
}

/// [`next_step`], with where engines reach this console filled in as well.
#[must_use]
pub fn next_step_at(engine: &Engine, console: &ConsolePlace) -> Option<NextStep> {
    step(engine, Some(console))
}

fn step(engine: &Engine, console: Option<&ConsolePlace>) -> Option<NextStep> {
    let name = &engine.name;
    let (brief, what, action, pairing_helps) = match engine.status {
        EngineStatus::Active => return None,
        // No question to the engine helps where the console must not ask it, whatever status is stored.
        EngineStatus::Unknown if says(engine, "outside of the networks") && is_hosted(engine) => return None,
        _ if says(engine, "outside of the networks") && !is_hosted(engine) => {
            let what = format!(
                "Let the console contact this network, or correct the address of {name}. Then refresh it."
            );
            ("Allow…", what, StepAction::Refresh, false)
        }
        EngineStatus::Unknown => ("Refresh", format!("Refresh {name}."), StepAction::Refresh, false),
        EngineStatus::Other(_) => {
            ("Refresh", format!("Refresh {name} to read its status again."), StepAction::Refresh, false)
        }
        EngineStatus::Missing => (
            "Refresh",
            format!("Refresh {name}: the console then asks it and may report more."),
            StepAction::Refresh,
            false,
        ),
        // Nobody but Rapid7 has a command line there.
        EngineStatus::PendingAuthorization if is_hosted(engine) => {
            let what = match seen_by(engine) {
                Some(ip) => format!(
                    "Rapid7 runs {name}: send Rapid7 Support this console's address as the engine sees it, {ip}. Refresh it \
                     once they have authorised it."
                ),
                None => format!(
                    "Rapid7 runs {name}, and authorises this console. Refresh it: the console may then tell the address to \
                     send to Rapid7 Support."
                ),
            };
            ("Ask Rapid7…", what, StepAction::Refresh, false)
        }
        EngineStatus::NotResponding if is_hosted(engine) => {
            let what = format!(
                "Rapid7 runs {name}: look at status.rapid7.com, and ask Rapid7 Support if nothing is said there. Then \
                 refresh it."
            );
            ("Ask Rapid7…", what, StepAction::Refresh, false)
        }
        EngineStatus::PendingAuthorization => {
            let console = seen_by(engine).or(console.map(|console| console.address.as_str()));
            let (there, here) = (place(&engine.address), place(console.unwrap_or_default()));
            let what =
                format!("On {name}{there}, enable this console{here} on its command line. Then refresh it.");
            ("Enable…", what, StepAction::Refresh, true)
        }
        // The console's words decide which of the two is behind.
        EngineStatus::IncompatibleVersion if says(engine, "update the console") => (
            "Update the console…",
            format!("Update the console, then refresh {name}."),
            StepAction::Refresh,
            false,
        ),
        EngineStatus::IncompatibleVersion => ("Update", format!("Update {name}."), StepAction::Update, false),
        // Keys changed: only deleting and adding pairs it again (docs/api-quirks.md, "Engine side").
        EngineStatus::NotResponding if says(engine, "certificate") => {
            let again = if engine.direction == Some(Direction::EngineToConsole) {
                "and pair it again with a shared secret."
            } else {
                "add it again and pair it."
            };
            let what = format!("If {name} was installed anew, delete it here, {again}");
            ("Pair again…", what, StepAction::Delete, true)
        }
        EngineStatus::NotResponding => {
            ("Start…", format!("{} Then refresh it.", reach(engine, console)), StepAction::Refresh, true)
        }
    };
    let mut why = engine.status_message.clone().unwrap_or_else(|| engine.status.meaning().to_owned());
    // The console's words are followed by ours.
    if !why.trim_end().ends_with(['.', '!', '?', '…']) {
        why.push('.');
    }
    Some(NextStep { why, what, brief, action, pairing_helps })
}

fn reach(engine: &Engine, console: Option<&ConsolePlace>) -> String {
    let name = &engine.name;
    let port = engine.port.unwrap_or(40814);
    let there = if engine.address.is_empty() { String::new() } else { format!(" at {}", engine.address) };
    let here = match console {
        Some(console) => format!("at {} on port {}", console.address, console.port),
        None => "on port 40815".to_owned(),
    };
    let now = console.map_or("this console's address", |console| &console.address);
    match engine.direction {
        Some(Direction::EngineToConsole) => {
            format!(
                "Start {name}{there} and make sure that it can reach this console {here}. If the console has moved, set \
                 lastAddress to {now} in the engine's consoles.xml, and restart the engine."
            )
        }
        Some(Direction::ConsoleToEngine) => {
            format!("Start {name} and make sure that this console can reach it{there} on port {port}.")
        }
        None => format!(
            "Start {name} and make sure that this console can reach it{there} on port {port}; if it calls the \
             console (reverse pair), that it can reach the console {here}, and that lastAddress in its consoles.xml is \
             {now}."
        ),
    }
}

fn place(address: &str) -> String {
    if address.is_empty() { String::new() } else { format!(" ({address})") }
}

/// Whether the console's reason has these words (in lower case).
fn says(engine: &Engine, words: &str) -> bool {
    engine.status_message.as_deref().is_some_and(|message| message.to_ascii_lowercase().contains(words))
}
