//! The shipped policy is free of faults and says what the house rules say (domain.md 2, 3 and 5).

mod common;

use common::shipped;
use jiff::SignedDuration;
use redress_calendar::Span;
use redress_policy::{CaseFacts, Kind, MetBy, Milestone, Occasion, Policy};

fn policy() -> Policy {
    Policy::parse(&shipped()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn case<'a>(channel: &'a str, urgency: &'a str) -> CaseFacts<'a> {
    CaseFacts {
        channel,
        kind: Kind::Complaint,
        urgency,
        severity: "ordinary",
        category: "product_quality",
        tier: "",
    }
}

fn within(clock: &str, urgency: &str) -> Option<Span> {
    let policy = policy();
    let clock = policy.clocks().get(clock).expect("a shipped clock");
    clock
        .target(&case("web", urgency))
        .map(|t| t.allowance.span)
}

#[test]
fn the_version_changes_with_the_files_only() {
    let (one, same) = (policy(), policy());
    assert_eq!(one.version(), same.version());
    let mut files = shipped();
    files.get_mut("house.toml").expect("shipped").push('\n');
    let other = Policy::parse(&files).expect("an empty line is no fault");
    assert_ne!(one.version(), other.version());
    files.insert("README.md".to_owned(), "not read".to_owned());
    assert_eq!(
        Policy::parse(&files).expect("not read").version(),
        other.version()
    );
}

#[test]
fn the_nine_channels_of_the_contract_exist() {
    let policy = policy();
    for id in [
        "phone", "email", "chat", "social", "web", "app", "shop", "letter", "partner",
    ] {
        assert!(policy.channels().contains(id), "{id}");
    }
}

#[test]
fn phone_and_chat_answer_within_10_seconds_email_and_social_within_2_hours() {
    let policy = policy();
    for (id, seconds, met_by) in [
        ("phone", 10, MetBy::Registration),
        ("chat", 10, MetBy::Registration),
        ("email", 7200, MetBy::Acknowledgement),
        ("social", 7200, MetBy::Acknowledgement),
    ] {
        let channel = policy.channels().get(id).expect("a shipped channel");
        assert_eq!(
            channel.first_response,
            SignedDuration::from_secs(seconds),
            "{id}"
        );
        assert_eq!(channel.met_by, met_by, "{id}");
    }
}

#[test]
fn the_first_response_clock_follows_the_channel() {
    let policy = policy();
    let clock = policy.clocks().get("first_response").expect("shipped");
    let email = clock
        .target(&case("email", "normal"))
        .expect("runs for email");
    assert_eq!(email.allowance.span, Span::wall_secs(7200));
    assert_eq!(email.met_by, [Milestone::Acknowledged]);
    let phone = clock
        .target(&case("phone", "normal"))
        .expect("runs for the phone");
    assert_eq!(phone.met_by, [Milestone::Registered]);
}

#[test]
fn urgent_cases_start_within_2_hours_and_have_a_plan_within_4() {
    assert_eq!(within("start", "urgent"), Some(Span::wall_secs(2 * 3600)));
    assert_eq!(
        within("preliminary_plan", "urgent"),
        Some(Span::wall_secs(4 * 3600))
    );
}

#[test]
fn normal_cases_start_within_24_hours_and_end_within_48() {
    assert_eq!(within("start", "normal"), Some(Span::wall_secs(24 * 3600)));
    assert_eq!(within("result", "normal"), Some(Span::wall_secs(48 * 3600)));
    assert_eq!(within("preliminary_plan", "normal"), None);
}

#[test]
fn low_cases_start_within_3_working_days_and_end_within_7() {
    assert_eq!(within("start", "low"), Some(Span::working_days(3)));
    assert_eq!(within("result", "low"), Some(Span::working_days(7)));
}

#[test]
fn each_house_category_has_its_department() {
    let policy = policy();
    for (category, zh, department, department_zh) in [
        (
            "product_quality",
            "产品质量",
            "after_sales_tech",
            "售后技术部",
        ),
        (
            "service_attitude",
            "服务态度",
            "customer_service",
            "客户服务部",
        ),
        ("logistics", "物流配送", "logistics_ops", "物流运营部"),
        ("account_order", "账户/订单", "ecommerce_ops", "电商运营部"),
        ("suggestion", "建议", "product", "产品部"),
    ] {
        assert_eq!(
            policy.categories().get(category).expect("shipped").name.zh,
            zh
        );
        assert_eq!(policy.lead(category).id, department);
        assert_eq!(policy.lead(category).name.zh, department_zh);
    }
}

#[test]
fn the_acknowledgement_says_the_words_of_the_house_rule() {
    let policy = policy();
    let sent = policy
        .notifications_on(Occasion::Registered)
        .next()
        .expect("shipped");
    let template = policy.templates().get(&sent.template).expect("checked");
    let (locale, text) = template.text("zh-TW", "en").expect("the same language");
    assert_eq!(locale, "zh-CN");
    assert!(text.body.contains("已收到您的反馈，我们将尽快核实处理"));
    assert!(text.body.contains("{{ number }}") && text.body.contains("{{ respond_by }}"));
    assert_eq!(template.text("fr", "en").map(|(l, _)| l), Some("en"));
}

#[test]
fn make_up_days_are_worked_and_holidays_are_not() {
    let policy = policy();
    let calendar = policy.calendar(&"house".into()).expect("shipped");
    let works = |date: &str| calendar.is_working_day(date.parse().expect("a date"));
    assert!(!works("2026-10-01") && !works("2026-02-17") && !works("2026-11-21"));
    assert!(works("2026-10-10"), "调休");
    assert!(works("2026-11-20"));
}

#[test]
fn assignment_is_even_and_always_the_same() {
    let policy = policy();
    let department = policy.lead("product_quality");
    let urgent = "urgent".into();
    let mut counts = std::collections::BTreeMap::new();
    for n in 0..3000 {
        let id = format!("complaint-{n}");
        let handler = department.assign(&id, &urgent);
        assert_eq!(handler, department.assign(&id, &urgent));
        assert!(handler.takes(&urgent));
        *counts.entry(handler.id.clone()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 2, "the third takes no urgent cases");
    assert!(
        counts.values().all(|c| (1300..1700).contains(c)),
        "{counts:?}"
    );
}

#[test]
fn waits_between_attempts_grow_up_to_the_longest() {
    let policy = policy();
    let waits: Vec<_> = (1..=4).map(|n| policy.retry().wait(n).as_secs()).collect();
    assert_eq!(waits, [5, 10, 20, 40]);
    assert_eq!(policy.retry().wait(1000), policy.retry().longest);
}
