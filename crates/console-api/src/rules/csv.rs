//! Tables as comma-separated values (RFC 4180), for spreadsheets.
//!
//! Own code, because the quoting that a library brings is a few lines, and the formulas are ours either way.

/// Adds one row: cells joined by commas, ended by CR LF.
///
/// A cell with a comma, a quote or a line's end is put into quotes, with its quotes doubled (RFC 4180). A cell that a
/// spreadsheet would take for a formula gets an apostrophe in front: names come from other people.
pub fn csv_row<'a>(text: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        push_cell(text, cell);
    }
    text.push_str("\r\n");
}

fn push_cell(text: &mut String, cell: &str) {
    let formula = is_formula(cell);
    let quoted = cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if quoted {
        text.push('"');
    }
    if formula {
        text.push('\'');
    }
    for part in cell.split_inclusive('"') {
        text.push_str(part);
        if part.ends_with('"') {
            text.push('"');
        }
    }
    if quoted {
        text.push('"');
    }
}

/// Whether a spreadsheet would calculate with it. A plain number, also a negative one, is none.
fn is_formula(cell: &str) -> bool {
    let risky =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    risky && !cell.strip_prefix('-').is_some_and(number)
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
            ("＝1", "'＝1"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(row(&[cell]), format!("{written}\r\n"), "{cell:?}");
        }
    }
}
