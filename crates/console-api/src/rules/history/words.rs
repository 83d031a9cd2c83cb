//! The history in words.

use super::{Happened, History, HistoryEvent};
use crate::ids::EngineId;
use crate::model::EngineStatus;
use crate::rules::counted;
use crate::timestamp::Timestamp;

/// For example "second", "third", "12th".
pub(super) fn ordinal(number: usize) -> String {
    const FEW: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    if let Some(word) = number.checked_sub(1).and_then(|at| FEW.get(at)) {
        return (*word).to_owned();
    }
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// What people say of a status in a sentence.
fn state(status: &EngineStatus) -> &str {
    match status {
        EngineStatus::NotResponding => "Down",
        other => other.label(),
    }
}

/// How an engine is, in a sentence or two: "Down since 14:20, third time this week." `status` is its status as it is known now, which may
/// be newer than the last reading of the list; `when` says a time. `None` for what is not listed or not known.
#[must_use]
pub fn history_sentence(
    history: &History,
    id: EngineId,
    status: &EngineStatus,
    now: Timestamp,
    when: &dyn Fn(Timestamp) -> String,
) -> Option<String> {
    let since = history.since(id)?;
    let (noted, last) = (history.status(id)?, history.last_reading()?);
    if noted != *status {
        let (now, then) = (state(status), lower(state(&noted)));
        return Some(format!("{now} now. When the list was last read, at {}, it was {then}.", when(last)));
    }
    let mut text = format!("{} since {}", state(status), when(since.at));
    match since.before {
        Some(before) => text.push_str(&format!(" or earlier (not watched from {})", when(before))),
        None if !since.exact => text.push_str(" or earlier"),
        None => {}
    }
    let downs = history.downs(id, now).len();
    let is_down = *status == EngineStatus::NotResponding;
    match downs {
        0 => text.push('.'),
        1 if is_down => text.push('.'),
        _ if is_down => text.push_str(&format!(", {} time this week.", ordinal(downs))),
        _ => text.push_str(&format!(". It was down {} in the last 7 days.", counted(downs, "time"))),
    }
    if history.is_flapping(id, now) {
        text.push_str(" It keeps going down and coming back.");
    }
    Some(text)
}

/// What happened, in a few words.
#[must_use]
pub fn event_words(event: &HistoryEvent) -> String {
    let version =
        |version: &str| if version.is_empty() { "not reported".to_owned() } else { version.to_owned() };
    match &event.what {
        Happened::Status { status, was: Some(was), .. } if was != status => {
            format!("{}, was {}", status.label(), lower(was.label()))
        }
        Happened::Status { status, .. } => status.label().to_owned(),
        Happened::NotWatched => "Not watched".to_owned(),
        Happened::Product(before, now) => {
            format!("Product version {}, was {}", version(now), version(before))
        }
        Happened::Content(before, now) => {
            format!("Content version {}, was {}", version(now), version(before))
        }
        Happened::Gone => "Not in the console's list".to_owned(),
    }
}

/// With a small letter first.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
