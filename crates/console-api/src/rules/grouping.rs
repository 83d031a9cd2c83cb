//! **Group by** of the table of engines.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::rules::keys;
use crate::rules::rows::status_rank;
use crate::rules::{EngineRow, Notes};

/// What the table of engines is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineGrouping {
    /// The pools that an engine is in. One that is in several is in a group of these pools together, so that it is in
    /// the table once.
    Pool,
    /// The status, worst first.
    Status,
    /// The version of the software, newest first.
    Version,
    /// The tags, which this browser keeps. One with several is in a group of these tags together.
    Tag,
}

impl EngineGrouping {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pool, Self::Status, Self::Version, Self::Tag];

    /// What a person calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pool => "Pool",
            Self::Status => "Status",
            Self::Version => "Version",
            Self::Tag => "Tag",
        }
    }

    /// A stable word for addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Status => "status",
            Self::Version => "version",
            Self::Tag => "tag",
        }
    }

    /// The grouping of a key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }

    /// The group of an engine: what it sorts by, and what it is called. Those without come last.
    fn of<'a>(self, row: &'a EngineRow, notes: Option<&Notes>) -> (GroupOrder, Cow<'a, str>) {
        let known = |text: &str| (0, keys::natural(text), String::new());
        let none = || (1, Box::default(), String::new());
        match self {
            Self::Pool if row.pools.is_empty() => (none(), "No pool".into()),
            Self::Pool => (known(&row.pool_names), row.pool_names.as_str().into()),
            Self::Status => {
                let status = &row.engine.status;
                let (rank, other) = status_rank(status).unwrap_or((u8::MAX, ""));
                ((rank, Box::default(), other.to_owned()), status.label().into())
            }
            Self::Version => match &row.engine.product_version {
                Some(version) => (known(version), version.as_str().into()),
                None => (none(), "No version reported".into()),
            },
            Self::Tag => match notes.map(|notes| notes.tags_of(&row.engine)).unwrap_or_default() {
                tags if tags.is_empty() => (none(), "No tag".into()),
                tags => (known(&tags), tags.into()),
            },
        }
    }
}

type GroupOrder = (u8, Box<[u8]>, String);

/// The names of the groups in their order, and for each row the place of its group among them.
#[must_use]
pub fn group_engines(
    rows: &[EngineRow],
    grouping: EngineGrouping,
    notes: Option<&Notes>,
) -> (Vec<String>, Vec<usize>) {
    let mut groups = BTreeMap::<GroupOrder, (String, Vec<usize>)>::new();
    for (at, row) in rows.iter().enumerate() {
        let (order, label) = grouping.of(row, notes);
        groups.entry(order).or_insert_with(|| (label.into_owned(), Vec::new())).1.push(at);
    }
    let mut groups = groups.into_iter().collect::<Vec<_>>();
    if grouping == EngineGrouping::Version {
        // The newest first, but those without a version stay last.
        let known = groups.iter().filter(|((rank, ..), _)| *rank == 0).count();
        if let Some(known) = groups.get_mut(..known) {
            known.reverse();
        }
    }
    let mut of = vec![0; rows.len()];
    let mut labels = Vec::with_capacity(groups.len());
    for (place, (_, (label, members))) in groups.into_iter().enumerate() {
        labels.push(label);
        for at in members {
            if let Some(of) = of.get_mut(at) {
                *of = place;
            }
        }
    }
    (labels, of)
}
