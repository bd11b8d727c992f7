//! The shipped policy with a department that has a webhook, and events as others record them.

#![allow(dead_code, reason = "not every test file tells every story")]

pub(crate) mod facts;

use prost::Message as _;
use redress_host::policy_dir::{Files, read};
use redress_notifier::Rules;
use redress_testkit::workspace_root;
use redress_wire::{
    Payload,
    customer::{PersonalData, SealedPersonalData},
    intake::ComplaintRegistered,
    log::Event,
    router::{CaseRouted, Reason},
    sla_monitor::{ClockBreached, ClockWarned},
};

pub(crate) const NUMBER: &str = "CF20260501001";
pub(crate) const EMAIL: &str = "wang.xiaoming@customer.example";
/// 2026-05-01 17:00 in the house's zone, in microseconds.
pub(crate) const NINE: i64 = 1_777_626_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const SECRET_ENV: &str = "REDRESS_WEBHOOK_SECRET_TEST";
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The department with a webhook.
pub(crate) const WITH_HOOK: &str = "after_sales_tech";
/// A department without one.
pub(crate) const WITHOUT_HOOK: &str = "customer_service";

/// The shipped policy; retries come soon, and one department has a webhook.
pub(crate) fn rules(hook: &str) -> Rules {
    rules_with(hook, |_| {})
}

pub(crate) fn rules_with(hook: &str, change: impl Fn(&mut Files)) -> Rules {
    let mut files = read(&workspace_root().join("policy")).expect("the shipped policy");
    let email = "email = \"after-sales-tech@redress.example\"\n";
    let with_hook =
        format!("{email}\n[department.webhook]\nurl = \"{hook}\"\nsecret_env = \"{SECRET_ENV}\"\n");
    replace(&mut files, "departments.toml", email, &with_hook);
    replace(
        &mut files,
        "notifications.toml",
        "initial = \"5s\"",
        "initial = \"1s\"",
    );
    change(&mut files);
    match Rules::parse(&files) {
        Ok(rules) => rules,
        Err(errors) => panic!("{errors}"),
    }
}

pub(crate) fn replace(files: &mut Files, file: &str, from: &str, to: &str) {
    let text = files.get_mut(file).expect("a shipped file");
    assert!(text.contains(from), "{file} has no {from:?}");
    *text = text.replacen(from, to, 1);
}

pub(crate) fn id_of(number: &str) -> Vec<u8> {
    blake3::hash(number.as_bytes()).as_bytes()[..16].to_vec()
}

pub(crate) fn at(number: &str, time_us: i64, payload: Payload) -> Event {
    let complaint_id = id_of(number);
    Event {
        complaint_id,
        time_us,
        payload: Some(payload),
        ..Event::default()
    }
}

/// Registered by a customer who left an address, or none.
pub(crate) fn registered(number: &str, email: &str, locale: &str) -> Event {
    let personal = PersonalData {
        name: "王小明".to_owned(),
        phone: "13812341234".to_owned(),
        email: email.to_owned(),
        description: "电池充不进电".to_owned(),
        ..PersonalData::default()
    };
    let registered = ComplaintRegistered {
        number: number.to_owned(),
        channel: "email".to_owned(),
        kind: "complaint".to_owned(),
        received_at_us: NINE,
        respond_by_us: NINE + 24 * HOUR,
        locale: locale.to_owned(),
        product: "X1".to_owned(),
        personal: Some(SealedPersonalData {
            key_id: String::new(),
            payload: personal.encode_to_vec().into(),
        }),
        ..ComplaintRegistered::default()
    };
    at(number, NINE, Payload::ComplaintRegistered(registered))
}

pub(crate) fn routed(number: &str, department: &str) -> Event {
    let routed = CaseRouted {
        number: number.to_owned(),
        channel: "email".to_owned(),
        kind: "complaint".to_owned(),
        category: "product_quality".to_owned(),
        urgency: "urgent".to_owned(),
        severity: "ordinary".to_owned(),
        department: department.to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        registered_at_us: NINE,
        reasons: vec![Reason {
            axis: "department".to_owned(),
            rule: "default".to_owned(),
            keywords: Vec::new(),
        }],
        ..CaseRouted::default()
    };
    at(number, NINE, Payload::CaseRouted(routed))
}

pub(crate) fn warned(number: &str, clock: &str, point: u32, due_at_us: i64) -> Event {
    let warned = ClockWarned {
        number: number.to_owned(),
        clock: clock.to_owned(),
        point,
        warn_at_us: NINE,
        due_at_us,
        department: WITH_HOOK.to_owned(),
        handler: "after-sales-tech-1".to_owned(),
    };
    at(number, NINE, Payload::ClockWarned(warned))
}

pub(crate) fn breached(number: &str, clock: &str, due_at_us: i64) -> Event {
    let breached = ClockBreached {
        number: number.to_owned(),
        clock: clock.to_owned(),
        due_at_us,
        department: WITH_HOOK.to_owned(),
        handler: "after-sales-tech-1".to_owned(),
    };
    at(number, due_at_us, Payload::ClockBreached(breached))
}
