//! Sets and maps of rows' keys: a hundred thousand rows are looked up at each change of a selection.
//!
//! Nobody can make a console's ids collide on purpose to any gain: what would be slow is the screen of the one who does. So
//! a hasher does that is quick and not keyed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::row::RowKey;

/// A set of keys.
pub type KeySet = FxHashSet<RowKey>;

/// Something for each of many keys.
pub type KeyMap<V> = FxHashMap<RowKey, V>;
