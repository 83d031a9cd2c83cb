//! The status arrow: a console, an engine, and between them who calls whom and how that goes.

use console_api::{Direction, Engine, Severity, rules::Arrow};
use leptos::prelude::*;

/// The class that colours an element by how good or bad something is.
pub const fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Good => "severity-good",
        Severity::Uncertain => "severity-uncertain",
        Severity::Bad => "severity-bad",
    }
}

/// The arrow alone. Its shape tells the state too: whole is good, dashed uncertain, broken bad; a head shows the side
/// that is called, and no head that the direction is not known (docs/api-quirks.md, "Statuses").
pub fn status_arrow(arrow: Arrow) -> AnyView {
    view! {
        <svg class=arrow_class(arrow) aria-hidden="true">
            <use_ href=arrow_reference(arrow)></use_>
        </svg>
    }
    .into_any()
}

/// Where the drawing of an arrow is: in index.html.
pub const fn arrow_reference(arrow: Arrow) -> &'static str {
    match (arrow.severity, arrow.direction) {
        (Severity::Good, Some(Direction::ConsoleToEngine)) => "#a-good-out",
        (Severity::Good, Some(Direction::EngineToConsole)) => "#a-good-in",
        (Severity::Good, None) => "#a-good-none",
        (Severity::Uncertain, Some(Direction::ConsoleToEngine)) => "#a-uncertain-out",
        (Severity::Uncertain, Some(Direction::EngineToConsole)) => "#a-uncertain-in",
        (Severity::Uncertain, None) => "#a-uncertain-none",
        (Severity::Bad, Some(Direction::ConsoleToEngine)) => "#a-bad-out",
        (Severity::Bad, Some(Direction::EngineToConsole)) => "#a-bad-in",
        (Severity::Bad, None) => "#a-bad-none",
    }
}

/// The class of an arrow.
pub fn arrow_class(arrow: Arrow) -> String {
    format!("arrow {}", severity_class(arrow.severity))
}

/// The arrow with its word. What the direction means is there on hover and is read out.
pub fn status_mark(engine: &Engine) -> AnyView {
    let (arrow, label) = (Arrow::of(engine), engine.status.label());
    view! {
        <span class="mark" title=mark_title(arrow, label)>
            {status_arrow(arrow)}
            <span class=format!("word {}", severity_class(arrow.severity))>{label.to_owned()}</span>
            <span class="unseen">{format!(". {}.", arrow.direction_label())}</span>
        </span>
    }
    .into_any()
}

/// What a mark says on hover.
pub fn mark_title(arrow: Arrow, label: &str) -> String {
    format!("{label}. {}.", arrow.direction_label())
}
