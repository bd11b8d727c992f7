//! Ranges of keys.

use std::ops::Bound;

/// The direction of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// A half-open range of keys: `from` is in it, `to` is not; no `to` means up to the last key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    from: Vec<u8>,
    to: Option<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub fn all() -> Self {
        Self::prefix(&[])
    }

    /// From one key (in the range) up to another (not in it).
    pub fn between(from: &[u8], to: &[u8]) -> Self {
        Self {
            from: from.to_vec(),
            to: Some(to.to_vec()),
        }
    }

    /// Every key that starts with the prefix.
    pub fn prefix(prefix: &[u8]) -> Self {
        Self {
            from: prefix.to_vec(),
            to: prefix_end(prefix),
        }
    }

    /// Narrowed to the keys behind this one in the given order.
    #[must_use]
    pub fn after(mut self, key: &[u8], order: Order) -> Self {
        match order {
            Order::Ascending => {
                let mut next = Vec::with_capacity(key.len() + 1);
                next.extend_from_slice(key);
                next.push(0);
                self.from = self.from.max(next);
            }
            Order::Descending => {
                self.to = Some(match self.to {
                    Some(to) if to.as_slice() < key => to,
                    _ => key.to_vec(),
                });
            }
        }
        self
    }

    /// The first key of the range.
    pub fn from(&self) -> &[u8] {
        &self.from
    }

    /// The first key behind the range, if it ends.
    pub fn to(&self) -> Option<&[u8]> {
        self.to.as_deref()
    }

    /// Whether no key can be in it. Ordered maps refuse such ranges, so ask before scanning.
    pub fn is_empty(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to <= self.from)
    }

    /// The bounds as the standard ordered maps take them.
    pub fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        let end = self.to().map_or(Bound::Unbounded, Bound::Excluded);
        (Bound::Included(self.from()), end)
    }
}

/// The smallest key behind all keys with the prefix; none if the prefix is all 0xff.
fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}
