//! Starting, stopping and pausing the clocks of a case.

mod common;

use common::{CLOCKS, at, clock_set, facts, policy, shipped, show, started};
use redress_calendar::Unit;
use redress_policy::{ClockId, Milestone};
use redress_sla::{Clock, ClockState, FaultCause, Point, Stop};

fn ends(urgency: &str, when: &str) -> Vec<(String, String)> {
    let started = started(&policy(CLOCKS), urgency, when);
    assert_eq!(started.faults, []);
    started
        .clocks
        .iter()
        .map(|c| (c.clock.to_string(), show(c.due_at)))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[test]
fn the_first_target_that_covers_the_case_counts() {
    let expected = pairs(&[("start", "05-07 12:00"), ("result", "05-09 10:00")]);
    assert_eq!(ends("urgent", "2026-05-07T10:00"), expected);
    let expected = pairs(&[("start", "05-07 15:30"), ("result", "05-09 10:00")]);
    assert_eq!(ends("normal", "2026-05-07T10:00"), expected);
}

#[test]
fn a_clock_without_a_target_for_the_case_does_not_run() {
    // 9 May 2026 is a make-up Saturday.
    assert_eq!(
        ends("low", "2026-05-07T10:00"),
        pairs(&[("start", "05-11 18:00")])
    );
}

#[test]
fn a_milestone_starts_its_own_clocks_only() {
    let policy = policy(CLOCKS);
    let when = at("2026-05-07T10:00");
    let started = redress_sla::start_clocks(&policy, &facts("urgent"), Milestone::Closed, when);
    assert_eq!(started.clocks, []);
    assert_eq!(started.policy_version, policy.version());
}

#[test]
fn warnings_lie_in_order_between_start_and_end() {
    let policy = policy(CLOCKS);
    let warnings = |urgency| {
        let started = started(&policy, urgency, "2026-05-07T10:00");
        started.clocks[0]
            .warn_at
            .iter()
            .map(|at| show(*at))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        warnings("urgent"),
        ["05-07 11:00", "05-07 11:36", "05-07 11:45"]
    );
    // Of four working hours: the break from 12:00 to 13:30 does not count.
    assert_eq!(
        warnings("normal"),
        ["05-07 12:00", "05-07 14:42", "05-07 15:15"]
    );
}

#[test]
fn the_ladder_begins_when_the_clock_ends() {
    let started = started(&policy(CLOCKS), "urgent", "2026-05-07T10:00");
    let steps: Vec<String> = started.clocks[1]
        .escalate_at
        .iter()
        .map(|at| show(*at))
        .collect();
    assert_eq!(steps, ["05-09 12:00", "05-15 18:00"]);
}

#[test]
fn a_clock_past_the_calendars_end_is_a_fault_that_names_both() {
    let started = started(&policy(CLOCKS), "normal", "2035-05-07T10:00");
    let clocks: Vec<&str> = started
        .clocks
        .iter()
        .map(|clock| clock.clock.as_str())
        .collect();
    assert_eq!(clocks, ["result"], "wall time needs no calendar");
    let told: Vec<String> = started.faults.iter().map(ToString::to_string).collect();
    assert!(
        told[0].starts_with("clock start: calendar house: "),
        "{told:?}"
    );
    assert!(matches!(
        started.faults[0].cause,
        FaultCause::Calendar { .. }
    ));
}

#[test]
fn the_shipped_rules_give_the_times_of_the_guide() {
    let policy = shipped();
    let end = |urgency, clock: &str| {
        let started = started(&policy, urgency, "2026-05-07T10:00");
        let found = started.clocks.into_iter().find(|c| c.clock == *clock);
        found.map(|clock| show(clock.due_at))
    };
    assert_eq!(end("urgent", "start").unwrap(), "05-07 12:00");
    assert_eq!(end("urgent", "preliminary_plan").unwrap(), "05-07 14:00");
    assert_eq!(end("normal", "start").unwrap(), "05-08 10:00");
    assert_eq!(end("normal", "result").unwrap(), "05-09 10:00");
    assert_eq!(end("low", "start").unwrap(), "05-11 18:00");
    assert!(end("normal", "preliminary_plan").is_none());
}

#[test]
fn a_milestone_stops_what_it_meets_and_cancels_what_it_ends() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let stop = |set: &mut redress_sla::ClockSet, milestone, when| {
        set.stop(&policy, &facts("urgent"), milestone, at(when))
    };
    let met = stop(&mut set, Milestone::Accepted, "2026-05-07T12:00");
    assert_eq!(met.len(), 1);
    assert!(met[0].on_time && met[0].stop == Stop::Met && met[0].clock == *"start");
    assert_eq!(
        stop(&mut set, Milestone::Accepted, "2026-05-07T12:05"),
        [],
        "only once"
    );
    let ended = stop(&mut set, Milestone::Withdrawn, "2026-05-07T13:00");
    assert_eq!((ended.len(), ended[0].stop), (1, Stop::Cancelled));
    assert!(set.clocks().iter().all(Clock::is_over));
}

#[test]
fn a_clock_met_after_its_end_was_not_on_time() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let late = set.stop(
        &policy,
        &facts("urgent"),
        Milestone::Accepted,
        at("2026-05-07T12:01"),
    );
    assert!(!late[0].on_time);
}

#[test]
fn a_clock_survives_a_change_of_urgency_and_of_policy() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    // Low urgency has no target for the result: the end of the case ends the clock.
    let when = at("2026-05-08T10:00");
    assert_eq!(
        set.stop(&policy, &facts("low"), Milestone::PlanProposed, when),
        []
    );
    let ended = set.stop(&policy, &facts("low"), Milestone::Closed, when);
    assert_eq!(
        (ended[0].clock.as_str(), ended[0].stop),
        ("result", Stop::Cancelled)
    );
}

#[test]
fn a_clock_starts_afresh_only_when_it_is_over() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let again = |set: &mut redress_sla::ClockSet| {
        set.start(
            started(&policy, "urgent", "2026-05-07T11:00")
                .clocks
                .remove(0),
        )
    };
    assert!(!again(&mut set));
    set.stop(
        &policy,
        &facts("urgent"),
        Milestone::Accepted,
        at("2026-05-07T11:30"),
    );
    assert!(again(&mut set));
    let clock = set.get(&ClockId::new("start")).unwrap();
    assert_eq!(
        (show(clock.due_at).as_str(), clock.state),
        ("05-07 13:00", ClockState::Running)
    );
}

#[test]
fn a_pause_moves_every_point_that_has_not_passed() {
    let policy = policy(CLOCKS);
    let house = policy.calendar(&"house".into()).unwrap();
    let mut set = clock_set(&policy, "normal", "2026-05-07T10:00");
    let clock = set.get_mut(&ClockId::new("start")).unwrap();
    assert_eq!(clock.unit, Unit::WorkingTime);
    clock.fired(Point::Warning(0));
    assert!(clock.pause(at("2026-05-07T14:30")));
    assert_eq!(
        clock.next_point(),
        None,
        "a clock that stands still fires nothing"
    );
    assert!(clock.resume(at("2026-05-08T09:30"), house).unwrap());
    let warnings: Vec<String> = clock.warn_at.iter().map(|at| show(*at)).collect();
    assert_eq!(warnings, ["05-07 12:00", "05-08 09:42", "05-08 10:15"]);
    assert_eq!(show(clock.due_at), "05-08 10:30");
    assert_eq!(clock.next_point().unwrap().0, Point::Warning(1));
}

#[test]
fn a_late_clock_does_not_pause_and_a_paused_one_is_met_on_time() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let clock = set.get_mut(&ClockId::new("start")).unwrap();
    assert!(!clock.pause(at("2026-05-07T12:01")));
    assert!(clock.pause(at("2026-05-07T11:59")));
    assert_eq!(clock.stop(at("2026-05-09T10:00")), Some(true));
    assert_eq!(clock.stop(at("2026-05-09T10:00")), None);
}

#[test]
fn points_fire_in_order_and_an_echo_changes_nothing() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let clock = set.get_mut(&ClockId::new("start")).unwrap();
    let mut fired = Vec::new();
    while let Some((point, at)) = clock.next_point() {
        fired.push((point, at));
        clock.fired(point);
        clock.fired(point);
    }
    let points: Vec<Point> = fired.iter().map(|(point, _)| *point).collect();
    assert_eq!(
        points,
        [
            Point::Warning(0),
            Point::Warning(1),
            Point::Warning(2),
            Point::Breach
        ]
    );
    assert!(fired.is_sorted_by_key(|(_, at)| *at));
    assert!(clock.is_breached() && clock.is_running());
}
