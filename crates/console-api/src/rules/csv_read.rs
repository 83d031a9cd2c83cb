//! Reads comma-separated values as spreadsheets and people write them: with commas, semicolons or tabs, with and without quotes.

use core::iter::Peekable;
use core::str::Chars;

/// A table as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvTable {
    /// What stands between cells: a comma, a semicolon or a tab.
    pub separator: char,
    /// The rows with at least one cell that is not blank. Cells have no blanks at their ends, unless in quotes.
    pub rows: Vec<Vec<String>>,
}

/// What may stand between cells; where a text tells no difference, the first is meant.
const SEPARATORS: [char; 3] = [',', ';', '\t'];
/// How many characters tell which of them it is.
const LOOKED_AT: usize = 20_000;

/// Reads a table. Which separator and which quotes it has is found out; the mark of UTF-8 at its start is left out, and so are
/// blank lines. Nothing is refused: a quote that never ends is a character like any other.
#[must_use]
pub fn read_csv(text: &str) -> CsvTable {
    let text = text.trim_start_matches('\u{feff}');
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let mut best = (SEPARATORS[0], 0, 0);
    for separator in SEPARATORS {
        let (rows, columns) = agreement(&rows(&text[..end], separator));
        if (rows, columns) > (best.1, best.2) {
            best = (separator, rows, columns);
        }
    }
    CsvTable { separator: best.0, rows: rows(text, best.0) }
}

/// How many rows have as many cells as the first one, if that has more than one, and how many these are.
fn agreement(rows: &[Vec<String>]) -> (usize, usize) {
    let columns = rows.first().map_or(0, Vec::len);
    if columns < 2 {
        return (0, 0);
    }
    (rows.iter().filter(|row| row.len() == columns).count(), columns)
}

fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let quote = quote_of(text, separator);
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        row.push(cell(&mut rest, separator, quote));
        match rest.next() {
            // A separator at the very end: an empty cell follows.
            Some(c) if c == separator && rest.peek().is_none() => row.push(String::new()),
            Some(c) if c == separator => continue,
            Some('\r') => _ = rest.next_if_eq(&'\n'),
            _ => {}
        }
        if row.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(std::mem::take(&mut row));
        }
        row.clear();
    }
    if row.iter().any(|cell| !cell.trim().is_empty()) {
        rows.push(row);
    }
    rows
}

/// `"`, or `'` where no cell begins with the former and one stands completely in the latter.
fn quote_of(text: &str, separator: char) -> char {
    let is_end = |c: char| c == separator || c == '\n' || c == '\r';
    let mut single = false;
    for piece in text.split(is_end).map(str::trim) {
        if piece.starts_with('"') {
            return '"';
        }
        single |= piece.len() > 2 && piece.starts_with('\'') && piece.ends_with('\'');
    }
    if single { '\'' } else { '"' }
}

/// One cell, up to the separator or the line's end, which stay.
fn cell(rest: &mut Peekable<Chars<'_>>, separator: char, quote: char) -> String {
    let is_end = |c: char| c == separator || c == '\n' || c == '\r';
    while rest.next_if(|c| *c != separator && matches!(c, ' ' | '\t')).is_some() {}
    if rest.peek() == Some(&quote)
        && let Some((text, after)) = quoted(rest.clone(), quote, is_end)
    {
        *rest = after;
        return text;
    }
    let mut text = String::new();
    while let Some(c) = rest.next_if(|c| !is_end(*c)) {
        text.push(c);
    }
    text.truncate(text.trim_end().len());
    text
}

/// A cell in quotes, and what comes after it; `None` where the quotes don't end, or something follows them.
fn quoted<'a>(
    mut rest: Peekable<Chars<'a>>,
    quote: char,
    is_end: impl Fn(char) -> bool,
) -> Option<(String, Peekable<Chars<'a>>)> {
    rest.next();
    let mut text = String::new();
    loop {
        let c = rest.next()?;
        if c != quote {
            text.push(c);
        } else if rest.next_if_eq(&quote).is_some() {
            text.push(quote);
        } else {
            break;
        }
    }
    while rest.next_if(|c| matches!(c, ' ' | '\t') && !is_end(*c)).is_some() {}
    rest.peek().is_none_or(|c| is_end(*c)).then_some((text, rest))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::csv_row;

    fn read(text: &str) -> (char, Vec<Vec<String>>) {
        let table = read_csv(text);
        (table.separator, table.rows)
    }

    #[test]
    fn separators_and_quotes_are_found_out() {
        let cases: [(&str, char, &[&[&str]]); 13] = [
            ("a,b\nc,d\n", ',', &[&["a", "b"], &["c", "d"]]),
            ("a;b\r\nc;d", ';', &[&["a", "b"], &["c", "d"]]),
            ("a\tb\rc\td\r", '\t', &[&["a", "b"], &["c", "d"]]),
            ("\u{feff}a , b \n\n ,\n", ',', &[&["a", "b"]]),
            // Commas within cells don't make the more cells of semicolons fewer.
            ("a;10.0.0.1;x, y\nb;10.0.0.2;z\n", ';', &[&["a", "10.0.0.1", "x, y"], &["b", "10.0.0.2", "z"]]),
            ("\"a,1\",\"say \"\"x\"\"\"\nb,c", ',', &[&["a,1", "say \"x\""], &["b", "c"]]),
            ("\"two\nlines\",b\n", ',', &[&["two\nlines", "b"]]),
            ("'a;1';b\n'c';d", ';', &[&["a;1", "b"], &["c", "d"]]),
            // Quotes that are none.
            ("a\"b,5\"\nc,d", ',', &[&["a\"b", "5\""], &["c", "d"]]),
            ("\"never ends,b\nc,d", ',', &[&["\"never ends", "b"], &["c", "d"]]),
            ("O'Brien,b\nc,d", ',', &[&["O'Brien", "b"], &["c", "d"]]),
            ("a,b,\nc,d,", ',', &[&["a", "b", ""], &["c", "d", ""]]),
            ("one\ntwo", ',', &[&["one"], &["two"]]),
        ];
        for (text, separator, rows) in cases {
            let rows: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
            assert_eq!(read(text), (separator, rows), "{text:?}");
        }
        assert_eq!(read(""), (',', Vec::new()));
        assert_eq!(read(" \n\t\n"), (',', Vec::new()));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            for row in read_csv(&text).rows {
                prop_assert!(row.iter().any(|cell| !cell.trim().is_empty()));
            }
        }

        #[test]
        fn what_is_written_here_is_read_as_it_was(
            rows in prop::collection::vec(prop::collection::vec("[a-zà-ü0-9.\",]([a-z ,\"\n]{0,6}[a-z])?", 3), 1..6),
        ) {
            let mut text = String::new();
            for row in &rows {
                csv_row(&mut text, row.iter().map(String::as_str));
            }
            prop_assert_eq!(read_csv(&text).rows, rows);
        }
    }
}
