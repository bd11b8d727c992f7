//! What each event adds to the figures of its day.

use redress_store::Rows;
use redress_wire::{
    Payload,
    log::Event,
    sla_monitor::{Clock, ClockStopped},
};

use crate::{Day, Dimension, life, number::day_of, stands::Stands};

/// Id of the clock whose duration is the first-response time (domain.md section 5); it stands in
/// the policy under this name.
const FIRST_RESPONSE: &str = "first_response";

/// The states that no fact of a case's life tells: these come before them.
pub(crate) const REGISTERED: &str = "registered";
pub(crate) const ASSIGNED: &str = "assigned";

/// The day that an event counts for, if it counts.
pub(crate) fn day_of_event(payload: &Payload) -> Option<u32> {
    let number = match payload {
        Payload::ComplaintRegistered(event) => &event.number,
        Payload::RepeatLinked(event) => &event.number,
        Payload::CaseRouted(event) => &event.number,
        Payload::CaseEvent(event) => &event.number,
        Payload::ClockEscalated(event) => &event.number,
        Payload::ClocksStarted(event) => &event.number,
        Payload::ClockStopped(event) => &event.number,
        Payload::ClockWarned(event) => &event.number,
        Payload::ClockBreached(event) => &event.number,
        Payload::NotificationPlanned(event) => &event.number,
        Payload::NotificationDelivered(event) => &event.number,
        // These name the notification only, whose id begins with the number.
        Payload::NotificationGivenUp(event) => &event.notification_id,
        Payload::NotificationRetried(event) => &event.notification_id,
        Payload::NotificationDropped(event) => &event.notification_id,
        _ => return None,
    };
    Some(day_of(number))
}

/// Adds an event to the figures of its day; the stands know what the case counted for so far.
pub(crate) fn fold(
    day: &mut Day,
    (stands, rows): (&mut Stands, &Rows),
    event: &Event,
    payload: &Payload,
) {
    day.events += 1;
    match payload {
        Payload::ComplaintRegistered(registered) => {
            day.complaints += 1;
            day.add(Dimension::Channel, &registered.channel, 1);
            day.add(Dimension::Kind, &registered.kind, 1);
            day.add(Dimension::State, REGISTERED, 1);
        }
        Payload::RepeatLinked(_) => day.repeats += 1,
        Payload::CaseRouted(routed) => {
            day.routing
                .record(event.time_us.saturating_sub(routed.registered_at_us));
            life::routed(day, (stands, rows), routed);
        }
        Payload::CaseEvent(fact) => life::went_on(day, (stands, rows), event.time_us, fact),
        Payload::ClocksStarted(started) => {
            started
                .clocks
                .iter()
                .for_each(|clock| clock_started(day, clock));
        }
        Payload::ClockStopped(stopped) => clock_stopped(day, stopped),
        Payload::ClockWarned(warned) => {
            day.warnings += 1;
            day.clock_lateness
                .record(event.time_us.saturating_sub(warned.warn_at_us));
        }
        Payload::ClockBreached(breached) => {
            day.breaches += 1;
            day.clocks_late += 1;
            day.clock_lateness
                .record(event.time_us.saturating_sub(breached.due_at_us));
        }
        Payload::NotificationPlanned(planned) => {
            day.notifications_planned += 1;
            day.add(Dimension::Means, &planned.means, 1);
        }
        Payload::ClockEscalated(_) => day.escalations += 1,
        Payload::NotificationDropped(_) => day.notifications_dropped += 1,
        Payload::NotificationDelivered(_) => day.notifications_delivered += 1,
        Payload::NotificationGivenUp(_) => day.notifications_given_up += 1,
        Payload::NotificationRetried(_) => {
            day.notifications_given_up = day.notifications_given_up.saturating_sub(1);
        }
        _ => {}
    }
}

fn clock_started(day: &mut Day, clock: &Clock) {
    day.clocks_started += 1;
    // One that was met before it was recorded gets no event of its own for that.
    if let Some(met_at_us) = clock.met_at_us {
        if met_at_us <= clock.due_at_us {
            day.clocks_on_time += 1;
        } else {
            day.clocks_late += 1;
        }
        if clock.clock == FIRST_RESPONSE {
            day.first_response
                .record(met_at_us.saturating_sub(clock.started_at_us));
        }
    }
}

fn clock_stopped(day: &mut Day, stopped: &ClockStopped) {
    // What is no longer asked for was neither on time nor late, and runs no more; a breach before
    // counts as it did.
    if stopped.cancelled {
        if !stopped.breached {
            day.clocks_started = day.clocks_started.saturating_sub(1);
        }
        return;
    }
    match (stopped.on_time, stopped.breached) {
        (true, false) => day.clocks_on_time += 1,
        (false, false) => day.clocks_late += 1,
        // The news came after the breach, of something that was in time.
        (true, true) => {
            day.clocks_on_time += 1;
            day.clocks_late = day.clocks_late.saturating_sub(1);
        }
        (false, true) => {}
    }
    if stopped.clock == FIRST_RESPONSE {
        day.first_response
            .record(stopped.stopped_at_us.saturating_sub(stopped.started_at_us));
    }
}
