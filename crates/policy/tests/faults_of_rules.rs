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

/// Two rules in a file of their own, with these words on the axis and these conditions.
fn two_rules(first: [&str; 2], second: [&str; 2]) -> Vec<PolicyError> {
    let rule = |id: &str, [decides, when]: [&str; 2]| {
        format!(
            "[[rule]]\nid = \"{id}\"\ndecides = {{ {decides} }}\n\
             reason = {{ zh = \"因\", en = \"why\" }}\n[rule.when]\n{when}\n"
        )
    };
    let mut files = shipped();
    let text = [rule("first", first), rule("second", second)].concat();
    files.insert("triage/zzz.toml".to_owned(), text);
    Policy::parse(&files).map_or_else(|errors| errors.0, |_| Vec::new())
}

#[test]
fn a_narrower_rule_behind_a_wider_one_is_unreachable() {
    let (urgent, low) = ("urgency = \"urgent\"", "urgency = \"low\"");
    let wide = "any = [\"qqq\", \"rrr\"]";
    for narrow in [
        "any = [\"qqq\"]",
        "any = [\"RRR\", \"qqq\"]\nchannel = [\"web\"]",
        "all = [\"rrr\", \"sss\"]",
        "any = [\"qqq\"]\nnone = [\"ttt\"]\nquantity_at_least = 5",
    ] {
        let errors = two_rules([urgent, wide], [low, narrow]);
        let [error] = &errors[..] else {
            panic!("{narrow}: {errors:#?}");
        };
        assert!(
            matches!(&error.reason, Reason::ShadowedRule { rule, by, .. }
                if rule == "second" && by == "first"),
            "{narrow}: {error}"
        );
        assert_eq!((error.file.as_str(), error.line), ("triage/zzz.toml", 7));
        // Before it, it is the exception.
        assert_eq!(two_rules([low, narrow], [urgent, wide]), [], "{narrow}");
    }
}

#[test]
fn a_rule_that_applies_where_an_earlier_one_does_not_is_reached() {
    let (urgent, low) = ("urgency = \"urgent\"", "urgency = \"low\"");
    for (first, second) in [
        ("any = [\"qqq\"]", "any = [\"qqq\", \"rrr\"]"),
        ("all = [\"qqq\"]", "any = [\"qqq\", \"rrr\"]"),
        ("any = [\"qqq\"]\nnone = [\"rrr\"]", "any = [\"qqq\"]"),
        ("any = [\"qqq\"]\nchannel = [\"web\"]", "any = [\"qqq\"]"),
        ("quantity_at_least = 70", "quantity_at_least = 60"),
    ] {
        assert_eq!(two_rules([urgent, first], [low, second]), [], "{second}");
    }
    let severe = "severity = \"ordinary\"";
    let words = "any = [\"qqq\"]";
    assert_eq!(
        two_rules([urgent, words], [severe, words]),
        [],
        "another axis"
    );
    // Of category rules the sums decide.
    let narrow = "any = [\"qqq\"]\nchannel = [\"web\"]";
    let categories = ["category = \"logistics\"", "category = \"account_order\""];
    let told = two_rules([categories[0], words], [categories[1], narrow]);
    assert_eq!(told, []);
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

#[test]
fn targets_that_contradict_each_other_for_some_cases_are_remarked_with_their_places() {
    let mut files = shipped();
    assert_eq!(Policy::parse(&files).expect("valid").remarks(), []);
    let text = files.get_mut("deadlines.toml").expect("shipped");
    let urgent = "[[clock.target]]\nurgency = [\"urgent\"]\nwithin = \"2h\"\n";
    let by_phone = "[[clock.target]]\nchannel = [\"phone\"]\nwithin = \"4h\"\n\n";
    let exception =
        "[[clock.target]]\nurgency = [\"urgent\"]\ntier = [\"vip\"]\nwithin = \"1h\"\n\n";
    *text = text.replacen(urgent, &format!("{exception}{urgent}\n{by_phone}"), 1);
    let line = |of: &str| text[..text.find(of).expect("there")].lines().count() + 1;
    let (first, second) = (line(urgent), line(by_phone));
    let policy = Policy::parse(&files).expect("valid");
    let told: Vec<String> = policy.remarks().iter().map(ToString::to_string).collect();
    let wanted = format!(
        "deadlines.toml:{first}: clock start: the targets of urgency urgent (2h) and, at \
         deadlines.toml:{second}, of channel phone (4h) both fit urgency urgent, channel phone; \
         the first counts"
    );
    assert!(told.contains(&wanted), "{wanted}\n{told:#?}");
    // An exception that stands before the rule is what exceptions are for.
    let exception = "tier vip (1h) and, at deadlines.toml:";
    let of_its_rule = |it: &String| it.contains(exception) && it.contains("of urgency urgent (2h)");
    assert!(!told.iter().any(of_its_rule), "{told:#?}");
}

#[test]
fn a_step_further_before_the_end_than_any_target_is_long_is_remarked() {
    let told = |before: &str| {
        let mut files = shipped();
        let text = files.get_mut("deadlines.toml").expect("shipped");
        let ladder = "[[clock.step]]\nid = \"supervise\"\nname = { zh = \"督办\", en = \"Supervise\" \
                      }\nafter = \"1h\"";
        assert!(text.contains(ladder), "the ladder of the preliminary plan");
        let early = format!(
            "[[clock.step]]\nid = \"early\"\nname = {{ zh = \"早\", en = \"Early\" }}\n\
             before = \"{before}\"\nto = [\"handler\"]\n\n{ladder}"
        );
        *text = text.replacen(ladder, &early, 1);
        let policy = Policy::parse(&files).expect("valid");
        policy
            .remarks()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let [remark] = &told("5h")[..] else {
        panic!("the clock has 4 hours");
    };
    assert!(
        remark.starts_with("deadlines.toml:")
            && remark.contains("clock preliminary_plan: step early"),
        "{remark}"
    );
    for before in ["3h", "1 working day"] {
        assert_eq!(told(before), [""; 0], "{before}");
    }
}
