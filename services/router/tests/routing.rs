//! A complaint is triaged once, explained, and found again.

mod common;

use common::{
    Partition, about, at, clock_breached, clock_stopped, clocks_started, id, lived, number,
    numbers, registered, triage,
};
use redress_router::{Speech, case_view};
use redress_store::state_hash;
use redress_wire::{
    Payload, Service,
    customer::SealedPersonalData,
    event::proto_time,
    router::{Case, query},
    sla_monitor::{ClockMoved, ClockPaused, ClockResumed},
};

const LEAKS: &str = "贵公司的电饭煲漏电，质量太差，要求换货";

fn shown(partition: &Partition, case: u32, speech: Speech) -> Case {
    case_view(
        partition.case(case).expect("a case"),
        triage().policy(),
        speech,
    )
}

#[test]
fn the_tier_of_a_customer_goes_with_the_case() {
    let mut partition = Partition::new();
    let mut event = registered(1, LEAKS);
    if let Some(Payload::ComplaintRegistered(registered)) = &mut event.payload {
        "vip".clone_into(&mut registered.customer_tier);
    }
    let routed = partition.reads(Service::Intake, &event).expect("a routing");
    let [Payload::CaseRouted(routed)] = &routed[..] else {
        panic!("{routed:?}")
    };
    assert_eq!(routed.customer_tier, "vip");
}

#[test]
fn a_complaint_about_a_product_goes_to_after_sales_with_its_reasons() {
    let mut partition = Partition::new();
    let routed = partition.routes(1, LEAKS);
    assert_eq!(routed.category, "product_quality");
    assert_eq!(routed.department, "after_sales_tech");
    assert_eq!(routed.policy, triage().policy().version());
    assert_eq!(
        (routed.received_at_us, routed.registered_at_us),
        (at(1) - 500_000, at(1))
    );
    let on = |axis| {
        routed
            .reasons
            .iter()
            .filter(|reason| reason.axis == axis)
            .count()
    };
    assert!(on("category") > 0 && on("urgency") == 1 && on("severity") == 1);
    assert!(
        routed
            .reasons
            .iter()
            .any(|reason| reason.keywords.contains(&"漏电".to_owned()))
    );
}

#[test]
fn the_routing_holds_nothing_that_says_who_the_customer_is() {
    let mut partition = Partition::new();
    let routed = format!("{:?}", partition.routes(1, LEAKS));
    let row = format!("{:?}", partition.case(1));
    for secret in ["王小明", "13800001234", "要求换货", "贵公司"] {
        assert!(
            !routed.contains(secret) && !row.contains(secret),
            "{secret}"
        );
    }
}

#[test]
fn a_complaint_is_routed_once() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    let again = partition
        .reads(Service::Intake, &registered(1, LEAKS))
        .unwrap();
    assert!(again.is_empty(), "{again:?}");
}

#[test]
fn a_registration_whose_text_cannot_be_read_is_set_aside_with_the_reason() {
    let unreadable = |personal| {
        let mut event = registered(1, LEAKS);
        if let Some(Payload::ComplaintRegistered(registered)) = &mut event.payload {
            registered.personal = personal;
        }
        let mut partition = Partition::new();
        let reason = partition.reads(Service::Intake, &event).unwrap_err();
        assert_eq!(partition.case(1), None);
        reason
    };
    let sealed = |key: &str, payload: &'static [u8]| {
        Some(SealedPersonalData {
            key_id: key.to_owned(),
            payload: payload.into(),
        })
    };
    assert!(unreadable(None).contains("no personal data"));
    assert!(unreadable(sealed("", &[0xff, 0xff])).contains("cannot be decoded"));
    assert!(unreadable(sealed("customer-7", &[1])).contains("sealed"));
}

#[test]
fn a_kind_of_a_newer_release_is_routed_all_the_same() {
    let mut event = registered(1, LEAKS);
    if let Some(Payload::ComplaintRegistered(registered)) = &mut event.payload {
        registered.kind = "praise".to_owned();
    }
    let mut partition = Partition::new();
    assert_eq!(partition.reads(Service::Intake, &event).unwrap().len(), 1);
    assert_eq!(partition.case(1).unwrap().kind, "praise");
}

#[test]
fn a_case_is_found_by_number_and_by_id() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    partition.routes(2, "快递三天没有派送");
    let found = partition.asks(query::Query::Number(number(2)));
    assert_eq!(numbers(&found), ["002"]);
    assert_eq!(found[0].complaint_id, id(2).as_bytes());
    assert!(partition.asks(query::Query::Number(number(9))).is_empty());
    assert_eq!(partition.case(9), None);
}

#[test]
fn reasons_are_told_in_chinese_and_in_english() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    let (zh, en) = (
        shown(&partition, 1, Speech::Zh),
        shown(&partition, 1, Speech::En),
    );
    assert_eq!(
        (&*zh.category_name, &*en.category_name),
        ("产品质量", "Product quality")
    );
    assert_eq!(
        (&*zh.department_name, &*en.department_name),
        ("售后技术部", "After-sales Technology")
    );
    assert_eq!(zh.reasons.len(), en.reasons.len());
    for (zh, en) in zh.reasons.iter().zip(&en.reasons) {
        assert!(!zh.text.is_ascii(), "{zh:?}");
        assert!(!en.text.is_empty() && en.text != zh.text, "{en:?}");
    }
    let axes: Vec<&str> = zh.reasons.iter().map(|reason| &*reason.axis).collect();
    for axis in ["category", "urgency", "severity", "department", "handler"] {
        assert!(axes.contains(&axis), "{axis}");
    }
}

#[test]
fn a_case_that_no_rule_fits_says_so() {
    let mut partition = Partition::new();
    partition.routes(1, "……");
    let case = shown(&partition, 1, Speech::En);
    let why = case
        .reasons
        .iter()
        .find(|reason| reason.axis == "category")
        .unwrap();
    assert_eq!(
        (&*why.rule, &*why.text),
        ("default", "no rule applied: default")
    );
}

#[test]
fn a_work_order_names_task_people_and_deadline() {
    let mut partition = Partition::new();
    let routed = partition.routes(1, LEAKS);
    partition.hears(&clocks_started(1, &[("result", 7200), ("start", 3600)]));
    let case = shown(&partition, 1, Speech::Zh);
    let order = case.work_order.unwrap();
    assert_eq!(order.task, "产品质量 · 电饭煲");
    assert_eq!(
        (order.department, order.handler),
        (routed.department, routed.handler)
    );
    assert_eq!(order.contact_person, "陈志远");
    assert_eq!(order.deadline, Some(proto_time(at(3600))));
    assert_eq!(case.due_at, order.deadline);
    assert!(!case.handler_name.is_empty() && !case.late);
}

#[test]
fn the_earliest_clock_that_runs_is_the_due_time() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    let due = |partition: &Partition| shown(partition, 1, Speech::Zh).due_at;
    assert_eq!(due(&partition), None);
    partition.hears(&clocks_started(
        1,
        &[("first_response", 600), ("start", 3600)],
    ));
    assert_eq!(due(&partition), Some(proto_time(at(600))));
    partition.hears(&clock_stopped(1, "first_response"));
    assert_eq!(due(&partition), Some(proto_time(at(3600))));
    partition.hears(&clock_breached(1, "start"));
    assert_eq!(
        due(&partition),
        Some(proto_time(at(3600))),
        "late, and still to be done"
    );
    assert!(shown(&partition, 1, Speech::Zh).late);
    partition.hears(&clock_stopped(1, "start"));
    assert_eq!(due(&partition), None);
    assert!(!shown(&partition, 1, Speech::Zh).late);
}

#[test]
fn a_clock_that_stands_still_is_not_due_and_one_that_was_moved_is_due_later() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    let due = |partition: &Partition| shown(partition, 1, Speech::Zh).due_at;
    partition.hears(&clocks_started(1, &[("start", 600), ("result", 900)]));
    let clock = "start".to_owned();
    partition.hears(&about(
        1,
        at(100),
        Payload::ClockPaused(ClockPaused {
            clock: clock.clone(),
            ..ClockPaused::default()
        }),
    ));
    assert_eq!(due(&partition), Some(proto_time(at(900))));
    partition.hears(&about(
        1,
        at(200),
        Payload::ClockResumed(ClockResumed {
            clock: clock.clone(),
            due_at_us: at(700),
            ..ClockResumed::default()
        }),
    ));
    assert_eq!(due(&partition), Some(proto_time(at(700))));
    partition.hears(&clock_breached(1, "start"));
    partition.hears(&about(
        1,
        at(800),
        Payload::ClockMoved(ClockMoved {
            clock,
            due_at_us: at(850),
            ..ClockMoved::default()
        }),
    ));
    let case = shown(&partition, 1, Speech::Zh);
    assert_eq!(case.due_at, Some(proto_time(at(850))));
    assert!(!case.late, "it has got more time");
}

#[test]
fn the_state_is_told_in_both_languages() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    let named = |partition: &Partition| {
        [Speech::Zh, Speech::En].map(|speech| shown(partition, 1, speech).state_name)
    };
    assert_eq!(named(&partition), ["已分派", "assigned"]);
    partition.records(lived(1, 2, "on_hold"));
    assert_eq!(named(&partition), ["暂停中", "on hold"]);
    partition.records(lived(1, 3, "plan_proposed"));
    assert_eq!(named(&partition), ["方案待审批", "plan proposed"]);
    assert_eq!(shown(&partition, 1, Speech::En).version, 3);
}

#[test]
fn a_clock_that_was_met_as_it_started_does_not_run() {
    let mut partition = Partition::new();
    partition.routes(1, LEAKS);
    let mut started = clocks_started(1, &[("first_response", 600)]);
    if let Some(Payload::ClocksStarted(started)) = &mut started.payload {
        started.clocks[0].met_at_us = Some(at(1));
    }
    partition.hears(&started);
    assert!(partition.case(1).unwrap().clocks.is_empty());
}

#[test]
fn what_is_told_about_an_unknown_case_changes_nothing() {
    let mut partition = Partition::new();
    let empty = state_hash(&partition.rows).unwrap();
    partition.hears(&clocks_started(1, &[("start", 60)]));
    partition.hears(&clock_breached(1, "start"));
    let mut nameless = clock_stopped(1, "start");
    nameless.complaint_id.clear();
    partition.hears(&nameless);
    partition.hears(&about(
        1,
        at(0),
        Payload::Redriven(redress_wire::ops::Redriven::default()),
    ));
    assert_eq!(state_hash(&partition.rows).unwrap(), empty);
}

#[test]
fn a_replay_ends_in_the_same_rows() {
    let mut partition = Partition::new();
    for case in 1..40 {
        partition.routes(
            case,
            if case % 3 == 0 {
                LEAKS
            } else {
                "客服态度恶劣"
            },
        );
        partition.hears(&clocks_started(case, &[("start", 60), ("result", 90)]));
        if case % 2 == 0 {
            partition.hears(&clock_breached(case, "start"));
            partition.hears(&clock_stopped(case, "start"));
        }
    }
    let replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).unwrap(),
        state_hash(&partition.rows).unwrap()
    );
}
