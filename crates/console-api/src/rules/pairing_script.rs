//! The pairing steps of many engines as one text file, to be followed by hand.

use crate::model::Engine;
use crate::rules::{ConsolePlace, EngineHost, counted, standard_pairing};

/// The steps of the standard pairing of each engine, as a text: what to do in lines that begin with `#`, as comments in a shell do,
/// and the commands in lines of their own. There is not a secret in it: the standard pairing needs none.
#[must_use]
pub fn pairing_script(host: EngineHost, engines: &[&Engine], console: &ConsolePlace) -> String {
    let mut text = String::new();
    line(
        &mut text,
        "# ",
        &format!("Pairing of {} with the console {}", counted(engines.len(), "engine"), console.address),
    );
    line(&mut text, "# ", &format!("The engines run on {}.", host.label()));
    line(&mut text, "# ", "Follow the steps engine by engine. This is not a program to be run as a whole:");
    line(&mut text, "# ", "the engine's command line asks for IDs that only the engine knows.");
    for engine in engines {
        text.push('\n');
        line(&mut text, "#### ", &format!("{} ({})", engine.name, place_of(engine)));
        for (at, step) in standard_pairing(host, engine, console).iter().enumerate() {
            line(&mut text, "# ", &format!("{}. {}", at + 1, step.what));
            if let Some(command) = &step.command {
                line(&mut text, "", command);
            }
        }
    }
    text
}

fn place_of(engine: &Engine) -> String {
    match engine.port {
        Some(port) => format!("{}, port {port}", engine.address),
        None => engine.address.clone(),
    }
}

/// One line, whatever the text: what the console says of an engine must not end a comment.
fn line(text: &mut String, before: &str, words: &str) {
    text.push_str(before);
    text.extend(
        words.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }),
    );
    text.push('\n');
}
