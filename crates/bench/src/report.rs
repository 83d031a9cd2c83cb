//! What the harness prints: tables as lines of cells with tabs between. `cargo xtask bench` makes Markdown of them.

use std::fmt::Display;
use std::io::{self, Write as _};

/// A table that grows row by row.
#[derive(Debug)]
pub(crate) struct Table(Vec<String>);

impl Table {
    /// A table with these heads.
    pub(crate) fn new(title: &str, heads: &[&str]) -> Self {
        Self(vec![line("table", &[title]), line("head", heads)])
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[&dyn Display]) {
        self.0.push(line("row", cells));
    }

    /// Adds a sentence that stands below: how it was measured.
    pub(crate) fn note(&mut self, words: &str) {
        self.0.push(line("note", &[words]));
    }

    /// Prints it to the standard output.
    pub(crate) fn print(&self) {
        for line in &self.0 {
            // Whoever reads it may have gone: nothing to do then.
            _ = writeln!(io::stdout().lock(), "{line}");
        }
    }
}

fn line(kind: &str, cells: &[impl Display]) -> String {
    cells.iter().fold(kind.to_owned(), |line, cell| {
        let cell = cell.to_string().replace(['\t', '\n'], " ");
        format!("{line}\t{cell}")
    })
}

/// Says how it goes, beside the results.
pub(crate) fn say(words: &str) {
    _ = writeln!(io::stderr().lock(), "    {words}");
}

/// Milliseconds, to a tenth where they are few.
pub(crate) fn ms(value: f64) -> String {
    if value < 100.0 { format!("{value:.1} ms") } else { format!("{value:.0} ms") }
}

/// The longest task in milliseconds; the browser does not tell of those up to 50, which are 0 here.
pub(crate) fn longest_task(value: f64) -> String {
    if value == 0.0 { "none above 50 ms".to_owned() } else { ms(value) }
}

/// Kilobytes of a thousand bytes.
pub(crate) fn kilobytes(bytes: f64) -> String {
    format!("{:.1} kB", bytes / 1e3)
}

/// Megabytes of a million bytes, to a tenth.
pub(crate) fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}

/// Whether a value stays within its goal, in words.
pub(crate) fn verdict(value: f64, goal: f64) -> &'static str {
    if value <= goal { "met" } else { "missed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_lines_of_cells() {
        let mut table = Table::new("Load", &["engines", "app"]);
        table.row(&[&200, &ms(123.456)]);
        table.note("a\tb\nc");
        assert_eq!(
            table.0,
            ["table\tLoad", "head\tengines\tapp", "row\t200\t123 ms", "note\ta b c"].map(str::to_owned)
        );
    }

    #[test]
    fn a_goal_is_met_up_to_its_value() {
        assert_eq!(verdict(33.0, 33.0), "met");
        assert_eq!(verdict(33.1, 33.0), "missed");
        assert_eq!(
            [ms(99.94), kilobytes(171_250.0), megabytes(1_540_000.0)],
            ["99.9 ms", "171.2 kB", "1.5 MB"]
        );
    }
}
