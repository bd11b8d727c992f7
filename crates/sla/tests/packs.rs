//! Regulators' packs at work: ladders and extensions, each against dates worked out by hand.

mod common;

use common::{Case, at, facts, shipped_files};
use jiff::Timestamp;
use redress_policy::{Milestone, Policy};
use redress_sla::{Clock, ClockSet};

/// The shipped policy with a pack.
fn with(pack: &str) -> Policy {
    let mut files = shipped_files();
    let house = files.get_mut("house.toml").expect("shipped");
    house.extend(["\n[[pack]]\nid = \"", pack, "\"\n"]);
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A case that was registered at an instant.
fn registered(policy: &Policy, at: Timestamp) -> Case<'_> {
    let life = [(Milestone::Registered.into(), at)];
    let (set, begun) = ClockSet::begin(policy.clock_rules(), &facts("normal"), life);
    assert_eq!(begun.faults, []);
    let facts = facts("normal");
    Case { policy, facts, set }
}

/// A clock's end and the steps of its ladder, on the clocks of its calendar.
fn shown(policy: &Policy, clock: &Clock) -> (String, Vec<String>) {
    let calendar = policy
        .calendar(&clock.allowance.calendar)
        .expect("a calendar");
    let read = |at: Timestamp| {
        let reading = calendar.zone().to_datetime(at);
        reading.strftime("%m-%d %H:%M").to_string()
    };
    let steps = clock.steps.iter();
    let steps = steps.map(|step| format!("{} {}", step.id, read(step.at)));
    (read(clock.due_at), steps.collect())
}

#[test]
fn a_12345_order_is_urged_before_its_end_supervised_and_circulated_after_it() {
    let policy = with("cn-12345");
    let mut case = registered(&policy, at("2026-09-28T15:00"));
    // 29, 30 September; 8, 9 October, Saturday 10 (made up); then Monday 12; up to Friday 16.
    let (due, steps) = shown(&policy, case.clock("cn_12345_result"));
    assert_eq!(due, "10-10 18:00");
    assert_eq!(
        steps,
        [
            "urge 10-09 09:00",
            "supervise 10-12 18:00",
            "circulate 10-16 18:00"
        ]
    );
    // Held from Wednesday over the holidays to 9 October: the 8th and the 9th are given back.
    case.holds("outside_cooperation", "2026-09-30T10:00");
    case.resumes("2026-10-09T10:00");
    let (due, steps) = shown(&policy, case.clock("cn_12345_result"));
    assert_eq!(due, "10-13 18:00");
    assert_eq!(
        steps,
        [
            "urge 10-12 09:00",
            "supervise 10-14 18:00",
            "circulate 10-20 18:00"
        ]
    );
}

#[test]
fn a_bank_extends_to_30_days_and_by_30_more() {
    let policy = with("cn-bank-insurance");
    let mut case = registered(&policy, at("2026-01-30T16:20"));
    // Day 1 is 31 January: day 15 is 14 February, a Saturday that is worked (调休).
    let (due, steps) = shown(&policy, case.clock("cn_bank_decision"));
    assert_eq!(due, "02-15 00:00");
    assert_eq!(steps[0], "extend_or_decide 02-12 09:00");
    let id = Some("cn_bank_decision");
    // Day 30 is 1 March; the three working days up to it are 26, 27 and Saturday 28 (made up).
    case.extends(id, "15 calendar days", "2026-02-10T10:00");
    let (due, steps) = shown(&policy, case.clock("cn_bank_decision"));
    assert_eq!(
        (due.as_str(), steps[0].as_str()),
        ("03-02 00:00", "extend_or_decide 02-26 09:00")
    );
    // Day 60 is 31 March.
    case.extends(id, "30 calendar days", "2026-02-26T10:00");
    let (due, _) = shown(&policy, case.clock("cn_bank_decision"));
    assert_eq!(due, "04-01 00:00");
}

#[test]
fn a_holding_response_gives_payments_35_business_days() {
    let policy = with("uk-disp-payments");
    let start: Timestamp = "2026-04-02T16:00:00+01:00".parse().expect("a time");
    let mut case = registered(&policy, start);
    // 7 to 10 April (4), three weeks of 5 to the 24th less one (14), Monday 27 (15).
    let (due, steps) = shown(&policy, case.clock("uk_payments_response"));
    assert_eq!(due, "04-27 17:00");
    assert_eq!(
        steps,
        ["hold_or_respond 04-23 09:00", "supervise 04-28 17:00"]
    );
    // 28 April to 1 May (19), 4 May off, 5 to 8 (23), 11 to 22 (33), 25 off, 26 and 27 (35).
    case.extends(
        Some("uk_payments_response"),
        "20 working days",
        "2026-04-24T17:00",
    );
    let (due, steps) = shown(&policy, case.clock("uk_payments_response"));
    assert_eq!(due, "05-27 17:00");
    assert_eq!(
        steps,
        ["hold_or_respond 05-22 09:00", "supervise 05-28 17:00"]
    );
}
