//! What a page says when what it is about could not be read: one thing, or a list.

use console_api::{Error, Timestamp};
use leptos::prelude::*;

use super::{
    field::problem_line,
    focus::focus_heading_if_lost,
    icon::{Icon, glyph},
};
use crate::browser::clock::Clock;

/// The thing that could not be read: what it is called with its number, such as "engine pool with ID 7", and shorter,
/// such as "pool"; the link's words and address that lead to the list of its kind.
pub struct LoadError {
    /// With its number.
    pub which: String,
    /// Shorter.
    pub kind: &'static str,
    /// Where its like are listed.
    pub list: (&'static str, String),
}

/// Why it could not be read, and the two ways on. What is on screen stays, and is from `known_since`.
#[component]
pub fn LoadFailure(
    /// The thing.
    thing: LoadError,
    /// Why it could not be read.
    error: Error,
    /// Since when what is on screen is known; `None` where nothing is.
    known_since: Option<Timestamp>,
    /// Says when that was.
    clock: Clock,
    /// Reads it again.
    again: Callback<()>,
) -> impl IntoView {
    let LoadError { which, kind, list } = thing;
    let (missing, more) = match error {
        Error::NotFound { .. } => (true, String::new()),
        error => (false, error.in_full()),
    };
    let what = match (missing, known_since) {
        (true, _) => format!("There is no {which}, or this account may not see it."),
        (false, Some(at)) => {
            format!("The {kind} could not be reloaded. What you see is from {}.", clock.exact(at))
        }
        (false, None) => format!("The {kind} could not be read."),
    };
    let (words, href) = list;
    view! {
        <div class="notice bad">
            <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
            <span>{more}</span>
            <div class="buttons">
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        again.run(());
                        focus_heading_if_lost();
                    }
                >
                    "Try again"
                </button>
                <a class="button" href=href>
                    {words}
                </a>
            </div>
        </div>
    }
}

/// Why the sites that a question is about could not be read, and **Try again**. It is read out at once with `alert`, or else with what
/// stands around it.
pub fn sites_unread(error: &Error, alert: bool, again: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="notice bad" role=alert.then_some("alert")>
            {problem_line(format!("Its sites could not be read. {}", error.in_full()))}
            <div>
                <button type="button" class="button" on:click=move |_| again()>
                    "Try again"
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Why a list could not be read, and **Try again**. What is on screen stays, and is as old as this says.
#[component]
pub fn ListFailure(
    /// What is listed, such as "engines".
    things: &'static str,
    /// Why.
    why: String,
    /// When it was last read.
    read_at: Option<Timestamp>,
    /// For the time's words.
    clock: Clock,
    /// Whether it is being read again.
    reading: bool,
    /// Reads it again.
    again: Callback<()>,
) -> impl IntoView {
    let (class, what) = match read_at {
        Some(at) => {
            let since = clock.exact(at);
            // In one line where the list needs the room.
            let what = format!("The {things} could not be reloaded. What you see is from {since}.");
            ("notice bad one-line", what)
        }
        None => ("notice bad", format!("The {things} could not be read.")),
    };
    view! {
        <div class=class>
            <strong class="problem-line">{glyph(Icon::Failed, "")} {what}</strong>
            <span>{why}</span>
            <div>
                <button
                    type="button"
                    class="button"
                    aria-disabled=reading.then_some("true")
                    on:click=move |_| again.run(())
                >
                    "Try again"
                </button>
            </div>
        </div>
    }
}
