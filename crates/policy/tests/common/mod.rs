//! The shipped policy as a map, and small changes to it.

use std::collections::BTreeMap;

use redress_policy::{Policy, PolicyError};

/// Every file of the shipped policy.
pub(crate) fn shipped() -> BTreeMap<String, String> {
    macro_rules! files {
        ($($name:literal),* $(,)?) => {
            [$(($name, include_str!(concat!("../../../../policy/", $name)))),*]
        };
    }
    let files = files![
        "approvals.toml",
        "calendars.toml",
        "calendars/china.toml",
        "calendars/england.toml",
        "categories.toml",
        "channels.toml",
        "deadlines.toml",
        "departments.toml",
        "house.toml",
        "notifications.toml",
        "packs/8d/deadlines.toml",
        "packs/8d/notifications.toml",
        "packs/cn-12345/deadlines.toml",
        "packs/cn-12345/notifications.toml",
        "packs/cn-bank-insurance/deadlines.toml",
        "packs/cn-bank-insurance/notifications.toml",
        "packs/cn-consumer/deadlines.toml",
        "packs/cn-consumer/notifications.toml",
        "packs/cn-telecom/deadlines.toml",
        "packs/cn-telecom/notifications.toml",
        "packs/uk-disp-payments/calendars.toml",
        "packs/uk-disp-payments/deadlines.toml",
        "packs/uk-disp-payments/notifications.toml",
        "packs/uk-disp/calendars.toml",
        "packs/uk-disp/deadlines.toml",
        "packs/uk-disp/notifications.toml",
        "packs/us-cfpb/calendars.toml",
        "packs/us-cfpb/deadlines.toml",
        "packs/us-cfpb/notifications.toml",
        "procedures.toml",
        "staff.toml",
        "templates.toml",
        "templates/customer.toml",
        "templates/staff.toml",
        "triage.toml",
        "triage/finance.toml",
        "triage/public.toml",
        "triage/telecom.toml",
        "triage/vehicles.toml",
    ];
    files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

/// The errors of the shipped policy with the first `from` in a file replaced.
#[allow(dead_code, reason = "not every test file changes the policy")]
pub(crate) fn errors_with(file: &str, from: &str, to: &str) -> Vec<PolicyError> {
    let mut files = shipped();
    let text = files.get_mut(file).expect("a shipped file");
    assert!(text.contains(from), "{file} has no {from:?}");
    *text = text.replacen(from, to, 1);
    Policy::parse(&files)
        .map(|_| ())
        .map_or_else(|errors| errors.0, |()| Vec::new())
}
