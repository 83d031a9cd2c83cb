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
    /// The rows in and around the view.
    pub rows: Range<usize>,
    /// The row that is kept although it is out of view, for it holds the focus.
    pub kept: Option<usize>,
    /// How many rows of empty space stand before the first rendered row, between the kept row and the others, and after the last.
    pub gaps: [usize; 3],
}

/// Rows above and below the view that are rendered as well, so that scrolling shows no empty band.
const AROUND: usize = 5;

impl Window {
    /// Works out the window for `total` rows. `kept` is left out when it lies inside the view or outside the list.
    pub fn of(total: usize, view: Viewport, kept: Option<usize>) -> Self {
        let first = (view.top.max(0.0) / view.row) as usize;
        let count = (view.height.max(0.0) / view.row).ceil() as usize + 1;
        let end = first.saturating_add(count).saturating_add(AROUND).min(total);
        let start = first.saturating_sub(AROUND).min(end);
        let kept = kept.filter(|k| *k < total && !(start..end).contains(k));
        let gaps = match kept {
            None => [start, 0, total - end],
            Some(k) if k < start => [k, start - k - 1, total - end],
            Some(k) => [start, k - end, total - k - 1],
        };
        Self { rows: start..end, kept, gaps }
    }

    /// What to render, in order.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = vec![Piece::Gap(0)];
        let rows = self.rows.clone().map(Piece::Row);
        match self.kept {
            None => pieces.extend(rows),
            Some(k) if k < self.rows.start => {
                pieces.extend([Piece::Row(k), Piece::Gap(1)]);
                pieces.extend(rows);
            }
            Some(k) => {
                pieces.extend(rows);
                pieces.extend([Piece::Gap(1), Piece::Row(k)]);
            }
        }
        pieces.push(Piece::Gap(2));
        pieces
    }
}

/// A part of a windowed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// One of the three empty spaces: its place in [`Window::gaps`].
    Gap(usize),
    /// The row at this position of the list.
    Row(usize),
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

    fn at(top: f64) -> Viewport {
        Viewport { top, ..VIEW }
    }

    #[test]
    fn a_short_list_is_rendered_whole() {
        let window = Window::of(5, VIEW, Some(3));
        assert_eq!(window, Window { rows: 0..5, kept: None, gaps: [0, 0, 0] });
    }

    #[test]
    fn a_long_list_is_rendered_around_the_view() {
        let window = Window::of(10_000, at(36_000.0), None);
        assert_eq!(window.rows, 995..1016);
        assert_eq!(window.gaps, [995, 0, 8_984]);
    }

    #[test]
    fn the_focused_row_stays_wherever_the_view_is() {
        for (top, kept) in
            [(0.0, 5_000), (180_000.0, 0), (359_000.0, 9_000), (0.0, 9_999), (180_000.0, 4_994)]
        {
            let window = Window::of(10_000, at(top), Some(kept));
            let rows = window.rows.len() + usize::from(window.kept.is_some());
            assert_eq!(window.gaps.iter().sum::<usize>() + rows, 10_000, "top {top}, kept {kept}");
            assert!(window.pieces().contains(&Piece::Row(kept)), "top {top}, kept {kept}");
        }
    }

    #[test]
    fn scrolled_past_the_end_of_a_list_that_became_short() {
        let window = Window::of(3, at(36_000.0), Some(7));
        assert_eq!(window.gaps.iter().sum::<usize>() + window.rows.len(), 3);
        assert!(Window::of(0, at(500.0), Some(0)).rows.is_empty());
    }

    #[test]
    fn scrolls_just_as_far_as_needed() {
        assert_eq!(scroll_to_show(3, at(36.0), 36.0), 36.0);
        assert_eq!(scroll_to_show(0, at(72.0), 36.0), 0.0);
        assert_eq!(scroll_to_show(9, VIEW, 36.0), 36.0);
    }
}
