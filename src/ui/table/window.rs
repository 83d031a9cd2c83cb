//! Which rows of a long list are in the document: those in view, some around them, and the one that has the focus.

use std::ops::Range;

/// What a scrolled frame shows of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// How far the frame is scrolled, in CSS pixels.
    pub top: f64,
    /// The frame's inner height, in CSS pixels.
    pub height: f64,
    /// A row's height, in CSS pixels, above 0.
    pub row: f64,
    /// The height of a group's line, in CSS pixels, above 0: it is lower than a row where rows are cards.
    pub group: f64,
}

/// Where the lines of a list stand: rows, and between them the lines of groups.
#[derive(Clone, Copy, Debug)]
pub struct Stacked<'a> {
    /// How many there are, those of groups included.
    pub total: usize,
    /// Which of them are those of groups, in order.
    pub groups: &'a [usize],
}

impl Stacked<'_> {
    /// How far the line at this place, or the end of the list, is from the top, in CSS pixels.
    pub fn top_of(&self, at: usize, view: Viewport) -> f64 {
        let groups = self.groups.partition_point(|group| *group < at);
        (at - groups) as f64 * view.row + groups as f64 * view.group
    }

    /// The line that is so far from the top, in CSS pixels; the number of lines where the list ends before.
    pub fn at(&self, top: f64, view: Viewport) -> usize {
        let (mut from, mut to) = (0, self.total);
        while from < to {
            let middle = usize::midpoint(from, to);
            if self.top_of(middle + 1, view) <= top {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }
}

/// The rows to render and the empty space between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The rows in and around the view: as many wherever the view is, so that the same elements show them all.
    pub rows: Range<usize>,
    /// How many those are when all have been made.
    pub wanted: usize,
    /// The first line in view.
    pub first: usize,
    /// The row that is kept although it is out of view, for it holds the focus.
    pub kept: Option<usize>,
    /// How much empty space stands before a kept row above the view, between it and the view's, between the view's and a kept row below,
    /// and after that, in CSS pixels.
    pub gaps: [f64; 4],
}

/// Rows above and below the view that are rendered as well, so that scrolling shows no empty band: more than the 120 pixels that one notch
/// of a mouse wheel moves. Each row less makes every key, click and jump 3 % quicker.
const AROUND: usize = 4;

impl Window {
    /// Works out the window for these lines, of which at most `most` are to be rendered. `kept` is left out when it lies inside the view or
    /// outside the list.
    pub fn of(lines: Stacked<'_>, view: Viewport, kept: Option<usize>, most: usize) -> Self {
        let total = lines.total;
        let lowest = if lines.groups.is_empty() { view.row } else { view.row.min(view.group) };
        let seen = (view.height.max(0.0) / lowest).ceil() as usize + 1;
        let wanted = seen.saturating_add(2 * AROUND).min(total);
        let first = lines.at(view.top.max(0.0), view);
        let start = first.saturating_sub(AROUND).min(total - wanted);
        let end = start + most.min(wanted);
        let kept = kept.filter(|k| *k < total && !(start..end).contains(k));
        let gaps = match kept {
            None => [0..start, start..start, end..total, total..total],
            Some(k) if k < start => [0..k, k + 1..start, end..total, total..total],
            Some(k) => [0..start, start..start, end..k, k + 1..total],
        };
        let gaps = gaps.map(|gap| lines.top_of(gap.end, view) - lines.top_of(gap.start, view));
        Self { rows: start..end, wanted, first, kept, gaps }
    }

    /// The kept row above the view's rows, or the one below them.
    pub fn kept_at(&self, below: bool) -> Option<usize> {
        self.kept.filter(|kept| (*kept >= self.rows.end) == below)
    }
}

/// How far to scroll so that a line that reaches from `top` to `end` is fully in view; `head` is the height that a sticky head covers.
pub fn scroll_to_show(top: f64, end: f64, view: Viewport, head: f64) -> f64 {
    let visible = (view.height - head).max(end - top);
    if top < view.top {
        top
    } else if end > view.top + visible {
        end - visible
    } else {
        view.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Viewport = Viewport { top: 0.0, height: 360.0, row: 36.0, group: 36.0 };

    /// More than there is room for.
    const MOST: usize = 100;

    /// So many rows, without groups.
    fn rows(total: usize) -> Stacked<'static> {
        Stacked { total, groups: &[] }
    }

    fn at(top: f64) -> Viewport {
        Viewport { top, ..VIEW }
    }

    #[test]
    fn a_short_list_is_rendered_whole() {
        let window = Window::of(rows(5), VIEW, Some(3), MOST);
        assert_eq!((window.rows, window.wanted, window.kept, window.gaps), (0..5, 5, None, [0.0; 4]));
    }

    #[test]
    fn a_long_list_is_rendered_around_the_view() {
        let window = Window::of(rows(10_000), at(36_000.0), None, MOST);
        assert_eq!(window.rows, 996..1015);
        assert_eq!(window.gaps, [996.0, 0.0, 8_985.0, 0.0].map(|rows| rows * 36.0));
    }

    #[test]
    fn as_many_rows_are_rendered_wherever_the_view_is() {
        for top in [0.0, 100.0, 36_000.0, 359_640.0, 400_000.0] {
            assert_eq!(Window::of(rows(10_000), at(top), None, MOST).rows.len(), 19, "{top}");
        }
        assert_eq!(Window::of(rows(10_000), at(359_640.0), None, MOST).rows, 9_981..10_000);
    }

    #[test]
    fn while_rows_are_being_made_the_first_of_them_are_there() {
        let window = Window::of(rows(10_000), at(36_000.0), None, 12);
        assert_eq!((window.rows, window.wanted), (996..1008, 19));
        assert_eq!(window.gaps, [996.0, 0.0, 8_992.0, 0.0].map(|rows| rows * 36.0));
    }

    #[test]
    fn the_focused_row_stays_wherever_the_view_is() {
        for (top, kept) in
            [(0.0, 5_000), (180_000.0, 0), (359_000.0, 9_000), (0.0, 9_999), (180_000.0, 4_994)]
        {
            let window = Window::of(rows(10_000), at(top), Some(kept), MOST);
            let rows = window.rows.len() + usize::from(window.kept.is_some());
            let empty = window.gaps.iter().sum::<f64>();
            assert_eq!(empty + rows as f64 * 36.0, 360_000.0, "top {top}, kept {kept}");
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
        let window = Window::of(rows(3), at(36_000.0), Some(7), MOST);
        assert_eq!(window.gaps.iter().sum::<f64>() + window.rows.len() as f64 * 36.0, 108.0);
        assert!(Window::of(rows(0), at(500.0), Some(0), MOST).rows.is_empty());
    }

    #[test]
    fn lines_of_groups_may_be_lower() {
        // Two groups with three cards each.
        let lines = Stacked { total: 8, groups: &[0, 4] };
        let view = Viewport { top: 0.0, height: 400.0, row: 200.0, group: 50.0 };
        let tops = (0..=8).map(|at| lines.top_of(at, view)).collect::<Vec<_>>();
        assert_eq!(tops, [0.0, 50.0, 250.0, 450.0, 650.0, 700.0, 900.0, 1100.0, 1300.0]);
        for (at, top) in tops.iter().enumerate() {
            assert_eq!(lines.at(*top, view), at);
            assert_eq!(lines.at(top + 49.0, view), at.min(8));
        }
        assert_eq!(lines.at(-1.0, view), 0);
        let many = Stacked { total: 10_000, groups: &[0, 5_000] };
        let far = Viewport { top: 5_000.0 * 200.0, ..view };
        let window = Window::of(many, far, None, MOST);
        // As many as there can be, were all of them lines of groups.
        assert_eq!((window.rows, window.first), (4_997..5_014, 5_001));
        assert_eq!(window.gaps, [50.0 + 4_996.0 * 200.0, 0.0, 4_986.0 * 200.0, 0.0]);
    }

    #[test]
    fn scrolls_just_as_far_as_needed() {
        assert_eq!(scroll_to_show(108.0, 144.0, at(36.0), 36.0), 36.0);
        assert_eq!(scroll_to_show(0.0, 36.0, at(72.0), 36.0), 0.0);
        assert_eq!(scroll_to_show(324.0, 360.0, VIEW, 36.0), 36.0);
    }
}
