//! The house's deadlines (domain.md section 5), from routing to the last point.

mod common;

use common::{Partition, acknowledged, at, delivered, files, routed, show};
use redress_runtime::Core as _;
use redress_sla_monitor::{case_view, clock_state, parse_rules};
use redress_wire::{
    Payload,
    sla_monitor::{AdoptPolicy, ExplainQuery, command, explain_query::Case, query},
};

/// Clock, end and unit of each clock of a case that came by telephone.
fn ends(urgency: &str, when: &str) -> Vec<String> {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", urgency, when)]);
    let row = partition.case(1).expect("a case");
    let shown = |clock: &redress_wire::sla_monitor::ClockRow| {
        format!("{} {}", clock.clock, &show(clock.due_at_us)[..11])
    };
    // The preliminary reply is due a day after the registration, whatever the urgency.
    let of_all = ["first_response", "preliminary_reply"];
    row.clocks
        .iter()
        .filter(|c| !of_all.contains(&&*c.clock))
        .map(shown)
        .collect()
}

#[test]
fn urgent_cases_start_within_2_hours_and_have_a_plan_within_4() {
    let clocks = ends("urgent", "05-07 10:00");
    assert_eq!(
        clocks[..2],
        ["start 05-07 12:00", "preliminary_plan 05-07 14:00"]
    );
    assert_eq!(clocks[2..], ["result 05-09 10:00"], "every case has an end");
}

#[test]
fn urgent_cases_wait_for_no_office_hours() {
    assert_eq!(ends("urgent", "05-03 23:30")[0], "start 05-04 01:30");
}

#[test]
fn normal_cases_start_within_24_hours_and_have_a_result_within_48() {
    assert_eq!(
        ends("normal", "05-07 10:00"),
        ["start 05-08 10:00", "result 05-09 10:00"]
    );
}

#[test]
fn low_cases_have_3_and_7_working_days_over_a_weekend() {
    assert_eq!(
        ends("low", "05-14 10:00"),
        ["start 05-19 18:00", "result 05-25 18:00"]
    );
}

#[test]
fn working_days_leave_out_holidays() {
    assert_eq!(
        ends("low", "04-29 10:00")[0],
        "start 05-07 18:00",
        "1 to 5 May are free"
    );
}

#[test]
fn a_make_up_day_is_a_working_day_though_it_is_a_saturday() {
    assert_eq!(
        ends("low", "05-07 10:00"),
        ["start 05-11 18:00", "result 05-15 18:00"]
    );
}

#[test]
fn clocks_say_what_they_count_by_which_policy() {
    let mut partition = Partition::new();
    let started = partition.reads(&[routed(1, "phone", "low", "05-07 10:00")]);
    let [Payload::ClocksStarted(started)] = &started[..] else {
        panic!("{started:?}")
    };
    assert_eq!(started.policy, common::policy().policy.version());
    assert_eq!(
        (&*started.department, &*started.urgency),
        ("after_sales_tech", "low")
    );
    assert!(started.faults.is_empty());
    let units: Vec<&str> = started.clocks.iter().map(|clock| &*clock.unit).collect();
    assert_eq!(units, ["wall", "working_days", "wall", "working_days"]);
    let allowed: Vec<&str> = started
        .clocks
        .iter()
        .map(|clock| &*clock.allowance)
        .collect();
    assert_eq!(allowed, ["10s", "3 working days", "24h", "7 working days"]);
    assert!(started.clocks.iter().all(|clock| clock.calendar == "house"));
}

#[test]
fn a_case_is_put_under_its_clocks_once() {
    let mut partition = Partition::new();
    let event = routed(1, "phone", "normal", "05-07 10:00");
    assert_eq!(partition.reads(std::slice::from_ref(&event)).len(), 1);
    assert!(partition.reads(&[event]).is_empty());
}

#[test]
fn a_person_in_the_channel_is_answered_by_the_registration() {
    for (channel, due) in [
        ("phone", "05-07 10:00:10"),
        ("chat", "05-07 10:00:10"),
        ("web", "05-07 10:10:00"),
        ("shop", "05-07 10:10:00"),
    ] {
        let mut partition = Partition::new();
        partition.reads(&[routed(1, channel, "normal", "05-07 10:00")]);
        let clock = partition.clock(1, "first_response");
        assert_eq!(show(clock.due_at_us), due, "{channel}");
        assert_eq!(clock.stopped_at_us, Some(clock.started_at_us), "{channel}");
        assert_eq!(clock_state(&clock), "stopped", "{channel}");
    }
}

#[test]
fn a_telephone_call_that_was_registered_late_was_answered_late() {
    let mut event = routed(1, "phone", "normal", "05-07 10:00");
    if let Some(Payload::CaseRouted(routed)) = &mut event.payload {
        routed.registered_at_us = at("05-07 10:00:11").as_microsecond();
    }
    let mut partition = Partition::new();
    partition.reads(&[event]);
    assert_eq!(clock_state(&partition.clock(1, "first_response")), "late");
    let fired = partition.lives("05-07 11:00");
    assert!(fired.is_empty(), "what is over does not fire: {fired:?}");
}

#[test]
fn a_person_who_wrote_is_answered_by_the_acknowledgement() {
    for (channel, due) in [
        ("email", "05-07 12:00"),
        ("social", "05-07 12:00"),
        ("letter", "05-08 10:00"),
    ] {
        let mut partition = Partition::new();
        partition.reads(&[routed(1, channel, "normal", "05-07 10:00")]);
        let clock = partition.clock(1, "first_response");
        assert_eq!(&show(clock.due_at_us)[..11], due, "{channel}");
        assert_eq!(clock.stopped_at_us, None, "{channel}");
        let stopped = partition.reads(&[acknowledged(1, "05-07 10:05")]);
        let [Payload::ClockStopped(stopped)] = &stopped[..] else {
            panic!("{stopped:?}")
        };
        assert_eq!(stopped.clock, "first_response");
        assert!(stopped.on_time && !stopped.breached);
        assert_eq!(show(stopped.stopped_at_us), "05-07 10:05:00");
    }
}

#[test]
fn other_letters_stop_no_clock() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "email", "normal", "05-07 10:00")]);
    for cause in ["assignment", "warning", "breach"] {
        assert!(
            partition
                .reads(&[delivered(1, cause, "05-07 10:05")])
                .is_empty(),
            "{cause}"
        );
    }
}

#[test]
fn an_acknowledgement_that_is_quicker_than_the_routing_counts() {
    let mut early = Partition::new();
    assert!(early.reads(&[acknowledged(1, "05-07 09:59")]).is_empty());
    assert_eq!(early.case(1), None, "no case yet");
    early.reads(&[routed(1, "email", "normal", "05-07 10:00")]);
    assert_eq!(clock_state(&early.clock(1, "first_response")), "stopped");

    let mut together = Partition::new();
    let decided = together.reads(&[
        acknowledged(1, "05-07 10:01"),
        routed(1, "email", "normal", "05-07 10:00"),
    ]);
    assert_eq!(decided.len(), 1, "{decided:?}");
    assert_eq!(clock_state(&together.clock(1, "first_response")), "stopped");
}

#[test]
fn warnings_come_in_order_and_the_breach_once() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    let fired = partition.lives("05-07 14:00");
    assert_eq!(
        fired,
        [
            "05-07 11:00 start warning 0",
            "05-07 11:36 start warning 1",
            "05-07 12:00 start breach",
            "05-07 12:00 preliminary_plan warning 0",
            "05-07 13:12 preliminary_plan warning 1",
            "05-07 14:00 start urge after-sales-tech-1",
            "05-07 14:00 preliminary_plan breach",
        ]
    );
    let later = partition.lives("06-30 00:00");
    let ends = |word: &str| later.iter().filter(|point| point.contains(word)).count();
    assert_eq!(
        (ends("preliminary_plan warning"), ends("start breach")),
        (0, 0)
    );
    assert_eq!(
        (ends("result warning"), ends("result breach")),
        (2, 1),
        "{later:?}"
    );
    assert_eq!(partition.core.next_due(), None, "nothing is left");
}

#[test]
fn a_stopped_clock_is_silent_for_ever() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "email", "normal", "05-07 10:00")]);
    let fired = partition.lives("05-07 11:00");
    assert_eq!(fired, ["05-07 11:00 first_response warning 0"]);
    partition.reads(&[acknowledged(1, "05-07 11:10")]);
    partition.restart();
    let fired = partition.lives("06-30 00:00");
    assert!(
        !fired.iter().any(|point| point.contains("first_response")),
        "{fired:?}"
    );
    assert!(
        partition
            .reads(&[acknowledged(1, "05-07 13:00")])
            .is_empty(),
        "it stops once"
    );
}

#[test]
fn an_acknowledgement_after_the_end_is_late() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "email", "normal", "05-07 10:00")]);
    let fired = partition.lives("05-07 12:00");
    assert_eq!(
        fired.last().map(String::as_str),
        Some("05-07 12:00 first_response breach")
    );
    assert_eq!(
        clock_state(&partition.clock(1, "first_response")),
        "breached"
    );
    let stopped = partition.reads(&[acknowledged(1, "05-07 12:30")]);
    let [Payload::ClockStopped(stopped)] = &stopped[..] else {
        panic!("{stopped:?}")
    };
    assert!(!stopped.on_time && stopped.breached);
    assert_eq!(clock_state(&partition.clock(1, "first_response")), "late");
}

#[test]
fn after_a_pause_a_breach_fires_once_and_its_warnings_are_skipped() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    partition.restart();
    let fired = partition.wakes("05-07 13:30");
    assert_eq!(
        fired,
        [
            "05-07 13:30 start breach",
            "05-07 13:30 preliminary_plan warning 1",
        ],
        "of two warnings the last"
    );
    assert_eq!(
        partition.lives("05-07 14:00").last().map(String::as_str),
        Some("05-07 14:00 preliminary_plan breach")
    );
}

#[test]
fn a_change_of_policy_moves_no_deadline_that_runs() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "email", "urgent", "05-07 10:00")]);
    let before = partition.case(1);
    let mut files = files();
    let deadlines = files.get_mut("deadlines.toml").expect("the deadlines");
    *deadlines = deadlines.replace("within = \"2h\"", "within = \"1h\"");
    let stricter = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    partition.follows(&stricter);
    partition.restart();
    assert_eq!(partition.case(1), before);
    partition.reads(&[routed(3, "email", "urgent", "05-07 10:00")]);
    assert_eq!(
        show(partition.clock(3, "start").due_at_us),
        "05-07 11:00:00"
    );
    let stopped = partition.reads(&[acknowledged(1, "05-07 10:05")]);
    assert_eq!(stopped.len(), 1, "{stopped:?}");
}

#[test]
fn a_clock_without_a_computable_end_is_reported_and_the_others_run() {
    let mut partition = Partition::new();
    let mut event = routed(1, "phone", "low", "05-07 10:00");
    // Behind the end of the house's calendar.
    let far = "2029-06-01T10:00:00+08:00"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .as_microsecond();
    if let Some(Payload::CaseRouted(routed)) = &mut event.payload {
        (routed.received_at_us, routed.registered_at_us) = (far, far);
    }
    let started = partition.reads(&[event]);
    let [Payload::ClocksStarted(started)] = &started[..] else {
        panic!("{started:?}")
    };
    assert_eq!(started.clocks.len(), 2, "wall time needs no calendar");
    assert_eq!(started.faults.len(), 2, "{:?}", started.faults);
    let shown = case_view(partition.case(1).unwrap());
    assert!(
        shown.faults[0].starts_with("clock start: "),
        "{:?}",
        shown.faults
    );
    let asked = query::Query::Explain(ExplainQuery {
        case: Some(Case::Number(common::number(1))),
        clock: "result".to_owned(),
        locale: "en".to_owned(),
    });
    let told = partition.asks(asked).explained.remove(0).clocks.remove(0);
    assert_eq!((&*told.state, &*told.name), ("no_end", "Result"));
    assert_eq!(told.allowance, "7 working days");
    assert!(
        told.fault.contains("calendar's last day 2028-12-31"),
        "{told:?}"
    );
}

#[test]
fn what_could_not_be_computed_is_told_until_another_policy_can() {
    let mut files = common::files();
    let calendars = files.get_mut("calendars.toml").expect("the calendars");
    *calendars = calendars.replace("to = \"2028-12-31\"", "to = \"2026-05-12\"");
    let short = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let mut partition = Partition::under(&short);
    partition.reads(&[routed(1, "phone", "low", "05-07 10:00")]);
    let told = case_view(partition.case(1).expect("a case")).faults;
    assert!(
        matches!(&told[..], [one] if one.starts_with("clock result: ")),
        "{told:?}"
    );
    partition.follows(common::policy());
    let adopt = command::Command::AdoptPolicy(AdoptPolicy {
        complaint_id: common::id(1).as_bytes().to_vec(),
        ..Default::default()
    });
    partition.does(adopt, "05-07 12:00").expect("adopted");
    assert_eq!(
        show(partition.clock(1, "result").due_at_us),
        "05-15 18:00:00"
    );
    assert_eq!(
        case_view(partition.case(1).expect("a case")).faults,
        [""; 0]
    );
}
