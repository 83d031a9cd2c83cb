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

/// The console with its foot, and the engine.
const ENDS: &str = "M1.5 3h8v8h-8zM3.5 13.5h4M34.5 8A3.5 3.5 0 1 1 27.5 8 3.5 3.5 0 1 1 34.5 8";

/// What an arrow is drawn under: 0 to 8.
const fn number(arrow: Arrow) -> u8 {
    let line = match arrow.severity {
        Severity::Good => 0,
        Severity::Uncertain => 1,
        Severity::Bad => 2,
    };
    let head = match arrow.direction {
        Some(Direction::ConsoleToEngine) => 0,
        Some(Direction::EngineToConsole) => 1,
        None => 2,
    };
    line * 3 + head
}

/// The arrows' drawings, for the page to hold once.
pub(super) fn symbols() -> impl IntoView {
    let lines = [
        ("M12.5 8H24.5", "2", None),
        ("M12.5 8H24.5", "1.5", Some("2.5 3")),
        ("M12.5 8H16M21 8h3.5M17 11.5l3-7", "1.5", None),
    ];
    let heads = ["M22 5.2 24.8 8 22 10.8", "M15 5.2 12.2 8 15 10.8", ""];
    let symbol = |number: usize| {
        let (line, width, dashes) = lines[number / 3];
        view! {
            <symbol id=format!("a{number}") viewBox="0 0 36 16">
                <path d=[ENDS, heads[number % 3]].concat()></path>
                <path d=line stroke-width=width stroke-dasharray=dashes></path>
            </symbol>
        }
    };
    (0..9).map(symbol).collect_view()
}

/// The arrow alone. Its shape tells the state too: whole is good, dashed uncertain, broken bad; a head shows the side
/// that is called, and no head that the direction is not known (docs/api-quirks.md, "Statuses").
pub fn status_arrow(arrow: Arrow) -> AnyView {
    drawn(arrow, None)
}

/// Where the drawing of an arrow is.
pub fn arrow_reference(arrow: Arrow) -> String {
    format!("#a{}", number(arrow))
}

/// The class of an arrow.
pub fn arrow_class(arrow: Arrow) -> String {
    format!("arrow {}", severity_class(arrow.severity))
}

/// The arrow, with what it says of the direction for those who don't see it.
fn drawn(arrow: Arrow, said: Option<&'static str>) -> AnyView {
    view! {
        <svg
            class=arrow_class(arrow)
            role=said.map(|_| "img")
            aria-label=said
            aria-hidden=said.is_none().then_some("true")
        >
            <use_ href=arrow_reference(arrow)></use_>
        </svg>
    }
    .into_any()
}

/// The arrow with its word. What the direction means is there on hover and is read out.
pub fn status_mark(engine: &Engine) -> AnyView {
    let (arrow, label) = (Arrow::of(engine), engine.status.label());
    view! {
        <span class="mark" title=mark_title(arrow, label)>
            {drawn(arrow, Some(arrow.direction_label()))}
            <span class=format!("word {}", severity_class(arrow.severity))>{label.to_owned()}</span>
        </span>
    }
    .into_any()
}

/// What a mark says on hover.
pub fn mark_title(arrow: Arrow, label: &str) -> String {
    format!("{label}. {}.", arrow.direction_label())
}
