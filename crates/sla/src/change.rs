//! What becomes of the clocks of a case.

use jiff::Timestamp;
use redress_calendar::Span;
use redress_policy::ClockId;

use crate::clock::{Clock, Pause};
use crate::effect::Stop;
use crate::start::ClockFault;

/// Something that became of a clock, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It began to run, anew or for the first time.
    Started(Clock),
    /// It ended.
    Stopped(ClockStopped),
    /// It stands still.
    Paused {
        /// The clock, standing still.
        clock: Clock,
    },
    /// It runs again, its points moved on.
    Resumed {
        /// The clock, running.
        clock: Clock,
        /// The pause that is over.
        pause: Pause,
    },
    /// It got another end.
    Moved(ClockMoved),
    /// It should run on and its end cannot be computed, or a part of its ladder: wake somebody.
    Fault(ClockFault),
}

/// A clock that something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockStopped {
    /// Which clock.
    pub clock: ClockId,
    /// When it had begun to run.
    pub started_at: Timestamp,
    /// The last instant that was on time.
    pub due_at: Timestamp,
    /// When it ended.
    pub stopped_at: Timestamp,
    /// Met or cancelled.
    pub stop: Stop,
    /// Whether it was met not after its end; a cancelled clock was neither on time nor late.
    pub on_time: bool,
}

/// A clock that got another end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockMoved {
    /// The clock as it is now.
    pub clock: Clock,
    /// Its end before.
    pub due_before: Timestamp,
    /// Why.
    pub cause: Cause,
}

/// Why a clock got another end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It got more time.
    Extension(Span),
    /// Category, urgency or severity are others.
    TriageCorrected,
    /// The case was put under another version of the policy.
    Policy,
    /// It began anew.
    Reset,
}

impl Cause {
    /// The cause's name in events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extension(_) => "extension",
            Self::TriageCorrected => "triage_corrected",
            Self::Policy => "policy",
            Self::Reset => "reset",
        }
    }
}
