//! The figures that a log and its replay are compared by.

use std::ops::AddAssign;

use serde_json::{Value, json};

/// Counts of one case or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) cases: u64,
    pub(crate) events: u64,
    /// Times that a case was handed to another group.
    pub(crate) reassigned: u64,
    /// Times that a case was worked on again after its solution.
    pub(crate) reopened: u64,
    /// Cases that had a solution at least once.
    pub(crate) resolved: u64,
}

impl Tally {
    /// Name and value of each figure.
    pub(crate) fn figures(&self) -> [(&'static str, u64); 5] {
        [
            ("cases", self.cases),
            ("events", self.events),
            ("reassigned", self.reassigned),
            ("reopened", self.reopened),
            ("resolved", self.resolved),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        self.figures()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect()
    }

    /// The figures that differ: name, here, there.
    pub(crate) fn differences(&self, other: &Self) -> Vec<(&'static str, u64, u64)> {
        let pairs = self.figures().into_iter().zip(other.figures());
        pairs
            .filter(|((_, here), (_, there))| here != there)
            .map(|((name, here), (_, there))| (name, here, there))
            .collect()
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.cases += other.cases;
        self.events += other.events;
        self.reassigned += other.reassigned;
        self.reopened += other.reopened;
        self.resolved += other.resolved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_that_differ_are_told() {
        let mut sum = Tally {
            cases: 1,
            events: 5,
            ..Tally::default()
        };
        sum += sum;
        assert_eq!((sum.cases, sum.events), (2, 10));
        let other = Tally { events: 9, ..sum };
        assert_eq!(sum.differences(&other), [("events", 10, 9)]);
        assert_eq!(sum.json()["events"], 10);
    }
}
