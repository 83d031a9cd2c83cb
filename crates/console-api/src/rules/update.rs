//! What became of an update (docs/api-quirks.md, "Beyond v3"): a success says that it was sent, not applied.

use crate::client::UpdateAnswer;
use crate::model::Engine;
use crate::rules::keys;

/// What a console's success means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UpdateOutcome {
    /// The update is on its way: the engine reports the new versions when it has them.
    Sent,
    /// There was nothing to send.
    UpToDate,
}

/// What the console's success means, from its words. Without words the update was sent.
#[must_use]
pub fn update_outcome(answer: &UpdateAnswer) -> UpdateOutcome {
    match &answer.message {
        Some(message) if is_up_to_date(message) => UpdateOutcome::UpToDate,
        _ => UpdateOutcome::Sent,
    }
}

fn is_up_to_date(words: &str) -> bool {
    let words = words.to_ascii_lowercase().replace('-', " ");
    words.contains("up to date") && !words.contains("not up to date")
}

/// What `update engines` said about one engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateLine {
    /// The update was sent.
    Sent,
    /// There was nothing to send.
    UpToDate,
    /// Anything else, in the console's words.
    Other(String),
}

/// Takes the output of `update engines` apart, as far as it can be understood: lines that begin with one of these names
/// and a colon. Gives the place of the name in `names` with what was said, in the order of the output. All other lines
/// are passed over: what a real console prints there is not documented.
#[must_use]
pub fn parse_update_engines(output: &str, names: &[&str]) -> Vec<(usize, UpdateLine)> {
    let order = keys::sorted(names.len(), &|a, b| names[a].cmp(names[b]));
    let find = |name: &str| {
        let found = order.binary_search_by(|index| names[*index].cmp(name)).ok()?;
        Some(order[found])
    };
    let mut lines = Vec::new();
    for line in output.lines() {
        let line = line.trim();
        // A name may have colons of its own: the longest one counts.
        let found = line
            .rmatch_indices(':')
            .find_map(|(colon, _)| Some((find(line[..colon].trim_end())?, line[colon + 1..].trim())));
        if let Some((index, words)) = found {
            lines.push((index, read_words(words)));
        }
    }
    lines
}

fn read_words(words: &str) -> UpdateLine {
    if is_up_to_date(words) {
        return UpdateLine::UpToDate;
    }
    let lower = words.trim_end_matches('.').to_ascii_lowercase();
    // "Was not sent" and "could not be sent" are no success.
    let sent = lower.ends_with("sent") && !lower.contains("not");
    if sent { UpdateLine::Sent } else { UpdateLine::Other(words.to_owned()) }
}

/// Whether the console reports anything of this engine by which one could see that it has taken an update. Older consoles
/// do not (docs/api-quirks.md, "Reading").
#[must_use]
pub fn tells_versions(engine: &Engine) -> bool {
    engine.product_version.is_some() || engine.content_version.is_some() || engine.last_updated.is_some()
}

/// Whether an engine has taken an update between two readings: a version differs, or the time of its last update does.
#[must_use]
pub fn has_new_versions(before: &Engine, now: &Engine) -> bool {
    let differs = |before: &Option<String>, now: &Option<String>| now.is_some() && before != now;
    differs(&before.product_version, &now.product_version)
        || differs(&before.content_version, &now.content_version)
        || now.last_updated > before.last_updated
}
