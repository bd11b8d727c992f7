//! The running clocks of a case, as sla-monitor tells them.

use redress_wire::{
    router::{CaseRow, RunningClock},
    sla_monitor::ClocksStarted,
};

/// Clocks that were met as they started never run. One that starts again runs anew.
pub(super) fn start(row: &mut CaseRow, started: &ClocksStarted) {
    for clock in &started.clocks {
        row.clocks.retain(|c| c.clock != clock.clock);
        if clock.met_at_us.is_none() {
            row.clocks.push(RunningClock {
                clock: clock.clock.clone(),
                due_at_us: clock.due_at_us,
                breached: false,
                paused: false,
            });
        }
    }
}

/// Changes the clock of that name, if it runs.
pub(super) fn each(row: &mut CaseRow, name: &str, change: impl Fn(&mut RunningClock)) {
    row.clocks
        .iter_mut()
        .filter(|clock| clock.clock == name)
        .for_each(change);
}
