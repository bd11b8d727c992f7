//! What the two policies make differently of a case, as it comes up.

use jiff::Timestamp;
use redress_policy::{ClockId, CommandName, LevelId, Need, StepId};

use crate::pair::{Pair, Which};
use crate::side::Routing;

/// What the two policies make differently of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It goes elsewhere, or as something else.
    Routed(Box<Pair<Routing>>),
    /// Something fired under one policy, and not at that time under the other.
    Fired {
        /// Under which.
        which: Which,
        /// What.
        fired: Fired,
    },
    /// Others have to approve a plan.
    Approval(Pair<Vec<LevelId>>),
    /// A command that was given would not have been carried out yet.
    HeldUp {
        /// Under which policy.
        which: Which,
        /// Which command.
        command: CommandName,
        /// What its gate misses.
        missing: Vec<Need>,
    },
}

/// A point of a clock that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Which clock.
    pub clock: ClockId,
    /// Which of its points.
    pub point: FiredPoint,
    /// When.
    pub at: Timestamp,
    /// The clock's end.
    pub due_at: Timestamp,
}

/// Which point of a clock fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FiredPoint {
    /// A warning.
    Warned,
    /// Its end passed.
    Breached,
    /// A step of its ladder.
    Escalated(StepId),
}

impl FiredPoint {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Warned => "warned",
            Self::Breached => "breached",
            Self::Escalated(_) => "escalated",
        }
    }
}

/// What fired under one policy alone.
pub(crate) fn fired_alone(fired: Pair<Vec<Fired>>) -> Vec<Difference> {
    let Pair {
        today,
        mut candidate,
    } = fired;
    let mut alone = Vec::new();
    let same = |a: &Fired, b: &Fired| a.clock == b.clock && a.point == b.point && a.at == b.at;
    for fired in today {
        match candidate.iter().position(|other| same(&fired, other)) {
            Some(twin) => drop(candidate.remove(twin)),
            None => alone.push((Which::Today, fired)),
        }
    }
    alone.extend(candidate.into_iter().map(|fired| (Which::Candidate, fired)));
    alone.sort_by_key(|(which, fired)| (fired.at, *which));
    let difference = |(which, fired)| Difference::Fired { which, fired };
    alone.into_iter().map(difference).collect()
}
