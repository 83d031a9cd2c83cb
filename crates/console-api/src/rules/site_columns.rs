//! The table of sites: its columns, and which of them the console sorts by (docs/api-quirks.md, "Reading").

use crate::client::Sort;

/// A column of the table of sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SiteColumn {
    /// **Name**.
    Name,
    /// **Type**.
    Type,
    /// **Assets**.
    Assets,
    /// **Risk score**.
    RiskScore,
    /// **Engine or pool**. The console would sort by its number, which nobody reads.
    Scanner,
    /// **Last scan**.
    LastScan,
}

impl SiteColumn {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Type, Self::Assets, Self::RiskScore, Self::Scanner, Self::LastScan];

    /// The word of the column in the address of the page.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Assets => "assets",
            Self::RiskScore => "risk-score",
            Self::Scanner => "scanner",
            Self::LastScan => "last-scan",
        }
    }

    /// The column's heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Type => "Type",
            Self::Assets => "Assets",
            Self::RiskScore => "Risk score",
            Self::Scanner => "Engine or pool",
            Self::LastScan => "Last scan",
        }
    }

    /// The property that the console sorts by; `None` where it can't.
    #[must_use]
    pub const fn property(self) -> Option<&'static str> {
        Some(match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Assets => "assets",
            Self::RiskScore => "riskScore",
            Self::Scanner => return None,
            Self::LastScan => "lastScanTime",
        })
    }

    /// The column of a key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.key() == key)
    }
}

/// How the table of sites is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiteOrder {
    /// By which column: one that the console can sort by.
    pub column: SiteColumn,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// By name.
impl Default for SiteOrder {
    fn default() -> Self {
        Self { column: SiteColumn::Name, descending: false }
    }
}

impl SiteOrder {
    /// Writes it for an address: the column's key, with a minus before it when descending.
    #[must_use]
    pub fn key(self) -> String {
        [if self.descending { "-" } else { "" }, self.column.key()].concat()
    }

    /// Reads what [`key`](Self::key) writes. `None` also for a column that the console can't sort by.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let (descending, key) = key.strip_prefix('-').map_or((false, key), |key| (true, key));
        let column = SiteColumn::from_key(key).filter(|column| column.property().is_some())?;
        Some(Self { column, descending })
    }

    /// What to ask the console for. Equal rows are in the order of their names.
    #[must_use]
    pub fn for_console(self) -> Vec<Sort> {
        let by_name = Sort { property: "name", descending: false };
        match self.column.property() {
            Some("name") => vec![Sort { descending: self.descending, ..by_name }],
            Some(property) => vec![Sort { property, descending: self.descending }, by_name],
            None => vec![by_name],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_that_the_console_can_do_reads_back_from_its_key() {
        for column in SiteColumn::ALL {
            for descending in [false, true] {
                let sort = SiteOrder { column, descending };
                let read = SiteOrder::from_key(&sort.key());
                assert_eq!(read, column.property().map(|_| sort), "{column:?}");
            }
        }
        assert_eq!(SiteOrder::from_key("colour"), None);
    }

    #[test]
    fn the_console_is_asked_in_its_own_words_and_equal_rows_stand_by_name() {
        let asked = |key: &str| SiteOrder::from_key(key).unwrap_or_default().for_console();
        let by = |property, descending| Sort { property, descending };
        assert_eq!(asked("-risk-score"), [by("riskScore", true), by("name", false)]);
        assert_eq!(asked("last-scan"), [by("lastScanTime", false), by("name", false)]);
        assert_eq!(asked("-name"), [by("name", true)]);
        assert_eq!(asked("scanner"), [by("name", false)]);
    }
}
