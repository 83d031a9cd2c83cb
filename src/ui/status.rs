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
pub fn status_arrow(arrow: Arrow) -> impl IntoView {
    let (class, line) = match arrow.severity {
        Severity::Good => ("whole", "M12.5 8H24.5"),
        Severity::Uncertain => ("dashed", "M12.5 8H24.5"),
        Severity::Bad => ("", "M12.5 8H16M21 8h3.5M17 11.5l3-7"),
    };
    // The console with its foot, and the engine.
    let ends = "M1.5 3h8v8h-8zM3.5 13.5h4M34.5 8A3.5 3.5 0 1 1 27.5 8 3.5 3.5 0 1 1 34.5 8";
    let head = match arrow.direction {
        Some(Direction::ConsoleToEngine) => "M22 5.2 24.8 8 22 10.8",
        Some(Direction::EngineToConsole) => "M15 5.2 12.2 8 15 10.8",
        None => "",
    };
    view! {
        <svg class=format!("arrow {}", severity_class(arrow.severity)) viewBox="0 0 36 16" aria-hidden="true">
            <path d=[ends, head].concat()></path>
            <path class=class d=line></path>
        </svg>
    }
}

/// The arrow with its word. What the direction means is there on hover and is read out.
pub fn status_mark(engine: &Engine) -> impl IntoView + use<> {
    mark(Arrow::of(engine), engine.status.label())
}

/// The same for whoever knows the arrow and the word alone.
pub fn mark(arrow: Arrow, label: &str) -> impl IntoView + use<> {
    let words = arrow.direction_label();
    let label = label.to_owned();
    let title = format!("{label}. {words}.");
    view! {
        <span class="mark" title=title>
            {status_arrow(arrow)} <span class=format!("word {}", severity_class(arrow.severity))>{label}</span>
            <span class="unseen">". " {words} "."</span>
        </span>
    }
}
