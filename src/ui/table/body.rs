//! The rows on screen: elements that are made once, and then shown with one row after the other.

use web_sys::Element;

use super::light::{El, Made};

/// A line of a table as it is to be.
pub(super) enum Line {
    /// A row.
    Row(El),
    /// The line of a group.
    Group(El),
}

/// The elements for one line: a row, and where there was one, the line of a group. At most one of them is in sight.
#[derive(Default)]
struct Slot {
    row: Option<Made>,
    group: Option<Made>,
}

impl Slot {
    /// Shows this, or nothing; what has to be made for it comes before `end`, where the slots before it have theirs.
    fn show(&mut self, line: Option<Line>, end: &Element) {
        let (shown, hidden, el) = match line {
            Some(Line::Row(el)) => (&mut self.row, &mut self.group, Some(el)),
            Some(Line::Group(el)) => (&mut self.group, &mut self.row, Some(el)),
            None => (&mut self.row, &mut self.group, None),
        };
        if let Some(hidden) = &mut *hidden {
            hidden.hide();
        }
        match (shown, el) {
            (Some(made), Some(el)) => made.become_this(el),
            (Some(made), None) => made.hide(),
            (shown @ None, Some(el)) => {
                let made = Made::of(el);
                // Both fail only where their element has left the document, and then nobody sees it.
                _ = match hidden {
                    Some(hidden) => hidden.element.after_with_node_1(&made.element),
                    None => end.before_with_node_1(&made.element),
                };
                *shown = Some(made);
            }
            (None, None) => {}
        }
    }

    fn is_made(&self) -> bool {
        self.row.is_some() || self.group.is_some()
    }
}

/// The body of a table: the rows in and around the view, and where it is far from them the one that has the focus, with empty space between.
pub(super) struct Body {
    /// The four spaces.
    gaps: [Made; 4],
    /// The row with the focus, where it is above the others, and where it is below.
    kept: [Slot; 2],
    rows: Vec<Slot>,
}

impl Body {
    /// An empty one in this element.
    pub(super) fn of(body: &Element) -> Self {
        // Where a view takes the place of one of its kind, it takes over that one's elements, and with this one the rows in it.
        body.set_text_content(None);
        let gaps = std::array::from_fn(|_| Made::of(gap(0, 1)));
        for gap in &gaps {
            // Fails only where the gap has the body in it.
            _ = body.append_child(&gap.element);
        }
        Self { gaps, kept: <[Slot; 2]>::default(), rows: Vec::new() }
    }

    /// Shows the lines, and the kept one above them or below. `spare` is what the kept rows are made of before they are needed.
    pub(super) fn draw(
        &mut self,
        lines: Vec<Line>,
        kept: [Option<Line>; 2],
        spare: impl Fn() -> Option<Line>,
        gaps: [El; 4],
    ) {
        for (made, el) in self.gaps.iter_mut().zip(gaps) {
            made.become_this(el);
        }
        let [_, above, rows, below] = &self.gaps;
        for ((slot, line), end) in self.kept.iter_mut().zip(kept).zip([above, below]) {
            let is_spare = line.is_none() && !slot.is_made();
            slot.show(line.or_else(|| if is_spare { spare() } else { None }), &end.element);
            if is_spare {
                slot.show(None, &end.element);
            }
        }
        let shown = lines.len();
        if self.rows.len() < shown {
            self.rows.resize_with(shown, Slot::default);
        }
        for (slot, line) in self.rows.iter_mut().zip(lines) {
            slot.show(Some(line), &rows.element);
        }
        for slot in self.rows.iter_mut().skip(shown) {
            slot.show(None, &rows.element);
        }
    }
}

/// Empty space of this height, in CSS pixels, as wide as all columns.
pub(super) fn gap(height: u64, columns: usize) -> El {
    let cell =
        El::new("td", None::<String>).is("colspan", columns.to_string()).is("height", format!("{height}px"));
    El::new("tr", "gap").is("aria-hidden", "true").with(cell)
}
