//! The table **Scan Engines & Pools**, of which one is chosen for a site.

use core::cmp::Ordering;

use crate::ids::ScannerId;
use crate::model::Severity;
use crate::rules::{Scanner, ScannerKind, Scanners, fold_case, keys};

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScannerColumn {
    /// **Name**.
    Name,
    /// **Kind**: engine or pool.
    Kind,
    /// **Status**.
    Status,
}

impl ScannerColumn {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Name, Self::Kind, Self::Status];

    /// The word of the column in the address of the page.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Status => "status",
        }
    }

    /// The column's heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Kind => "Kind",
            Self::Status => "Status",
        }
    }

    /// The column of a key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.key() == key)
    }
}

impl Scanner {
    /// The word for which of the two it is.
    #[must_use]
    pub const fn kind_label(&self) -> &'static str {
        if self.is_pool() { "Pool" } else { "Engine" }
    }

    /// An engine's status, or how many of a pool's engines are active.
    #[must_use]
    pub fn status_label(&self) -> String {
        match &self.kind {
            ScannerKind::Engine(status) => status.label().to_owned(),
            ScannerKind::Pool { engines: 0, .. } => "No engine in it".to_owned(),
            ScannerKind::Pool { engines: 1, active: 1 } => "Its engine is active".to_owned(),
            ScannerKind::Pool { engines: 1, .. } => "Its engine is not active".to_owned(),
            ScannerKind::Pool { engines, active } => format!("{active} of {engines} engines active"),
        }
    }

    /// How good or bad that is. Only active engines share a pool's load
    /// (docs/api-quirks.md, "Special engines and pools"), so one without any can't scan.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match &self.kind {
            ScannerKind::Engine(status) => status.severity(),
            ScannerKind::Pool { active: 0, .. } => Severity::Bad,
            ScannerKind::Pool { engines, active } if active < engines => Severity::Uncertain,
            ScannerKind::Pool { .. } => Severity::Good,
        }
    }
}

/// Worst first, as in the table of engines.
const fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Bad => 0,
        Severity::Uncertain => 1,
        Severity::Good => 2,
    }
}

/// The engines and pools that pass a filter, in order. Each word of the filter must occur in the name, the kind or the
/// status, without regard to case. Equal ones are in the order of their names.
#[must_use]
pub fn select_scanners(
    scanners: &Scanners,
    filter: &str,
    column: ScannerColumn,
    descending: bool,
) -> Vec<ScannerId> {
    let words: Vec<String> = filter.split_whitespace().map(fold_case).collect();
    let passes = |scanner: &&Scanner| {
        if words.is_empty() {
            return true;
        }
        // A line break between the fields, so that no word matches across two of them.
        let text = fold_case(&[&scanner.name, scanner.kind_label(), &scanner.status_label()].join("\n"));
        words.iter().all(|word| text.contains(word.as_str()))
    };
    // They are in the order of their names already.
    let rows: Vec<&Scanner> = scanners.all().iter().filter(passes).collect();
    let statuses: Vec<(u8, String)> = match column {
        ScannerColumn::Status => {
            rows.iter().map(|scanner| (rank(scanner.severity()), scanner.status_label())).collect()
        }
        ScannerColumn::Name | ScannerColumn::Kind => Vec::new(),
    };
    let compare = |a: usize, b: usize| match column {
        ScannerColumn::Name => Ordering::Equal,
        ScannerColumn::Kind => rows[a].is_pool().cmp(&rows[b].is_pool()),
        ScannerColumn::Status => statuses[a].cmp(&statuses[b]),
    };
    let order = keys::sorted(rows.len(), &|a, b| {
        let order = if descending { compare(b, a) } else { compare(a, b) };
        // The name turns around only where one sorts by it.
        let by_name = if descending && column == ScannerColumn::Name { b.cmp(&a) } else { a.cmp(&b) };
        order.then(by_name)
    });
    order.into_iter().map(|at| rows[at].id).collect()
}
