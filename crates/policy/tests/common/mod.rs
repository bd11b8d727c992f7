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
        "categories.toml",
        "channels.toml",
        "deadlines.toml",
        "departments.toml",
        "house.toml",
        "notifications.toml",
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
