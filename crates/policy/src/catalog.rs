//! Entries in the order of their file, found by id.

use std::collections::BTreeMap;

/// Something that stands in a [`Catalog`] under its own id.
pub trait Entry {
    /// The id as text.
    fn key(&self) -> &str;
}

/// Entries in file order with a look-up by id; ids are unique, the checks see to it.
#[derive(Clone, Debug)]
pub struct Catalog<T> {
    entries: Vec<T>,
    by_id: BTreeMap<Box<str>, usize>,
}

impl<T> Default for Catalog<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            by_id: BTreeMap::new(),
        }
    }
}

impl<T: Entry> Catalog<T> {
    /// The entry with this id.
    pub fn get(&self, id: impl AsRef<str>) -> Option<&T> {
        self.by_id.get(id.as_ref()).map(|&at| &self.entries[at])
    }

    /// Whether there is an entry with this id.
    pub fn contains(&self, id: impl AsRef<str>) -> bool {
        self.by_id.contains_key(id.as_ref())
    }

    /// Where in the file order the entry with this id stands.
    pub fn position(&self, id: impl AsRef<str>) -> Option<usize> {
        self.by_id.get(id.as_ref()).copied()
    }
}

impl<T> Catalog<T> {
    /// All entries in file order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T: Entry> FromIterator<T> for Catalog<T> {
    /// Later entries of the same id are left out; the checks report them.
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut catalog = Self::default();
        for entry in entries {
            if !catalog.by_id.contains_key(entry.key()) {
                catalog
                    .by_id
                    .insert(entry.key().into(), catalog.entries.len());
                catalog.entries.push(entry);
            }
        }
        catalog
    }
}

impl<'a, T> IntoIterator for &'a Catalog<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

macro_rules! entry {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::catalog::Entry for $type {
            fn key(&self) -> &str {
                self.id.as_str()
            }
        }
    )*};
}
pub(crate) use entry;
