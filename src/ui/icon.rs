//! The icons, each a few strokes on a 16 by 16 grid. The page has their drawings once; an icon takes two elements where it stands.

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
    /// A clock: what is running, and what was done.
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
    /// A clock: what was seen over time.
    History,
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
    /// Where its drawing is: in index.html.
    pub const fn reference(self) -> &'static str {
        match self {
            Self::Engine => "#i-engine",
            Self::Pool => "#i-pool",
            Self::Site => "#i-site",
            Self::Health => "#i-health",
            Self::Mute => "#i-mute",
            Self::Refresh => "#i-refresh",
            Self::Search => "#i-search",
            Self::Close => "#i-close",
            Self::Menu => "#i-menu",
            Self::Ascending => "#i-ascending",
            Self::Descending => "#i-descending",
            Self::Copy => "#i-copy",
            Self::Edit => "#i-edit",
            Self::Update => "#i-update",
            Self::Export => "#i-export",
            Self::Print => "#i-print",
            Self::Delete => "#i-delete",
            Self::Add => "#i-add",
            Self::Less => "#i-less",
            Self::Reverse => "#i-reverse",
            Self::Replace => "#i-replace",
            Self::Key => "#i-key",
            Self::Settings => "#i-settings",
            Self::First => "#i-first",
            Self::Previous => "#i-previous",
            Self::Next => "#i-next",
            Self::Last => "#i-last",
            Self::Done => "#i-done",
            Self::Columns => "#i-columns",
            Self::Account => "#i-account",
            Self::View => "#i-view",
            Self::Filter => "#i-filter",
            Self::More => "#i-more",
            Self::Help => "#i-help",
            Self::Warning => "#i-warning",
            Self::History => "#i-history",
            Self::Activity => "#i-activity",
            Self::Saved => "#i-saved",
            Self::Undo => "#i-undo",
            Self::Import => "#i-import",
            Self::Failed => "#i-failed",
        }
    }
}

/// Draws an icon. The name of what it stands for belongs to the element around it.
pub fn glyph(icon: Icon, class: &'static str) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}") aria-hidden="true">
            <use_ href=icon.reference()></use_>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    /// The drawings in the page, and what the source points to.
    fn ids(text: &str, before: &str) -> Vec<String> {
        let parts = text.split(before).skip(1);
        let id = |part: &str| part.split('"').next().unwrap_or_default().to_owned();
        let mut ids =
            parts.map(id).filter(|id| id.starts_with("i-") || id.starts_with("a-")).collect::<Vec<_>>();
        ids.sort();
        ids
    }

    #[test]
    fn each_icon_and_arrow_has_its_drawing_in_the_page_and_no_other_is_there() {
        let source = [include_str!("icon.rs"), include_str!("status.rs")].concat();
        let drawn = ids(include_str!("../../index.html"), "<symbol id=\"");
        assert_eq!(ids(&source, "=> \"#"), drawn);
        assert!(drawn.len() > 40, "{drawn:?}");
    }
}
