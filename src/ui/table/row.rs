//! What stands for a row.

use std::sync::Arc;

/// The identity of a row: two readings of the same thing have the same key.
pub type RowKey = u64;

/// The keys of all rows, filtered and sorted; `None` while the first answer is on its way.
pub type Keys = Option<Arc<Vec<RowKey>>>;
