//! The pages of a list that the console gives page by page.

use leptos::prelude::*;

use super::{
    icon::{Icon, glyph},
    live::{live, live_attribute},
};
use crate::browser::number;

/// Which page of a list is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paged {
    /// The page, from 0.
    pub page: u64,
    /// The most rows of a page, at least 1.
    pub size: u64,
    /// How many rows this page has.
    pub rows: u64,
    /// How many rows all pages have; `None` where the console does not report.
    pub total: Option<u64>,
}

impl Paged {
    /// The last page, where that is known. An empty list has one page.
    pub fn last(self) -> Option<u64> {
        self.total.map(|total| total.div_ceil(self.size).max(1) - 1)
    }

    /// Whether another page follows, as far as one can tell.
    fn has_next(self) -> bool {
        self.last().map_or(self.rows == self.size, |last| self.page < last)
    }

    /// For example "51–100 of 100,000".
    pub fn in_words(self) -> String {
        let first = self.page.saturating_mul(self.size);
        let of = self.total.map(|total| format!(" of {}", number::count(total))).unwrap_or_default();
        match self.rows {
            0 => format!("0{of}"),
            rows => format!("{}–{}{of}", number::count(first + 1), number::count(first + rows)),
        }
    }
}

/// A way to another page: how it looks, its name, and where it leads from a page.
type Way = (Icon, &'static str, fn(Paged) -> Option<u64>);

/// Which rows are on screen, the ways to the other pages, and how many rows a page has.
#[component]
pub fn Pager(
    /// What the pages are of, such as "Pages of sites".
    name: &'static str,
    /// The page on screen; `None` while the first is on its way.
    paged: Memo<Option<Paged>>,
    /// Whether another page is on its way.
    #[prop(into)]
    busy: Signal<bool>,
    /// Called with the page that a person asks for, from 0.
    on_page: Callback<u64>,
    /// How many rows a page may have, smallest first.
    sizes: &'static [u64],
    /// How many rows a page has.
    #[prop(into)]
    size: Signal<u64>,
    /// Called with the number of rows that a person asks for.
    on_size: Callback<u64>,
) -> impl IntoView {
    let ways: [Way; 4] = [
        (Icon::First, "First page", |at| (at.page > 0).then_some(0)),
        (Icon::Previous, "Previous page", |at| {
            let before = at.page.checked_sub(1)?;
            Some(at.last().map_or(before, |last| before.min(last)))
        }),
        (Icon::Next, "Next page", |at| at.has_next().then(|| at.page + 1)),
        (Icon::Last, "Last page", |at| at.last().filter(|last| *last != at.page)),
    ];
    let buttons = ways
        .map(|(icon, label, way)| {
            let to = move || paged.get().and_then(way);
            view! {
                <button
                    type="button"
                    class="icon-button"
                    aria-label=label
                    title=label
                    aria-disabled=live_attribute(move || to().is_none().then_some("true"))
                    on:click=move |_| {
                        if let Some(page) = untrack(to) {
                            on_page.run(page);
                        }
                    }
                >
                    {glyph(icon, "")}
                </button>
            }
        })
        .into_iter()
        .collect_view();
    let options = sizes
        .iter()
        .map(|option| {
            let text = option.to_string();
            view! { <option value=text.clone()>{text.clone()}</option> }
        })
        .collect_view();
    let words = move || {
        let words = paged.get().map(Paged::in_words).unwrap_or_default();
        if busy.get() { format!("{words} …") } else { words }
    };
    view! {
        <nav class="pager" aria-label=name>
            <label class="inline-select">
                "Rows per page"
                <select
                    class="select"
                    prop:value=move || size.get().to_string()
                    on:change=move |event| {
                        if let Ok(size) = event_target_value(&event).parse() {
                            on_size.run(size);
                        }
                    }
                >
                    {options}
                </select>
            </label>
            <span class="pager-range" role="status">
                {live(words)}
            </span>
            <span class="pager-ways">{buttons}</span>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(page: u64, rows: u64, total: Option<u64>) -> Paged {
        Paged { page, size: 50, rows, total }
    }

    #[test]
    fn the_last_page_is_known_where_the_console_counts() {
        assert_eq!(at(0, 50, Some(100)).last(), Some(1));
        assert_eq!(at(0, 50, Some(101)).last(), Some(2));
        assert_eq!(at(0, 0, Some(0)).last(), Some(0));
        assert!(at(0, 50, None).has_next() && !at(0, 49, None).has_next());
        assert!(!at(1, 50, Some(100)).has_next());
    }
}
