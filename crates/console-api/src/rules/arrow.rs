//! The status arrow: direction and colour (docs/api-quirks.md, "Statuses").

use crate::model::{Direction, Engine, Severity};

/// What the status arrow of an engine shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arrow {
    /// Where it points: to the one that is called. `None` is the neutral mark: API v3 does not report the direction.
    pub direction: Option<Direction>,
    /// Its colour and shape.
    pub severity: Severity,
}

impl Arrow {
    /// The arrow of an engine.
    #[must_use]
    pub const fn of(engine: &Engine) -> Self {
        Self { direction: engine.direction, severity: engine.status.severity() }
    }

    /// The direction in words, for hover and screen readers.
    #[must_use]
    pub const fn direction_label(self) -> &'static str {
        match self.direction {
            Some(Direction::ConsoleToEngine) => "Console connects to engine",
            Some(Direction::EngineToConsole) => "Engine connects to console",
            None => "Direction not reported",
        }
    }
}
