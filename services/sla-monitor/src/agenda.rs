//! The running clocks of a partition: what fires next, and the lists by end.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::ClockId;
use redress_service::merge_sorted;
use redress_sla::{Armed, Deadlines};
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

/// What runs. About 113 bytes a clock, measured with 100,000 cases (`examples/footprint.rs`): 65 to
/// fire its next point, the rest for the lists.
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

impl Agenda {
    /// When the next point fires.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.deadlines.next_due()
    }

    /// The points that have come by `now`, the longest due first.
    pub(crate) fn due(&self, now: Timestamp, limit: usize) -> impl Iterator<Item = Armed> {
        self.deadlines
            .iter()
            .take_while(move |armed| armed.at <= now)
            .take(limit)
    }

    /// The clocks of a case have become others. A clock keeps its place among them.
    pub(crate) fn change(
        &mut self,
        id: &ComplaintId,
        before: Option<&CaseClocks>,
        after: &CaseClocks,
    ) {
        for (index, clock) in after.clocks.iter().enumerate() {
            let known = before.and_then(|row| Some((row, row.clocks.get(index)?)));
            self.arm(id, known.map(|(_, clock)| clock), clock);
            let was = known.and_then(|(row, clock)| self.listed(id, index, row, clock));
            let is = self.listed(id, index, after, clock);
            if was == is {
                continue;
            }
            if let Some((label, place)) = was {
                self.take_off(label, place);
            }
            if let Some((label, place)) = is {
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

    fn arm(&mut self, id: &ComplaintId, before: Option<&ClockRow>, clock: &ClockRow) {
        let next = next_point(clock);
        if before.and_then(next_point) == next {
            return;
        }
        let name = ClockId::new(&clock.clock);
        match next {
            Some((point, at)) => {
                // More than 128 different clocks at once is no policy that anybody can follow;
                // those beyond are listed, and fire at no time.
                drop(self.deadlines.arm(*id, &name, at, point));
            }
            None => drop(self.deadlines.disarm(*id, &name)),
        }
    }

    fn listed(
        &mut self,
        id: &ComplaintId,
        index: usize,
        row: &CaseClocks,
        clock: &ClockRow,
    ) -> Option<(Label, Place)> {
        let department = self.intern(&row.department);
        let label = Label {
            late: clock.breached,
            department,
        };
        is_running(clock).then(|| (label, Place::of(id, index, clock)))
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
