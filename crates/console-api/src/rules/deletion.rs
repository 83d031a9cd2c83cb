//! What stands in the way of deleting an engine (docs/api-quirks.md, "Changing" and "Special engines and pools").

use crate::model::{Engine, Pool};
use crate::rules::{may_delete, pools_of};

/// What there is to know before an engine is deleted. Running scans are in the way too:
/// [`scans_on`](crate::rules::scans_on) tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionCheck {
    /// Why an engine of this kind can't be deleted at all, as a sentence.
    pub refused: Option<String>,
    /// How many sites are assigned to it directly. They need another engine or pool first.
    pub sites: usize,
    /// The names of the pools that it would leave by itself.
    pub pools: Vec<String>,
}

impl DeletionCheck {
    /// Whether the console would refuse as things are.
    #[must_use]
    pub const fn is_blocked(&self) -> bool {
        self.refused.is_some() || self.sites > 0
    }
}

/// What stands in the way of deleting this engine. Sites that use one of its pools don't: they keep the pool.
#[must_use]
pub fn deletion(engine: &Engine, pools: &[Pool]) -> DeletionCheck {
    DeletionCheck {
        refused: may_delete(engine).err().map(|refusal| refusal.to_string()),
        sites: engine.sites.len(),
        pools: pools_of(engine.id, pools).into_iter().map(|pool| pool.name.clone()).collect(),
    }
}
