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
    /// What goes before the others, and the others; by the time they are due, in microseconds.
    first: BTreeSet<(i64, Place)>,
    waiting: BTreeSet<(i64, Place)>,
    out: BTreeSet<Place>,
}

impl Lane {
    fn queue(&mut self, delivery: &DeliveryRow) -> &mut BTreeSet<(i64, Place)> {
        if delivery.first {
            &mut self.first
        } else {
            &mut self.waiting
        }
    }

    /// Takes the next one that is due.
    fn next(&mut self, now: i64) -> Option<Place> {
        let due = |queue: &mut BTreeSet<(i64, Place)>| {
            queue.first().filter(|(due, _)| *due <= now)?;
            queue.pop_first()
        };
        let (_, place) = due(&mut self.first).or_else(|| due(&mut self.waiting))?;
        Some(place)
    }

    fn next_due(&self) -> Option<i64> {
        let next = self.first.first().into_iter().chain(self.waiting.first());
        next.map(|(due, _)| *due).min()
    }
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
            lane.queue(delivery).insert((due_us(delivery), place));
        }
    }

    /// Takes a delivery out, as it is before something happens to it.
    pub(crate) fn remove(&mut self, place: Place, delivery: &DeliveryRow) {
        if let Some(lane) = self.0.get_mut(lane_of(delivery)) {
            lane.queue(delivery).remove(&(due_us(delivery), place));
            lane.out.remove(&place);
        }
    }

    /// When the next one can be started: none while the lanes with work are full.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let open = self.0.values().filter(|lane| lane.out.len() < OUT_AT_ONCE);
        let next = open.filter_map(Lane::next_due).min();
        next.map(redress_wire::event::timestamp)
    }

    /// Starts what is due and fits.
    pub(crate) fn start(&mut self, now: Timestamp) -> Vec<Place> {
        let now = now.as_microsecond();
        let mut started = Vec::new();
        for lane in self.0.values_mut() {
            while lane.out.len() < OUT_AT_ONCE
                && let Some(place) = lane.next(now)
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
        .unwrap_or(delivery.planned_at_us.max(delivery.send_at_us))
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
    fn what_goes_first_overtakes_what_waits_and_holds_nothing_up_before_it_is_due() {
        let mut lanes = Lanes::default();
        let recall = |due_us| DeliveryRow {
            first: true,
            ..to("a", due_us)
        };
        lanes.add(place(1), &to("a", 1));
        lanes.add(place(2), &recall(2));
        lanes.add(place(3), &recall(90));
        assert_eq!(lanes.start(at(5)), [place(2), place(1)]);
        assert_eq!(lanes.next_due(), Some(at(90)));
        lanes.remove(place(3), &recall(90));
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
