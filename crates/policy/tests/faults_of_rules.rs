//! Faults of rules, deadlines, departments and messages: found, and said what to do about.

mod common;
mod fault;

use common::{errors_with, shipped};
use fault::one_error;
use redress_policy::{Policy, PolicyError, Reason};

#[test]
fn a_rule_decides_exactly_one_thing() {
    let from = "decides = { urgency = \"urgent\" }";
    let to = "decides = { urgency = \"urgent\", severity = \"major\" }";
    let reason = one_error("triage.toml", from, to, to);
    assert_eq!(reason, Reason::OneDecision { found: 2 });
}

#[test]
fn a_rule_with_an_empty_condition_is_refused() {
    let reason = one_error(
        "triage.toml",
        "[rule.when]\nquantity_at_least = 1000\n",
        "[rule.when]\n",
        "[rule.when]\n\n[[rule]]\nid = \"important-law-media\"",
    );
    assert!(matches!(reason, Reason::Empty { key } if key == "when"));
}

#[test]
fn a_rule_with_the_conditions_of_an_earlier_one_is_unreachable() {
    let rule = "[[rule]]\nid = \"late\"\ndecides = { severity = \"ordinary\" }\n\
                reason = { zh = \"迟\", en = \"late\" }\n[rule.when]\nquantity_at_least = 1000\n";
    let mut files = shipped();
    files.insert("triage/zzz.toml".to_owned(), rule.to_owned());
    let errors = Policy::parse(&files).expect_err("the rule is shadowed").0;
    let [
        PolicyError {
            line: 1,
            reason: Reason::ShadowedRule { rule, by, .. },
            ..
        },
    ] = &errors[..]
    else {
        panic!("{errors:#?}");
    };
    assert_eq!((rule.as_str(), by.as_str()), ("late", "major-quantity"));
}

#[test]
fn a_target_covered_by_an_earlier_one_is_unreachable() {
    let errors = errors_with(
        "deadlines.toml",
        "urgency = [\"urgent\"]\nwithin = \"2h\"",
        "within = \"2h\"",
    );
    let shadowed = errors
        .iter()
        .filter(|e| matches!(e.reason, Reason::ShadowedTarget { .. }));
    assert_eq!(shadowed.count(), 2, "{errors:#?}");
}

#[test]
fn a_target_whose_cases_earlier_ones_take_together_is_unreachable() {
    let from = "[[clock.target]]\nurgency = [\"low\"]\nwithin = \"3 working days\"";
    let rest = format!("{from}\n\n[[clock.target]]\nseverity = [\"major\"]\nwithin = \"1h\"");
    let errors = errors_with("deadlines.toml", from, &rest);
    let [
        PolicyError {
            reason: Reason::ShadowedTarget { first },
            ..
        },
    ] = &errors[..]
    else {
        panic!("{errors:#?}");
    };
    assert_eq!(first.matches("deadlines.toml:").count(), 3, "{first}");
    // Before them it takes its cases from each.
    let before = "[[clock.target]]\nurgency = [\"urgent\"]\nwithin = \"2h\"";
    let first = format!("[[clock.target]]\nseverity = [\"major\"]\nwithin = \"1h\"\n\n{before}");
    assert_eq!(errors_with("deadlines.toml", before, &first), []);
}

#[test]
fn a_keyword_must_not_stand_twice_in_a_rule() {
    let reason = one_error(
        "triage.toml",
        "\"质量差\",",
        "\"质量差\", \"质量差\",",
        "\"质量差\",",
    );
    assert!(matches!(reason, Reason::RepeatedKeyword { .. }));
}

#[test]
fn a_category_rule_cannot_ask_for_the_category() {
    let reason = one_error(
        "triage.toml",
        "wish = [\"refund\"]",
        "category = [\"logistics\"]",
        "category = [\"logistics\"]",
    );
    assert_eq!(reason, Reason::CategoryAsksCategory);
}

#[test]
fn a_clock_needs_a_target() {
    let errors = errors_with(
        "deadlines.toml",
        "per_channel = true",
        "per_channel = false",
    );
    assert!(
        errors
            .iter()
            .any(|e| matches!(&e.reason, Reason::NoTarget { clock } if clock == "first_response"))
    );
}

#[test]
fn a_ladder_must_climb() {
    let reason = one_error(
        "deadlines.toml",
        "after = \"5 working days\"",
        "after = \"2 working days\"",
        "[[clock.step]]\nid = \"circulate\"",
    );
    assert!(matches!(reason, Reason::LadderOrder { step } if step == "circulate"));
}

#[test]
fn the_contact_must_be_a_handler_of_the_department() {
    let reason = one_error(
        "departments.toml",
        "contact = \"product-1\"",
        "contact = \"marketing-1\"",
        "contact = \"marketing-1\"",
    );
    assert!(matches!(reason, Reason::HandlerElsewhere { contact, .. } if contact == "marketing-1"));
}

#[test]
fn somebody_must_take_each_urgency() {
    let errors = errors_with(
        "departments.toml",
        "email = \"product-1@redress.example\"\n\n[[department.handler]]\nid = \"product-2\"\nname = \"罗敏\"\n",
        "urgencies = [\"low\"]\n\n[[department.handler]]\nid = \"product-2\"\nname = \"罗敏\"\nurgencies = [\"low\"]\n",
    );
    let open: Vec<_> = errors
        .iter()
        .filter_map(|e| match &e.reason {
            Reason::UrgencyUncovered { urgency, .. } => Some(urgency.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(open, ["urgent", "normal"], "{errors:#?}");
}

#[test]
fn a_secret_must_not_stand_in_the_file() {
    let hook = "webhook = { url = \"https://h.example\", secret_env = \"whsec_c2VjcmV0\" }";
    let reason = one_error(
        "departments.toml",
        "email = \"product@redress.example\"",
        hook,
        hook,
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "secret_env"));
}

#[test]
fn a_webhook_needs_an_address() {
    let hook = "webhook = { url = \"h.example\", secret_env = \"HOOK\" }";
    let reason = one_error(
        "departments.toml",
        "email = \"product@redress.example\"",
        hook,
        hook,
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "url"));
}

#[test]
fn a_template_must_be_written_in_every_language() {
    let errors = errors_with("templates.toml", "[template.en]", "[template.fr]");
    assert!(
        errors
            .iter()
            .any(|e| matches!(&e.reason, Reason::MissingLanguage { locale, .. } if locale == "en"))
    );
}

#[test]
fn a_template_must_compile() {
    let reason = one_error(
        "templates.toml",
        "subject = \"【{{ number }}】处理结果通知\"",
        "subject = \"【{{ number 】处理结果通知\"",
        "subject = \"【{{ number 】",
    );
    assert!(matches!(reason, Reason::TemplateSyntax(_)));
}

#[test]
fn a_template_may_only_use_variables_that_are_filled() {
    let reason = one_error(
        "templates.toml",
        "subject = \"【{{ number }}】处理结果通知\"",
        "subject = \"【{{ nummer }}】处理结果通知\"",
        "nummer",
    );
    assert!(matches!(reason, Reason::UnknownVariable { variable, .. } if variable == "nummer"));
}

#[test]
fn a_customer_has_no_webhook() {
    let reason = one_error(
        "notifications.toml",
        "on = \"closed\"\nto = \"customer\"\nby = \"any\"",
        "on = \"closed\"\nto = \"customer\"\nby = \"webhook\"",
        "by = \"webhook\"\ntemplate = \"closed_notice\"",
    );
    assert!(matches!(reason, Reason::NoSuchMeans { .. }));
}

#[test]
fn only_clock_occasions_have_clocks() {
    let reason = one_error(
        "notifications.toml",
        "on = \"clock_warned\"",
        "on = \"accepted\"",
        "on = \"accepted\"",
    );
    assert!(matches!(reason, Reason::NoClockOccasion { .. }));
}

#[test]
fn an_audience_that_the_occasion_does_not_know_is_refused() {
    for to in ["approver", "superior", "supporting"] {
        let changed = format!("on = \"accepted\"\nto = \"{to}\"");
        let reason = one_error(
            "notifications.toml",
            "on = \"accepted\"\nto = \"customer\"",
            &changed,
            &format!("to = \"{to}\"\nby = \"any\"\ntemplate = \"accepted\""),
        );
        assert!(matches!(reason, Reason::BadValue { key, .. } if key == "to"));
    }
}

#[test]
fn what_goes_out_at_once_cannot_be_dropped() {
    let reason = one_error(
        "notifications.toml",
        "template = \"accepted\"\nafter = \"1m\"\n",
        "template = \"accepted\"\n",
        "dropped_by = [\"plan_offered\", \"executed\", \"closed\"",
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "dropped_by"));
}

#[test]
fn channels_met_by_the_acknowledgement_need_one() {
    let errors = errors_with(
        "notifications.toml",
        "on = \"registered\"",
        "on = \"accepted\"",
    );
    let channels: Vec<_> = errors
        .iter()
        .filter_map(|e| match &e.reason {
            Reason::NoAcknowledgement { channel } => Some(channel.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(channels, ["email", "social", "letter", "partner"]);
}
