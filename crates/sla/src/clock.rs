//! One clock of one case.

use jiff::Timestamp;
use redress_calendar::Span;
use redress_policy::{Allowance, ClockId, PauseId, StepId};

use crate::point::{Point, next_point};

/// A clock of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which clock of the policy.
    pub id: ClockId,
    /// When it began to run.
    pub started_at: Timestamp,
    /// The last instant that is on time.
    pub due_at: Timestamp,
    /// Warning points, ascending, after the start and before the end; at most 15.
    pub warn_at: Vec<Timestamp>,
    /// Steps of the ladder, ascending, before the end or after it; at most 15.
    pub steps: Vec<Step>,
    /// How long it may run, counted in what, by which calendar.
    pub allowance: Allowance,
    /// When it stood still; those that are over, in order.
    pub pauses: Vec<Pause>,
    /// By how much more it may run, in order.
    pub extensions: Vec<Extension>,
    /// What has become of it.
    pub state: ClockState,
    /// How many of its warnings have passed.
    pub warned: u8,
    /// Whether its end has passed while it ran.
    pub breached: bool,
}

/// A step of a clock's ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which step of the policy.
    pub id: StepId,
    /// When it is reached.
    pub at: Timestamp,
    /// Whether it was.
    pub reached: bool,
}

/// A time during which a clock stood still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Why, as in the policy.
    pub reason: PauseId,
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// More time than the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// How much more.
    pub by: Span,
    /// When it was given.
    pub at: Timestamp,
}

/// What has become of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockState {
    /// It runs, on time or late; see [`Clock::breached`].
    Running,
    /// It stands still until something outside has happened.
    Paused {
        /// Why, as in the policy.
        reason: PauseId,
        /// Since when.
        since: Timestamp,
    },
    /// What it measured has happened.
    Stopped {
        /// When.
        at: Timestamp,
        /// Whether not after the end.
        on_time: bool,
    },
    /// What it measured will never happen, and is no longer asked for (withdrawn, rejected).
    Cancelled {
        /// Since when.
        at: Timestamp,
    },
}

impl Clock {
    /// Whether it runs: its next point, if any is left, is armed.
    pub fn is_running(&self) -> bool {
        self.state == ClockState::Running
    }

    /// Whether it neither runs nor will run again.
    pub fn is_over(&self) -> bool {
        matches!(
            self.state,
            ClockState::Stopped { .. } | ClockState::Cancelled { .. }
        )
    }

    /// Whether its end has come by this instant while it runs. What is late stays late: it neither
    /// pauses nor gets more time.
    pub fn is_late(&self, at: Timestamp) -> bool {
        self.is_running() && (self.breached || at >= self.due_at)
    }

    /// The point that fires next, and when; `None` unless it runs.
    pub fn next_point(&self) -> Option<(Point, Timestamp)> {
        if !self.is_running() {
            return None;
        }
        let warning = self
            .warn_at
            .get(usize::from(self.warned))
            .map(|at| (self.warned, *at));
        let end = (!self.breached).then_some(self.due_at);
        let step = self.steps.iter().position(|step| !step.reached);
        let step = step.map(|index| (index as u8, self.steps[index].at));
        // After the end there is nothing left to warn of.
        next_point(warning.filter(|_| !self.breached), end, step)
    }

    /// A point has fired. Another one than the next is an echo, and changes nothing.
    pub fn fired(&mut self, point: Point) {
        if self.next_point().is_none_or(|(next, _)| next != point) {
            return;
        }
        match point {
            Point::Warning(index) => self.warned = index + 1,
            Point::Breach => self.breached = true,
            Point::Escalation(index) => self.steps[usize::from(index)].reached = true,
        }
    }

    /// What it measured has happened. Gives whether it was on time; `None` if the clock was over.
    ///
    /// Only the times count: news that comes after the breach has fired, of something that had
    /// happened before the end, is of something on time.
    pub fn stop(&mut self, at: Timestamp) -> Option<bool> {
        // While it stood still, no time was used up.
        let reached = match self.state {
            ClockState::Paused { since, .. } => since.min(at),
            _ => at,
        };
        let on_time = reached <= self.due_at;
        self.end(ClockState::Stopped { at, on_time })
            .then_some(on_time)
    }

    /// What it measured is no longer asked for. Gives whether the clock was not yet over.
    pub fn cancel(&mut self, at: Timestamp) -> bool {
        self.end(ClockState::Cancelled { at })
    }

    fn end(&mut self, state: ClockState) -> bool {
        let runs = !self.is_over();
        if runs {
            self.state = state;
        }
        runs
    }

    /// Lets it stand still; not if it is late. Gives whether it paused.
    pub fn pause(&mut self, reason: &PauseId, at: Timestamp) -> bool {
        let pauses = self.is_running() && !self.is_late(at);
        if pauses {
            let since = at.max(self.started_at);
            self.state = ClockState::Paused {
                reason: reason.clone(),
                since,
            };
        }
        pauses
    }
}
