//! What is refused of clocks and ladders.

mod common;
mod fault;

use common::errors_with;
use fault::one_error;
use redress_policy::{ClockFault, Reason};

const FILE: &str = "deadlines.toml";

#[track_caller]
fn clock_fault(from: &str, to: &str, at: &str) -> ClockFault {
    match one_error(FILE, from, to, at) {
        Reason::Clock(fault) => fault,
        other => panic!("{other}"),
    }
}

#[test]
fn a_step_must_name_somebody() {
    let fault = clock_fault(
        "after = \"2h\"\nto = [\"handler\"]",
        "after = \"2h\"",
        "[[clock.step]]\nid = \"urge\"",
    );
    assert_eq!(
        fault,
        ClockFault::NamesNobody {
            step: "urge".to_owned()
        }
    );
}

#[test]
fn a_step_must_not_go_to_a_role_that_nobody_has() {
    let mut files = common::shipped();
    let staff = files.get_mut("staff.toml").expect("shipped");
    staff.push_str("\n[[role]]\nid = \"ombudsman\"\nname = { zh = \"监察员\", en = \"Ombudsman\" }\nscope = \"house\"\nmay = [\"add_note\"]\n");
    let deadlines = files.get_mut(FILE).expect("shipped");
    *deadlines = deadlines.replacen("role:executive", "role:ombudsman", 1);
    let errors = redress_policy::Policy::parse(&files)
        .expect_err("nobody is an ombudsman")
        .0;
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}")
    };
    let role = "ombudsman".to_owned();
    assert_eq!(
        error.reason,
        Reason::Clock(ClockFault::NobodyHasRole { role })
    );
}

#[test]
fn a_step_must_not_go_higher_than_anybody_stands() {
    let fault = clock_fault(
        "to = [\"superior:2\", \"role:executive\"]",
        "to = [\"superior:9\"]",
        "\"superior:9\"",
    );
    assert!(matches!(fault, ClockFault::NobodyAbove { levels: 9, longest } if longest < 9));
    let fault = clock_fault("to = [\"handler\"]", "to = [\"boss\"]", "\"boss\"");
    assert_eq!(
        fault,
        ClockFault::UnknownRecipient {
            found: "boss".to_owned()
        }
    );
}

#[test]
fn a_step_is_before_the_end_or_after_it_and_not_both() {
    for (from, to) in [
        ("after = \"2h\"", "after = \"2h\"\nbefore = \"1h\""),
        ("after = \"2h\"\n", ""),
    ] {
        let fault = clock_fault(from, to, "[[clock.step]]\nid = \"urge\"");
        assert_eq!(
            fault,
            ClockFault::WhenOfStep {
                step: "urge".to_owned()
            }
        );
    }
}

#[test]
fn a_step_before_the_end_stands_before_those_after_it() {
    let reason = one_error(
        FILE,
        "before = \"1 working day\"",
        "after = \"2 working days\"",
        "[[clock.step]]\nid = \"urge\"\nname = { zh = \"催办\", en = \"Urge\" }\nafter = \"1 working day\"",
    );
    assert!(matches!(reason, Reason::LadderOrder { step } if step == "urge"));
}

#[test]
fn a_clock_that_can_never_stop_is_refused() {
    let fault = clock_fault(
        "start = \"executed\"\nmet_by = [\"customer_confirmed\", \"closed\"]",
        "start = \"executed\"\nmet_by = [\"registered\", \"received\"]",
        "[[clock]]\nid = \"confirmation\"",
    );
    assert!(matches!(fault, ClockFault::NeverStops { clock, .. } if clock == "confirmation"));
    let fault = clock_fault(
        "start = \"executed\"",
        "start = \"archived\"",
        "[[clock]]\nid = \"confirmation\"",
    );
    assert!(matches!(fault, ClockFault::NeverStops { .. }));
}

#[test]
fn a_time_that_no_calendar_has_room_for_is_refused() {
    let errors = errors_with(
        FILE,
        "within = \"7 working days\"",
        "within = \"70000 working days\"",
    );
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}")
    };
    let told = error.to_string();
    assert!(
        told.contains("`70000 working days` never ends within calendar `house`"),
        "{told}"
    );
}

#[test]
fn what_never_happens_starts_no_clock() {
    let fault = clock_fault(
        "start = \"executed\"",
        "start = \"exploded\"",
        "\"exploded\"",
    );
    assert!(matches!(fault, ClockFault::UnknownMoment { found, .. } if found == "exploded"));
    let reason = one_error(
        FILE,
        "\"measure:department_chase\"]",
        "\"measure:tea\"]",
        "\"measure:tea\"",
    );
    assert!(matches!(
        reason,
        Reason::Dangling {
            what: "measure",
            ..
        }
    ));
}

#[test]
fn a_measure_that_recurs_in_no_procedure_gives_no_clock() {
    let errors = errors_with(
        FILE,
        "per_periodic = \"executive_report\"",
        "per_periodic = \"task_force\"",
    );
    let nothing = |e: &redress_policy::PolicyError| matches!(&e.reason, Reason::Clock(ClockFault::NothingPeriodic { measure }) if measure == "task_force");
    assert!(errors.iter().any(nothing), "{errors:#?}");
}

fn clock(number: u32) -> String {
    format!(
        "\n[[clock]]\nid = \"clock-{number}\"\nname = {{ zh = \"钟\", en = \"Clock\" }}\n\
         start = \"registered\"\nmet_by = [\"closed\"]\n[[clock.target]]\nwithin = \"1h\"\n"
    )
}

#[test]
fn there_are_at_most_128_clocks_and_15_warnings_and_steps() {
    let mut more = String::from("warn_at = [0.8]\n\n[[clock.target]]\nwithin = \"24h\"\n");
    more.extend((0..128).map(clock));
    let errors = errors_with(
        FILE,
        "warn_at = [0.8]\n\n[[clock.target]]\nwithin = \"24h\"\n",
        &more,
    );
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}")
    };
    assert!(matches!(
        error.reason,
        Reason::Clock(ClockFault::TooManyClocks { limit: 128, .. })
    ));

    let warnings: Vec<String> = (1..=16).map(|minutes| format!("\"{minutes}m\"")).collect();
    let warnings = format!("warn_at = [{}]", warnings.join(", "));
    let fault = clock_fault(
        "warn_at = [0.5, 0.8]",
        &warnings,
        "[[clock]]\nid = \"first_response\"",
    );
    assert!(matches!(
        fault,
        ClockFault::TooManyPoints {
            what: "warnings",
            limit: 15,
            ..
        }
    ));
}

#[test]
fn a_warning_that_would_come_before_every_start_is_refused() {
    let from = "met_by = [\"accepted\"]\nwarn_at = [0.5, 0.8]";
    // Some cases have three working days for it.
    let fine = errors_with(
        FILE,
        from,
        "met_by = [\"accepted\"]\nwarn_at = [0.5, \"24h\"]",
    );
    assert_eq!(fine, []);
    let fault = clock_fault(
        "met_by = [\"customer_informed\", \"offered\", \"customer_agreed\", \"closed\"]\nwarn_at = [0.8]",
        "met_by = [\"customer_informed\", \"offered\", \"customer_agreed\", \"closed\"]\nwarn_at = [\"24h\"]",
        "[[clock]]\nid = \"preliminary_reply\"",
    );
    let told = fault.to_string();
    assert!(told.contains("longer than 24h"), "{told}");
}

const NORMAL_START: &str = "[[clock.target]]\nurgency = [\"normal\"]\nwithin = \"24h\"";

#[test]
fn targets_may_name_the_tier_of_the_customer_and_the_first_that_fits_counts() {
    let mut files = common::shipped();
    let text = files.get_mut(FILE).expect("shipped");
    let of_vip = "[[clock.target]]\ntier = [\"vip\"]\nurgency = [\"normal\"]\nwithin = \"8h\"\n\n";
    *text = text.replacen(NORMAL_START, &format!("{of_vip}{NORMAL_START}"), 1);
    let policy = redress_policy::Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let start = policy.clocks().get("start").expect("shipped");
    let within = |tier| {
        let case = redress_policy::CaseFacts {
            channel: "web",
            kind: redress_policy::Kind::Complaint,
            urgency: "normal",
            severity: "ordinary",
            category: "other",
            tier,
        };
        let target = start.target(&case).expect("a target");
        target.allowance.span.to_string()
    };
    let of_each = ["vip", "standard", ""].map(within);
    assert_eq!(of_each, ["8h", "24h", "24h"]);
    // Behind the target that takes every customer it would never count.
    let shadowed = errors_with(FILE, NORMAL_START, &format!("{NORMAL_START}\n\n{of_vip}"));
    assert!(
        matches!(&shadowed[..], [one] if matches!(one.reason, Reason::ShadowedTarget { .. })),
        "{shadowed:#?}"
    );
}

#[test]
fn a_tier_must_be_declared_also_where_the_house_declares_none() {
    let at = "\"gold\"";
    let to = NORMAL_START.replace("within", "tier = [\"gold\"]\nwithin");
    let reason = one_error(FILE, NORMAL_START, &to, at);
    assert!(matches!(&reason, Reason::Dangling { what: "tier", id, .. } if id == "gold"));
    let mut files = common::shipped();
    let house = files.get_mut("house.toml").expect("shipped");
    let tiers = house.find("[[tier]]").expect("declared");
    let rest = house.find("# Regulators' packs").expect("below");
    house.replace_range(tiers..rest, "");
    let text = files.get_mut(FILE).expect("shipped");
    *text = text.replacen(NORMAL_START, &to, 1);
    let errors = redress_policy::Policy::parse(&files)
        .expect_err("no tiers")
        .0;
    assert!(
        matches!(&errors[..], [one] if matches!(one.reason, Reason::Dangling { what: "tier", .. })),
        "{errors:#?}"
    );
}

#[test]
fn one_slip_is_one_fault() {
    let faults = |file: &str, from: &str, to: &str| {
        let mut files = common::shipped();
        let text = files.get_mut(file).expect("shipped");
        assert!(text.contains(from), "{file} does not say {from}");
        *text = text.replacen(from, to, 1);
        let errors = redress_policy::Policy::parse(&files)
            .expect_err("a fault")
            .0;
        errors
            .iter()
            .map(|error| error.reason.to_string())
            .collect::<Vec<_>>()
    };
    let unknown = faults(
        "deadlines.toml",
        "met_by = [\"accepted\"]",
        "met_by = [\"acepted\"]",
    );
    assert_eq!(unknown.len(), 1, "{unknown:#?}");
    assert!(unknown[0].contains("acepted"), "{unknown:?}");
    let unmet = faults("deadlines.toml", "met_by = [\"accepted\"]\n", "");
    assert_eq!(
        unmet.len(),
        1,
        "three targets lack what their clock lacks: {unmet:#?}"
    );
    let torn = faults(
        "calendars/china.toml",
        "{ date = \"2018-01-01\", name",
        "{ date = \"2018-01-01, name",
    );
    assert_eq!(torn.len(), 1, "{torn:#?}");
    assert!(torn[0].contains("not valid TOML"), "{torn:?}");
    let calendar = faults(
        "deadlines.toml",
        "calendar = \"house\"",
        "calendar = \"huose\"",
    );
    assert!(
        calendar.iter().all(|it| !it.contains("no target")),
        "{calendar:#?}"
    );
    assert!(
        calendar.len() <= 2 && calendar.concat().contains("huose"),
        "{calendar:#?}"
    );
}

#[test]
fn a_calendar_that_is_not_there_is_one_fault() {
    let reason = one_error(
        FILE,
        "calendar = \"house\"",
        "calendar = \"hous\"",
        "\"hous\"",
    );
    assert!(matches!(reason, Reason::Dangling { id, .. } if id == "hous"));
}
