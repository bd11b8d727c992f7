//! What the life of a case does to its clocks.

mod common;

use common::{CLOCKS, Case, policy, shipped, show};
use redress_sla::ClockState;

const NOTHING: [&str; 0] = [];

#[test]
fn a_milestone_stops_what_it_meets_and_cancels_what_it_ends() {
    let policy = policy(CLOCKS);
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    assert_eq!(case.reaches("accepted", "2026-05-07T12:00"), ["start met"]);
    assert_eq!(
        case.reaches("accepted", "2026-05-07T12:05"),
        NOTHING,
        "only once"
    );
    assert_eq!(
        case.reaches("withdrawn", "2026-05-07T13:00"),
        ["result cancelled"]
    );
    assert!(case.set.clocks().iter().all(redress_sla::Clock::is_over));
}

#[test]
fn a_clock_met_after_its_end_was_not_on_time() {
    let policy = policy(CLOCKS);
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    assert_eq!(
        case.reaches("accepted", "2026-05-07T12:01"),
        ["start met late"]
    );
}

#[test]
fn every_end_of_a_case_ends_its_clocks_though_no_list_names_it() {
    let policy = shipped();
    for end in [
        "closed",
        "withdrawn",
        "rejected",
        "unmeetable",
        "merged",
        "archived",
    ] {
        let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
        case.reaches(end, "2026-05-07T11:00");
        assert!(
            case.set.clocks().iter().all(redress_sla::Clock::is_over),
            "{end}"
        );
    }
}

#[test]
fn a_clock_of_what_comes_after_closing_runs_on_until_the_archive() {
    let clocks = CLOCKS.replace("start = \"verified\"", "start = \"closed\"");
    let clocks = clocks.replace(
        "met_by = [\"plan_proposed\"]",
        "met_by = [\"satisfaction_recorded\"]",
    );
    let policy = policy(&clocks);
    let mut case = Case::registered(&policy, "low", "2026-05-07T10:00");
    let closed = case.reaches("closed", "2026-05-07T11:00");
    assert_eq!(
        closed,
        [
            "start cancelled",
            "preliminary_plan starts, due 05-07 15:00"
        ]
    );
    assert_eq!(
        case.reaches("archived", "2026-05-07T12:00"),
        ["preliminary_plan cancelled"]
    );
}

#[test]
fn the_customer_is_asked_within_an_hour_once_a_plan_is_approved() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    case.reaches("accepted", "2026-05-07T10:10");
    case.reaches("plan_proposed", "2026-05-07T11:00");
    let approved = case.reaches("plan_approved", "2026-05-07T11:00");
    assert_eq!(approved, ["consent_asked starts, due 05-07 12:00"]);
    let offered = case.reaches("offered", "2026-05-07T11:30");
    assert_eq!(offered, ["preliminary_reply met", "consent_asked met"]);
}

#[test]
fn a_refused_plan_is_adjusted_within_two_hours_again_and_again() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    for (refused, due, adjusted) in [
        ("2026-05-07T12:00", "05-07 14:00", "2026-05-07T13:00"),
        ("2026-05-07T15:00", "05-07 17:00", "2026-05-07T16:00"),
    ] {
        let starts = format!("adjustment starts, due {due}");
        assert_eq!(case.reaches("consent_refused", refused), [starts]);
        assert_eq!(case.reaches("adjusted", adjusted), ["adjustment met"]);
    }
}

#[test]
fn a_result_is_confirmed_within_a_day_of_the_execution() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    let executed = case.reaches("executed", "2026-05-08T09:00");
    assert_eq!(executed, ["confirmation starts, due 05-09 09:00"]);
    assert_eq!(
        case.reaches("customer_confirmed", "2026-05-09T09:01"),
        ["confirmation met late"]
    );
}

#[test]
fn second_processing_gets_the_time_anew() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    case.reaches("closed", "2026-05-08T10:00");
    let reopened = case.reaches("reopened", "2026-05-20T10:00");
    assert_eq!(
        reopened,
        [
            "preliminary_plan starts, due 05-20 14:00",
            "result starts, due 05-22 10:00"
        ]
    );
}

#[test]
fn executives_hear_of_an_important_case_again_and_again() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    case.facts.severity = "important";
    let accepted = case.reaches("accepted", "2026-05-07T11:00");
    assert!(
        accepted.contains(&"executive_report starts, due 05-10 11:00".to_owned()),
        "{accepted:?}"
    );
    let report = case.reaches("measure:executive_report", "2026-05-09T11:00");
    assert_eq!(
        report,
        [
            "executive_report met",
            "executive_report starts, due 05-12 11:00"
        ]
    );
    assert_eq!(
        case.reaches("measure:task_force", "2026-05-09T12:00"),
        NOTHING
    );
    let late = case.reaches("measure:executive_report", "2026-05-13T11:00");
    assert_eq!(late[0], "executive_report met late");
}

#[test]
fn other_departments_are_chased_daily_until_the_investigation_is_complete() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    let joint = case.reaches("joint_handling_started", "2026-05-07T11:00");
    assert_eq!(joint, ["chase starts, due 05-08 11:00"]);
    let chased = case.reaches("measure:department_chase", "2026-05-08T09:00");
    assert_eq!(chased, ["chase met", "chase starts, due 05-09 09:00"]);
    assert_eq!(
        case.reaches("investigated", "2026-05-08T12:00"),
        ["chase met"]
    );
}

#[test]
fn what_resets_a_clock_lets_it_begin_anew_without_a_verdict() {
    let clocks = CLOCKS.replacen(
        "met_by = [\"closed\"]",
        "met_by = [\"closed\"]\nreset_by = [\"verified\"]",
        1,
    );
    let policy = policy(&clocks);
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    let reset = case.reaches("verified", "2026-05-08T10:00");
    assert_eq!(reset[0], "result moves to 05-10 10:00 (reset)");
    assert_eq!(show(case.clock("result").started_at), "05-08 10:00");
}

#[test]
fn a_hold_stops_the_clocks_that_list_its_reason_and_no_others() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    let held = case.holds("waiting_for_customer", "2026-05-07T11:00");
    assert_eq!(held, ["result stands still"]);
    assert_eq!(
        case.resumes("2026-05-08T11:00"),
        ["result resumes, due 05-10 10:00"]
    );
    let held = case.holds("force_majeure", "2026-05-08T12:00");
    assert_eq!(
        held,
        ["result stands still"],
        "the plan is late by now and stays late"
    );
}

#[test]
fn a_pause_moves_every_point_that_has_not_passed() {
    let clocks = CLOCKS.replacen(
        "warn_at = [0.8, 0.5, \"15m\"]",
        "warn_at = [0.8, 0.5, \"15m\"]\npauses = [\"waiting_for_customer\"]",
        1,
    );
    let policy = policy(&clocks);
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    case.holds("waiting_for_customer", "2026-05-07T14:30");
    case.resumes("2026-05-08T09:30");
    let clock = case.clock("start");
    let warnings: Vec<String> = clock.warn_at.iter().map(|at| show(*at)).collect();
    assert_eq!(warnings, ["05-07 12:00", "05-08 09:42", "05-08 10:15"]);
    assert_eq!(
        (show(clock.due_at).as_str(), clock.warned),
        ("05-08 10:30", 1)
    );
}

#[test]
fn a_clock_that_starts_during_a_hold_stands_still_at_once() {
    let clocks = CLOCKS.replace(
        "start = \"verified\"",
        "start = \"verified\"\npauses = [\"waiting_for_customer\"]",
    );
    let policy = policy(&clocks);
    let mut case = Case::registered(&policy, "low", "2026-05-07T10:00");
    case.holds("waiting_for_customer", "2026-05-07T11:00");
    let verified = case.reaches("verified", "2026-05-07T12:00");
    assert_eq!(
        verified,
        [
            "preliminary_plan starts, due 05-07 16:00",
            "preliminary_plan stands still"
        ]
    );
    assert_eq!(
        case.resumes("2026-05-07T13:00"),
        ["preliminary_plan resumes, due 05-07 17:00"]
    );
}

#[test]
fn more_time_is_given_in_its_own_unit_and_never_to_what_is_late() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    let extended = case.extends(Some("result"), "24h", "2026-05-07T11:00");
    assert_eq!(extended, ["result moves to 05-10 10:00 (extension)"]);
    let extended = case.extends(Some("result"), "1 working day", "2026-05-07T11:00");
    assert_eq!(
        extended,
        ["result moves to 05-11 18:00 (extension)"],
        "from a Sunday on"
    );
    let all = case.extends(None, "1h", "2026-05-07T13:00");
    assert_eq!(all.len(), 3, "the start of handling is late: {all:?}");
}

#[test]
fn a_corrected_urgency_counts_from_the_start_with_pauses_kept() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "low", "2026-05-07T10:00");
    assert_eq!(show(case.clock("result").due_at), "05-15 18:00");
    case.holds("waiting_for_customer", "2026-05-07T12:00");
    case.resumes("2026-05-07T20:00");
    let corrected = case.becomes("normal", "2026-05-08T09:00");
    assert_eq!(
        corrected,
        [
            "start moves to 05-08 10:00 (triage_corrected)",
            "result moves to 05-09 18:00 (triage_corrected)",
        ]
    );
}

#[test]
fn a_case_that_turns_out_urgent_has_the_clocks_of_urgent_cases_from_their_start() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    let corrected = case.becomes("urgent", "2026-05-07T11:00");
    assert_eq!(
        corrected,
        [
            "start moves to 05-07 12:00 (triage_corrected)",
            "preliminary_plan starts, due 05-07 14:00",
        ]
    );
    let mut case = Case::registered(&policy, "normal", "2026-05-07T10:00");
    case.reaches("plan_proposed", "2026-05-07T10:30");
    let corrected = case.becomes("urgent", "2026-05-07T11:00");
    assert_eq!(corrected.len(), 1, "the plan is there: {corrected:?}");
}

#[test]
fn a_clock_that_does_not_fit_the_corrected_case_is_cancelled() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    let corrected = case.becomes("normal", "2026-05-07T11:00");
    assert!(
        corrected.contains(&"preliminary_plan cancelled".to_owned()),
        "{corrected:?}"
    );
}

#[test]
fn a_clock_that_was_late_by_mistake_runs_on_time_again() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "urgent", "2026-05-07T10:00");
    let id = redress_policy::ClockId::new("start");
    case.set.get_mut(&id).unwrap().breached = true;
    case.becomes("low", "2026-05-07T13:00");
    let clock = case.clock("start");
    assert!(!clock.breached && clock.state == ClockState::Running);
}

#[test]
fn a_resume_past_the_calendars_end_is_a_fault_and_the_clock_stays_still() {
    let policy = shipped();
    let mut case = Case::registered(&policy, "low", "2028-12-20T10:00");
    case.holds("waiting_for_customer", "2028-12-21T10:00");
    let resumed = case.resumes("2029-06-01T10:00");
    assert!(
        resumed[0].starts_with("fault: clock result: calendar house: "),
        "{resumed:?}"
    );
    assert!(matches!(
        case.clock("result").state,
        ClockState::Paused { .. }
    ));
}
