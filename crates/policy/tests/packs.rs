//! Regulators' packs: each against dates worked out by hand, and what a pack may not do.

mod common;

use common::shipped;
use jiff::civil::DateTime;
use redress_policy::{CaseFacts, Kind, Policy, PolicyError, Reason};

/// The shipped policy with these lines at the end of `house.toml`.
fn with(lines: &str) -> Result<Policy, Vec<PolicyError>> {
    with_file("packs/none/README.md", "", lines)
}

fn with_file(name: &str, text: &str, lines: &str) -> Result<Policy, Vec<PolicyError>> {
    let mut files = shipped();
    files.insert(name.to_owned(), text.to_owned());
    files
        .get_mut("house.toml")
        .expect("shipped")
        .push_str(lines);
    Policy::parse(&files).map_err(|errors| errors.0)
}

fn named(pack: &str) -> Policy {
    with(&format!("[[pack]]\nid = \"{pack}\"\n")).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn case(category: &str, kind: Kind) -> CaseFacts<'_> {
    CaseFacts {
        channel: "web",
        kind,
        urgency: "normal",
        severity: "ordinary",
        category,
        tier: "",
    }
}

/// When a clock that starts at a reading of its calendar's clocks is due, on the same clocks.
#[track_caller]
fn due(policy: &Policy, clock: &str, start: &str) -> String {
    let clock = policy.clocks().get(clock).expect("a clock of the pack");
    let case = case("product_quality", Kind::Complaint);
    let allowance = &clock.target(&case).expect("runs for complaints").allowance;
    let calendar = policy.calendar(&allowance.calendar).expect("declared");
    let start: DateTime = start.parse().expect("a reading");
    let start = calendar.zone().to_timestamp(start).expect("an instant");
    let due = calendar
        .due(start, allowance.span, allowance.counting)
        .expect("a due time");
    calendar
        .zone()
        .to_datetime(due)
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

#[test]
fn telecom_answers_by_the_end_of_the_15th_day() {
    let policy = named("cn-telecom");
    // 1 October is day 1, 15 October the last.
    assert_eq!(
        due(&policy, "cn_telecom_reply", "2026-09-30T10:00"),
        "2026-10-16 00:00"
    );
    assert_eq!(
        due(&policy, "cn_telecom_reply", "2026-09-30T23:59"),
        "2026-10-16 00:00"
    );
    // Over the leap day: 20 February is day 1, 5 March day 15.
    assert_eq!(
        due(&policy, "cn_telecom_reply", "2024-02-19T00:00"),
        "2024-03-06 00:00"
    );
}

#[test]
fn banks_and_insurers_decide_within_15_days() {
    let policy = named("cn-bank-insurance");
    // Day 1 is 31 January: day 15 is 14 February.
    let due = due(&policy, "cn_bank_decision", "2026-01-30T16:20");
    assert_eq!(due, "2026-02-15 00:00");
}

#[test]
fn the_market_regulator_accepts_within_7_working_days_and_mediates_within_45() {
    let policy = named("cn-consumer");
    // 29, 30 September; 8, 9 October, Saturday 10 (made up), 12, 13.
    let acceptance = due(&policy, "cn_consumer_acceptance", "2026-09-28T15:00");
    assert_eq!(acceptance, "2026-10-13 18:00");
    // From 14 October: 3 days of that week, eight weeks of 5 up to 11 December, then 14 and 15.
    let mediation = due(&policy, "cn_consumer_mediation", "2026-10-13T11:00");
    assert_eq!(mediation, "2026-12-15 18:00");
}

#[test]
fn a_12345_order_is_due_after_five_working_days() {
    let policy = named("cn-12345");
    // 29, 30 September; 8, 9 October, Saturday 10 (made up).
    let due = due(&policy, "cn_12345_result", "2026-09-28T15:00");
    assert_eq!(due, "2026-10-10 18:00");
}

#[test]
fn disp_counts_business_days_of_england_over_easter() {
    let policy = named("uk-disp");
    // Good Friday is 3 April 2026, Easter Monday the 6th: 7, 8, 9 April.
    assert_eq!(
        due(&policy, "uk_disp_summary", "2026-04-02T16:00"),
        "2026-04-09 17:00"
    );
    // Eight weeks after a Thursday end with a Thursday: 28 May.
    assert_eq!(
        due(&policy, "uk_disp_final_response", "2026-04-02T16:00"),
        "2026-05-29 00:00"
    );
    // Boxing Day of 2026 is a Saturday, so Monday 28 is off: 29, 30, 31 December.
    assert_eq!(
        due(&policy, "uk_disp_summary", "2026-12-24T10:00"),
        "2026-12-31 17:00"
    );
}

#[test]
fn disp_gives_payments_15_business_days() {
    let policy = named("uk-disp-payments");
    // 7 to 10 April (4), three weeks of 5 to the 24th less one (14), Monday 27 (15).
    let due = due(&policy, "uk_payments_response", "2026-04-02T16:00");
    assert_eq!(due, "2026-04-27 17:00");
}

#[test]
fn cfpb_answers_are_due_15_and_60_days_after_on_new_york_clocks() {
    let policy = named("us-cfpb");
    // Clocks change on 8 March 2026; day 15 is 17 March, day 60 is 1 May.
    let start = "2026-03-02T10:00";
    assert_eq!(due(&policy, "us_cfpb_response", start), "2026-03-18 00:00");
    assert_eq!(
        due(&policy, "us_cfpb_final_response", start),
        "2026-05-02 00:00"
    );
}

#[test]
fn an_8d_report_runs_around_the_clock() {
    let policy = named("8d");
    // The evening before the May holidays.
    let start = "2026-04-30T22:00";
    assert_eq!(due(&policy, "8d_d0", start), "2026-05-01 02:00");
    assert_eq!(due(&policy, "8d_d3", start), "2026-05-01 22:00");
    assert_eq!(due(&policy, "8d_d5", start), "2026-05-02 22:00");
}

/// Every pack that is shipped.
const PACKS: [&str; 8] = [
    "8d",
    "cn-12345",
    "cn-bank-insurance",
    "cn-consumer",
    "cn-telecom",
    "uk-disp",
    "uk-disp-payments",
    "us-cfpb",
];

#[test]
fn all_packs_hold_together_and_leave_the_house_as_it_is() {
    let all: String = PACKS
        .map(|pack| format!("[[pack]]\nid = \"{pack}\"\n"))
        .concat();
    let policy = with(&all).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let house = with("").unwrap_or_else(|errors| panic!("{errors:#?}"));
    for clock in house.clocks() {
        assert_eq!(policy.clocks().get(&clock.id), Some(clock));
    }
    let of_packs = policy.clocks().len() - house.clocks().len();
    assert_eq!(of_packs, 13);
    for clock in policy.clocks() {
        if !house.clocks().contains(&clock.id) {
            assert!(
                clock.target(&case("other", Kind::Suggestion)).is_none(),
                "{:?}",
                clock.id
            );
        }
    }
}

#[test]
fn a_pack_runs_for_the_cases_that_the_house_names_it_for() {
    let lines = "[[pack]]\nid = \"cn-telecom\"\ncategory = [\"network_quality\", \"billing\"]\n";
    let policy = with(lines).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let clock = policy.clocks().get("cn_telecom_reply").expect("named");
    assert!(clock.target(&case("billing", Kind::Complaint)).is_some());
    assert!(clock.target(&case("vehicle", Kind::Complaint)).is_none());
    assert!(
        clock.target(&case("billing", Kind::Suggestion)).is_none(),
        "the pack says complaints"
    );
    let start = policy.clocks().get("start").expect("shipped");
    assert!(
        start.target(&case("vehicle", Kind::Complaint)).is_some(),
        "the house's own stay"
    );
}

fn only_reason(lines: &str) -> Reason {
    let errors = with(lines).expect_err("a fault");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0].file, "house.toml");
    errors[0].reason.clone()
}

#[test]
fn a_pack_that_is_not_there_is_told_with_those_that_are() {
    let reason = only_reason("[[pack]]\nid = \"uk-dips\"\n");
    let Reason::Dangling {
        what: "pack",
        known,
        ..
    } = &reason
    else {
        panic!("{reason}");
    };
    assert!(known.contains("uk-disp, uk-disp-payments"), "{known}");
}

#[test]
fn a_pack_is_named_once_and_for_cases_that_it_means() {
    let twice = "[[pack]]\nid = \"8d\"\n[[pack]]\nid = \"8d\"\n";
    assert!(with(twice).is_err_and(|errors| errors[0].to_string().contains("named twice")));
    let nothing = "[[pack]]\nid = \"cn-telecom\"\nkind = [\"suggestion\"]\n";
    assert!(matches!(only_reason(nothing), Reason::PackOfNothing { .. }));
    let nowhere = "[[pack]]\nid = \"cn-telecom\"\ncategory = [\"nowhere\"]\n";
    assert!(matches!(
        only_reason(nowhere),
        Reason::Dangling {
            what: "category",
            ..
        }
    ));
    let unknown = "[[pack]]\nid = \"cn-telecom\"\ncategories = [\"billing\"]\n";
    assert!(matches!(only_reason(unknown), Reason::UnknownKey { .. }));
}

#[test]
fn a_pack_may_not_reach_beyond_itself() {
    let named = "[[pack]]\nid = \"own\"\n";
    let clock = "[[clock]]\nid = \"own_clock\"\nname = { zh = \"一\", en = \"one\" }\n\
                 start = \"registered\"\nmet_by = [\"closed\"]\n[[clock.target]]\nwithin = \"1h\"\n";
    let fine = with_file("packs/own/deadlines.toml", clock, named);
    assert!(fine.is_ok_and(|policy| policy.clocks().contains("own_clock")));

    let retry = "[retry]\ninitial = \"5s\"\n";
    let errors = with_file("packs/own/notifications.toml", retry, named).expect_err("a retry");
    let place = (errors[0].file.as_str(), errors[0].line);
    assert_eq!(place, ("packs/own/notifications.toml", 1), "{errors:#?}");
    assert!(matches!(&errors[0].reason, Reason::UnknownKey { key, .. } if key == "retry"));

    let errors = with_file("packs/own/house.toml", "", named).expect_err("a house");
    assert!(matches!(errors[0].reason, Reason::UnknownFile { .. }));

    let taken = clock.replace("own_clock", "start");
    let errors = with_file("packs/own/deadlines.toml", &taken, named).expect_err("taken");
    assert!(matches!(&errors[0].reason, Reason::Duplicate { id, .. } if id == "start"));

    let broken = with_file("packs/own/deadlines.toml", "[[clock]\n", named).expect_err("broken");
    assert_eq!(
        (broken[0].file.as_str(), broken[0].line),
        ("packs/own/deadlines.toml", 1)
    );
}

#[test]
fn a_pack_that_nobody_names_is_not_read() {
    let policy = with_file("packs/own/deadlines.toml", "broken = = 1", "");
    assert!(policy.is_ok_and(|policy| policy.clocks().get("cn_telecom_reply").is_none()));
}

#[test]
fn what_stands_at_the_head_of_a_pack_does_not_become_the_houses() {
    let house = with("").unwrap_or_else(|errors| panic!("{errors:#?}"));
    let both = with("[[pack]]\nid = \"us-cfpb\"\n").unwrap_or_else(|errors| panic!("{errors:#?}"));
    let calendar = |policy: &Policy, clock: &str| {
        let clock = policy.clocks().get(clock).expect("a clock");
        let target = clock
            .target(&case("other", Kind::Complaint))
            .expect("a target");
        target.allowance.calendar.clone()
    };
    assert_eq!(calendar(&both, "result"), calendar(&house, "result"));
    assert_eq!(calendar(&both, "us_cfpb_response"), "us-cfpb");
}
