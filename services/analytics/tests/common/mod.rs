//! Events as the other services record them.

#![allow(dead_code, reason = "not every test file tells every story")]

use redress_wire::{
    Payload, intake,
    log::Event,
    notifier,
    router::{self, case_event::Change},
    sla_monitor::{Clock, ClockBreached, ClockEscalated, ClockStopped, ClockWarned, ClocksStarted},
};

/// 2026-05-01 09:00 in UTC, in microseconds.
pub(crate) const NINE: i64 = 1_777_626_000_000_000;
pub(crate) const SECOND: i64 = 1_000_000;

pub(crate) fn at(time_us: i64, payload: Payload) -> Event {
    Event {
        complaint_id: vec![1; 16],
        time_us,
        payload: Some(payload),
        ..Event::default()
    }
}

pub(crate) fn registered(number: &str, channel: &str) -> Event {
    let registered = intake::ComplaintRegistered {
        number: number.to_owned(),
        channel: channel.to_owned(),
        kind: "complaint".to_owned(),
        received_at_us: NINE,
        ..Default::default()
    };
    at(NINE, Payload::ComplaintRegistered(registered))
}

/// Routed `after_us` after it was registered.
pub(crate) fn routed(number: &str, department: &str, after_us: i64) -> Event {
    let routed = router::CaseRouted {
        number: number.to_owned(),
        category: "product_quality".to_owned(),
        department: department.to_owned(),
        handler: "chen".to_owned(),
        urgency: "urgent".to_owned(),
        severity: "ordinary".to_owned(),
        registered_at_us: NINE,
        ..Default::default()
    };
    at(NINE + after_us, Payload::CaseRouted(routed))
}

pub(crate) fn clock(id: &str, due_us: i64, met_at_us: Option<i64>) -> Clock {
    Clock {
        clock: id.to_owned(),
        started_at_us: NINE,
        due_at_us: NINE + due_us,
        met_at_us,
        escalate_at_us: Vec::new(),
        ..Clock::default()
    }
}

pub(crate) fn started(number: &str, clocks: Vec<Clock>) -> Event {
    let started = ClocksStarted {
        number: number.to_owned(),
        clocks,
        ..Default::default()
    };
    at(NINE, Payload::ClocksStarted(started))
}

pub(crate) fn stopped(
    number: &str,
    id: &str,
    after_us: i64,
    on_time: bool,
    breached: bool,
) -> Event {
    let stopped = ClockStopped {
        number: number.to_owned(),
        clock: id.to_owned(),
        started_at_us: NINE,
        stopped_at_us: NINE + after_us,
        on_time,
        breached,
        ..Default::default()
    };
    at(NINE + after_us, Payload::ClockStopped(stopped))
}

/// Fired `late_us` after it was due.
pub(crate) fn breached(number: &str, id: &str, late_us: i64) -> Event {
    let breached = ClockBreached {
        number: number.to_owned(),
        clock: id.to_owned(),
        due_at_us: NINE,
        ..Default::default()
    };
    at(NINE + late_us, Payload::ClockBreached(breached))
}

pub(crate) fn warned(number: &str, id: &str, late_us: i64) -> Event {
    let warned = ClockWarned {
        number: number.to_owned(),
        clock: id.to_owned(),
        warn_at_us: NINE,
        ..Default::default()
    };
    at(NINE + late_us, Payload::ClockWarned(warned))
}

pub(crate) fn planned(number: &str, means: &str) -> Event {
    let planned = notifier::NotificationPlanned {
        notification_id: format!("{number}-department_assignment"),
        number: number.to_owned(),
        means: means.to_owned(),
        ..Default::default()
    };
    at(NINE, Payload::NotificationPlanned(planned))
}

pub(crate) fn given_up(number: &str) -> Event {
    let notification_id = format!("{number}-department_assignment");
    let given_up = notifier::NotificationGivenUp {
        notification_id,
        ..Default::default()
    };
    at(NINE, Payload::NotificationGivenUp(given_up))
}

pub(crate) fn retried(number: &str) -> Event {
    let notification_id = format!("{number}-department_assignment");
    let retried = notifier::NotificationRetried {
        notification_id,
        ..Default::default()
    };
    at(NINE, Payload::NotificationRetried(retried))
}

/// A fact of the life of a case that is still where it was routed to.
pub(crate) fn fact(number: &str, after_us: i64, state: &str, change: Change) -> Event {
    let fact = router::CaseEvent {
        number: number.to_owned(),
        state: state.to_owned(),
        department: "quality".to_owned(),
        handler: "chen".to_owned(),
        category: "product_quality".to_owned(),
        urgency: "urgent".to_owned(),
        severity: "ordinary".to_owned(),
        change: Some(change),
        ..Default::default()
    };
    at(NINE + after_us, Payload::CaseEvent(fact))
}

pub(crate) fn escalated(number: &str, id: &str, step: &str) -> Event {
    let escalated = ClockEscalated {
        number: number.to_owned(),
        clock: id.to_owned(),
        step: step.to_owned(),
        ..Default::default()
    };
    at(NINE, Payload::ClockEscalated(escalated))
}
