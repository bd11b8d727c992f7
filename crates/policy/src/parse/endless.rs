//! Finds clocks that nothing ends, and times that no calendar has room for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use redress_calendar::{Calendar, Span, Unit};

use crate::error::ClockFault;
use crate::ids::CalendarId;
use crate::model::deadline::{Allowance, Clock, Target, WarnAt};
use crate::model::ladder::{EscalationStep, StepAt};
use crate::model::milestone::{Milestone, Moment};
use crate::parse::fields::Fields;

/// The most warnings, and the most steps, of a clock: what an armed point has room to number.
const MAX_POINTS: usize = 15;

/// Notes what is wrong with a clock as a whole.
pub(crate) fn check(
    fields: &Fields<'_, '_>,
    clock: &Clock,
    calendars: &BTreeMap<CalendarId, Calendar>,
) {
    let never = |target: &Target| {
        let stops = target
            .met_by
            .iter()
            .any(|stop| clock.start.iter().any(|s| follows(s, stop)));
        !stops && !target.met_by.is_empty()
    };
    if !clock.start.is_empty() && clock.targets.iter().any(never) {
        let start: Vec<String> = clock.start.iter().map(ToString::to_string).collect();
        let fault = ClockFault::NeverStops {
            clock: clock.id.to_string(),
            start: start.join(", "),
        };
        fields.fault(fault.into());
    }
    points(fields, clock);
    let steps = clock.ladder.iter().map(|step| match &step.at {
        StepAt::Before(length) | StepAt::After(length) => length,
    });
    for length in clock
        .targets
        .iter()
        .map(|target| &target.allowance)
        .chain(steps)
    {
        if let Some(fault) = beyond(length, calendars) {
            fields.fault(fault.into());
        }
    }
}

/// Notes warnings and steps that never come, and too many of them.
fn points(fields: &Fields<'_, '_>, clock: &Clock) {
    for warning in too_early(clock) {
        let fault = ClockFault::WarnsTooEarly {
            clock: clock.id.to_string(),
            warning: Span::wall_secs(warning.as_secs().unsigned_abs()).to_string(),
        };
        fields.fault(fault.into());
    }
    for step in out_of_reach(clock) {
        let text = format!(
            "clock {}: step {} stands further before the end than any target is long; it comes only \
             when more time is given",
            clock.id, step.id
        );
        fields.report.remark(fields.place, text);
    }
    let warnings = clock
        .targets
        .iter()
        .map(|target| target.warnings.len())
        .max()
        .unwrap_or(0);
    for (what, count) in [("warnings", warnings), ("steps", clock.ladder.len())] {
        if count > MAX_POINTS {
            let clock = clock.id.to_string();
            fields.fault(
                ClockFault::TooManyPoints {
                    clock,
                    what,
                    limit: MAX_POINTS,
                }
                .into(),
            );
        }
    }
}

/// Warnings so long before the end that they would come before the start of each case's clock.
/// Only times around the clock are
/// compared, and only of clocks that cannot pause: days differ in length, and pauses move the end.
fn too_early(clock: &Clock) -> BTreeSet<SignedDuration> {
    let leads = |target: &Target| {
        let leads: BTreeSet<_> = target.warnings.iter().filter_map(lead).collect();
        leads
    };
    let comes = |lead: SignedDuration| {
        clock.targets.iter().any(|target| {
            let span = target.allowance.span;
            let whole = i64::try_from(span.amount).map_or(SignedDuration::MAX, |amount| {
                SignedDuration::from_secs(amount)
            });
            leads(target).contains(&lead) && (span.unit != Unit::Wall || lead < whole)
        })
    };
    if !clock.pauses.is_empty() {
        return BTreeSet::new();
    }
    let all: BTreeSet<_> = clock.targets.iter().flat_map(leads).collect();
    all.into_iter().filter(|lead| !comes(*lead)).collect()
}

/// Steps that would come before the start of each case's clock. Lengths are compared only where they
/// are counted in the same unit and by the same calendar.
fn out_of_reach(clock: &Clock) -> impl Iterator<Item = &EscalationStep> {
    let longer = |lead: &Allowance, of: &Allowance| {
        let alike = lead.span.unit == of.span.unit
            && (lead.span.unit == Unit::Wall || lead.calendar == of.calendar);
        alike && lead.span.amount > of.span.amount
    };
    clock.ladder.iter().filter(move |step| match &step.at {
        StepAt::Before(lead) => {
            let mut targets = clock.targets.iter();
            !clock.targets.is_empty() && targets.all(|target| longer(lead, &target.allowance))
        }
        StepAt::After(_) => false,
    })
}

fn lead(warning: &WarnAt) -> Option<SignedDuration> {
    match warning {
        WarnAt::Before(lead) => Some(*lead),
        WarnAt::Share(_) => None,
    }
}

/// Whether the second can happen once the first has.
fn follows(start: &Moment, stop: &Moment) -> bool {
    let (start, stop) = (start.milestone(), stop.milestone());
    if start == Milestone::Archived {
        return false;
    }
    if !stop.is_of_the_intake() {
        return true;
    }
    // Received, registered, routed happen once, in this order; registration answers whom it is
    // received from, so a clock may stop as it starts.
    start.is_of_the_intake() && start <= stop
}

/// A length that does not fit into its calendar even from the first day on.
fn beyond(length: &Allowance, calendars: &BTreeMap<CalendarId, Calendar>) -> Option<ClockFault> {
    let calendar = calendars.get(&length.calendar)?;
    if length.span.unit == Unit::Wall {
        return None;
    }
    let (first, last) = calendar.validity();
    let start = first.to_zoned(calendar.zone().clone()).ok()?.timestamp();
    let problem = match calendar.due(start, length.span, length.counting) {
        Ok(due) if calendar.date_of(due) <= last => return None,
        Ok(_) => format!("it ends on {last}"),
        Err(error) => error.to_string(),
    };
    Some(ClockFault::BeyondCalendar {
        text: length.span.to_string(),
        calendar: length.calendar.to_string(),
        problem,
    })
}
