//! A few cases behind the figures.

use std::collections::BTreeSet;

use crate::pair::Pair;

/// How many examples of a kind are kept.
pub(crate) const AT_MOST: usize = 20;

/// A case that the policies treat differently, by its number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// In which respect.
    pub kind: ExampleKind,
    /// The case's number.
    pub number: Box<str>,
    /// What it is about: a clock, a command; empty for routings.
    pub about: String,
    /// What becomes of it, in ids of the policy.
    pub outcome: Pair<String>,
}

/// In which respect a case is treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExampleKind {
    /// It goes elsewhere or as something else.
    Routed,
    /// A deadline is missed under the candidate alone.
    NewlyLate,
    /// A deadline is missed under today's policy alone.
    NoLongerLate,
    /// Others approve.
    Approval,
    /// A gate holds a command up.
    HeldUp,
}

impl ExampleKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Routed => "routed",
            Self::NewlyLate => "newly_late",
            Self::NoLongerLate => "no_longer_late",
            Self::Approval => "approval",
            Self::HeldUp => "held_up",
        }
    }
}

/// The first examples of each kind, by number: the same whatever the order they came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Examples {
    kept: [BTreeSet<Example>; 5],
}

impl Examples {
    /// Whether an example of that case would be kept.
    pub(crate) fn wants(&self, kind: ExampleKind, number: &str) -> bool {
        let kept = &self.kept[kind as usize];
        kept.len() < AT_MOST || kept.last().is_some_and(|last| *number <= *last.number)
    }

    pub(crate) fn add(&mut self, example: Example) {
        let kept = &mut self.kept[example.kind as usize];
        kept.insert(example);
        if kept.len() > AT_MOST {
            kept.pop_last();
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for example in other.kept.into_iter().flatten() {
            self.add(example);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Example> {
        self.kept.iter().flatten()
    }
}
