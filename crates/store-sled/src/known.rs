//! Which keys a tree may hold.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
};

/// Hashes of all keys that were ever put into a tree: 6 to 11 bytes for each. Most keys that are
/// asked for are those of new complaints, and for a key that is not there sled reads a leaf from
/// the file.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys {
    hasher: RandomState,
    hashes: HashSet<u32>,
}

impl KnownKeys {
    /// Whether the tree may hold the key; if not, it does not.
    pub(crate) fn may_hold(&self, key: &[u8]) -> bool {
        self.hashes.contains(&self.hash(key))
    }

    /// The key is put. One that is deleted stays: asking sled about it in vain costs only time.
    pub(crate) fn add(&mut self, key: &[u8]) {
        self.hashes.insert(self.hash(key));
    }

    fn hash(&self, key: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(key);
        (hash ^ hash >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_may_be_there_and_hardly_anything_else() {
        let mut known = KnownKeys::default();
        for n in 0..10_000_u32 {
            known.add(&n.to_be_bytes());
        }
        assert!((0..10_000_u32).all(|n| known.may_hold(&n.to_be_bytes())));
        let others = (10_000..20_000_u32).filter(|n| known.may_hold(&n.to_be_bytes()));
        assert!(others.count() < 10);
    }
}
