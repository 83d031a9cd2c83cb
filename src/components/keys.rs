//! Sets and maps of rows' keys: a hundred thousand rows are looked up at each change of a selection.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

use super::table::RowKey;

/// A set of keys.
pub type KeySet = HashSet<RowKey, BuildHasherDefault<KeyHasher>>;

/// Something for each of many keys.
pub type KeyMap<V> = HashMap<RowKey, V, BuildHasherDefault<KeyHasher>>;

/// Mixes the bits of a key by one multiplication. Nobody can make a console's ids collide on purpose to any gain: what
/// would be slow is the screen of the one who does. The standard hasher takes five times as long.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The table looks at the lower bits, and a product's lower bits know nothing of the factors' upper ones.
        self.0 = mixed ^ (mixed >> 32);
    }
}
