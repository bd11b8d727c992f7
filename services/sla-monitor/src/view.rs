//! Clocks as they are shown.

use redress_complaint::ComplaintId;
use redress_wire::{
    event::proto_time,
    sla_monitor::{CaseClocks, ClockRow, ClockView, DueClock, GetClocksResponse},
};

use crate::explain::step_view;

/// `running`, `paused`, `breached` (late and still running), `stopped`, `late` (stopped after its
/// end) or `cancelled`.
pub fn clock_state(clock: &ClockRow) -> &'static str {
    match clock.stopped_at_us {
        Some(_) if clock.cancelled => "cancelled",
        // Of one that stood still, when it began to counts.
        Some(at) if at > clock.due_at_us && !clock.on_time => "late",
        Some(_) => "stopped",
        None if clock.paused.is_some() => "paused",
        None if clock.breached => "breached",
        None => "running",
    }
}

/// All clocks of a case.
pub fn case_view(row: CaseClocks) -> GetClocksResponse {
    let view = |clock: &ClockRow| ClockView {
        complaint_id: id_text(&row.complaint_id),
        number: row.number.clone(),
        department: row.department.clone(),
        handler: row.handler.clone(),
        urgency: row.urgency.clone(),
        ..clock_view(clock)
    };
    GetClocksResponse {
        complaint_id: id_text(&row.complaint_id),
        clocks: row.clocks.iter().map(view).collect(),
        number: row.number.clone(),
        faults: row.faults,
    }
}

/// What a recorded fault is about: `clock result: …` or `clock result, step urge: …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lacking<'a> {
    pub(crate) clock: &'a str,
    pub(crate) step: Option<&'a str>,
    pub(crate) cause: &'a str,
}

impl<'a> Lacking<'a> {
    pub(crate) fn of(fault: &'a str) -> Self {
        let (place, cause) = fault.split_once(": ").unwrap_or(("", fault));
        let clock = place.strip_prefix("clock ").unwrap_or(place);
        let (clock, step) = match clock.split_once(", step ") {
            Some((clock, step)) => (clock, Some(step)),
            None => (clock, None),
        };
        Self { clock, step, cause }
    }
}

/// A clock of a list.
pub(crate) fn due_view(due: DueClock) -> ClockView {
    ClockView {
        complaint_id: id_text(&due.complaint_id),
        number: due.number,
        department: due.department,
        handler: due.handler,
        urgency: due.urgency,
        ..clock_view(&due.clock.unwrap_or_default())
    }
}

fn clock_view(clock: &ClockRow) -> ClockView {
    ClockView {
        clock: clock.clock.clone(),
        state: clock_state(clock).to_owned(),
        started_at: Some(proto_time(clock.started_at_us)),
        due_at: Some(proto_time(clock.due_at_us)),
        stopped_at: clock.stopped_at_us.map(proto_time),
        warnings: clock.warn_at_us.iter().map(|at| proto_time(*at)).collect(),
        calendar: clock.calendar.clone(),
        unit: clock.unit.clone(),
        allowance: clock.allowance.clone(),
        pause: clock
            .paused
            .as_ref()
            .map(|paused| paused.pause.clone())
            .unwrap_or_default(),
        paused_at: clock
            .paused
            .as_ref()
            .map(|paused| proto_time(paused.since_us)),
        ladder: clock.steps.iter().map(step_view).collect(),
        ..ClockView::default()
    }
}

pub(crate) fn id_text(id: &[u8]) -> String {
    ComplaintId::try_from(id).map_or_else(|_| String::new(), |id| id.to_string())
}
