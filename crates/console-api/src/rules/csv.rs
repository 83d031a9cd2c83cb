//! Tables as comma-separated values (RFC 4180), for spreadsheets.
//!
//! Own code, because the quoting that a library brings is a few lines, and the formulas are ours either way.

/// Adds one row: cells joined by commas, ended by CR LF.
///
/// A cell with a comma, a quote or a line's end is put into quotes, with its quotes doubled (RFC 4180). What a
/// spreadsheet would take for a formula gets an apostrophe in front: names come from other people. Some split at semicolons or
/// tabs instead, where the quotes do not count, so that each piece of a cell between those is looked at.
pub fn csv_row<'a>(text: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        push_cell(text, cell);
    }
    text.push_str("\r\n");
}

/// Where a spreadsheet may split.
const SEPARATORS: [char; 5] = [',', ';', '\t', '\r', '\n'];

fn push_cell(text: &mut String, cell: &str) {
    let quoted = cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if quoted {
        text.push('"');
    }
    if cell.starts_with(['\t', '\r']) {
        text.push('\'');
    }
    for piece in cell.split_inclusive(SEPARATORS) {
        if is_formula(piece.trim_end_matches(SEPARATORS)) {
            text.push('\'');
        }
        for part in piece.split_inclusive('"') {
            text.push_str(part);
            if part.ends_with('"') {
                text.push('"');
            }
        }
    }
    if quoted {
        text.push('"');
    }
}

/// Whether a spreadsheet would calculate with it. A plain number, also a negative one, is none.
fn is_formula(piece: &str) -> bool {
    // Behind a blank or a quote it may still be one.
    let risky = piece
        .trim_start_matches([' ', '"'])
        .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    risky && !piece.strip_prefix('-').is_some_and(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> String {
        let mut text = String::new();
        csv_row(&mut text, cells.iter().copied());
        text
    }

    #[test]
    fn cells_are_joined_and_ended_as_rfc_4180_says() {
        assert_eq!(row(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(row(&["a,b", "say \"x\"", "two\nlines"]), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n");
        assert_eq!(row(&[" a"]), "\" a\"\r\n");
        assert_eq!(row(&["Zürich – é"]), "Zürich – é\r\n");
    }

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("-5", "-5"),
            ("\tx", "'\tx"),
            ("=A1,B1", "\"'=A1,B1\""),
            ("x;=1+1", "x;'=1+1"),
            ("x\t=1+1", "x\t'=1+1"),
            ("x,=1+1", "\"x,'=1+1\""),
            ("x\n=1+1", "\"x\n'=1+1\""),
            ("x;\"=1+1\"", "\"x;'\"\"=1+1\"\"\""),
            ("x; @SUM(A1);-5", "x;' @SUM(A1);-5"),
            ("＝1", "'＝1"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(row(&[cell]), format!("{written}\r\n"), "{cell:?}");
        }
    }
}
