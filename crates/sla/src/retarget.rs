//! More time, other facts, another policy: clocks that run get another end.

use jiff::Timestamp;
use redress_calendar::Span;
use redress_policy::{CaseFacts, ClockId, ClockRules, Moment, Target};

use crate::change::{Cause, Change, ClockMoved, ClockStopped};
use crate::clock::{Clock, Extension, Pause};
use crate::effect::{Effect, Stop, effect, starts};
use crate::lay::{Course, Terms, lay};
use crate::set::{ClockSet, listed, relay};
use crate::start::ClockFault;

impl ClockSet {
    /// More time for one clock, or for every one that is not over. What is late stays late: more
    /// time is given before the end.
    pub fn extend(
        &mut self,
        rules: &ClockRules,
        facts: &CaseFacts<'_>,
        only: Option<&ClockId>,
        by: Span,
        at: Timestamp,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        let wanted = |clock: &&mut Clock| {
            only.is_none_or(|only| clock.id == *only) && !clock.is_over() && !clock.is_late(at)
        };
        for clock in self.clocks.iter_mut().filter(wanted) {
            let due_before = clock.due_at;
            clock.extensions.push(Extension { by, at });
            if relay(rules, facts, clock, at, &mut changes) {
                let clock = clock.clone();
                let cause = Cause::Extension(by);
                changes.push(Change::Moved(ClockMoved {
                    clock,
                    due_before,
                    cause,
                }));
            } else {
                clock.extensions.pop();
            }
        }
        changes
    }

    /// The facts of the case or its policy are others: clocks that are not over get the time of
    /// their target from their start, with their pauses and extensions; those without a target end,
    /// and those that should run by now and never started start where they would have.
    pub fn retarget(
        &mut self,
        rules: &ClockRules,
        facts: &CaseFacts<'_>,
        cause: Cause,
        at: Timestamp,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        for clock in self.clocks.iter_mut().filter(|clock| !clock.is_over()) {
            let known = rules.clocks().get(&clock.id);
            if let Some((policy, target)) = known.and_then(|c| Some((c, c.target(facts)?))) {
                retarget(rules, policy, target, clock, (cause, at), &mut changes);
            } else {
                clock.cancel(at);
                changes.push(Change::Stopped(dropped(clock, at)));
            }
        }
        for clock in rules.clocks() {
            let known = self.get(&clock.id).is_some();
            if let Some(target) = clock.target(facts).filter(|_| !known)
                && let Some(started_at) = self.should_run_since(rules, facts, clock)
            {
                let pauses = self.holds_for(rules, &clock.id, started_at);
                self.start(
                    rules,
                    Terms::of(clock, target),
                    started_at,
                    pauses,
                    &mut changes,
                );
            }
        }
        changes
    }

    /// Since when a clock that never started would run, had the facts always been these.
    fn should_run_since(
        &self,
        rules: &ClockRules,
        facts: &CaseFacts<'_>,
        clock: &redress_policy::Clock,
    ) -> Option<Timestamp> {
        let start = |(moment, _): &(Moment, Timestamp)| starts(clock, moment);
        let last = self.reached.iter().rposition(start)?;
        let ended = self.reached[last + 1..]
            .iter()
            .any(|(moment, _)| matches!(effect(rules, facts, &clock.id, moment), Effect::Ends(_)));
        (!ended).then_some(self.reached[last].1)
    }

    fn holds_for(&self, rules: &ClockRules, clock: &ClockId, since: Timestamp) -> Vec<Pause> {
        let concern = |hold: &&Pause| hold.until > since && listed(rules, clock, &hold.reason);
        let clipped = |hold: &Pause| Pause {
            since: hold.since.max(since),
            ..hold.clone()
        };
        self.holds.iter().filter(concern).map(clipped).collect()
    }
}

fn retarget(
    rules: &ClockRules,
    policy: &redress_policy::Clock,
    target: &Target,
    clock: &mut Clock,
    (cause, at): (Cause, Timestamp),
    changes: &mut Vec<Change>,
) {
    let course = Course {
        started_at: clock.started_at,
        pauses: &clock.pauses,
        extensions: &clock.extensions,
    };
    let mut faults = Vec::new();
    let laid = match lay(rules, Terms::of(policy, target), course, &mut faults) {
        Ok(laid) => laid,
        Err(cause) => {
            faults.push(ClockFault {
                clock: clock.id.clone(),
                step: None,
                cause,
            });
            changes.extend(faults.into_iter().map(Change::Fault));
            return;
        }
    };
    let due_before = clock.due_at;
    let before = clock.clone();
    clock.allowance = target.allowance.clone();
    laid.give(clock, at);
    let points = |clock: &Clock| {
        let steps: Vec<_> = clock.steps.iter().map(|s| (s.id.clone(), s.at)).collect();
        (
            clock.due_at,
            clock.allowance.clone(),
            clock.warn_at.clone(),
            steps,
        )
    };
    if cause == Cause::Policy || points(&before) != points(clock) {
        changes.push(Change::Moved(ClockMoved {
            clock: clock.clone(),
            due_before,
            cause,
        }));
    } else {
        *clock = before;
    }
    changes.extend(faults.into_iter().map(Change::Fault));
}

fn dropped(clock: &Clock, at: Timestamp) -> ClockStopped {
    ClockStopped {
        clock: clock.id.clone(),
        started_at: clock.started_at,
        due_at: clock.due_at,
        stopped_at: at,
        stop: Stop::Cancelled,
        on_time: false,
    }
}
