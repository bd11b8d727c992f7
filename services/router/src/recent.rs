use std::{borrow::Borrow, collections::HashMap, hash::Hash, mem};

/// Remembers what was used last: up to twice as many as it is told, in two generations. When the
/// young one is full it becomes the old one, and what was not used meanwhile is forgotten.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    most: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Takes out what is remembered.
    pub(crate) fn take<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    /// What is remembered, left where it is.
    pub(crate) fn find_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let old = &mut self.old;
        self.young.get_mut(key).or_else(|| old.get_mut(key))
    }

    /// Remembers something as used just now.
    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.most {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_again_and_again_stays_and_the_rest_is_bounded() {
        let mut recent = Recent::new(10);
        recent.put(0, "hot");
        for key in 1..1000 {
            recent.put(key, "cold");
            let hot = recent.take(&0).expect("used all the time");
            recent.put(0, hot);
            assert!(recent.young.len() + recent.old.len() <= 20);
        }
        assert_eq!(recent.take(&1), None);
    }
}
