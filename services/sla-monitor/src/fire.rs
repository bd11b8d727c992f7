//! Points whose time has come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_runtime::Draft;
use redress_sla::{Armed, Point};
use redress_store::Rows;
use redress_wire::{
    Payload,
    sla_monitor::{CaseClocks, ClockBreached, ClockRow, ClockWarned},
};

use crate::{
    agenda::Agenda,
    archive::Archive,
    cases::Cases,
    clock::{is_running, next_point},
    ladder::{self, ToldNow},
    rulebook::Rulebook,
};

/// Points fired at once at most; the rest at the next call. A block of them is about 100 KiB.
const AT_ONCE: usize = 1000;

/// What fires by.
pub(crate) struct Firing<'a> {
    pub(crate) agenda: &'a Agenda,
    pub(crate) archive: &'a Archive,
    pub(crate) cases: &'a Cases,
    pub(crate) rows: &'a Rows,
    pub(crate) current: &'a Rulebook,
    pub(crate) now: Timestamp,
}

impl Firing<'_> {
    /// The events of what is due: of each clock its next point. A clock whose further points are
    /// past too (the service was down) is armed for them by these events, and they fire at the next
    /// call.
    pub(crate) fn due(&self) -> Vec<Draft> {
        let mut told: BTreeMap<ComplaintId, ToldNow> = BTreeMap::new();
        let due = self.agenda.due(self.now, AT_ONCE);
        due.iter()
            .filter_map(|armed| self.draft(armed, &mut told))
            .collect()
    }

    fn draft(&self, armed: &Armed, told: &mut BTreeMap<ComplaintId, ToldNow>) -> Option<Draft> {
        let row = self.cases.get(self.rows, &armed.case)?;
        let clock = row
            .clocks
            .iter()
            .find(|c| armed.clock == *c.clock && is_running(c))?;
        let (point, _) = next_point(clock)?;
        let now_us = self.now.as_microsecond();
        let payload = match point {
            // A warning that is no longer one: the end is past as well.
            Point::Warning(_) if now_us >= clock.due_at_us => breached(&row, clock),
            Point::Warning(_) => warned(&row, clock, now_us),
            Point::Breach => breached(&row, clock),
            Point::Escalation(index) => {
                let rules = self.archive.rules(self.rows, &row.policy, self.current);
                let staff = self.current.policy.staff();
                let told = told.entry(armed.case).or_default();
                let reached = (clock, usize::from(index));
                let escalated = ladder::escalate(rules, staff, &row, reached, self.now, told)?;
                Payload::ClockEscalated(escalated)
            }
        };
        Some(Draft::about(*armed.case.as_bytes(), payload))
    }
}

/// Of several warnings that are past, the last is told.
fn warned(row: &CaseClocks, clock: &ClockRow, now_us: i64) -> Payload {
    let last = clock.warn_at_us.iter().rposition(|at| *at <= now_us);
    let point = last.unwrap_or_default().max(clock.warned as usize);
    Payload::ClockWarned(ClockWarned {
        number: row.number.clone(),
        clock: clock.clock.clone(),
        point: point as u32,
        warn_at_us: clock.warn_at_us.get(point).copied().unwrap_or_default(),
        due_at_us: clock.due_at_us,
        department: row.department.clone(),
        handler: row.handler.clone(),
    })
}

fn breached(row: &CaseClocks, clock: &ClockRow) -> Payload {
    Payload::ClockBreached(ClockBreached {
        number: row.number.clone(),
        clock: clock.clock.clone(),
        due_at_us: clock.due_at_us,
        department: row.department.clone(),
        handler: row.handler.clone(),
    })
}
