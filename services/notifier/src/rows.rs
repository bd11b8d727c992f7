//! The key space of a partition.

use std::ops::ControlFlow;

use prost::Message as _;
use redress_store::{Key, KeyRange, KeyReader, Order, Rows};
use redress_wire::notifier::CaseRow;

/// `'c' <day, 4 bytes> <sequence, 8 bytes>`, both big-endian, from the case's number → [`CaseRow`]
/// with all its deliveries; for ever. By number, because every event names it, because it orders
/// cases by age, and because one row then serves all look-ups.
const CASE: u8 = b'c';

/// A case by its number: the day (yyyymmdd) and the sequence of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CaseKey {
    day: u32,
    sequence: u64,
}

impl CaseKey {
    /// The case of a number such as CF20260501001, or of a notification id, which begins with it.
    pub(crate) fn of(number: &str) -> Option<Self> {
        let digits = number.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let digits = digits.split('-').next().unwrap_or_default();
        let (day, sequence) = digits.split_at_checked(8)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            day: day.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    }

    /// Orders deliveries across partitions: by case, then by their order in the case.
    pub(crate) fn sort_key(self, delivery: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16);
        bytes.extend(self.day.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend((delivery as u32).to_be_bytes());
        bytes
    }

    /// The case of a sort key.
    pub(crate) fn of_sort_key(bytes: &[u8]) -> Option<Self> {
        let (day, rest) = bytes.split_first_chunk()?;
        let (sequence, _) = rest.split_first_chunk()?;
        Some(Self {
            day: u32::from_be_bytes(*day),
            sequence: u64::from_be_bytes(*sequence),
        })
    }

    fn row(self) -> Key {
        Key::room(CASE).u32(self.day).u64(self.sequence)
    }

    fn of_row(key: &[u8]) -> Option<Self> {
        let mut key = KeyReader::room(CASE, key)?;
        Some(Self {
            day: key.u32()?,
            sequence: key.u64()?,
        })
    }
}

pub(crate) fn get(rows: &Rows, key: CaseKey) -> Option<CaseRow> {
    CaseRow::decode(rows.get(&key.row())?).ok()
}

pub(crate) fn put(rows: &mut Rows, key: CaseKey, case: &CaseRow) {
    rows.put(key.row(), case.encode_to_vec());
}

/// Visits cases, oldest first.
pub(crate) fn each(rows: &Rows, visit: &mut dyn FnMut(CaseKey, CaseRow)) {
    rows.visit(
        &KeyRange::prefix(&[CASE]),
        Order::Ascending,
        &mut |key, value| {
            if let (Some(key), Ok(case)) = (CaseKey::of_row(key), CaseRow::decode(value)) {
                visit(key, case);
            }
            ControlFlow::Continue(())
        },
    );
}

/// Visits cases, newest first, from the given one on, until the visitor breaks.
pub(crate) fn newest_first(
    rows: &Rows,
    from: Option<CaseKey>,
    visit: &mut dyn FnMut(CaseKey, CaseRow) -> ControlFlow<()>,
) {
    let mut range = KeyRange::prefix(&[CASE]);
    if let Some(from) = from {
        // One byte more: the first key that is larger, so that `from` itself is visited.
        range = range.after(&from.row().u8(0), Order::Descending);
    }
    rows.visit(&range, Order::Descending, &mut |key, value| match (
        CaseKey::of_row(key),
        CaseRow::decode(value),
    ) {
        (Some(key), Ok(case)) => visit(key, case),
        _ => ControlFlow::Continue(()),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_found_by_its_number_and_by_the_ids_of_its_notifications() {
        let key = CaseKey::of("CF20260501001").unwrap();
        assert_eq!(
            key,
            CaseKey {
                day: 20_260_501,
                sequence: 1
            }
        );
        assert_eq!(
            CaseKey::of("CF20260501001-department_warning-start-0-17"),
            Some(key)
        );
        assert_eq!(CaseKey::of_row(&key.row()), Some(key));
        assert_eq!(CaseKey::of_sort_key(&key.sort_key(3)), Some(key));
        for wrong in ["", "CF2026", "CF20260501", "CF2026050100x"] {
            assert_eq!(CaseKey::of(wrong), None, "{wrong}");
        }
    }
}
