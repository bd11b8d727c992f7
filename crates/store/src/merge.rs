//! Reading several layers as one, the newest first.

use std::{collections::btree_map, iter::Peekable, ops::ControlFlow, sync::Arc};

use bytes::Bytes;

use crate::{Batch, KeyRange, Order, batch::Change, store::Visit};

/// The changes of up to two batches in scan order; where both speak of a key, the newer counts.
pub(crate) struct Overlay<'a> {
    order: Order,
    newer: Peekable<Changes<'a>>,
    beneath: Option<Peekable<Changes<'a>>>,
}

/// One batch's changes in scan order.
struct Changes<'a> {
    order: Order,
    range: btree_map::Range<'a, Arc<[u8]>, Change>,
}

impl<'a> Iterator for Changes<'a> {
    type Item = (&'a [u8], Option<&'a Bytes>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, change) = match self.order {
            Order::Ascending => self.range.next()?,
            Order::Descending => self.range.next_back()?,
        };
        Some((key, change.as_ref()))
    }
}

impl<'a> Overlay<'a> {
    /// The two batches over a range that is not empty.
    pub(crate) fn new(
        newer: &'a Batch,
        beneath: Option<&'a Batch>,
        range: &KeyRange,
        order: Order,
    ) -> Self {
        let changes = |batch: &'a Batch| {
            Changes {
                order,
                range: batch.range(range),
            }
            .peekable()
        };
        Self {
            order,
            newer: changes(newer),
            beneath: beneath.map(changes),
        }
    }

    /// Visits the overlay's rows before `key`, then the row `key` itself unless the overlay
    /// speaks of it. Deleted rows are passed over.
    pub(crate) fn merge(
        &mut self,
        key: &[u8],
        value: &[u8],
        visit: &mut Visit<'_>,
    ) -> ControlFlow<()> {
        while let Some(next) = self.peek_key() {
            if next == key {
                let (_, change) = self.step().expect("a key was just seen");
                return change.map_or(ControlFlow::Continue(()), |value| visit(key, value));
            }
            if !precedes(self.order, next, key) {
                break;
            }
            self.emit(visit)?;
        }
        visit(key, value)
    }

    /// Visits what is left of the overlay.
    pub(crate) fn drain(&mut self, visit: &mut Visit<'_>) -> ControlFlow<()> {
        while self.peek_key().is_some() {
            self.emit(visit)?;
        }
        ControlFlow::Continue(())
    }

    fn emit(&mut self, visit: &mut Visit<'_>) -> ControlFlow<()> {
        match self.step() {
            Some((key, Some(value))) => visit(key, value),
            _ => ControlFlow::Continue(()),
        }
    }

    fn peek_key(&mut self) -> Option<&'a [u8]> {
        let newer = peek(Some(&mut self.newer));
        let beneath = peek(self.beneath.as_mut());
        match (newer, beneath) {
            (Some(newer), Some(beneath)) if precedes(self.order, beneath, newer) => Some(beneath),
            (newer, beneath) => newer.or(beneath),
        }
    }

    /// Takes the next change, and the one beneath of the same key with it.
    fn step(&mut self) -> Option<(&'a [u8], Option<&'a Bytes>)> {
        let key = self.peek_key()?;
        let newer = self.newer.next_if(|(next, _)| *next == key);
        let beneath = self
            .beneath
            .as_mut()
            .and_then(|beneath| beneath.next_if(|(next, _)| *next == key));
        newer.or(beneath)
    }
}

fn peek<'a>(changes: Option<&mut Peekable<Changes<'a>>>) -> Option<&'a [u8]> {
    changes?.peek().map(|(key, _)| *key)
}

fn precedes(order: Order, a: &[u8], b: &[u8]) -> bool {
    match order {
        Order::Ascending => a < b,
        Order::Descending => a > b,
    }
}
