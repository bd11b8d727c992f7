//! What is due next, among the clocks of very many cases.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{ClockId, ClockRules};

use crate::entry::{Entry, MAX_CLOCKS, When};
use crate::point::Point;

const _: () = assert!(MAX_CLOCKS == ClockRules::MAX_CLOCKS);

/// The next point of every running clock, in the order of time.
///
/// Every change costs O(log n). An entry takes 24 bytes and its share of the tree around it: what
/// was armed for a clock is not kept here a second time, whoever changes it knows. Times are kept
/// to the microsecond, rounded up, from 1970 to 2112.
#[derive(Debug, Clone, Default)]
pub struct Deadlines {
    by_time: BTreeSet<Entry>,
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

/// A clock's next point and its time, as [`crate::next_point`] gives it.
type Next = Option<(Point, Timestamp)>;

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

    /// The next point of a clock is another one: what was armed for it is not any more.
    ///
    /// # Errors
    /// The clock is the 129th that runs at once. It then has nothing armed.
    pub fn change(
        &mut self,
        case: ComplaintId,
        clock: &str,
        was: Next,
        is: Next,
    ) -> Result<(), TooManyClocks> {
        if let Some(was) = was {
            self.remove(case, clock, was);
        }
        let Some((point, at)) = is else {
            return Ok(());
        };
        let number = self.number(clock)?;
        let when = When::new(at, number, point);
        if self.by_time.insert(Entry { when, case }) {
            self.names[usize::from(number)].armed += 1;
        }
        Ok(())
    }

    /// When the next point fires.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.by_time.first().map(|entry| entry.when.at())
    }

    /// The points that have fired by `now`, the longest due first, at most so many; of a clock at
    /// most one. Change them to the clocks' next points, and ask again.
    pub fn due(&self, now: Timestamp, limit: usize) -> Vec<Armed> {
        let end = When::after(now);
        let due = self
            .by_time
            .iter()
            .take_while(|entry| entry.when <= end)
            .take(limit);
        due.map(|entry| self.show(*entry)).collect()
    }

    /// All armed points in the order of time.
    pub fn iter(&self) -> impl Iterator<Item = Armed> {
        self.by_time.iter().map(|entry| self.show(*entry))
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

    fn remove(&mut self, case: ComplaintId, clock: &str, (point, at): (Point, Timestamp)) {
        let Some(number) = self.known(clock) else {
            return;
        };
        let when = When::new(at, number as u8, point);
        if self.by_time.remove(&Entry { when, case }) {
            self.names[number].armed -= 1;
        }
    }

    fn known(&self, clock: &str) -> Option<usize> {
        self.names.iter().position(|name| name.id.as_str() == clock)
    }

    /// The short number of a clock. Numbers of clocks that no entry bears are given again.
    fn number(&mut self, clock: &str) -> Result<u8, TooManyClocks> {
        if let Some(number) = self.known(clock) {
            return Ok(number as u8);
        }
        let name = Name {
            id: ClockId::new(clock),
            armed: 0,
        };
        if self.names.len() < MAX_CLOCKS {
            self.names.push(name);
            return Ok(self.names.len() as u8 - 1);
        }
        let Some(free) = self.names.iter().position(|name| name.armed == 0) else {
            return Err(TooManyClocks { clock: name.id });
        };
        self.names[free] = name;
        Ok(free as u8)
    }
}
