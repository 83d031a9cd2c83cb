//! Where a person was in a table, so that **Back** leads there again: scroll position, current row, focus, selection.

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_location;
use rustc_hash::FxHashMap;

use super::{keys::KeySet, row::RowKey, window::Viewport};

/// Where a person was.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) view: Viewport,
    pub(super) row: Option<RowKey>,
    /// Whether the row, or something in it, had the focus.
    pub(super) focused: bool,
    pub(super) selected: KeySet,
    /// The names of the folded groups.
    pub(super) folded: Vec<String>,
    /// How far the page around the table was scrolled, in CSS pixels.
    pub(super) page_top: i32,
}

/// Where the person was in the tables of pages that were left. Copy it freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Places(StoredValue<Left>);

#[derive(Default)]
struct Left {
    places: FxHashMap<TableKey, Place>,
    /// The path that the back or forward button has led to, until its page is left.
    back_at: String,
}

/// Which table it is: the path of its page, and its name, which tables of other pages have as well.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct TableKey {
    path: String,
    name: String,
}

impl TableKey {
    /// A table of the page that is being made. Its path is the router's: the browser's address changes only once the page is there.
    pub(super) fn here(name: &str) -> Self {
        Self { path: use_location().pathname.get_untracked(), name: name.to_owned() }
    }
}

impl Places {
    /// Nothing was left yet; put into the context for the tables below. To be called before the router is made, which answers
    /// the back button as well.
    pub fn provide() -> Self {
        let places = Self(StoredValue::new(Left::default()));
        let back = window_event_listener(ev::popstate, move |_| {
            let path = window().location().pathname().unwrap_or_default();
            places.0.update_value(|left| left.back_at = path);
        });
        on_cleanup(move || back.remove());
        provide_context(places);
        places
    }

    /// The places of the app around.
    pub fn here() -> Self {
        expect_context()
    }

    /// Forgets all, as when the visit ends.
    pub fn forget(self) {
        self.0.set_value(Left::default());
    }

    /// The place in this table, if the person came back to it. What a link leads to begins anew.
    pub(super) fn come_back(self, table: &TableKey) -> Option<Place> {
        let take = |left: &mut Left| left.places.remove(table).filter(|_| left.back_at == table.path);
        self.0.try_update_value(take).flatten()
    }

    /// Remembers where the person is, for the way back.
    pub(super) fn leave(self, table: TableKey, place: Place) {
        self.0.try_update_value(|left| {
            if left.back_at == table.path {
                left.back_at.clear();
            }
            left.places.insert(table, place)
        });
    }
}

/// How far the page around is scrolled, in CSS pixels.
pub(super) fn page_top() -> i32 {
    page().map_or(0, |page| page.scroll_top())
}

/// Scrolls the page around.
pub(super) fn scroll_page(top: i32) {
    if let Some(page) = page() {
        page.set_scroll_top(top);
    }
}

fn page() -> Option<web_sys::Element> {
    document().query_selector("main").ok().flatten()
}

/// Whether what has the focus is within the frame.
pub(super) fn has_focus(frame: NodeRef<html::Div>) -> bool {
    let frame = frame.try_get_untracked().flatten();
    frame.is_some_and(|frame| frame.contains(document().active_element().as_deref()))
}
