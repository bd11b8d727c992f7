//! What the policies make of a history, in sum.

mod counts;
mod example;
mod sum;

use std::collections::BTreeMap;

use redress_policy::{ClockId, CommandName, DepartmentId, LevelId, Need, StepId};

use crate::pair::Pair;
use crate::recorded::Recorded;
use crate::week::Week;
use example::Examples;

pub use counts::{ClockCounts, Corrections, Counts, Delta};
pub use example::{Example, ExampleKind};

/// What the policies make of a history. Reports of parts of a history can be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases in the window that were routed.
    pub cases: u64,
    /// Of these, cases whose words nobody can read any more: both policies take the recorded routing.
    pub unreadable: u64,
    /// Complaints in the window that were not routed yet.
    pub unrouted: u64,
    /// What happened outside of the window or to cases from outside of it.
    pub skipped: u64,
    /// By week of registration and department; a case that goes elsewhere counts at both.
    pub cells: BTreeMap<(Week, DepartmentId), Cell>,
    /// By clock.
    pub clocks: BTreeMap<ClockId, Pair<ClockCounts>>,
    /// How often each step of a ladder is reached.
    pub steps: BTreeMap<(ClockId, StepId), Pair<u64>>,
    /// What is routed differently, and how often.
    pub moves: BTreeMap<Move, u64>,
    /// Which levels approve instead of which, and how often.
    pub approvals: BTreeMap<Pair<Vec<LevelId>>, u64>,
    /// What gates miss before which command, and how often.
    pub held_up: BTreeMap<(CommandName, Need), Pair<u64>>,
    /// By clock: how often it had no end, or its ladder lacked a step.
    pub faults: BTreeMap<ClockId, Faults>,
    /// Routings that people corrected.
    pub corrections: Corrections,
    /// What was recorded, and how far today's policy makes the same of it.
    pub recorded: Recorded,
    examples: Examples,
}

/// The figures of a department and week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What both policies make of it.
    pub counts: Pair<Counts>,
    /// Cases that come here, and that go elsewhere.
    pub routed: Delta,
    /// Cases that are something else: category, urgency, severity, impact; `less` is not used.
    pub reclassified: u64,
    /// Clocks with a warning.
    pub warned: Delta,
    /// Clocks missed.
    pub late: Delta,
    /// Clocks with a step of their ladder reached.
    pub escalated: Delta,
    /// Plans with more levels, and with fewer; other levels of the same number count as both.
    pub approvals: Delta,
    /// Commands held up.
    pub held_up: Delta,
}

/// Times of a clock that could not be computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// How often.
    pub count: Pair<u64>,
    /// One of them in words; the first in the order of their texts.
    pub example: String,
}

/// Something that is routed differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// In which respect.
    pub axis: Axis,
    /// Under today's policy.
    pub from: String,
    /// Under the candidate.
    pub to: String,
}

/// A respect of a routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// The lead department.
    Department,
    /// What it is about.
    Category,
    /// How urgent.
    Urgency,
    /// How severe.
    Severity,
    /// Whether it concerns many.
    WideImpact,
    /// Who gets it, within the same department.
    Handler,
}

impl Axis {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Category => "category",
            Self::Urgency => "urgency",
            Self::Severity => "severity",
            Self::WideImpact => "wide_impact",
            Self::Handler => "handler",
        }
    }
}

impl Report {
    /// Adds the report of another part of the history.
    pub fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.unreadable += other.unreadable;
        self.unrouted += other.unrouted;
        self.skipped += other.skipped;
        for (key, cell) in other.cells {
            self.cells.entry(key).or_default().add(&cell);
        }
        for (clock, counts) in other.clocks {
            let known = self.clocks.entry(clock).or_default();
            known.as_mut().zip(counts).each(|(a, b)| a.add(&b));
        }
        add_all(&mut self.steps, other.steps);
        for (key, count) in other.moves {
            *self.moves.entry(key).or_default() += count;
        }
        for (key, count) in other.approvals {
            *self.approvals.entry(key).or_default() += count;
        }
        add_all(&mut self.held_up, other.held_up);
        for (clock, faults) in other.faults {
            let known = self.faults.entry(clock).or_default();
            let counts = known.count.as_mut().zip(faults.count);
            counts.each(|(a, b)| *a += b);
            known.keep(&faults.example);
        }
        self.corrections.add(other.corrections);
        self.recorded.add(&other.recorded);
        self.examples.merge(other.examples);
    }

    /// All cells in one.
    pub fn total(&self) -> Cell {
        sum(self.cells.values())
    }

    /// The cells of each week in one.
    pub fn by_week(&self) -> BTreeMap<Week, Cell> {
        let mut weeks: BTreeMap<Week, Cell> = BTreeMap::new();
        for ((week, _), cell) in &self.cells {
            weeks.entry(*week).or_default().add(cell);
        }
        weeks
    }

    /// The cells of each department in one.
    pub fn by_department(&self) -> BTreeMap<&DepartmentId, Cell> {
        let mut departments: BTreeMap<&DepartmentId, Cell> = BTreeMap::new();
        for ((_, department), cell) in &self.cells {
            departments.entry(department).or_default().add(cell);
        }
        departments
    }

    /// Some of the cases behind the figures, at most 20 of each kind.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.examples.iter()
    }

    /// Whether both policies make the same of all of it.
    pub fn has_differences(&self) -> bool {
        !self.moves.is_empty()
            || !self.approvals.is_empty()
            || self.cells.values().any(Cell::differs)
            || self.clocks.values().any(|counts| !counts.agrees())
            || self.steps.values().any(|counts| !counts.agrees())
            || self.held_up.values().any(|counts| !counts.agrees())
            || self.faults.values().any(|faults| !faults.count.agrees())
    }
}

impl Faults {
    fn keep(&mut self, example: &str) {
        if self.example.is_empty() || *example < *self.example {
            example.clone_into(&mut self.example);
        }
    }
}

fn add_all<K: Ord>(to: &mut BTreeMap<K, Pair<u64>>, more: BTreeMap<K, Pair<u64>>) {
    for (key, counts) in more {
        let known = to.entry(key).or_default();
        known.as_mut().zip(counts).each(|(a, b)| *a += b);
    }
}

fn sum<'a>(cells: impl Iterator<Item = &'a Cell>) -> Cell {
    cells.fold(Cell::default(), |mut sum, cell| {
        sum.add(cell);
        sum
    })
}

impl Cell {
    pub(crate) fn add(&mut self, other: &Self) {
        let counts = self.counts.as_mut().zip(other.counts);
        counts.each(|(a, b)| a.add(&b));
        self.routed.add(other.routed);
        self.reclassified += other.reclassified;
        self.warned.add(other.warned);
        self.late.add(other.late);
        self.escalated.add(other.escalated);
        self.approvals.add(other.approvals);
        self.held_up.add(other.held_up);
    }

    /// Whether the policies make something different of it.
    pub fn differs(&self) -> bool {
        self.reclassified > 0
            || !self.counts.agrees()
            || self.deltas().iter().any(|(_, delta)| !delta.is_nothing())
    }

    /// What comes and goes, each with its name.
    pub fn deltas(&self) -> [(&'static str, Delta); 6] {
        [
            ("routed", self.routed),
            ("warned", self.warned),
            ("late", self.late),
            ("escalated", self.escalated),
            ("approvals", self.approvals),
            ("held_up", self.held_up),
        ]
    }
}
