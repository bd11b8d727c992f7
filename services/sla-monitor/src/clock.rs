//! A clock as its row has it.

use jiff::Timestamp;
use redress_calendar::Unit;
use redress_policy::{CaseFacts, Kind};
use redress_sla::Point;
use redress_wire::{
    event::timestamp,
    sla_monitor::{CaseClocks, ClockRow},
};

/// Whether it still runs, on time or late.
pub(crate) fn is_running(clock: &ClockRow) -> bool {
    clock.stopped_at_us.is_none()
}

/// The point that fires next: the warnings in order, then the breach, then nothing. Nothing at all
/// once it is stopped.
pub(crate) fn next_point(clock: &ClockRow) -> Option<(Point, Timestamp)> {
    if !is_running(clock) || clock.breached {
        return None;
    }
    let warning = clock.warn_at_us.get(clock.warned as usize);
    Some(match warning {
        Some(at) => (Point::Warning(clock.warned as u8), timestamp(*at)),
        None => (Point::Breach, timestamp(clock.due_at_us)),
    })
}

/// What the policy's targets look at.
pub(crate) fn facts(row: &CaseClocks) -> CaseFacts<'_> {
    CaseFacts {
        channel: &row.channel,
        kind: kind(&row.kind),
        urgency: &row.urgency,
        severity: &row.severity,
        category: &row.category,
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
