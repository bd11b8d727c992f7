//! A clock's way from its start to its end.

use jiff::Timestamp;
use redress_policy::{ClockId, StepId};
use redress_sla::{Clock, ClockState};

/// One run of a clock: from a start to its end. A clock that starts again runs anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) clock: ClockId,
    /// Counts the runs of the clock from 0.
    pub(crate) nth: u16,
    /// The last instant on time, as it stands.
    pub(crate) due_at: Timestamp,
    /// How many warnings were given.
    pub(crate) warned: u8,
    /// Its end passed while it ran.
    pub(crate) breached: bool,
    /// Steps of its ladder that were reached.
    pub(crate) steps: Vec<StepId>,
    pub(crate) end: End,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Open,
    Met { on_time: bool },
    Cancelled,
}

/// What became of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Met on time.
    OnTime,
    /// Met late, or its end passed: what is late stays late.
    Late,
    /// Still within its time.
    Open,
    /// No longer asked for before it was late.
    Cancelled,
}

impl Verdict {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Open => "open",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Run {
    pub(crate) fn of(clock: &Clock, nth: u16) -> Self {
        Self {
            clock: clock.id.clone(),
            nth,
            due_at: clock.due_at,
            warned: 0,
            breached: false,
            steps: Vec::new(),
            end: match clock.state {
                ClockState::Running | ClockState::Paused { .. } => End::Open,
                ClockState::Stopped { on_time, .. } => End::Met { on_time },
                ClockState::Cancelled { .. } => End::Cancelled,
            },
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self.end {
            _ if self.breached => Verdict::Late,
            End::Met { on_time: true } => Verdict::OnTime,
            End::Met { on_time: false } => Verdict::Late,
            End::Cancelled => Verdict::Cancelled,
            End::Open => Verdict::Open,
        }
    }

    /// The same run of the same clock.
    pub(crate) fn is_the_run(&self, other: &Self) -> bool {
        self.nth == other.nth && self.clock == other.clock
    }
}
