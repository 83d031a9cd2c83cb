//! Tables in Markdown, aligned, so that they can be read on a terminal too.

use std::borrow::Cow;

use textwrap::WordSplitter;

/// A table with a title above and notes below.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) notes: Vec<String>,
}

impl Table {
    /// A table with these heads.
    pub(crate) fn new(title: impl Into<String>, head: &[&str]) -> Self {
        Self { title: title.into(), head: strings(head), ..Self::default() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.rows.push(strings(cells));
    }

    /// The lines, the title as a heading of the second level.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("## {}", self.title), String::new()];
        let shown = |text: &str| text.replace('|', "\\|");
        let all = || std::iter::once(&self.head).chain(&self.rows);
        let columns = all().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &[String], at: usize| row.get(at).map(|text| shown(text)).unwrap_or_default();
        let width = |at| all().map(|row| cell(row, at).chars().count()).max().unwrap_or(0).max(3);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &[String]| {
            let cells = widths.iter().enumerate().map(|(at, width)| format!(" {:width$} |", cell(row, at)));
            format!("|{}", cells.collect::<String>())
        };
        lines.push(line(&self.head));
        lines.push(format!(
            "|{}",
            widths.iter().map(|width| format!(" {} |", "-".repeat(*width))).collect::<String>()
        ));
        lines.extend(self.rows.iter().map(|row| line(row)));
        for note in &self.notes {
            lines.push(String::new());
            lines.extend(wrapped(note, 120));
        }
        lines
    }
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

/// A paragraph as lines of at most so many characters; a word that is longer stands alone.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
}

/// Reads the tables that a harness prints: lines of cells with tabs between, whose first cell says what the line is.
pub(crate) fn read(printed: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in printed.lines() {
        let mut cells = line.split('\t').map(str::to_owned);
        let kind = cells.next().unwrap_or_default();
        let cells: Vec<String> = cells.collect();
        if kind == "table" {
            tables.push(Table { title: cells.concat(), ..Table::default() });
        }
        let Some(table) = tables.last_mut() else { continue };
        match kind.as_str() {
            "head" => table.head = cells,
            "row" => table.rows.push(cells),
            "note" => table.notes.extend(cells),
            _ => {}
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_harness_prints_becomes_aligned_tables() {
        let printed = "table\tTime\nhead\tpage\tms\nrow\tapp\t123.4\nrow\ta|b\nnote\tA note.\nnothing\ntable\tB\nhead\tx\n";
        let tables = read(printed);
        assert_eq!(tables.len(), 2);
        assert_eq!(
            tables[0].lines(),
            [
                "## Time",
                "",
                "| page | ms    |",
                "| ---- | ----- |",
                "| app  | 123.4 |",
                "| a\\|b |       |",
                "",
                "A note.",
            ]
        );
        assert_eq!(tables[1].lines(), ["## B", "", "| x   |", "| --- |"]);
    }

    #[test]
    fn paragraphs_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("much-too-long a", 5), ["much-too-long", "a"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
