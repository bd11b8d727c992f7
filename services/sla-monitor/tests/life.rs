//! The clocks follow the life of a case as router tells it.

mod common;

use common::{Partition, at, routed, show, words};
use redress_runtime::Core as _;
use redress_sla_monitor::{case_view, clock_state, parse_rules};
use redress_store::state_hash;
use redress_wire::{
    Payload,
    router::{self, Visibility, case_event::Change},
    sla_monitor::{AdoptPolicy, command},
};

const NOTHING: [&str; 0] = [];

fn case(urgency: &str) -> Partition<'static> {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", urgency, "05-07 10:00")]);
    partition
}

fn accepted() -> Change {
    Change::Accepted(router::CaseAccepted {})
}

fn plan(adjusts: u32) -> Change {
    Change::PlanProposed(router::PlanProposed {
        adjusts,
        ..Default::default()
    })
}

fn held(pause: &str) -> Change {
    Change::Held(router::CaseHeld {
        pause: pause.to_owned(),
        ..Default::default()
    })
}

fn resumed() -> Change {
    Change::Resumed(router::CaseResumed::default())
}

fn closed() -> Change {
    Change::Closed(router::CaseClosed::default())
}

fn measure(measure: &str) -> Change {
    let measure = measure.to_owned();
    Change::MeasureRecorded(router::MeasureRecorded {
        measure,
        ..Default::default()
    })
}

/// Facts of the case change with a correction of its triage.
fn corrected(partition: &mut Partition<'_>, urgency: &str, when: &str) -> Vec<String> {
    let change = Change::TriageCorrected(router::TriageCorrected::default());
    let mut event = partition.event(1, change, when);
    if let Some(Payload::CaseEvent(case)) = &mut event.payload {
        urgency.clone_into(&mut case.urgency);
    }
    partition.reads(&[event]).iter().map(words).collect()
}

#[test]
fn acceptance_stops_the_start_of_handling() {
    let mut partition = case("normal");
    assert_eq!(
        partition.lives_through(1, accepted(), "05-07 11:00"),
        ["start met"]
    );
    assert_eq!(clock_state(&partition.clock(1, "start")), "stopped");
    let again = partition.lives_through(1, accepted(), "05-07 11:30");
    assert_eq!(again, NOTHING, "a clock stops once");
}

#[test]
fn a_plan_starts_the_hour_in_which_the_customer_is_asked() {
    let mut partition = case("urgent");
    assert_eq!(
        partition.lives_through(1, plan(0), "05-07 11:00"),
        ["preliminary_plan met"]
    );
    let approved = Change::PlanApproved(router::PlanApproved { plan: 1 });
    let approved = partition.lives_through(1, approved, "05-07 11:00");
    assert_eq!(approved, ["started: consent_asked due 05-07 12:00"]);
    let offered = Change::PlanOffered(router::PlanOffered::default());
    let offered = partition.lives_through(1, offered, "05-07 11:20");
    assert_eq!(offered, ["preliminary_reply met", "consent_asked met"]);
    let refused = Change::ConsentRefused(router::ConsentRefused::default());
    let refused = partition.lives_through(1, refused, "05-07 12:00");
    assert_eq!(refused, ["started: adjustment due 05-07 14:00"]);
    assert_eq!(
        partition.lives_through(1, plan(1), "05-07 14:30"),
        ["adjustment met late"]
    );
}

#[test]
fn an_execution_starts_the_day_in_which_the_customer_confirms() {
    let mut partition = case("normal");
    let executed = Change::PlanExecuted(router::PlanExecuted { plan: 1 });
    let executed = partition.lives_through(1, executed, "05-07 15:00");
    assert_eq!(executed, ["started: confirmation due 05-08 15:00"]);
    let confirmed = Change::ResultConfirmed(router::ResultConfirmed::default());
    assert_eq!(
        partition.lives_through(1, confirmed, "05-08 10:00"),
        ["confirmation met"]
    );
}

#[test]
fn a_note_that_the_customer_sees_is_the_preliminary_reply_and_an_internal_one_is_not() {
    let mut partition = case("normal");
    let note = |visibility: Visibility| {
        Change::NoteAdded(router::NoteAdded {
            visibility: visibility.into(),
            text: None,
        })
    };
    let internal = partition.lives_through(1, note(Visibility::Internal), "05-07 11:00");
    assert_eq!(internal, NOTHING);
    let told = partition.lives_through(1, note(Visibility::Customer), "05-07 12:00");
    assert_eq!(told, ["preliminary_reply met"]);
}

#[test]
fn executives_hear_of_important_cases_periodically() {
    let mut partition = Partition::new();
    let mut event = routed(1, "phone", "normal", "05-07 10:00");
    if let Some(Payload::CaseRouted(routed)) = &mut event.payload {
        "important".clone_into(&mut routed.severity);
    }
    partition.reads(&[event]);
    let started = partition.lives_through(1, accepted(), "05-07 11:00");
    assert_eq!(
        started,
        ["start met", "started: executive_report due 05-10 11:00"]
    );
    let told = partition.lives_through(1, measure("executive_report"), "05-09 11:00");
    assert_eq!(
        told,
        [
            "executive_report met",
            "started: executive_report due 05-12 11:00"
        ]
    );
    assert_eq!(
        partition.lives_through(1, measure("task_force"), "05-09 12:00"),
        NOTHING
    );
}

#[test]
fn an_end_of_the_case_ends_its_clocks_and_second_processing_starts_them_anew() {
    let mut partition = case("normal");
    let ended = partition.lives_through(1, closed(), "05-08 09:00");
    assert_eq!(
        ended,
        ["start cancelled", "preliminary_reply met", "result met"]
    );
    assert_eq!(partition.core.next_due(), None, "nothing is armed");
    let reopened = Change::Reopened(router::CaseReopened::default());
    let reopened = partition.lives_through(1, reopened, "05-20 10:00");
    assert_eq!(reopened, ["started: result due 05-22 10:00"]);
    assert_eq!(clock_state(&partition.clock(1, "result")), "running");
    let stopped = partition.lives_through(1, closed(), "05-23 10:00");
    assert_eq!(stopped, ["result met late"]);
}

#[test]
fn a_hold_stops_the_clocks_that_list_it_until_the_case_is_resumed() {
    let mut partition = case("normal");
    let paused = partition.lives_through(1, held("waiting_for_customer"), "05-07 12:00");
    assert_eq!(paused, ["result stands still"]);
    let clock = partition.clock(1, "result");
    assert_eq!(clock_state(&clock), "paused");
    let silent = partition.lives("05-20 00:00");
    assert!(
        !silent.iter().any(|point| point.contains("result")),
        "{silent:?}"
    );
    let shown = case_view(partition.case(1).expect("a case"));
    let view = shown
        .clocks
        .iter()
        .find(|clock| clock.clock == "result")
        .expect("the result");
    assert_eq!(view.pause, "waiting_for_customer");
    let resumed = partition.lives_through(1, resumed(), "05-20 12:00");
    assert_eq!(resumed, ["result resumes, due 05-22 10:00"]);
    let fired = partition.lives("05-22 10:00");
    assert_eq!(
        fired.last().map(String::as_str),
        Some("05-22 10:00 result breach")
    );
}

#[test]
fn an_extension_moves_one_clock_and_leaves_the_others() {
    let mut partition = case("normal");
    let extended = Change::Extended(router::CaseExtended {
        clock: "result".to_owned(),
        by: "5 working days".to_owned(),
        ..Default::default()
    });
    let moved = partition.lives_through(1, extended, "05-07 12:00");
    assert_eq!(moved, ["result moves to 05-15 18:00 (extension)"]);
    assert_eq!(
        show(partition.clock(1, "start").due_at_us),
        "05-08 10:00:00"
    );
    assert_eq!(
        partition.clock(1, "result").extensions[0].by,
        "5 working days"
    );
}

#[test]
fn a_corrected_urgency_moves_running_clocks_from_their_start_with_pauses_kept() {
    let mut partition = case("low");
    partition.lives_through(1, held("waiting_for_customer"), "05-07 12:00");
    partition.lives_through(1, resumed(), "05-07 20:00");
    let moved = corrected(&mut partition, "urgent", "05-08 09:00");
    assert_eq!(
        moved,
        [
            "start moves to 05-07 12:00 (triage_corrected)",
            "result moves to 05-09 18:00 (triage_corrected)",
            "started: preliminary_plan due 05-07 14:00",
        ]
    );
    let fired = partition.wakes("05-08 09:00");
    let late = "05-08 09:00 preliminary_plan breach".to_owned();
    assert!(fired.contains(&late), "{fired:?}");
}

#[test]
fn a_case_stays_under_its_version_of_the_policy_whatever_becomes_of_the_files() {
    let mut files = common::files();
    let deadlines = files.get_mut("deadlines.toml").expect("the deadlines");
    // Another time to ask the customer, and a hold that stops nothing.
    *deadlines = deadlines
        .replace("within = \"1h\"", "within = \"30m\"")
        .replace(
            "pauses = [\"waiting_for_customer\", \"outside_cooperation\", \"force_majeure\"]\n",
            "",
        );
    let other = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let mut partition = Partition::under(common::policy());
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    partition.follows(&other);
    partition.restart();
    partition.reads(&[routed(2, "phone", "normal", "05-07 10:00")]);
    let approved = || Change::PlanApproved(router::PlanApproved { plan: 1 });
    let old = partition.lives_through(1, approved(), "05-07 11:00");
    assert_eq!(old, ["started: consent_asked due 05-07 12:00"]);
    let new = partition.lives_through(2, approved(), "05-07 11:00");
    assert_eq!(new, ["started: consent_asked due 05-07 11:30"]);
    let paused = partition.lives_through(1, held("waiting_for_customer"), "05-07 12:00");
    assert_eq!(paused, ["result stands still"]);
    assert_eq!(
        partition.lives_through(2, held("waiting_for_customer"), "05-07 12:00"),
        NOTHING
    );
}

#[test]
fn a_case_comes_under_the_policy_in_force_when_it_is_told_to() {
    let mut files = common::files();
    let deadlines = files.get_mut("deadlines.toml").expect("the deadlines");
    *deadlines = deadlines.replace("within = \"48h\"", "within = \"72h\"");
    let other = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let mut partition = Partition::under(common::policy());
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    partition.follows(&other);
    let id = common::id(1).as_bytes().to_vec();
    let adopt = || {
        command::Command::AdoptPolicy(AdoptPolicy {
            complaint_id: id.clone(),
            ..Default::default()
        })
    };
    let (recorded, _) = partition.does(adopt(), "05-07 12:00").expect("adopted");
    let moved: Vec<String> = recorded
        .iter()
        .filter(|p| matches!(p, Payload::ClockMoved(_)))
        .map(words)
        .collect();
    assert!(
        moved.contains(&"result moves to 05-10 10:00 (policy)".to_owned()),
        "{moved:?}"
    );
    assert_eq!(
        partition.case(1).expect("a case").policy,
        other.policy.version()
    );
    let (again, _) = partition.does(adopt(), "05-07 12:01").expect("adopted");
    assert!(again.is_empty(), "once");
}

#[test]
fn a_whole_life_folds_into_the_same_rows_in_a_replay() {
    let mut partition = case("urgent");
    partition.lives("05-07 11:00");
    partition.lives_through(1, accepted(), "05-07 11:10");
    partition.lives_through(1, held("force_majeure"), "05-07 11:30");
    partition.lives_through(1, resumed(), "05-08 11:30");
    partition.lives_through(1, plan(0), "05-08 12:00");
    partition.lives("05-12 12:00");
    partition.lives_through(1, closed(), "05-12 13:00");
    let replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).expect("rows"),
        state_hash(&partition.rows).expect("rows")
    );
    assert_eq!(replayed.core.next_due(), partition.core.next_due());
}

#[test]
fn changes_of_one_round_are_folded_before_any_is_decided_and_nothing_is_lost() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    let events = [
        partition.event(1, held("waiting_for_customer"), "05-07 12:00"),
        partition.event(1, resumed(), "05-07 14:00"),
        partition.event(1, closed(), "05-07 15:00"),
    ];
    let decided: Vec<String> = partition.reads(&events).iter().map(words).collect();
    assert_eq!(
        decided[..2],
        ["result stands still", "result resumes, due 05-09 12:00"]
    );
    assert_eq!(decided.last().map(String::as_str), Some("result met"));
    assert_eq!(
        at("05-07 15:00").as_microsecond(),
        partition.clock(1, "result").stopped_at_us.unwrap()
    );
}
