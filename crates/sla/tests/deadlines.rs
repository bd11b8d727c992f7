//! What is due among many cases, asked with a clock that the test moves by hand.

mod common;

use std::collections::BTreeMap;

use common::{CLOCKS, at, case, clock_set, facts, policy};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redress_complaint::ComplaintId;
use redress_policy::{ClockId, Milestone};
use redress_sla::{ClockSet, Deadlines, Point};

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn id(name: &str) -> ClockId {
    ClockId::new(name)
}

/// What is armed, and what was armed for each clock: as a caller knows it from its rows.
#[derive(Default)]
struct Desk {
    deadlines: Deadlines,
    armed: BTreeMap<(ComplaintId, String), (Point, Timestamp)>,
}

impl Desk {
    fn set(&mut self, case: ComplaintId, clock: &str, next: Option<(Point, Timestamp)>) {
        let key = (case, clock.to_owned());
        let was = self.armed.remove(&key);
        self.deadlines.change(case, clock, was, next).unwrap();
        if let Some(next) = next {
            self.armed.insert(key, next);
        }
    }

    /// Arms the next point of every clock of a case.
    fn arm(&mut self, case: ComplaintId, set: &ClockSet) {
        for clock in set.clocks() {
            self.set(case, clock.id.as_str(), clock.next_point());
        }
    }

    /// Lets time pass up to `now`; gives what fired, in order.
    fn pass(
        &mut self,
        sets: &mut BTreeMap<ComplaintId, ClockSet>,
        now: Timestamp,
    ) -> Vec<(ComplaintId, String, Point)> {
        let mut fired = Vec::new();
        loop {
            let due = self.deadlines.due(now, 3);
            if due.is_empty() {
                return fired;
            }
            for armed in due {
                assert!(armed.at <= now, "nothing fires early");
                let set = sets.get_mut(&armed.case).unwrap();
                set.get_mut(&armed.clock).unwrap().fired(armed.point);
                self.arm(armed.case, set);
                fired.push((armed.case, armed.clock.to_string(), armed.point));
            }
        }
    }
}

#[test]
fn each_point_of_a_case_fires_once_warnings_before_the_breach() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::from([(case(1), clock_set(&policy, "urgent", "2026-05-07T10:00"))]);
    let mut desk = Desk::default();
    desk.arm(case(1), &sets[&case(1)]);
    assert_eq!(desk.deadlines.next_due(), Some(at("2026-05-07T11:00")));
    assert_eq!(desk.pass(&mut sets, at("2026-05-07T10:59")), []);

    let mut fired = Vec::new();
    let mut now = at("2026-05-07T11:00");
    while now < at("2026-05-20T00:00") {
        fired.extend(desk.pass(&mut sets, now));
        now += SignedDuration::from_mins(7);
    }
    let fired: Vec<(&str, Point)> = fired
        .iter()
        .map(|(_, clock, p)| (clock.as_str(), *p))
        .collect();
    assert_eq!(
        fired,
        [
            ("start", Point::Warning(0)),
            ("start", Point::Warning(1)),
            ("start", Point::Warning(2)),
            ("start", Point::Breach),
            ("result", Point::Escalation(0)),
            ("result", Point::Breach),
            ("result", Point::Escalation(1)),
            ("result", Point::Escalation(2)),
        ]
    );
    assert!(desk.deadlines.is_empty());
}

#[test]
fn a_stopped_clock_is_silent() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::from([(case(1), clock_set(&policy, "urgent", "2026-05-07T10:00"))]);
    let mut desk = Desk::default();
    let set = sets.get_mut(&case(1)).unwrap();
    desk.arm(case(1), set);
    for (milestone, when) in [
        (Milestone::Accepted, "2026-05-07T10:30"),
        (Milestone::Closed, "2026-05-07T17:00"),
    ] {
        set.reach(
            policy.clock_rules(),
            &facts("urgent"),
            &milestone.into(),
            at(when),
        );
    }
    desk.arm(case(1), set);
    assert_eq!(desk.pass(&mut sets, at("2026-12-01T00:00")), []);
}

#[test]
fn after_a_long_absence_everything_due_fires_at_once_in_order() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::new();
    let mut desk = Desk::default();
    for number in 0..20 {
        let set = clock_set(&policy, "urgent", "2026-05-07T10:00");
        desk.arm(case(number), &set);
        sets.insert(case(number), set);
    }
    let fired = desk.pass(&mut sets, at("2026-05-20T00:00"));
    assert_eq!(fired.len(), 20 * 8);
    for number in 0..20 {
        let of_start = |(id, clock, _): &&(ComplaintId, String, Point)| {
            *id == case(number) && clock == "start"
        };
        let points = fired.iter().filter(of_start).map(|(_, _, point)| *point);
        assert!(points.is_sorted(), "warnings come before the breach");
    }
}

#[test]
fn a_time_that_goes_back_fires_nothing_twice() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::from([(case(1), clock_set(&policy, "urgent", "2026-05-07T10:00"))]);
    let mut desk = Desk::default();
    desk.arm(case(1), &sets[&case(1)]);
    let first = desk.pass(&mut sets, at("2026-05-07T12:00"));
    assert_eq!(first.len(), 4);
    assert_eq!(desk.pass(&mut sets, at("2026-05-07T11:00")), []);
    assert_eq!(desk.pass(&mut sets, at("2026-05-07T12:00")), []);
}

#[test]
fn a_change_replaces_what_was_armed() {
    let mut desk = Desk::default();
    desk.set(case(1), "a", Some((Point::Warning(0), second(10))));
    desk.set(case(1), "a", Some((Point::Breach, second(20))));
    assert_eq!(desk.deadlines.len(), 1);
    assert_eq!(desk.deadlines.due(second(15), 10), []);
    assert_eq!(desk.deadlines.due(second(20), 10)[0].point, Point::Breach);
}

#[test]
fn a_limit_leaves_the_rest_for_the_next_time() {
    let mut desk = Desk::default();
    for number in 0..10 {
        let at = second(100 - i64::from(number));
        desk.set(case(number), "a", Some((Point::Breach, at)));
    }
    let first = desk.deadlines.due(second(1000), 4);
    assert_eq!(first.len(), 4);
    assert!(first.is_sorted_by_key(|armed| armed.at));
    for armed in first {
        desk.set(armed.case, "a", None);
    }
    assert_eq!(desk.deadlines.due(second(1000), 100).len(), 6);
}

#[test]
fn all_points_are_in_the_order_of_time() {
    let mut desk = Desk::default();
    for (number, at) in [(1, 30), (2, 10), (3, 20)] {
        desk.set(case(number), "a", Some((Point::Breach, second(at))));
    }
    let cases: Vec<ComplaintId> = desk.deadlines.iter().map(|armed| armed.case).collect();
    assert_eq!(cases, [case(2), case(3), case(1)]);
}

#[test]
fn clocks_no_longer_used_make_room_for_others() {
    let mut deadlines = Deadlines::new();
    let next = Some((Point::Breach, second(10)));
    for number in 0..128 {
        deadlines
            .change(case(1), &format!("clock-{number}"), None, next)
            .unwrap();
    }
    let refused = deadlines.change(case(1), "more", None, next).unwrap_err();
    assert_eq!(refused.clock, id("more"));
    deadlines.change(case(1), "clock-7", next, None).unwrap();
    deadlines.change(case(1), "more", None, next).unwrap();
    assert_eq!(
        deadlines
            .iter()
            .filter(|armed| armed.clock == id("more"))
            .count(),
        1
    );
}

#[derive(Debug, Clone)]
enum Step {
    Arm { case: u32, clock: u8, at: i64 },
    Disarm { case: u32, clock: u8 },
    Expire { now: i64, limit: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_u32, 0..4_u8, 0..50_i64)
            .prop_map(|(case, clock, at)| Step::Arm { case, clock, at }),
        2 => (0..6_u32, 0..4_u8).prop_map(|(case, clock)| Step::Disarm { case, clock }),
        1 => (0..50_i64, 0..5_usize).prop_map(|(now, limit)| Step::Expire { now, limit }),
    ]
}

proptest! {
    /// Against a plain list of what is armed.
    #[test]
    fn what_is_armed_fires_once_and_what_is_disarmed_never(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut desk = Desk::default();
        for step in steps {
            match step {
                Step::Arm { case: number, clock, at } => {
                    desk.set(case(number), &clock.to_string(), Some((Point::Breach, second(at))));
                }
                Step::Disarm { case: number, clock } => {
                    desk.set(case(number), &clock.to_string(), None);
                }
                Step::Expire { now, limit } => {
                    let fired = desk.deadlines.due(second(now), limit);
                    let due = desk.armed.values().filter(|(_, at)| *at <= second(now)).count();
                    prop_assert_eq!(fired.len(), due.min(limit));
                    for armed in fired {
                        let known = desk.armed.get(&(armed.case, armed.clock.to_string()));
                        prop_assert_eq!(known, Some(&(armed.point, armed.at)));
                        desk.set(armed.case, armed.clock.as_str(), None);
                    }
                }
            }
            prop_assert_eq!(desk.deadlines.len(), desk.armed.len());
            let first = desk.armed.values().map(|(_, at)| *at).min();
            prop_assert_eq!(desk.deadlines.next_due(), first);
        }
    }
}
