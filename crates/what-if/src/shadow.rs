//! The comparison while history is made.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_complaint::ComplaintId;

use crate::case::Difference;
use crate::happening::Happening;
use crate::pair::Pair;
use crate::replay::{Replay, Window};
use crate::report::Report;
use crate::side::Side;

/// A candidate that runs beside today's policy: it is told what happens and what time it is, and
/// gives each difference when it comes up. It keeps at most so many cases; later ones are counted
/// and not followed.
pub struct Shadow<'s> {
    replay: Replay<'s>,
    /// When something fires next, by case.
    agenda: BTreeSet<(Timestamp, ComplaintId)>,
    most: usize,
    left_out: u64,
}

/// A difference in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The case's number.
    pub number: Box<str>,
    /// What the policies make differently of it.
    pub difference: Difference,
}

impl<'s> Shadow<'s> {
    /// Follows cases registered from an instant on, at most so many at once.
    pub fn new(sides: &'s Pair<Side>, since: Timestamp, most: usize) -> Self {
        let until = Timestamp::MAX;
        Self {
            replay: Replay::new(sides, Window { since, until }),
            agenda: BTreeSet::new(),
            most,
            left_out: 0,
        }
    }

    /// Something happened to a case.
    pub fn tell(&mut self, id: ComplaintId, happening: &Happening<'_>) -> Vec<Told> {
        let registers = matches!(happening.what, crate::What::Registered(_));
        if registers && self.replay.open() >= self.most {
            self.left_out += 1;
            return Vec::new();
        }
        self.disarm(id);
        let differences = self.replay.tell(id, happening);
        self.arm(id);
        self.told(id, differences)
    }

    /// The case is over for good.
    pub fn end(&mut self, id: ComplaintId) {
        self.disarm(id);
        self.replay.end(id);
    }

    /// Lets fire what is due by now.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Told> {
        let mut told = Vec::new();
        while let Some((_, id)) = self.agenda.first().copied().filter(|(at, _)| *at <= now) {
            self.disarm(id);
            let case = self.replay.case_mut(id);
            let differences = case.map_or_else(Vec::new, |case| case.advance(now, true));
            self.arm(id);
            told.extend(self.told(id, differences));
        }
        told
    }

    /// When something fires next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// How many cases are followed.
    pub fn open(&self) -> usize {
        self.replay.open()
    }

    /// How many cases were not followed, for want of room.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How things stand.
    pub fn report(&self, now: Timestamp) -> Report {
        self.replay.stand(now)
    }

    fn arm(&mut self, id: ComplaintId) {
        if let Some(at) = self.replay.case_mut(id).and_then(|case| case.next_due()) {
            self.agenda.insert((at, id));
        }
    }

    fn disarm(&mut self, id: ComplaintId) {
        if let Some(at) = self.replay.case_mut(id).and_then(|case| case.next_due()) {
            self.agenda.remove(&(at, id));
        }
    }

    fn told(&mut self, id: ComplaintId, differences: Vec<Difference>) -> Vec<Told> {
        if differences.is_empty() {
            return Vec::new();
        }
        let number = self.replay.case_mut(id).map(|case| case.number.clone());
        let number = number.unwrap_or_default();
        let told = |difference| Told {
            number: number.clone(),
            difference,
        };
        differences.into_iter().map(told).collect()
    }
}
