//! The pools, for whatever is asked about them.

use console_api::Pool;

use crate::data::Data;

/// All pools, in the order of their names as they are listed.
pub(super) fn pool_list(data: Data) -> Vec<Pool> {
    data.pools.value().map(|list| list.items.clone()).unwrap_or_default()
}
