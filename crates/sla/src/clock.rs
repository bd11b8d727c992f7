//! One clock of one case.

use jiff::Timestamp;
use redress_calendar::{Calendar, CalendarError, Unit};
use redress_policy::{CalendarId, ClockId};

use crate::start::ClockStarted;

/// The most warning points of a clock: what an armed entry has room to number.
pub(crate) const MAX_WARNINGS: usize = 15;
/// The most steps of a clock's ladder.
pub(crate) const MAX_STEPS: usize = 15;

/// A clock of a case. Its points fire in order: warnings, breach, steps of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which clock of the policy.
    pub id: ClockId,
    /// When it began to run.
    pub started_at: Timestamp,
    /// The last instant that is on time.
    pub due_at: Timestamp,
    /// Warning points, ascending.
    pub warn_at: Vec<Timestamp>,
    /// Steps of the ladder, ascending.
    pub escalate_at: Vec<Timestamp>,
    /// What the time allowed is counted in.
    pub unit: Unit,
    /// By which calendar.
    pub calendar: CalendarId,
    /// What has become of it.
    pub state: ClockState,
    /// How many of its points have fired.
    pub passed: u8,
}

/// What has become of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockState {
    /// It runs, on time or late; see [`Clock::is_breached`].
    Running,
    /// It stands still until something outside has happened.
    Paused {
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

/// A point in time of a clock; in the order in which they fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// The warning with this index, from 0.
    Warning(u8),
    /// The end has passed and the clock still runs.
    Breach,
    /// The step of the ladder with this index, from 0.
    Escalation(u8),
}

impl Clock {
    /// A clock that begins to run.
    pub fn new(started: ClockStarted) -> Self {
        Self {
            id: started.clock,
            started_at: started.started_at,
            due_at: started.due_at,
            warn_at: started.warn_at,
            escalate_at: started.escalate_at,
            unit: started.unit,
            calendar: started.calendar,
            state: ClockState::Running,
            passed: 0,
        }
    }

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

    /// Whether its end has passed while it ran.
    pub fn is_breached(&self) -> bool {
        usize::from(self.passed) > self.warn_at.len()
    }

    /// The point that fires next, and when; `None` unless it runs.
    pub fn next_point(&self) -> Option<(Point, Timestamp)> {
        let index = usize::from(self.passed);
        let next = match index.checked_sub(self.warn_at.len()) {
            None => (Point::Warning(self.passed), *self.warn_at.get(index)?),
            Some(0) => (Point::Breach, self.due_at),
            Some(late) => (
                Point::Escalation(late as u8 - 1),
                *self.escalate_at.get(late - 1)?,
            ),
        };
        self.is_running().then_some(next)
    }

    /// A point has fired. Another one than the next is an echo, and changes nothing.
    pub fn fired(&mut self, point: Point) {
        if self.next_point().is_some_and(|(next, _)| next == point) {
            self.passed += 1;
        }
    }

    /// What it measured has happened. Gives whether it was on time; `None` if the clock was over.
    ///
    /// Only the times count: news that comes after the breach has fired, of something that had
    /// happened before the end, is of something on time.
    pub fn stop(&mut self, at: Timestamp) -> Option<bool> {
        if self.is_over() {
            return None;
        }
        // While it stood still, no time was used up.
        let reached = if let ClockState::Paused { since } = self.state {
            since
        } else {
            at
        };
        let on_time = reached.min(at) <= self.due_at;
        self.state = ClockState::Stopped { at, on_time };
        Some(on_time)
    }

    /// What it measured is no longer asked for. Gives whether the clock was not yet over.
    pub fn cancel(&mut self, at: Timestamp) -> bool {
        let over = self.is_over();
        if !over {
            self.state = ClockState::Cancelled { at };
        }
        !over
    }

    /// Lets it stand still. A late clock does not pause: what is late stays late. Gives whether it
    /// paused.
    pub fn pause(&mut self, at: Timestamp) -> bool {
        let pauses = self.is_running() && !self.is_breached() && at <= self.due_at;
        if pauses {
            self.state = ClockState::Paused { since: at };
        }
        pauses
    }

    /// Lets it run again, its points moved on by the pause in its own unit. An error leaves it
    /// paused. `calendar` is the one that it names.
    pub fn resume(&mut self, at: Timestamp, calendar: &Calendar) -> Result<bool, CalendarError> {
        let ClockState::Paused { since } = self.state else {
            return Ok(false);
        };
        let moved = |point: &Timestamp| {
            // What had passed before the pause stays where it was.
            if *point < since {
                Ok(*point)
            } else {
                calendar.postpone(*point, since, at, self.unit)
            }
        };
        let due_at = moved(&self.due_at)?;
        let warn_at = self.warn_at.iter().map(moved).collect::<Result<_, _>>()?;
        let escalate_at = self
            .escalate_at
            .iter()
            .map(moved)
            .collect::<Result<_, _>>()?;
        (self.due_at, self.warn_at, self.escalate_at) = (due_at, warn_at, escalate_at);
        self.state = ClockState::Running;
        Ok(true)
    }
}
