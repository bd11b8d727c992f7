//! What each event adds to the figures of its day.

use redress_wire::{
    Payload,
    log::Event,
    sla_monitor::{Clock, ClockStopped},
};

use crate::{Day, Dimension};

/// Id of the clock whose duration is the first-response time (domain.md section 5); it stands in
/// the policy under this name.
const FIRST_RESPONSE: &str = "first_response";

const REGISTERED: &str = "registered";
const ROUTED: &str = "routed";

/// The registration day (yyyymmdd) in a case number such as CF20260501001, or in an id that
/// begins with one; 0 if there is none.
pub fn day_of(number: &str) -> u32 {
    let digits = number.bytes().skip_while(u8::is_ascii_alphabetic).take(8);
    let (mut day, mut count) = (0, 0);
    for digit in digits.take_while(u8::is_ascii_digit) {
        day = day * 10 + u32::from(digit - b'0');
        count += 1;
    }
    if count == 8 { day } else { 0 }
}

/// The day that an event counts for, if it counts.
pub(crate) fn day_of_event(payload: &Payload) -> Option<u32> {
    let number = match payload {
        Payload::ComplaintRegistered(event) => &event.number,
        Payload::RepeatLinked(event) => &event.number,
        Payload::CaseRouted(event) => &event.number,
        Payload::ClocksStarted(event) => &event.number,
        Payload::ClockStopped(event) => &event.number,
        Payload::ClockWarned(event) => &event.number,
        Payload::ClockBreached(event) => &event.number,
        Payload::NotificationPlanned(event) => &event.number,
        Payload::NotificationDelivered(event) => &event.number,
        // These name the notification only, whose id begins with the number.
        Payload::NotificationGivenUp(event) => &event.notification_id,
        Payload::NotificationRetried(event) => &event.notification_id,
        _ => return None,
    };
    Some(day_of(number))
}

/// Adds an event to the figures of its day.
pub(crate) fn fold(day: &mut Day, event: &Event, payload: &Payload) {
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
            day.add(Dimension::Category, &routed.category, 1);
            day.add(Dimension::Department, &routed.department, 1);
            day.add(Dimension::Urgency, &routed.urgency, 1);
            day.add(Dimension::Severity, &routed.severity, 1);
            day.add(Dimension::State, REGISTERED, -1);
            day.add(Dimension::State, ROUTED, 1);
            day.routing
                .record(event.time_us.saturating_sub(routed.registered_at_us));
        }
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
    if stopped.on_time {
        day.clocks_on_time += 1;
    } else if !stopped.breached {
        day.clocks_late += 1;
    }
    if stopped.clock == FIRST_RESPONSE {
        day.first_response
            .record(stopped.stopped_at_us.saturating_sub(stopped.started_at_us));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_in_the_number() {
        for (number, day) in [
            ("CF20260501001", 20_260_501),
            ("CF202605011234567", 20_260_501),
            (
                "CF20260501001-department_warning-start-0-1777600000",
                20_260_501,
            ),
            ("CF2026", 0),
            ("", 0),
        ] {
            assert_eq!(day_of(number), day, "{number}");
        }
    }
}
