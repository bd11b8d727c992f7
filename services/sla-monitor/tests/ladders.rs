//! Ladders 催办 → 督办 → 通报: who is told when, and who is spared.

mod common;

use common::{Partition, at, routed, words};
use redress_runtime::Core as _;
use redress_sla_monitor::parse_rules;
use redress_wire::sla_monitor::{Acknowledge, ClockEscalated, command, query};
use redress_wire::{Payload, sla_monitor::ExplainQuery, sla_monitor::explain_query::Case};

fn steps(fired: &[String], clock: &str) -> Vec<String> {
    let of = |point: &&String| {
        point[12..].starts_with(clock) && !point.ends_with("breach") && !point.contains("warning")
    };
    fired.iter().filter(of).cloned().collect()
}

fn seen(step: &str, request: &str) -> command::Command {
    command::Command::Acknowledge(Acknowledge {
        complaint_id: common::id(1).as_bytes().to_vec(),
        clock: "result".to_owned(),
        step: step.to_owned(),
        actor: "after-sales-tech-1".to_owned(),
        request_id: request.to_owned(),
    })
}

#[test]
fn a_ladder_climbs_the_management_line_before_the_end_and_after_it() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    let fired = partition.lives("06-30 00:00");
    assert_eq!(
        steps(&fired, "result"),
        [
            // A make-up Saturday is a working day, so the day before it is Friday.
            "05-08 10:00 result remind after-sales-tech-1",
            "05-11 18:00 result urge after-sales-tech-1+after-sales-tech-head",
            "05-13 18:00 result supervise after-sales-tech-head+director-products+supervisor-1",
            "05-15 18:00 result circulate director-products+executive-1+executive-2",
        ]
    );
    assert_eq!(partition.core.next_due(), None, "each step once");
}

#[test]
fn an_escalation_says_all_that_followers_need() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    partition.lives("05-07 13:59");
    let due = partition.core.next_due().expect("the urge");
    let mut fired = Vec::new();
    partition.expires_into(due, &mut fired);
    let Some(Payload::ClockEscalated(escalated)) = fired.first() else {
        panic!("{fired:?}")
    };
    let expected = ClockEscalated {
        number: common::number(1),
        clock: "start".to_owned(),
        step: "urge".to_owned(),
        point: 0,
        escalate_at_us: at("05-07 14:00").as_microsecond(),
        due_at_us: at("05-07 12:00").as_microsecond(),
        department: "after_sales_tech".to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        to: vec!["after-sales-tech-1".to_owned()],
        quiet: String::new(),
    };
    assert_eq!(*escalated, expected);
}

#[test]
fn after_a_long_absence_only_the_last_step_tells_people() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    partition.restart();
    let fired = partition.wakes("06-30 00:00");
    assert_eq!(
        steps(&fired, "result"),
        [
            "06-30 00:00 result remind overtaken",
            "06-30 00:00 result urge overtaken",
            "06-30 00:00 result supervise overtaken",
            "06-30 00:00 result circulate director-products+executive-1+executive-2",
        ]
    );
}

#[test]
fn several_late_clocks_of_a_case_tell_a_person_once() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    let fired = partition.wakes("05-08 12:00");
    let told = |who: &str| fired.iter().filter(|point| point.contains(who)).count();
    assert_eq!(told("after-sales-tech-head"), 1, "{fired:?}");
    assert_eq!(told("supervisor-1"), 1, "{fired:?}");
    assert_eq!(told("coalesced"), 1, "{fired:?}");
}

#[test]
fn who_is_told_is_told_again_when_the_time_of_coalescing_is_over() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    let fired = partition.lives("05-08 12:00");
    let told: Vec<&String> = fired
        .iter()
        .filter(|p| p.contains("after-sales-tech-head"))
        .collect();
    assert_eq!(
        told,
        [
            "05-07 15:00 preliminary_plan supervise after-sales-tech-head+supervisor-1",
            "05-08 12:00 start supervise after-sales-tech-head+supervisor-1",
        ]
    );
}

#[test]
fn an_acknowledged_step_quiets_the_next_one_that_may_be_quieted_and_no_other() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    partition.lives("05-08 10:00");
    let (recorded, _) = partition
        .does(seen("", "r-1"), "05-08 10:05")
        .expect("acknowledged");
    let recorded: Vec<String> = recorded.iter().map(words).collect();
    assert_eq!(
        recorded,
        ["result remind acknowledged by after-sales-tech-1"]
    );
    let (again, _) = partition
        .does(seen("", "r-1"), "05-08 10:06")
        .expect("acknowledged");
    assert!(again.is_empty(), "once");
    let fired = partition.lives("05-14 00:00");
    let steps = steps(&fired, "result");
    assert_eq!(steps[0], "05-11 18:00 result urge acknowledged");
    assert!(steps[1].ends_with("supervisor-1"), "{steps:?}");
    let row = partition.clock(1, "result");
    assert_eq!(row.steps[0].acknowledged_by, "after-sales-tech-1");
}

#[test]
fn only_a_step_that_was_reached_is_acknowledged_and_only_by_somebody() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    let refused = partition
        .does(seen("circulate", "r-1"), "05-08 10:05")
        .expect_err("not yet");
    assert_eq!(refused.code, tonic::Code::FailedPrecondition);
    assert!(
        refused
            .message
            .contains("remind, urge, supervise, circulate"),
        "{}",
        refused.message
    );
    partition.lives("05-08 10:00");
    let command::Command::Acknowledge(seen) = seen("remind", "r-2") else {
        unreachable!()
    };
    let nobody = Acknowledge {
        actor: "nobody".to_owned(),
        ..seen.clone()
    };
    let refused = partition.does(command::Command::Acknowledge(nobody), "05-08 11:00");
    assert_eq!(
        refused.expect_err("nobody").code,
        tonic::Code::InvalidArgument
    );
    let elsewhere = Acknowledge {
        clock: "lunch".to_owned(),
        ..seen
    };
    let refused = partition.does(command::Command::Acknowledge(elsewhere), "05-08 11:00");
    assert_eq!(
        refused.expect_err("no such clock").code,
        tonic::Code::InvalidArgument
    );
}

fn seen_by(actor: &str) -> command::Command {
    let command::Command::Acknowledge(seen) = seen("remind", "r-1") else {
        unreachable!()
    };
    let actor = actor.to_owned();
    command::Command::Acknowledge(Acknowledge { actor, ..seen })
}

#[test]
fn an_escalation_is_acknowledged_by_whom_it_calls_or_who_is_above_and_by_nobody_else() {
    let mut files = common::files();
    files.get_mut("staff.toml").expect("the staff").push_str(
        "\n[[delegation]]\nfrom = \"director-products\"\nto = \"logistics-ops-head\"\n\
         since = \"2026-05-01\"\nuntil = \"2026-05-31\"\n",
    );
    let rules = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let reached = || {
        let mut partition = Partition::under(&rules);
        partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
        partition.lives("05-08 10:00");
        partition
    };
    for stranger in ["after-sales-tech-2", "ecommerce-ops-head", "finance-1"] {
        let refused = reached().does(seen_by(stranger), "05-08 10:05");
        let refused = refused.expect_err(stranger);
        assert_eq!(refused.code, tonic::Code::PermissionDenied, "{stranger}");
        let who = "after-sales-tech-1";
        assert!(refused.message.contains(who), "{}", refused.message);
    }
    // The handler, the heads above, who is on the ladder, and who stands in for one of them.
    for concerned in [
        "after-sales-tech-1",
        "after-sales-tech-head",
        "director-products",
        "executive-1",
        "supervisor-1",
        "logistics-ops-head",
    ] {
        let done = reached().does(seen_by(concerned), "05-08 10:05");
        assert_eq!(done.expect(concerned).0.len(), 1, "{concerned}");
    }
}

#[test]
fn a_stopped_clock_climbs_no_further() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "normal", "05-07 10:00")]);
    partition.lives("05-11 18:00");
    let closed = redress_wire::router::CaseClosed::default();
    partition.lives_through(
        1,
        redress_wire::router::case_event::Change::Closed(closed),
        "05-12 09:00",
    );
    let fired = partition.lives("06-30 00:00");
    assert!(steps(&fired, "result").is_empty(), "{fired:?}");
}

#[test]
fn who_is_absent_is_stood_in_for() {
    let mut files = common::files();
    files.get_mut("staff.toml").expect("the staff").push_str(
        "\n[[delegation]]\nfrom = \"after-sales-tech-head\"\nto = \"quality-1\"\n\
         since = \"2026-05-01\"\nuntil = \"2026-05-31\"\n",
    );
    let rules = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let mut partition = Partition::under(&rules);
    partition.reads(&[routed(1, "phone", "urgent", "05-07 10:00")]);
    let fired = partition.lives("05-07 15:00");
    assert!(
        fired
            .last()
            .is_some_and(|step| step.ends_with("quality-1+supervisor-1")),
        "{fired:?}"
    );
}

#[test]
fn the_calculation_of_a_clock_is_shown_in_either_language() {
    let mut partition = Partition::new();
    partition.reads(&[routed(1, "phone", "low", "05-07 10:00")]);
    partition.lives("05-08 10:00");
    let explain = |locale: &str| {
        let mut found = partition.asks(query::Query::Explain(ExplainQuery {
            case: Some(Case::Number(common::number(1))),
            clock: "start".to_owned(),
            locale: locale.to_owned(),
        }));
        found.explained.remove(0).clocks.remove(0)
    };
    let (english, chinese) = (explain("en"), explain("zh-CN"));
    assert_eq!(
        (&*english.name, &*chinese.name),
        ("Start of handling", "启动处理")
    );
    let texts = |clock: &redress_wire::sla_monitor::ClockExplanation| {
        clock
            .spans
            .iter()
            .map(|span| span.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(&english),
        [
            "does not count",
            "counts",
            "make-up working day: 劳动节",
            "no working time",
            "counts"
        ]
    );
    assert_eq!(texts(&chinese)[2], "调休上班: 劳动节");
    assert_eq!(
        (english.counted, &*english.counted_in, &*english.allowance),
        (3, "days", "3 working days")
    );
    assert_eq!(
        english.ladder.iter().map(|s| &*s.name).collect::<Vec<_>>(),
        ["Urge", "Supervise"]
    );
}
