//! Points whose time has come.

use jiff::Timestamp;
use redress_runtime::Draft;
use redress_sla::{Armed, Point};
use redress_store::Rows;
use redress_wire::{
    Payload,
    sla_monitor::{CaseClocks, ClockBreached, ClockRow, ClockWarned},
};

use crate::{
    agenda::Agenda,
    clock::{is_running, next_point},
    rows,
};

/// Points fired at once at most; the rest at the next call. A block of them is about 100 KiB.
const AT_ONCE: usize = 1000;

/// The events of what is due: of each clock its next point. A clock whose further points are past
/// too (the service was down) is armed for them by these events, and they fire at the next call.
pub(crate) fn due(agenda: &Agenda, rows: &Rows, now: Timestamp) -> Vec<Draft> {
    agenda
        .due(now, AT_ONCE)
        .filter_map(|armed| draft(rows, &armed, now))
        .collect()
}

fn draft(rows: &Rows, armed: &Armed, now: Timestamp) -> Option<Draft> {
    let row = rows::case(rows, &armed.case)?;
    let clock = row
        .clocks
        .iter()
        .find(|c| armed.clock == *c.clock && is_running(c))?;
    let (point, _) = next_point(clock)?;
    let payload = match point {
        // A warning that is no longer one: the end is past as well.
        Point::Warning(index) if now.as_microsecond() < clock.due_at_us => {
            Payload::ClockWarned(warned(&row, clock, index))
        }
        _ => Payload::ClockBreached(breached(&row, clock)),
    };
    Some(Draft::about(*armed.case.as_bytes(), payload))
}

fn warned(row: &CaseClocks, clock: &ClockRow, index: u8) -> ClockWarned {
    ClockWarned {
        number: row.number.clone(),
        clock: clock.clock.clone(),
        point: index.into(),
        warn_at_us: clock
            .warn_at_us
            .get(usize::from(index))
            .copied()
            .unwrap_or_default(),
        due_at_us: clock.due_at_us,
        department: row.department.clone(),
        handler: row.handler.clone(),
    }
}

fn breached(row: &CaseClocks, clock: &ClockRow) -> ClockBreached {
    ClockBreached {
        number: row.number.clone(),
        clock: clock.clock.clone(),
        due_at_us: clock.due_at_us,
        department: row.department.clone(),
        handler: row.handler.clone(),
    }
}
