//! Every sort of fault of approvals is found, at its line.

mod common;
mod fault;

use common::{errors_with, shipped};
use fault::one_error;
use redress_policy::{ApprovalFault, Policy, Reason};

/// The one fault of the shipped approvals with a change, on the line where `at` stands.
#[track_caller]
fn approval_fault(from: &str, to: &str, at: &str) -> ApprovalFault {
    match one_error("approvals.toml", from, to, at) {
        Reason::Approval(fault) => fault,
        other => panic!("no fault of approvals: {other}"),
    }
}

/// The one fault of a further rule behind the shipped ones.
#[track_caller]
fn with_rule(rule: &str) -> ApprovalFault {
    let last = "above = 50_000\nlevels = [\"department_head\"]\n";
    let entry = format!("[[rule]]\nid = \"late\"\n{rule}\n");
    approval_fault(last, &format!("{last}\n{entry}"), &entry)
}

#[test]
fn a_currency_is_one_of_iso_4217() {
    for wrong in ["RMB", "cny", "", "CNY EUR"] {
        let to = format!("currency = \"{wrong}\"");
        let fault = approval_fault("currency = \"CNY\"", &to, &to);
        assert!(matches!(&fault, ApprovalFault::UnknownCurrency { code } if code == wrong));
    }
    let reason = one_error("approvals.toml", "currency = \"CNY\"", "", "# Who has to");
    let key = "currency".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
}

#[test]
fn an_amount_is_never_negative() {
    let fault = approval_fault("above = 50_000", "above = -1", "above = -1");
    assert_eq!(fault, ApprovalFault::NegativeAmount { amount: -1 });
    let reason = one_error(
        "approvals.toml",
        "above = 50_000",
        "above = 500.5",
        "above = 500.5",
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "above"));
}

#[test]
fn there_must_be_amounts_between_above_and_up_to() {
    let fault = with_rule("above = 200\nup_to = 200\nlevels = [\"director\"]");
    let (above, up_to) = (200, 200);
    assert_eq!(fault, ApprovalFault::NoAmount { above, up_to });
}

#[test]
fn a_rule_is_about_kinds_severities_and_departments_there_are() {
    for (rule, sort) in [
        ("kinds = [\"nowhere\"]", "redress"),
        ("severity = [\"nowhere\"]", "severity"),
        ("department = [\"nowhere\"]", "department"),
        ("steps = [\"nowhere\"]", "step"),
    ] {
        let to = format!("id = \"moderate\"\n{rule}");
        let reason = one_error("approvals.toml", "id = \"moderate\"", &to, "\"nowhere\"");
        assert!(
            matches!(&reason, Reason::Dangling { what, .. } if *what == sort),
            "{sort}: {reason}"
        );
    }
    let reason = one_error(
        "approvals.toml",
        "levels = [\"department_head\"]",
        "levels = [\"nowhere\"]",
        "\"nowhere\"",
    );
    assert!(matches!(reason, Reason::Dangling { what: "level", .. }));
}

#[test]
fn a_rule_names_its_levels_or_says_that_it_needs_none() {
    let from = "above = 50_000\nlevels = [\"department_head\"]\n";
    let reason = one_error(
        "approvals.toml",
        from,
        "above = 50_000\n",
        "[[rule]]\nid = \"moderate\"",
    );
    let key = "levels".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
    let own = "above = 50_000\nwithin_own_authority = true\n";
    assert_eq!(errors_with("approvals.toml", from, own), []);
    let fault =
        with_rule("kinds = [\"fix\"]\nwithin_own_authority = true\nsteps = [\"repair_done\"]");
    assert!(matches!(fault, ApprovalFault::StepsWithoutLevels { .. }));
    let fault =
        with_rule("kinds = [\"fix\"]\nwithin_own_authority = true\nlevels = [\"director\"]");
    assert!(matches!(
        fault,
        ApprovalFault::LevelsWithinOwnAuthority { .. }
    ));
}

#[test]
fn a_rule_for_an_amount_needs_kinds_with_a_price() {
    let fault = with_rule("kinds = [\"apology\", \"fix\"]\nabove = 1\nlevels = [\"director\"]");
    let rule = "late".to_owned();
    assert_eq!(fault, ApprovalFault::Priceless { rule });
}

#[test]
fn a_rule_whose_plans_earlier_rules_take_can_never_fire() {
    for (rule, by) in [
        // One earlier rule takes all.
        (
            "kinds = [\"exchange\"]\nlevels = [\"director\"]",
            "`exchange-major`",
        ),
        (
            "severity = [\"important\"]\nlevels = [\"director\"]",
            "`important`",
        ),
        (
            "above = 60_000\nup_to = 70_000\nlevels = [\"director\"]",
            "`moderate`",
        ),
        // Of many kinds the sum is at least that of the one.
        (
            "kinds = [\"refund\"]\nabove = 60_000\nlevels = [\"director\"]",
            "`moderate`",
        ),
        // One for each severity.
        (
            "severity = [\"important\", \"major\"]\nlevels = [\"director\"]",
            "`major`",
        ),
        (
            "department = [\"product\"]\nabove = 50_000\nlevels = [\"director\"]",
            "`moderate`",
        ),
    ] {
        let fault = with_rule(rule);
        assert!(
            matches!(&fault, ApprovalFault::ShadowedRule { by: found, .. } if found.contains(by)),
            "{rule}: {fault}"
        );
    }
}

#[test]
fn rules_for_small_and_for_large_amounts_together_leave_nothing() {
    let last = "above = 50_000\nlevels = [\"department_head\"]\n";
    let small = "[[rule]]\nid = \"small\"\nup_to = 50_000\nwithin_own_authority = true\n";
    let late = "[[rule]]\nid = \"late\"\nlevels = [\"director\"]\n";
    let fault = approval_fault(last, &format!("{last}\n{small}\n{late}"), late);
    let ApprovalFault::ShadowedRule { by, .. } = fault else {
        panic!("another fault");
    };
    assert!(by.contains("`small`") && by.contains("`moderate`"), "{by}");
    let gap = small.replace("50_000", "49_999");
    let to = format!("{last}\n{gap}\n{late}");
    assert_eq!(
        errors_with("approvals.toml", last, &to),
        [],
        "one amount is left"
    );
}

#[test]
fn a_rule_that_gets_some_plans_is_none_too_many() {
    let last = "above = 50_000\nlevels = [\"department_head\"]\n";
    for rule in [
        "levels = [\"director\"]",
        "kinds = [\"refund\"]\nlevels = [\"director\"]",
        "kinds = [\"refund\"]\nabove = 40_000\nlevels = [\"director\"]",
        "severity = [\"ordinary\", \"important\"]\nlevels = [\"director\"]",
        "department = [\"product\"]\nup_to = 100\nlevels = [\"director\"]",
    ] {
        let to = format!("{last}\n[[rule]]\nid = \"late\"\n{rule}\n");
        assert_eq!(errors_with("approvals.toml", last, &to), [], "{rule}");
    }
}

#[test]
fn a_level_asks_a_role_that_may_approve() {
    let reason = one_error(
        "approvals.toml",
        "role = \"finance\"",
        "role = \"wizard\"",
        "\"wizard\"",
    );
    assert!(matches!(reason, Reason::Dangling { what: "role", .. }));
    let errors = errors_with("approvals.toml", "role = \"finance\"", "role = \"quality\"");
    let reasons: Vec<_> = errors.iter().map(|e| &e.reason).collect();
    for command in ["approve_plan", "refuse_plan"] {
        let role = "quality".to_owned();
        let expected = Reason::from(ApprovalFault::MayNotApprove { role, command });
        assert!(reasons.contains(&&expected), "{errors:#?}");
    }
}

#[test]
fn somebody_has_the_role_that_a_level_asks_for() {
    let mut files = shipped();
    let staff = files.get_mut("staff.toml").expect("shipped");
    *staff = staff.replace("roles = [\"finance\"]", "roles = [\"supervisor\"]");
    let errors = Policy::parse(&files).expect_err("nobody is finance").0;
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}");
    };
    let (level, role) = ("finance".to_owned(), "finance".to_owned());
    assert_eq!(error.file, "approvals.toml");
    assert_eq!(
        error.reason,
        ApprovalFault::NobodyApproves { level, role }.into()
    );
}

#[test]
fn somebody_in_each_department_has_the_role_that_a_level_asks_for_there() {
    let fault = approval_fault(
        "role = \"business\"\nscope = \"house\"",
        "role = \"business\"\nscope = \"department\"",
        "[[level]]\nid = \"business\"",
    );
    let ApprovalFault::NobodyApprovesThere { departments, .. } = fault else {
        panic!("another fault");
    };
    assert!(departments.contains("product") && !departments.contains("marketing"));
}

#[test]
fn a_level_with_a_time_to_answer_says_who_is_asked_instead() {
    for line in [
        "answer_within = \"24h\"\n",
        "escalates_to = \"executive\"\n",
    ] {
        let from = "answer_within = \"24h\"\nescalates_to = \"executive\"\n";
        let fault = approval_fault(from, line, "[[level]]\nid = \"finance\"");
        assert_eq!(fault, ApprovalFault::HalfEscalation);
    }
}

#[test]
fn levels_do_not_escalate_in_a_circle() {
    let fault = approval_fault(
        "role = \"executive\"\nscope = \"house\"",
        "role = \"executive\"\nscope = \"house\"\nanswer_within = \"1h\"\nescalates_to = \"director\"",
        "escalates_to = \"executive\"",
    );
    let ApprovalFault::EscalationCircle { level, circle } = fault else {
        panic!("another fault");
    };
    assert_eq!(level, "director");
    assert_eq!(circle, "director → executive → director");
}

#[test]
fn a_level_that_nothing_leads_to_is_one_too_many() {
    let level = "[[level]]\nid = \"spare\"\nname = { zh = \"备\", en = \"Spare\" }\n\
                 role = \"executive\"\nscope = \"house\"\n";
    let to = format!("currency = \"CNY\"\n\n{level}");
    let fault = approval_fault("currency = \"CNY\"\n", &to, "id = \"spare\"");
    assert!(matches!(fault, ApprovalFault::UnusedLevel { .. }));
}
