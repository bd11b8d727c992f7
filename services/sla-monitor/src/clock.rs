//! A clock as its row has it, and as the rules of clocks see it.

use jiff::Timestamp;
use redress_calendar::{Counting, Span, Unit};
use redress_policy::{
    Allowance, CalendarId, CaseFacts, ClockId, ClockRules, Kind, Milestone, Moment, PauseId, StepId,
};
use redress_sla::{Clock, ClockSet, ClockState, Extension, Hold, Pause, Point, Step};
use redress_wire::{
    event::timestamp,
    sla_monitor::{CaseClocks, ClockRow, PauseRow, StepRow},
};

/// Whether it has not ended: it runs, on time or late, or stands still.
pub(crate) fn is_open(clock: &ClockRow) -> bool {
    clock.stopped_at_us.is_none()
}

/// Whether it runs, on time or late.
pub(crate) fn is_running(clock: &ClockRow) -> bool {
    is_open(clock) && clock.paused.is_none()
}

/// The point that fires next. Nothing while it stands still, and once it has ended.
pub(crate) fn next_point(clock: &ClockRow) -> Option<(Point, Timestamp)> {
    if !is_running(clock) {
        return None;
    }
    let warning = clock
        .warn_at_us
        .get(clock.warned as usize)
        .filter(|_| !clock.breached);
    let warning = warning.map(|at| (clock.warned as u8, timestamp(*at)));
    let end = (!clock.breached).then(|| timestamp(clock.due_at_us));
    let step = clock
        .steps
        .iter()
        .position(|step| step.reached_at_us.is_none());
    let step = step.map(|index| (index as u8, timestamp(clock.steps[index].at_us)));
    redress_sla::next_point(warning, end, step)
}

/// What the policy's targets look at.
pub(crate) fn facts(row: &CaseClocks) -> CaseFacts<'_> {
    CaseFacts {
        channel: &row.channel,
        kind: kind(&row.kind),
        urgency: &row.urgency,
        severity: &row.severity,
        category: &row.category,
        tier: &row.customer_tier,
    }
}

/// A kind of a newer release is under the clocks of a complaint.
pub(crate) fn kind(text: &str) -> Kind {
    text.parse().unwrap_or(Kind::Complaint)
}

/// The unit's name in events.
pub(crate) fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Wall => "wall",
        Unit::WorkingTime => "working_time",
        Unit::WorkingDays => "working_days",
        Unit::CalendarDays => "calendar_days",
    }
}

const COUNTINGS: [(Counting, &str); 4] = [
    (Counting::SameTime, "same_time"),
    (Counting::FirstDayCounts, "first_day_counts"),
    (Counting::FromNextDay, "from_next_day"),
    (Counting::FromNextDayRolling, "from_next_day_rolling"),
];

/// The name in events of where days begin to count.
pub(crate) fn counting_name(counting: Counting) -> &'static str {
    COUNTINGS
        .iter()
        .find(|(known, _)| *known == counting)
        .map_or("same_time", |(_, name)| name)
}

/// The clocks of a case as the rules of clocks see them.
pub(crate) fn set_of(row: &CaseClocks, rules: &ClockRules) -> ClockSet {
    let clocks = row
        .clocks
        .iter()
        .map(|clock| clock_of(row, clock, rules))
        .collect();
    let hold = row.hold.as_ref().map(|hold| Hold {
        reason: PauseId::new(&hold.pause),
        since: timestamp(hold.since_us),
    });
    ClockSet::kept(
        clocks,
        hold,
        row.holds.iter().map(pause_of).collect(),
        life(row),
    )
}

/// When each moment was last reached, in order.
pub(crate) fn life(row: &CaseClocks) -> Vec<(Moment, Timestamp)> {
    let intake = [
        (Milestone::Received, Some(row.received_at_us)),
        (Milestone::Registered, Some(row.registered_at_us)),
        (Milestone::Acknowledged, row.acknowledged_at_us),
        (Milestone::Routed, Some(row.routed_at_us)),
    ];
    let intake = intake
        .into_iter()
        .filter_map(|(m, at)| Some((Moment::from(m), timestamp(at?))));
    let later = row
        .reached
        .iter()
        .filter_map(|reached| Some((Moment::read(&reached.moment)?, timestamp(reached.at_us))));
    let mut life: Vec<_> = intake.chain(later).collect();
    // The acknowledgement waits for nothing and may come late.
    life.sort_by_key(|(_, at)| *at);
    life
}

/// A clock of a case as the rules of clocks see it.
pub(crate) fn clock_of(case: &CaseClocks, row: &ClockRow, rules: &ClockRules) -> Clock {
    Clock {
        id: ClockId::new(&row.clock),
        started_at: timestamp(row.started_at_us),
        due_at: timestamp(row.due_at_us),
        warn_at: row.warn_at_us.iter().map(|at| timestamp(*at)).collect(),
        steps: row.steps.iter().map(step_of).collect(),
        allowance: allowance_of(case, row, rules),
        pauses: row.pauses.iter().map(pause_of).collect(),
        extensions: row
            .extensions
            .iter()
            .filter_map(|extension| {
                let at = timestamp(extension.at_us);
                Some(Extension {
                    by: extension.by.parse().ok()?,
                    at,
                })
            })
            .collect(),
        state: state_of(row),
        warned: row.warned.try_into().unwrap_or(u8::MAX),
        breached: row.breached,
    }
}

fn step_of(step: &StepRow) -> Step {
    Step {
        id: StepId::new(&step.step),
        at: timestamp(step.at_us),
        reached: step.reached_at_us.is_some(),
    }
}

fn pause_of(pause: &PauseRow) -> Pause {
    Pause {
        reason: PauseId::new(&pause.pause),
        since: timestamp(pause.since_us),
        until: timestamp(pause.until_us),
    }
}

fn state_of(row: &ClockRow) -> ClockState {
    match (row.stopped_at_us, &row.paused) {
        (Some(at), _) if row.cancelled => ClockState::Cancelled { at: timestamp(at) },
        (Some(at), _) => ClockState::Stopped {
            at: timestamp(at),
            on_time: row.on_time,
        },
        (None, Some(paused)) => ClockState::Paused {
            reason: PauseId::new(&paused.pause),
            since: timestamp(paused.since_us),
        },
        (None, None) => ClockState::Running,
    }
}

/// How long a clock may run. Clocks from before this was recorded have their target's time, or what
/// lies between their start and their end.
fn allowance_of(case: &CaseClocks, row: &ClockRow, rules: &ClockRules) -> Allowance {
    let counting = COUNTINGS.iter().find(|(_, name)| *name == row.counting);
    if let (Ok(span), Some((counting, _))) = (row.allowance.parse(), counting) {
        return Allowance {
            span,
            counting: *counting,
            calendar: CalendarId::new(&row.calendar),
        };
    }
    let target = rules
        .clocks()
        .get(&row.clock)
        .and_then(|clock| clock.target(&facts(case)));
    target.map_or_else(
        || Allowance {
            span: Span::wall_secs((row.due_at_us - row.started_at_us).unsigned_abs() / 1_000_000),
            counting: Counting::SameTime,
            calendar: CalendarId::new(&row.calendar),
        },
        |target| target.allowance.clone(),
    )
}
