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

/// Arms the next point of every clock of a case.
fn arm(deadlines: &mut Deadlines, case: ComplaintId, set: &ClockSet) {
    for clock in set.clocks() {
        match clock.next_point() {
            Some((point, at)) => deadlines.arm(case, &clock.id, at, point).unwrap(),
            None => drop(deadlines.disarm(case, &clock.id)),
        }
    }
}

/// Lets time pass up to `now`; gives what fired, in order.
fn pass(
    deadlines: &mut Deadlines,
    sets: &mut BTreeMap<ComplaintId, ClockSet>,
    now: Timestamp,
) -> Vec<(ComplaintId, String, Point)> {
    let mut fired = Vec::new();
    loop {
        let due = deadlines.expire(now, 3);
        if due.is_empty() {
            return fired;
        }
        for armed in due {
            assert!(armed.at <= now, "nothing fires early");
            let set = sets.get_mut(&armed.case).unwrap();
            set.get_mut(&armed.clock).unwrap().fired(armed.point);
            arm(deadlines, armed.case, set);
            fired.push((armed.case, armed.clock.to_string(), armed.point));
        }
    }
}

#[test]
fn each_point_of_a_case_fires_once_warnings_before_the_breach() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::from([(case(1), clock_set(&policy, "urgent", "2026-05-07T10:00"))]);
    let mut deadlines = Deadlines::new();
    arm(&mut deadlines, case(1), &sets[&case(1)]);
    assert_eq!(deadlines.next_due(), Some(at("2026-05-07T11:00")));
    assert_eq!(pass(&mut deadlines, &mut sets, at("2026-05-07T10:59")), []);

    let mut fired = Vec::new();
    let mut now = at("2026-05-07T11:00");
    while now < at("2026-05-20T00:00") {
        fired.extend(pass(&mut deadlines, &mut sets, now));
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
            ("result", Point::Breach),
            ("result", Point::Escalation(0)),
            ("result", Point::Escalation(1)),
        ]
    );
    assert!(deadlines.is_empty());
}

#[test]
fn a_stopped_clock_is_silent() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::from([(case(1), clock_set(&policy, "urgent", "2026-05-07T10:00"))]);
    let mut deadlines = Deadlines::new();
    let set = sets.get_mut(&case(1)).unwrap();
    arm(&mut deadlines, case(1), set);
    for (milestone, when) in [
        (Milestone::Accepted, "2026-05-07T10:30"),
        (Milestone::Closed, "2026-05-07T17:00"),
    ] {
        set.stop(&policy, &facts("urgent"), milestone, at(when));
    }
    arm(&mut deadlines, case(1), set);
    assert_eq!(pass(&mut deadlines, &mut sets, at("2026-12-01T00:00")), []);
}

#[test]
fn after_a_long_absence_everything_due_fires_at_once_in_order() {
    let policy = policy(CLOCKS);
    let mut sets = BTreeMap::new();
    let mut deadlines = Deadlines::new();
    for number in 0..20 {
        let set = clock_set(&policy, "urgent", "2026-05-07T10:00");
        arm(&mut deadlines, case(number), &set);
        sets.insert(case(number), set);
    }
    let fired = pass(&mut deadlines, &mut sets, at("2026-05-20T00:00"));
    assert_eq!(fired.len(), 20 * 7);
    for number in 0..20 {
        let of_start = |(id, clock, _): &&(ComplaintId, String, Point)| {
            *id == case(number) && clock == "start"
        };
        let points = fired.iter().filter(of_start).map(|(_, _, point)| *point);
        assert!(points.is_sorted(), "warnings come before the breach");
    }
}

#[test]
fn arming_again_replaces_what_was_armed() {
    let mut deadlines = Deadlines::new();
    deadlines
        .arm(case(1), &id("a"), second(10), Point::Warning(0))
        .unwrap();
    deadlines
        .arm(case(1), &id("a"), second(20), Point::Breach)
        .unwrap();
    assert_eq!(deadlines.len(), 1);
    assert_eq!(deadlines.expire(second(15), 10), []);
    assert_eq!(deadlines.expire(second(20), 10)[0].point, Point::Breach);
}

#[test]
fn a_limit_leaves_the_rest_for_the_next_time() {
    let mut deadlines = Deadlines::new();
    for number in 0..10 {
        let at = second(100 - i64::from(number));
        deadlines
            .arm(case(number), &id("a"), at, Point::Breach)
            .unwrap();
    }
    let first = deadlines.expire(second(1000), 4);
    assert_eq!(first.len(), 4);
    assert!(first.is_sorted_by_key(|armed| armed.at));
    assert_eq!(deadlines.expire(second(1000), 100).len(), 6);
    assert_eq!(deadlines.next_due(), None);
}

#[test]
fn lists_are_in_the_order_of_time() {
    let mut deadlines = Deadlines::new();
    for (number, at) in [(1, 30), (2, 10), (3, 20)] {
        deadlines
            .arm(case(number), &id("a"), second(at), Point::Breach)
            .unwrap();
    }
    let cases: Vec<ComplaintId> = deadlines.due_next(2).into_iter().map(|a| a.case).collect();
    assert_eq!(cases, [case(2), case(3)]);
    assert!(deadlines.iter().is_sorted_by_key(|armed| armed.at));
    deadlines.disarm_case(case(2));
    assert_eq!(deadlines.of_case(case(2)).count(), 0);
    assert_eq!(deadlines.next_due(), Some(second(20)));
}

#[test]
fn clocks_no_longer_used_make_room_for_others() {
    let mut deadlines = Deadlines::new();
    for number in 0..128 {
        let clock = id(&format!("clock-{number}"));
        deadlines
            .arm(case(1), &clock, second(10), Point::Breach)
            .unwrap();
    }
    let refused = deadlines
        .arm(case(1), &id("more"), second(10), Point::Breach)
        .unwrap_err();
    assert_eq!(refused.clock, id("more"));
    deadlines.disarm(case(1), &id("clock-7"));
    deadlines
        .arm(case(1), &id("more"), second(10), Point::Breach)
        .unwrap();
    assert_eq!(
        deadlines
            .of_case(case(1))
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
        let mut deadlines = Deadlines::new();
        let mut model: BTreeMap<(u32, u8), i64> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Arm { case: number, clock, at } => {
                    let clock_id = id(&clock.to_string());
                    deadlines.arm(case(number), &clock_id, second(at), Point::Breach).unwrap();
                    model.insert((number, clock), at);
                }
                Step::Disarm { case: number, clock } => {
                    let was = deadlines.disarm(case(number), &id(&clock.to_string()));
                    prop_assert_eq!(was, model.remove(&(number, clock)).is_some());
                }
                Step::Expire { now, limit } => {
                    let fired = deadlines.expire(second(now), limit);
                    let due = model.values().filter(|at| **at <= now).count();
                    prop_assert_eq!(fired.len(), due.min(limit));
                    for armed in fired {
                        let number = (0..6).find(|number| case(*number) == armed.case).unwrap();
                        let clock = armed.clock.as_str().parse().unwrap();
                        prop_assert_eq!(model.remove(&(number, clock)), Some(armed.at.as_second()));
                    }
                }
            }
            prop_assert_eq!(deadlines.len(), model.len());
            prop_assert_eq!(deadlines.next_due(), model.values().min().map(|at| second(*at)));
        }
    }
}
