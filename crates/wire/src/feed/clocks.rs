//! Clocks.

use super::{ClockChanged, ClocksStarted, Said, StartedClock, time};
use crate::{Payload, sla_monitor};

pub(super) fn said(payload: &Payload) -> Option<Said> {
    if let Payload::ClocksStarted(e) = payload {
        return Some(Said::of("redress.feed.v1.ClocksStarted", &started(e)));
    }
    let changed = changed(payload)?;
    Some(Said::of("redress.feed.v1.ClockChanged", &changed))
}

fn started(e: &sla_monitor::ClocksStarted) -> ClocksStarted {
    let clocks = e.clocks.iter().map(|clock| StartedClock {
        clock: clock.clock.clone(),
        started_at: time(clock.started_at_us),
        due_at: time(clock.due_at_us),
        met_at: clock.met_at_us.and_then(time),
    });
    ClocksStarted {
        number: e.number.clone(),
        clocks: clocks.collect(),
        department: e.department.clone(),
        handler: e.handler.clone(),
        urgency: e.urgency.clone(),
    }
}

fn changed(payload: &Payload) -> Option<ClockChanged> {
    Some(match payload {
        Payload::ClockStopped(e) => ClockChanged {
            on_time: Some(e.on_time),
            ..of(&e.number, &e.clock, e.due_at_us)
        },
        Payload::ClockWarned(e) => ClockChanged {
            point: Some(e.point),
            department: e.department.clone(),
            handler: e.handler.clone(),
            ..of(&e.number, &e.clock, e.due_at_us)
        },
        Payload::ClockBreached(e) => ClockChanged {
            department: e.department.clone(),
            handler: e.handler.clone(),
            ..of(&e.number, &e.clock, e.due_at_us)
        },
        Payload::ClockPaused(e) => ClockChanged {
            pause: e.pause.clone(),
            ..of(&e.number, &e.clock, e.due_at_us)
        },
        Payload::ClockResumed(e) => of(&e.number, &e.clock, e.due_at_us),
        Payload::ClockMoved(e) => ClockChanged {
            cause: e.cause.clone(),
            due_before: time(e.due_before_us),
            ..of(&e.number, &e.clock, e.due_at_us)
        },
        Payload::ClockEscalated(e) => ClockChanged {
            point: Some(e.point),
            step: e.step.clone(),
            department: e.department.clone(),
            handler: e.handler.clone(),
            ..of(&e.number, &e.clock, e.due_at_us)
        },
        Payload::EscalationAcknowledged(e) => ClockChanged {
            step: e.step.clone(),
            actor: e.actor.clone(),
            ..of(&e.number, &e.clock, 0)
        },
        _ => return None,
    })
}

fn of(number: &str, clock: &str, due_at_us: i64) -> ClockChanged {
    ClockChanged {
        number: number.to_owned(),
        clock: clock.to_owned(),
        due_at: time(due_at_us),
        ..ClockChanged::default()
    }
}
