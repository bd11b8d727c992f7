//! The running clocks of a partition: what fires next, and the lists by end.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_service::merge_sorted;
use redress_sla::{Armed, Deadlines, Point};
use redress_wire::sla_monitor::{CaseClocks, ClockRow};

use crate::clock::{is_running, next_point};

/// A running clock's place in a list: by its end, then its number among the case's clocks, then
/// the case. Total, and the same in every partition; its bytes sort in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Microseconds of the end in the upper 56 bits, number of the clock in the lower 8.
    end: u64,
    id: [u8; 16],
}

impl Place {
    fn of(id: &ComplaintId, index: usize, clock: &ClockRow) -> Self {
        let micros = clock.due_at_us.max(0).cast_unsigned();
        Self {
            end: micros << 8 | index as u64 & 0xff,
            id: *id.as_bytes(),
        }
    }

    /// End and number of the clock, id: 24 bytes.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [&self.end.to_be_bytes()[..], &self.id].concat()
    }

    /// `None` unless they are a place's bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (end, id) = bytes.split_first_chunk()?;
        Some(Self {
            end: u64::from_be_bytes(*end),
            id: id.try_into().ok()?,
        })
    }

    pub(crate) fn id(&self) -> ComplaintId {
        ComplaintId::from_bytes(self.id)
    }

    /// Number of the clock among the case's clocks.
    pub(crate) fn index(&self) -> usize {
        (self.end & 0xff) as usize
    }
}

/// What runs: of each clock its next point, and its place in a list.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    deadlines: Deadlines,
    departments: Vec<Box<str>>,
    shelves: BTreeMap<Label, BTreeSet<Place>>,
}

/// What the clocks of a list agree in; departments stand as their places in
/// `Agenda::departments`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    late: bool,
    department: u32,
}

/// What a clock of a case has in the agenda.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    armed: Option<(Point, Timestamp)>,
    listed: Option<(Label, Place)>,
}

impl Agenda {
    /// When the next point fires.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.deadlines.next_due()
    }

    /// The points that have come by `now`, the longest due first.
    pub(crate) fn due(&self, now: Timestamp, limit: usize) -> Vec<Armed> {
        self.deadlines.due(now, limit)
    }

    /// What the clocks of a case have in the agenda, or are to have.
    pub(crate) fn slots(&mut self, id: &ComplaintId, row: &CaseClocks) -> Vec<Slot> {
        let department = self.intern(&row.department);
        let slot = |(index, clock): (usize, &ClockRow)| {
            let label = Label {
                late: clock.breached,
                department,
            };
            let listed = is_running(clock).then(|| (label, Place::of(id, index, clock)));
            Slot {
                armed: next_point(clock),
                listed,
            }
        };
        row.clocks.iter().enumerate().map(slot).collect()
    }

    /// The clocks of a case have become others. A clock keeps its place among them.
    pub(crate) fn change(&mut self, id: &ComplaintId, before: &[Slot], after: &CaseClocks) {
        let slots = self.slots(id, after);
        for (index, (is, clock)) in slots.into_iter().zip(&after.clocks).enumerate() {
            let was = before.get(index).copied().unwrap_or_default();
            if was.armed != is.armed {
                // A policy with more than 128 clocks is refused; those of several versions that
                // together are more are listed, and fire at no time.
                drop(
                    self.deadlines
                        .change(*id, &clock.clock, was.armed, is.armed),
                );
            }
            if was.listed == is.listed {
                continue;
            }
            if let Some((label, place)) = was.listed {
                self.take_off(label, place);
            }
            if let Some((label, place)) = is.listed {
                self.shelves.entry(label).or_default().insert(place);
            }
        }
    }

    /// Running clocks by end, on time or late, behind `after`; of one department unless empty.
    pub(crate) fn list(
        &self,
        late: bool,
        department: &str,
        after: Option<Place>,
        limit: usize,
    ) -> Vec<Place> {
        let wanted = self.number(department);
        if wanted.is_none() && !department.is_empty() {
            return Vec::new();
        }
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let shelves = self.shelves.iter().filter(|(label, _)| {
            label.late == late && (department.is_empty() || wanted == Some(label.department))
        });
        let places = shelves.map(|(_, places)| places.range((from, Bound::Unbounded)).copied());
        merge_sorted(places).take(limit).collect()
    }

    fn take_off(&mut self, label: Label, place: Place) {
        if let Some(places) = self.shelves.get_mut(&label) {
            places.remove(&place);
            if places.is_empty() {
                self.shelves.remove(&label);
            }
        }
    }

    fn number(&self, department: &str) -> Option<u32> {
        let at = self
            .departments
            .iter()
            .position(|known| **known == *department)?;
        Some(at as u32)
    }

    fn intern(&mut self, department: &str) -> u32 {
        self.number(department).unwrap_or_else(|| {
            self.departments.push(department.into());
            self.departments.len() as u32 - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_places_sort_as_the_places_do() {
        let place = |due_at_us, index, id| {
            let clock = ClockRow {
                due_at_us,
                ..ClockRow::default()
            };
            Place::of(&ComplaintId::from_bytes([id; 16]), index, &clock)
        };
        let places = [
            place(7, 3, 9),
            place(300, 0, 2),
            place(300, 1, 1),
            place(300, 1, 2),
        ];
        assert!(places.is_sorted());
        assert!(places.map(Place::to_bytes).is_sorted());
        assert!(
            places
                .iter()
                .all(|p| Place::from_bytes(&p.to_bytes()) == Some(*p))
        );
        assert_eq!(places.map(|p| p.index()), [3, 0, 1, 1]);
        assert_eq!(Place::from_bytes(&[1, 2, 3]), None);
    }
}
