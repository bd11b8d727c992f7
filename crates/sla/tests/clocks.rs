//! Starting clocks, and what becomes of one.

mod common;

use common::{CLOCKS, Case, at, begun, clock_set, policy, shipped, show};
use redress_calendar::Unit;
use redress_policy::{ClockId, PauseId};
use redress_sla::{FaultCause, Point};

fn ends(urgency: &str, when: &str) -> Vec<String> {
    let (_, started) = begun(&policy(CLOCKS), urgency, when);
    assert_eq!(started.faults, []);
    started
        .clocks
        .iter()
        .map(|c| format!("{} {}", c.id, show(c.due_at)))
        .collect()
}

fn warnings(urgency: &str) -> Vec<String> {
    let (_, started) = begun(&policy(CLOCKS), urgency, "2026-05-07T10:00");
    started.clocks[0]
        .warn_at
        .iter()
        .map(|at| show(*at))
        .collect()
}

#[test]
fn the_first_target_that_covers_the_case_counts() {
    let urgent = ends("urgent", "2026-05-07T10:00");
    assert_eq!(urgent, ["start 05-07 12:00", "result 05-09 10:00"]);
    let normal = ends("normal", "2026-05-07T10:00");
    assert_eq!(normal, ["start 05-07 15:30", "result 05-09 10:00"]);
}

#[test]
fn a_clock_without_a_target_for_the_case_does_not_run() {
    // 9 May 2026 is a make-up Saturday.
    assert_eq!(ends("low", "2026-05-07T10:00"), ["start 05-11 18:00"]);
}

#[test]
fn a_milestone_starts_its_own_clocks_only() {
    let policy = policy(CLOCKS);
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    assert_eq!(case.reaches("investigated", "2026-05-07T10:30"), [""; 0]);
    let verified = case.reaches("verified", "2026-05-07T10:30");
    assert_eq!(verified, ["preliminary_plan starts, due 05-07 14:30"]);
}

#[test]
fn warnings_lie_in_order_between_start_and_end() {
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
fn a_ladder_is_climbed_before_the_end_and_after_it() {
    let set = clock_set(&policy(CLOCKS), "urgent", "2026-05-07T10:00");
    let clock = set.get(&ClockId::new("result")).unwrap();
    let steps: Vec<String> = clock
        .steps
        .iter()
        .map(|step| format!("{} {}", step.id, show(step.at)))
        .collect();
    // Due on Saturday 9 May, a make-up day: one working day before is Friday.
    assert_eq!(
        steps,
        [
            "remind 05-08 10:00",
            "urge 05-09 12:00",
            "circulate 05-15 18:00"
        ]
    );
}

#[test]
fn a_clock_shorter_than_a_steps_lead_does_not_have_the_step() {
    let short = CLOCKS.replace("within = \"48h\"", "within = \"3h\"");
    let set = clock_set(&policy(&short), "urgent", "2026-05-07T10:00");
    let clock = set.get(&ClockId::new("result")).unwrap();
    let steps: Vec<&str> = clock.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(steps, ["urge", "circulate"]);
}

#[test]
fn a_clock_past_the_calendars_end_is_a_fault_that_names_both() {
    let (_, started) = begun(&policy(CLOCKS), "normal", "2035-05-07T10:00");
    let clocks: Vec<&str> = started
        .clocks
        .iter()
        .map(|clock| clock.id.as_str())
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
        let (_, started) = begun(&policy, urgency, "2026-05-07T10:00");
        let found = started.clocks.into_iter().find(|c| c.id == *clock);
        found.map(|clock| show(clock.due_at))
    };
    assert_eq!(end("urgent", "start").unwrap(), "05-07 12:00");
    assert_eq!(end("urgent", "preliminary_plan").unwrap(), "05-07 14:00");
    assert_eq!(end("normal", "start").unwrap(), "05-08 10:00");
    assert_eq!(end("normal", "result").unwrap(), "05-09 10:00");
    assert_eq!(end("normal", "preliminary_reply").unwrap(), "05-08 10:00");
    assert_eq!(end("low", "start").unwrap(), "05-11 18:00");
    assert!(end("normal", "preliminary_plan").is_none());
}

#[test]
fn a_late_clock_does_not_pause_and_a_paused_one_is_met_on_time() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let clock = set.get_mut(&ClockId::new("start")).unwrap();
    let reason = PauseId::new("waiting_for_customer");
    assert!(!clock.pause(&reason, at("2026-05-07T12:00")));
    assert!(clock.pause(&reason, at("2026-05-07T11:59")));
    assert_eq!(
        clock.next_point(),
        None,
        "a clock that stands still fires nothing"
    );
    assert_eq!(clock.stop(at("2026-05-09T10:00")), Some(true));
    assert_eq!(clock.stop(at("2026-05-09T10:00")), None);
}

#[test]
fn points_fire_in_the_order_of_time_and_an_echo_changes_nothing() {
    let policy = policy(CLOCKS);
    let mut set = clock_set(&policy, "urgent", "2026-05-07T10:00");
    let fire = |set: &mut redress_sla::ClockSet, id: &str| {
        let clock = set.get_mut(&ClockId::new(id)).unwrap();
        let mut fired = Vec::new();
        while let Some((point, at)) = clock.next_point() {
            fired.push((point, at));
            clock.fired(point);
            clock.fired(point);
        }
        assert!(fired.is_sorted_by_key(|(_, at)| *at));
        assert!(clock.breached && clock.is_running());
        fired
            .into_iter()
            .map(|(point, _)| point)
            .collect::<Vec<_>>()
    };
    let (warning, step) = (Point::Warning, Point::Escalation);
    let start = fire(&mut set, "start");
    assert_eq!(start, [warning(0), warning(1), warning(2), Point::Breach]);
    assert_eq!(
        fire(&mut set, "result"),
        [step(0), Point::Breach, step(1), step(2)]
    );
}

#[test]
fn a_clock_keeps_what_it_counts_and_by_which_calendar() {
    let set = clock_set(&policy(CLOCKS), "normal", "2026-05-07T10:00");
    let allowance = &set.get(&ClockId::new("start")).unwrap().allowance;
    assert_eq!(allowance.span.unit, Unit::WorkingTime);
    assert_eq!(
        (
            allowance.span.to_string().as_str(),
            allowance.calendar.as_str()
        ),
        ("4h working", "house")
    );
}
