//! The columns of a table, and by which of them it is sorted.

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Behind `col-` its class for widths (`<col>`), behind `h-` its head's, and the word for it in the address bar.
    pub key: &'static str,
    /// What its head says.
    pub label: &'static str,
    /// Numbers stand at the right.
    pub numeric: bool,
    /// Whether its head sorts.
    pub sortable: bool,
}

/// By which column a table is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The column's key.
    pub column: String,
    /// Largest first.
    pub descending: bool,
    /// The column that decides where the first makes no difference, and whether its largest come first.
    pub then: Option<(String, bool)>,
}

impl SortBy {
    /// By one column.
    pub fn by(column: &str, descending: bool) -> Self {
        Self { column: column.to_owned(), descending, then: None }
    }

    /// Reads `name`, `-name` or `status,-name`, as the address bar holds it.
    pub fn from_query(text: &str) -> Self {
        let key = |text: &str| match text.strip_prefix('-') {
            Some(column) => (column.to_owned(), true),
            None => (text.to_owned(), false),
        };
        let (first, then) = text.split_once(',').map_or((text, None), |(first, then)| (first, Some(then)));
        let (column, descending) = key(first);
        Self { column, descending, then: then.map(key) }
    }

    /// The text for the address bar.
    pub fn to_query(&self) -> String {
        let key = |column: &str, descending| format!("{}{column}", if descending { "-" } else { "" });
        let first = key(&self.column, self.descending);
        match &self.then {
            Some((column, descending)) => format!("{first},{}", key(column, *descending)),
            None => first,
        }
    }

    /// What a click on the head of `column` leads to: the other direction, or that column with the smallest first.
    pub fn toggled(&self, column: &str) -> Self {
        Self::by(column, self.column == column && !self.descending)
    }

    /// What a click with Shift leads to: `column` decides where the first makes no difference; the other direction where it
    /// is one of the two already.
    pub fn with_second(&self, column: &str) -> Self {
        if self.column == column {
            return Self { descending: !self.descending, ..self.clone() };
        }
        let turned = self.then.as_ref().is_some_and(|(then, descending)| then == column && !descending);
        Self { then: Some((column.to_owned(), turned)), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_on_a_head_turns_the_order_round() {
        let by_name = SortBy::from_query("name");
        assert_eq!(by_name.toggled("name").to_query(), "-name");
        assert_eq!(by_name.toggled("name").toggled("name").to_query(), "name");
        assert_eq!(by_name.toggled("sites").to_query(), "sites");
        assert_eq!(SortBy::from_query("-sites").toggled("name").to_query(), "name");
    }

    #[test]
    fn a_click_with_shift_adds_a_second_column() {
        let by_status = SortBy::from_query("-status");
        let second = by_status.with_second("name");
        assert_eq!(second.to_query(), "-status,name");
        assert_eq!(second.with_second("name").to_query(), "-status,-name");
        assert_eq!(second.with_second("name").with_second("name").to_query(), "-status,name");
        assert_eq!(second.with_second("sites").to_query(), "-status,sites", "another second one");
        assert_eq!(
            second.with_second("status").to_query(),
            "status,name",
            "the first turns, the second stays"
        );
        assert_eq!(second.toggled("name").to_query(), "name", "without Shift there is one again");
        assert_eq!(SortBy::from_query("a,-b").to_query(), "a,-b");
    }
}
