//! What is due next, among the clocks of very many cases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::ClockId;

use crate::clock::Point;
use crate::entry::{Entry, MAX_CLOCKS, When};

/// The next point of every running clock, in the order of time.
///
/// Every change costs O(log n). An entry takes 65 bytes, measured with a million cases of four
/// clocks: 24 in the order of time and 8 below its case, and the trees around them. Times are kept
/// to the microsecond, rounded up, from 1970 to 2112.
#[derive(Debug, Clone, Default)]
pub struct Deadlines {
    by_time: BTreeSet<Entry>,
    by_case: BTreeMap<ComplaintId, Box<[When]>>,
    names: Vec<Name>,
}

/// The id of a clock behind its short number, and how many entries bear it.
#[derive(Debug, Clone)]
struct Name {
    id: ClockId,
    armed: usize,
}

/// An armed point of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Armed {
    /// Whose clock.
    pub case: ComplaintId,
    /// Which clock.
    pub clock: ClockId,
    /// Which of its points.
    pub point: Point,
    /// When it fires.
    pub at: Timestamp,
}

/// More different clocks run at once than can be told apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("clock {clock} is one too many: at most 128 different clocks may run at once")]
pub struct TooManyClocks {
    /// The clock that was not armed.
    pub clock: ClockId,
}

impl Deadlines {
    /// Nothing is due.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many points are armed.
    pub fn len(&self) -> usize {
        self.by_time.len()
    }

    /// Whether none is armed.
    pub fn is_empty(&self) -> bool {
        self.by_time.is_empty()
    }

    /// Arms the next point of a clock; what was armed for this clock of the case before is not.
    pub fn arm(
        &mut self,
        case: ComplaintId,
        clock: &ClockId,
        at: Timestamp,
        point: Point,
    ) -> Result<(), TooManyClocks> {
        self.disarm(case, clock);
        let number = self.number(clock)?;
        let when = When::new(at, number, point);
        self.names[usize::from(number)].armed += 1;
        self.by_time.insert(Entry { when, case });
        let of_case = self.by_case.entry(case).or_default();
        *of_case = of_case.iter().copied().chain([when]).collect();
        Ok(())
    }

    /// Nothing of this clock of the case is armed any more. Gives whether something was.
    pub fn disarm(&mut self, case: ComplaintId, clock: &ClockId) -> bool {
        let armed = self.by_case.get(&case).and_then(|of_case| {
            of_case
                .iter()
                .copied()
                .find(|when| self.names[usize::from(when.clock())].id == *clock)
        });
        if let Some(when) = armed {
            self.remove(Entry { when, case });
        }
        armed.is_some()
    }

    /// Nothing of the case is armed any more.
    pub fn disarm_case(&mut self, case: ComplaintId) {
        for when in self.by_case.get(&case).cloned().unwrap_or_default() {
            self.remove(Entry { when, case });
        }
    }

    /// When the next point fires.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.by_time.first().map(|entry| entry.when.at())
    }

    /// Takes out at most `limit` points that have fired by `now`, the longest due first. Each
    /// comes out once, and one of a clock at a time: arm the clock's next one, and ask again.
    pub fn expire(&mut self, now: Timestamp, limit: usize) -> Vec<Armed> {
        let end = When::after(now);
        let due = self
            .by_time
            .iter()
            .take_while(|entry| entry.when <= end)
            .take(limit);
        let due: Vec<Entry> = due.copied().collect();
        due.into_iter()
            .map(|entry| {
                let armed = self.show(entry);
                self.remove(entry);
                armed
            })
            .collect()
    }

    /// The next points that fire, at most so many.
    pub fn due_next(&self, limit: usize) -> Vec<Armed> {
        self.iter().take(limit).collect()
    }

    /// All armed points in the order of time.
    pub fn iter(&self) -> impl Iterator<Item = Armed> {
        self.by_time.iter().map(|entry| self.show(*entry))
    }

    /// The armed points of one case.
    pub fn of_case(&self, case: ComplaintId) -> impl Iterator<Item = Armed> {
        let of_case = self.by_case.get(&case).into_iter().flatten();
        of_case.map(move |when| self.show(Entry { when: *when, case }))
    }

    fn show(&self, entry: Entry) -> Armed {
        let when = entry.when;
        let clock = self.names[usize::from(when.clock())].id.clone();
        Armed {
            case: entry.case,
            clock,
            point: when.point(),
            at: when.at(),
        }
    }

    fn remove(&mut self, entry: Entry) {
        if !self.by_time.remove(&entry) {
            return;
        }
        self.names[usize::from(entry.when.clock())].armed -= 1;
        if let Some(of_case) = self.by_case.get_mut(&entry.case) {
            *of_case = of_case
                .iter()
                .copied()
                .filter(|when| *when != entry.when)
                .collect();
            if of_case.is_empty() {
                self.by_case.remove(&entry.case);
            }
        }
    }

    /// The short number of a clock. Numbers of clocks that no entry bears are given again.
    fn number(&mut self, clock: &ClockId) -> Result<u8, TooManyClocks> {
        let known = self.names.iter().position(|name| name.id == *clock);
        if let Some(number) = known {
            return Ok(number as u8);
        }
        let name = Name {
            id: clock.clone(),
            armed: 0,
        };
        if self.names.len() < MAX_CLOCKS {
            self.names.push(name);
            return Ok(self.names.len() as u8 - 1);
        }
        let free = self.names.iter().position(|name| name.armed == 0);
        let free = free.ok_or_else(|| TooManyClocks {
            clock: clock.clone(),
        })?;
        self.names[free] = name;
        Ok(free as u8)
    }
}
