//! The icons, each a few strokes on a 16 by 16 grid.

use leptos::prelude::*;

/// A drawing that stands beside a word or inside a labelled button; it is never read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A scan engine, for the navigation.
    Engine,
    /// Four boxes: an engine pool.
    Pool,
    /// A network of three: a site.
    Site,
    /// A heartbeat: health.
    Health,
    /// A clock: what goes on, and what was done.
    Activity,
    /// A bookmark: saved under a name.
    Saved,
    /// An arrow that turns back: undo.
    Undo,
    /// An arrow up out of a tray: bring a copy in.
    Import,
    /// A bell that is crossed out: say no more of it.
    Mute,
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
    /// Two sheets: copy.
    Copy,
    /// A pencil: edit.
    Edit,
    /// An arrow up in a circle: bring an update.
    Update,
    /// An arrow down into a tray: take a copy away.
    Export,
    /// A printer.
    Print,
    /// A bin: delete.
    Delete,
    /// A cross of two strokes: add.
    Add,
    /// A stroke: less.
    Less,
    /// Two arrows side by side: turn around.
    Reverse,
    /// Two boxes and an arrow: replace one by the other.
    Replace,
    /// A key: the shared secret.
    Key,
    /// Two sliders: administration.
    Settings,
    /// An arrowhead to a bar at the left: the first page.
    First,
    /// An arrowhead to the left: the page before.
    Previous,
    /// An arrowhead to the right: the next page.
    Next,
    /// An arrowhead to a bar at the right: the last page.
    Last,
    /// Done.
    Done,
    /// A table with bars: its columns.
    Columns,
    /// A head and shoulders: who is signed in.
    Account,
    /// An eye: how a list is shown.
    View,
    /// A funnel: what a list leaves out.
    Filter,
    /// Three dots: more to do.
    More,
    /// A question mark in a circle: what is understood here.
    Help,
    /// Something to look at.
    Warning,
    /// Failed.
    Failed,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Engine => "M2 3.5h12v4H2zM2 8.5h12v4H2zM4.5 5.5h.01M4.5 10.5h.01M8 5.5h3.5M8 10.5h3.5",
            Self::Pool => "M2 2.5h5v4.5H2zM9 2.5h5v4.5H9zM2 9h5v4.5H2zM9 9h5v4.5H9z",
            Self::Site => {
                "M5.8 2h4.4v3.5H5.8zM1.8 10.5h4.4V14H1.8zM9.8 10.5h4.4V14H9.8zM8 5.5V8M4 10.5V8h8v2.5"
            }
            Self::Health => "M1.5 8.5h3L6.5 4l3 8.5 2-4h3",
            Self::Activity => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 4.8V8l2.4 1.6",
            Self::Saved => "M4.5 2.5h7V14L8 10.8 4.5 14z",
            Self::Undo => "M5.5 2.5 2.5 5.5l3 3M2.5 5.5h7a4 4 0 0 1 0 8H5",
            Self::Import => "M8 9.7V2M4.8 5.2 8 2l3.2 3.2M2.5 10.5v3h11v-3",
            Self::Refresh => {
                "M13.5 6.5A5.8 5.8 0 0 0 3.2 5M2.5 9.5A5.8 5.8 0 0 0 12.8 11M3 2v3h3M13 14v-3h-3"
            }
            Self::Mute => "M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.8 14.2h2.4M2.5 2.5l11 11",
            Self::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10M10.8 10.8 14 14",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Ascending => "M8 13V3M4 7l4-4 4 4",
            Self::Descending => "M8 3v10M4 9l4 4 4-4",
            Self::Copy => "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3",
            Self::Edit => "M2.5 13.5l.8-3.3 7.7-7.7 2.5 2.5-7.7 7.7zM9.5 4l2.5 2.5",
            Self::Update => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 11V5.2M5.4 7.6 8 5l2.6 2.6",
            Self::Export => "M8 2v7.5M4.8 6.5 8 9.7l3.2-3.2M2.5 10.5v3h11v-3",
            Self::Print => "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
            Self::Delete => "M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.8 6.5v4.5M9.2 6.5v4.5",
            Self::Add => "M8 3v10M3 8h10",
            Self::Less => "M3 8h10",
            Self::Reverse => "M2.5 5.5h10M9.5 2.5l3 3-3 3M13.5 10.5h-10M6.5 7.5l-3 3 3 3",
            Self::Replace => {
                "M2 2.5h5v4.5H2zM9 9h5v4.5H9zM9.5 4.8h3v2.4M4.5 9v2.3H7M10.8 5.8l1.7 1.7 1.7-1.7"
            }
            Self::Key => "M5.5 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M8 7.5l5.5-5.5M11 4.5l2 2",
            Self::Settings => "M2 5h6M12 5h2M10 3v4M2 11h2M8 11h6M6 9v4",
            Self::First => "M3.5 3.5v9M12.5 3.5 8 8l4.5 4.5",
            Self::Previous => "M10 3.5 5.5 8l4.5 4.5",
            Self::Next => "M6 3.5 10.5 8 6 12.5",
            Self::Last => "M12.5 3.5v9M3.5 3.5 8 8l-4.5 4.5",
            Self::Done => "M3 8.5 6.5 12 13 4.5",
            Self::Columns => "M2 3h12v10H2zM6 3v10M10 3v10",
            Self::Account => "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2.5 14a5.5 5.5 0 0 1 11 0",
            Self::View => {
                "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4"
            }
            Self::Filter => "M2 3h12L9.5 8.5V13l-3-1.5v-3z",
            Self::More => {
                "M3.5 7.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6M8 7.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6M12.5 7.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6"
            }
            Self::Help => {
                "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M6 6.4a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M8 11.4h.01"
            }
            Self::Warning => "M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01",
            Self::Failed => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
        }
    }
}

/// Draws an icon. The name of what it stands for belongs to the element around it.
pub fn glyph(icon: Icon, class: &'static str) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}") viewBox="0 0 16 16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
