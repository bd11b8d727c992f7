//! The clocks of one case.

use jiff::Timestamp;
use redress_policy::{CaseFacts, ClockId, ClockRules, Moment, PauseId};

use crate::change::{Cause, Change, ClockMoved, ClockStopped};
use crate::clock::{Clock, ClockState, Pause};
use crate::effect::{Effect, Stop, effect, starts};
use crate::lay::{Course, Terms, lay};
use crate::start::{ClockFault, ClocksStarted, start};

/// The clocks of one case, each at most once, in the order of their first start; and what of its
/// life so far matters to clocks that may start late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClockSet {
    pub(crate) clocks: Vec<Clock>,
    pub(crate) hold: Option<Hold>,
    pub(crate) holds: Vec<Pause>,
    pub(crate) reached: Vec<(Moment, Timestamp)>,
}

/// The case is on hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why, as in the policy.
    pub reason: PauseId,
    /// Since when.
    pub since: Timestamp,
}

impl ClockSet {
    /// Clocks as they were kept, with the hold that the case is in, those that are over, and when
    /// each moment of its life was last reached, in that order.
    pub fn kept(
        clocks: Vec<Clock>,
        hold: Option<Hold>,
        holds: Vec<Pause>,
        reached: Vec<(Moment, Timestamp)>,
    ) -> Self {
        Self {
            clocks,
            hold,
            holds,
            reached,
        }
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

    /// The clocks of a case with its life so far: what was met in the channel itself, or by an
    /// acknowledgement that was quicker than the routing, starts as met.
    pub fn begin(
        rules: &ClockRules,
        facts: &CaseFacts<'_>,
        life: impl IntoIterator<Item = (Moment, Timestamp)>,
    ) -> (Self, ClocksStarted) {
        let mut set = Self::default();
        let mut faults = Vec::new();
        for (moment, at) in life {
            let changes = set.reach(rules, facts, &moment, at);
            faults.extend(changes.into_iter().filter_map(|change| match change {
                Change::Fault(fault) => Some(fault),
                _ => None,
            }));
        }
        let cancelled = |clock: &&Clock| matches!(clock.state, ClockState::Cancelled { .. });
        let clocks = set
            .clocks
            .iter()
            .filter(|clock| !cancelled(clock))
            .cloned()
            .collect();
        (set, ClocksStarted { clocks, faults })
    }

    /// Something happened in the life of the case: ends the clocks that it meets or cancels, has
    /// those begin anew that it resets, then starts those that it starts and that do not run. One
    /// that runs keeps its end, since nobody gains time by doing the same thing twice.
    pub fn reach(
        &mut self,
        rules: &ClockRules,
        facts: &CaseFacts<'_>,
        moment: &Moment,
        at: Timestamp,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        for clock in self.clocks.iter_mut().filter(|clock| !clock.is_over()) {
            match effect(rules, facts, &clock.id, moment) {
                Effect::None => {}
                Effect::Ends(stop) => changes.push(Change::Stopped(end(clock, stop, at))),
                Effect::Resets => reset(rules, facts, clock, at, &mut changes),
            }
        }
        for clock in rules.clocks().iter().filter(|clock| starts(clock, moment)) {
            if let Some(target) = clock.target(facts) {
                self.start(
                    rules,
                    Terms::of(clock, target),
                    at,
                    Vec::new(),
                    &mut changes,
                );
            }
        }
        self.remember(moment, at);
        changes
    }

    /// Starts a clock unless it runs; one that the hold of the case concerns stands still at once.
    pub(crate) fn start(
        &mut self,
        rules: &ClockRules,
        terms: Terms<'_>,
        at: Timestamp,
        pauses: Vec<Pause>,
        changes: &mut Vec<Change>,
    ) {
        if self.get(terms.clock).is_some_and(|clock| !clock.is_over()) {
            return;
        }
        let mut faults = Vec::new();
        let started = start(rules, terms, at, pauses, &mut faults);
        if let Some(mut clock) = started {
            changes.push(Change::Started(clock.clone()));
            if let Some(hold) = self
                .hold
                .as_ref()
                .filter(|h| listed(rules, terms.clock, &h.reason))
                && clock.pause(&hold.reason, hold.since)
            {
                changes.push(Change::Paused {
                    clock: clock.clone(),
                });
            }
            match self.get_mut(&clock.id) {
                Some(known) => *known = clock,
                None => self.clocks.push(clock),
            }
        }
        changes.extend(faults.into_iter().map(Change::Fault));
    }

    /// The case is put on hold: the clocks for which the policy lists the reason stand still, but
    /// for those that are late.
    pub fn hold(&mut self, rules: &ClockRules, reason: &PauseId, at: Timestamp) -> Vec<Change> {
        self.hold = Some(Hold {
            reason: reason.clone(),
            since: at,
        });
        let mut changes = Vec::new();
        for clock in &mut self.clocks {
            if listed(rules, &clock.id, reason) && clock.pause(reason, at) {
                changes.push(Change::Paused {
                    clock: clock.clone(),
                });
            }
        }
        changes
    }

    /// The case is taken up again: what stands still runs, its points moved on by the pause in its
    /// own unit. One whose end then cannot be computed stays as it is, with a fault.
    pub fn resume(
        &mut self,
        rules: &ClockRules,
        facts: &CaseFacts<'_>,
        at: Timestamp,
    ) -> Vec<Change> {
        if let Some(Hold { reason, since }) = self.hold.take() {
            self.holds.push(Pause {
                reason,
                since,
                until: at,
            });
        }
        let mut changes = Vec::new();
        for clock in &mut self.clocks {
            let ClockState::Paused { reason, since } = &clock.state else {
                continue;
            };
            let pause = Pause {
                reason: reason.clone(),
                since: *since,
                until: at.max(*since),
            };
            clock.pauses.push(pause.clone());
            if relay(rules, facts, clock, at, &mut changes) {
                clock.state = ClockState::Running;
                changes.push(Change::Resumed {
                    clock: clock.clone(),
                    pause,
                });
            } else {
                clock.pauses.pop();
            }
        }
        changes
    }

    fn remember(&mut self, moment: &Moment, at: Timestamp) {
        self.reached.retain(|(known, _)| known != moment);
        self.reached.push((moment.clone(), at));
    }
}

/// Whether the policy lists a reason for a clock.
pub(crate) fn listed(rules: &ClockRules, clock: &ClockId, reason: &PauseId) -> bool {
    rules
        .clocks()
        .get(clock)
        .is_some_and(|clock| clock.pauses.contains(reason))
}

fn end(clock: &mut Clock, stop: Stop, at: Timestamp) -> ClockStopped {
    let on_time = match stop {
        Stop::Met => clock.stop(at).unwrap_or(false),
        Stop::Cancelled => {
            clock.cancel(at);
            false
        }
    };
    ClockStopped {
        clock: clock.id.clone(),
        started_at: clock.started_at,
        due_at: clock.due_at,
        stopped_at: at,
        stop,
        on_time,
    }
}

fn reset(
    rules: &ClockRules,
    facts: &CaseFacts<'_>,
    clock: &mut Clock,
    at: Timestamp,
    changes: &mut Vec<Change>,
) {
    let Some((policy, target)) = rules
        .clocks()
        .get(&clock.id)
        .and_then(|known| Some((known, known.target(facts)?)))
    else {
        return;
    };
    let mut faults = Vec::new();
    if let Some(fresh) = start(
        rules,
        Terms::of(policy, target),
        at,
        Vec::new(),
        &mut faults,
    ) {
        let due_before = clock.due_at;
        *clock = fresh;
        let moved = ClockMoved {
            clock: clock.clone(),
            due_before,
            cause: Cause::Reset,
        };
        changes.push(Change::Moved(moved));
    }
    changes.extend(faults.into_iter().map(Change::Fault));
}

/// Lays the points of a clock anew from its own start, time, pauses and extensions; warnings and
/// ladder as the policy has them. Gives whether that was possible; the faults are among the
/// changes.
pub(crate) fn relay(
    rules: &ClockRules,
    facts: &CaseFacts<'_>,
    clock: &mut Clock,
    at: Timestamp,
    changes: &mut Vec<Change>,
) -> bool {
    let known = rules.clocks().get(&clock.id);
    let target = known.and_then(|known| known.target(facts));
    let terms = Terms {
        clock: &clock.id,
        allowance: &clock.allowance,
        warnings: target.map_or(&[], |target| &target.warnings),
        ladder: known.map_or(&[], |known| &known.ladder),
    };
    let course = Course {
        started_at: clock.started_at,
        pauses: &clock.pauses,
        extensions: &clock.extensions,
    };
    let mut faults: Vec<ClockFault> = Vec::new();
    let laid = lay(rules, terms, course, &mut faults);
    let possible = match laid {
        Ok(laid) => {
            laid.give(clock, at);
            true
        }
        Err(cause) => {
            faults.push(ClockFault {
                clock: clock.id.clone(),
                step: None,
                cause,
            });
            false
        }
    };
    changes.extend(faults.into_iter().map(Change::Fault));
    possible
}
