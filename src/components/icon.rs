//! The icons, each a few strokes on a 16 by 16 grid.

use leptos::prelude::*;

/// A drawing that stands beside a word or inside a labelled button; it is never read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A scan engine, for the navigation.
    Engine,
    /// Two arrows in a circle: ask again.
    Refresh,
    /// A magnifying glass.
    Search,
    /// A cross: close or empty.
    Close,
    /// Three lines: the menu.
    Menu,
    /// Sorted with the smallest first.
    Ascending,
    /// Sorted with the largest first.
    Descending,
    /// Done.
    Done,
    /// Something to look at.
    Warning,
    /// Failed.
    Failed,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Engine => "M2 3.5h12v4H2zM2 8.5h12v4H2zM4.5 5.5h.01M4.5 10.5h.01M8 5.5h3.5M8 10.5h3.5",
            Self::Refresh => {
                "M13.5 6.5A5.8 5.8 0 0 0 3.2 5M2.5 9.5A5.8 5.8 0 0 0 12.8 11M3 2v3h3M13 14v-3h-3"
            }
            Self::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10M10.8 10.8 14 14",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Ascending => "M8 13V3M4 7l4-4 4 4",
            Self::Descending => "M8 3v10M4 9l4 4 4-4",
            Self::Done => "M3 8.5 6.5 12 13 4.5",
            Self::Warning => "M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01",
            Self::Failed => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
        }
    }
}

/// Draws an icon. The name of what it stands for belongs to the element around it.
pub fn glyph(icon: Icon, class: &'static str) -> AnyView {
    view! {
        <svg class=format!("icon {class}") viewBox="0 0 16 16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
    .into_any()
}
