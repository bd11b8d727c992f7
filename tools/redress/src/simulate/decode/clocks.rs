//! What sla-monitor recorded of clocks.

use redress_what_if::{RecordedClock, Said, What};
use redress_wire::{Payload, event::timestamp};

pub(super) fn tell(payload: &Payload, say: &mut dyn FnMut(What<'_>)) {
    if let Payload::ClocksStarted(started) = payload {
        for clock in &started.clocks {
            let said = Said::Started {
                at: timestamp(clock.started_at_us),
                due_at: timestamp(clock.due_at_us),
                met_at: clock.met_at_us.map(timestamp),
            };
            let clock = clock.clock.as_str();
            say(What::Clock(RecordedClock { clock, said }));
        }
    } else if let Some(recorded) = recorded(payload) {
        say(What::Clock(recorded));
    }
}

fn recorded(payload: &Payload) -> Option<RecordedClock<'_>> {
    let (clock, said) = match payload {
        Payload::ClockStopped(it) => {
            let said = Said::Stopped {
                at: timestamp(it.stopped_at_us),
                on_time: it.on_time,
                cancelled: it.cancelled,
            };
            (&it.clock, said)
        }
        Payload::ClockResumed(it) => {
            let said = Said::Moved {
                started_at: None,
                due_at: timestamp(it.due_at_us),
            };
            (&it.clock, said)
        }
        Payload::ClockMoved(it) => {
            let said = Said::Moved {
                started_at: (it.started_at_us != 0).then(|| timestamp(it.started_at_us)),
                due_at: timestamp(it.due_at_us),
            };
            (&it.clock, said)
        }
        Payload::ClockWarned(it) => (&it.clock, Said::Warned),
        Payload::ClockBreached(it) => (&it.clock, Said::Breached),
        Payload::ClockEscalated(it) => (&it.clock, Said::Escalated),
        _ => return None,
    };
    Some(RecordedClock { clock, said })
}
