//! The columns of the table of engines.

/// A column of the table **Scan Engines**.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EngineColumn {
    /// The engine's name.
    Name,
    /// Its address.
    Address,
    /// Its port.
    Port,
    /// Its status; ascending is worst first.
    Status,
    /// The version of its software.
    ProductVersion,
    /// The version of its checks.
    ContentVersion,
    /// How many sites it scans, directly and through pools.
    Sites,
    /// The pools it is in.
    Pools,
    /// When it last talked to the console.
    LastRefreshed,
    /// Its id.
    Id,
    /// Its serial number.
    SerialNumber,
    /// When it last took an update.
    LastUpdated,
    /// Whether it is AWS pre-authorised.
    AwsPreAuthorised,
    /// Its platform, from `version engines`.
    Platform,
    /// Since when it has had its status, as far as this browser has seen.
    Since,
    /// Its last seven days, as far as this browser has seen; ascending is worst first.
    LastWeek,
}

impl EngineColumn {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 16] = [
        Self::Name,
        Self::Address,
        Self::Port,
        Self::Status,
        Self::ProductVersion,
        Self::ContentVersion,
        Self::Sites,
        Self::Pools,
        Self::LastRefreshed,
        Self::Id,
        Self::SerialNumber,
        Self::LastUpdated,
        Self::AwsPreAuthorised,
        Self::Platform,
        Self::Since,
        Self::LastWeek,
    ];

    /// The heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Address => "Address",
            Self::Port => "Port",
            Self::Status => "Status",
            Self::ProductVersion => "Product version",
            Self::ContentVersion => "Content version",
            Self::Sites => "Sites",
            Self::Pools => "Pools",
            Self::LastRefreshed => "Last refreshed",
            Self::Id => "ID",
            Self::SerialNumber => "Serial number",
            Self::LastUpdated => "Last updated",
            Self::AwsPreAuthorised => "AWS pre-authorised",
            Self::Platform => "Platform",
            Self::Since => "Since",
            Self::LastWeek => "Last 7 days",
        }
    }

    /// A stable word for addresses and stored choices.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Port => "port",
            Self::Status => "status",
            Self::ProductVersion => "product-version",
            Self::ContentVersion => "content-version",
            Self::Sites => "sites",
            Self::Pools => "pools",
            Self::LastRefreshed => "last-refreshed",
            Self::Id => "id",
            Self::SerialNumber => "serial-number",
            Self::LastUpdated => "last-updated",
            Self::AwsPreAuthorised => "aws-pre-authorised",
            Self::Platform => "platform",
            Self::Since => "since",
            Self::LastWeek => "last-week",
        }
    }

    /// Whether it shows what only this browser has seen, which is no part of an [`EngineRow`](super::EngineRow).
    #[must_use]
    pub const fn is_seen_here(self) -> bool {
        matches!(self, Self::Since | Self::LastWeek)
    }

    /// The column of a key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.key() == key)
    }
}

/// How the table of engines is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EngineSort {
    /// By which column.
    pub column: EngineColumn,
    /// Whether the largest comes first. Missing values come last either way.
    pub descending: bool,
}

/// By name.
impl Default for EngineSort {
    fn default() -> Self {
        Self { column: EngineColumn::Name, descending: false }
    }
}

impl EngineSort {
    /// Writes it for an address: the column's key, with a minus before it when descending.
    #[must_use]
    pub fn key(self) -> String {
        let minus = if self.descending { "-" } else { "" };
        [minus, self.column.key()].concat()
    }

    /// Reads what [`key`](Self::key) writes.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let (descending, key) = key.strip_prefix('-').map_or((false, key), |key| (true, key));
        EngineColumn::from_key(key).map(|column| Self { column, descending })
    }

    /// Reads one or two of them with a comma between, as an address has them. What makes no sense is left out; the
    /// default where nothing is left.
    #[must_use]
    pub fn list(keys: &str) -> Vec<Self> {
        let mut sorts = Vec::<Self>::new();
        for sort in keys.split(',').filter_map(Self::from_key) {
            if sorts.len() < 2 && sorts.iter().all(|other| other.column != sort.column) {
                sorts.push(sort);
            }
        }
        if sorts.is_empty() { vec![Self::default()] } else { sorts }
    }

    /// The sort after the heading of a column was pressed: the same column turns around, another one starts ascending.
    #[must_use]
    pub fn pressed(self, column: EngineColumn) -> Self {
        Self { column, descending: self.column == column && !self.descending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_reads_back_from_its_key() {
        for column in EngineColumn::ALL {
            for descending in [false, true] {
                let sort = EngineSort { column, descending };
                assert_eq!(EngineSort::from_key(&sort.key()), Some(sort));
            }
        }
        assert_eq!(EngineSort::from_key("colour"), None);
    }

    #[test]
    fn pressing_a_heading_twice_turns_it_around() {
        let sort = EngineSort::default().pressed(EngineColumn::Status);
        assert!(!sort.descending);
        assert!(sort.pressed(EngineColumn::Status).descending);
        assert_eq!(EngineSort::default().pressed(EngineColumn::Name).key(), "-name");
    }
}
