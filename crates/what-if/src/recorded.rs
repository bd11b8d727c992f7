//! How far what today's policy makes of history agrees with what was recorded.

use jiff::Timestamp;
use redress_policy::ClockId;
use redress_sla::{Clock, ClockState};

use crate::happening::{RecordedClock, Said};

/// How often two agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The same.
    pub agree: u64,
    /// Not the same.
    pub differ: u64,
}

impl Agreement {
    pub(crate) fn count(&mut self, same: bool) {
        *if same {
            &mut self.agree
        } else {
            &mut self.differ
        } += 1;
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.agree += other.agree;
        self.differ += other.differ;
    }
}

/// What was recorded, and how far today's policy makes the same of it. Only cases that were routed
/// under today's version of the policy are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Cases that were routed under another version.
    pub other_version: u64,
    /// Routings.
    pub routings: Agreement,
    /// Clocks: start, end and what became of them.
    pub clocks: Agreement,
    /// Levels of plans.
    pub approvals: Agreement,
    /// Clocks that started, as recorded; the figures below are also of them, all versions.
    pub clocks_started: u64,
    /// Met on time.
    pub on_time: u64,
    /// Met late or past their end.
    pub late: u64,
    /// Warnings given.
    pub warnings: u64,
    /// Ends that passed.
    pub breaches: u64,
    /// Steps reached.
    pub escalations: u64,
}

impl Recorded {
    pub(crate) fn add(&mut self, other: &Self) {
        self.other_version += other.other_version;
        self.routings.add(other.routings);
        self.clocks.add(other.clocks);
        self.approvals.add(other.approvals);
        self.clocks_started += other.clocks_started;
        self.on_time += other.on_time;
        self.late += other.late;
        self.warnings += other.warnings;
        self.breaches += other.breaches;
        self.escalations += other.escalations;
    }

    /// Counts what was recorded of a clock.
    pub(crate) fn count(&mut self, said: Said, breached: bool) {
        match said {
            Said::Started { due_at, met_at, .. } => {
                self.clocks_started += 1;
                match met_at {
                    Some(met) if met <= due_at => self.on_time += 1,
                    Some(_) => self.late += 1,
                    None => {}
                }
            }
            Said::Stopped {
                cancelled: true, ..
            }
            | Said::Moved { .. } => {}
            Said::Stopped { on_time: true, .. } => self.on_time += 1,
            Said::Stopped { .. } if breached => {}
            Said::Stopped { .. } => self.late += 1,
            Said::Warned => self.warnings += 1,
            Said::Breached => {
                self.breaches += 1;
                self.late += 1;
            }
            Said::Escalated => self.escalations += 1,
        }
    }
}

/// A clock of a case as it was last recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    clock: ClockId,
    started_at: Timestamp,
    due_at: Timestamp,
    /// When it ended, and whether on time; not on time also if it was cancelled.
    ended: Option<(Timestamp, bool, bool)>,
    breached: bool,
}

/// Folds what was recorded into the clocks of a case. Gives whether the clock's breach was
/// recorded before.
pub(crate) fn keep(clocks: &mut Vec<Kept>, recorded: &RecordedClock<'_>) -> bool {
    let known = clocks.iter_mut().find(|kept| kept.clock == *recorded.clock);
    if let Said::Started { at, due_at, met_at } = recorded.said {
        let fresh = Kept {
            clock: ClockId::new(recorded.clock),
            started_at: at,
            due_at,
            ended: met_at.map(|met| (met, met <= due_at, false)),
            breached: false,
        };
        match known {
            Some(known) => *known = fresh,
            None => clocks.push(fresh),
        }
        return false;
    }
    let Some(kept) = known else {
        return false;
    };
    let breached = kept.breached;
    match recorded.said {
        Said::Moved { started_at, due_at } => {
            kept.started_at = started_at.unwrap_or(kept.started_at);
            kept.due_at = due_at;
        }
        Said::Stopped {
            at,
            on_time,
            cancelled,
        } => kept.ended = Some((at, on_time, cancelled)),
        Said::Breached => kept.breached = true,
        Said::Started { .. } | Said::Warned | Said::Escalated => {}
    }
    breached
}

impl Kept {
    /// Which clock.
    pub(crate) fn clock(&self) -> &ClockId {
        &self.clock
    }

    /// Whether that is what became of this clock.
    pub(crate) fn is(&self, clock: &Clock) -> bool {
        let ended = match clock.state {
            ClockState::Running | ClockState::Paused { .. } => None,
            ClockState::Stopped { at, on_time } => Some((at, on_time, false)),
            ClockState::Cancelled { at } => Some((at, false, true)),
        };
        (self.started_at, self.due_at, self.ended) == (clock.started_at, clock.due_at, ended)
    }
}
