//! Scan templates.

use serde::Deserialize;

use crate::wire::{Field, Read, Row};

/// A scan template, which says what a site's scans look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanTemplate {
    /// What sites name it by: a word, such as `full-audit`.
    pub id: String,
    /// What people call it; its id where the console reports none.
    pub name: String,
}

impl Read for ScanTemplate {
    type Wire<'a> = Wire<'a>;

    fn read(wire: Wire<'_>) -> Row<Self> {
        let Some(id) = wire.id.text() else { return Row::Broken };
        Row::Read(Self { name: wire.name.text().unwrap_or_else(|| id.clone()), id })
    }
}

/// A scan template as it comes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wire<'a> {
    #[serde(borrow)]
    id: Field<'a>,
    name: Field<'a>,
}
