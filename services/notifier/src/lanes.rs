//! What is to be sent, by receiver and time; rebuilt from the rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_wire::notifier::DeliveryRow;

use crate::{rows::CaseKey, words::PLANNED};

/// Sendings of one lane and partition that are out at once: enough to keep the sender busy, few
/// enough that a receiver that is down holds up little of what is meant for others.
const OUT_AT_ONCE: usize = 16;

/// A delivery of a case.
pub(crate) type Place = (CaseKey, usize);

/// One lane per receiver, so that one that is slow or down does not hold up the others. All
/// mails share one: they go through the same server.
#[derive(Default)]
pub(crate) struct Lanes(BTreeMap<Box<str>, Lane>);

#[derive(Default)]
struct Lane {
    /// By the time they are due, in microseconds.
    waiting: BTreeSet<(i64, Place)>,
    out: BTreeSet<Place>,
}

impl Lanes {
    /// A delivery that is to be sent takes its place.
    pub(crate) fn add(&mut self, place: Place, delivery: &DeliveryRow) {
        if delivery.state != PLANNED {
            return;
        }
        let lane = lane_of(delivery);
        if !self.0.contains_key(lane) {
            self.0.insert(lane.into(), Lane::default());
        }
        if let Some(lane) = self.0.get_mut(lane) {
            lane.waiting.insert((due_us(delivery), place));
        }
    }

    /// Takes a delivery out, as it is before something happens to it.
    pub(crate) fn remove(&mut self, place: Place, delivery: &DeliveryRow) {
        if let Some(lane) = self.0.get_mut(lane_of(delivery)) {
            lane.waiting.remove(&(due_us(delivery), place));
            lane.out.remove(&place);
        }
    }

    /// When the next one can be started: none while the lanes with work are full.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let open = self.0.values().filter(|lane| lane.out.len() < OUT_AT_ONCE);
        let next = open
            .filter_map(|lane| lane.waiting.first())
            .map(|(due, _)| *due)
            .min();
        next.map(redress_wire::event::timestamp)
    }

    /// Starts what is due and fits.
    pub(crate) fn start(&mut self, now: Timestamp) -> Vec<Place> {
        let now = now.as_microsecond();
        let mut started = Vec::new();
        for lane in self.0.values_mut() {
            while lane.out.len() < OUT_AT_ONCE
                && lane.waiting.first().is_some_and(|(due, _)| *due <= now)
                && let Some((_, place)) = lane.waiting.pop_first()
            {
                lane.out.insert(place);
                started.push(place);
            }
        }
        started
    }
}

fn lane_of(delivery: &DeliveryRow) -> &str {
    if delivery.means == "email" {
        ""
    } else {
        &delivery.recipient
    }
}

fn due_us(delivery: &DeliveryRow) -> i64 {
    delivery
        .next_attempt_at_us
        .or(delivery.retried_at_us)
        .unwrap_or(delivery.planned_at_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(department: &str, due_us: i64) -> DeliveryRow {
        DeliveryRow {
            means: "webhook".to_owned(),
            recipient: department.to_owned(),
            state: PLANNED.to_owned(),
            planned_at_us: due_us,
            ..DeliveryRow::default()
        }
    }

    fn place(sequence: u64) -> Place {
        (CaseKey::of(&format!("CF20260501{sequence:03}")).unwrap(), 0)
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(micros).unwrap()
    }

    #[test]
    fn nothing_starts_before_it_is_due() {
        let mut lanes = Lanes::default();
        lanes.add(place(1), &to("a", 10));
        assert!(lanes.start(at(9)).is_empty());
        assert_eq!(lanes.next_due(), Some(at(10)));
        assert_eq!(lanes.start(at(10)), [place(1)]);
        assert_eq!(lanes.next_due(), None);
    }

    #[test]
    fn a_receiver_that_takes_nothing_holds_up_no_other() {
        let mut lanes = Lanes::default();
        (0..40).for_each(|n| lanes.add(place(n), &to("down", 1)));
        assert_eq!(lanes.start(at(5)).len(), OUT_AT_ONCE);
        lanes.add(place(99), &to("up", 2));
        assert_eq!(lanes.start(at(5)), [place(99)]);
        assert_eq!(lanes.next_due(), None, "a full lane wakes nobody");
        lanes.remove(place(0), &to("down", 1));
        assert_eq!(lanes.start(at(5)).len(), 1);
    }
}
