//! The clocks of one case.

use jiff::Timestamp;
use redress_policy::{CaseFacts, ClockId, Milestone, Policy};

use crate::clock::Clock;
use crate::start::ClockStarted;
use crate::stop::{Stop, stop_of};

/// The clocks of one case, each at most once, in the order of their start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClockSet {
    clocks: Vec<Clock>,
}

/// A clock that a milestone ended.
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

impl ClockSet {
    /// Clocks as they were kept.
    pub fn from_clocks(clocks: Vec<Clock>) -> Self {
        Self { clocks }
    }

    /// The clocks.
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// The clock with this id.
    pub fn get(&self, id: &ClockId) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.id == *id)
    }

    /// The clock with this id, to be told what happened to it.
    pub fn get_mut(&mut self, id: &ClockId) -> Option<&mut Clock> {
        self.clocks.iter_mut().find(|clock| clock.id == *id)
    }

    /// A clock starts. One that is over starts afresh (second processing); one that is not keeps
    /// its end, since nobody gains time by doing the same thing twice. Gives whether it started.
    pub fn start(&mut self, started: ClockStarted) -> bool {
        match self.get_mut(&started.clock) {
            Some(clock) if !clock.is_over() => return false,
            Some(clock) => *clock = Clock::new(started),
            None => self.clocks.push(Clock::new(started)),
        }
        true
    }

    /// A milestone was reached: ends the clocks that it meets or cancels, and gives them.
    pub fn stop(
        &mut self,
        policy: &Policy,
        case: &CaseFacts<'_>,
        milestone: Milestone,
        at: Timestamp,
    ) -> Vec<ClockStopped> {
        let mut stopped = Vec::new();
        for clock in self.clocks.iter_mut().filter(|clock| !clock.is_over()) {
            let Some(stop) = stop_of(policy, case, &clock.id, milestone) else {
                continue;
            };
            let on_time = match stop {
                Stop::Met => clock.stop(at).unwrap_or(false),
                Stop::Cancelled => {
                    clock.cancel(at);
                    false
                }
            };
            stopped.push(ClockStopped {
                clock: clock.id.clone(),
                started_at: clock.started_at,
                due_at: clock.due_at,
                stopped_at: at,
                stop,
                on_time,
            });
        }
        stopped
    }
}
