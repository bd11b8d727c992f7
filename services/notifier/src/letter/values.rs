//! The variables of templates.

use jiff::Timestamp;
use minijinja::{Value, context};
use redress_policy::{Names, Policy};
use redress_wire::{
    event::timestamp,
    notifier::{CaseRow, DeliveryRow},
};

use crate::{Rules, cases::contact};

/// All of them, in the words of the delivery's locale; a value that the case does not have is an
/// empty text. What the customer said and is called stands in letters to the customer only.
pub(crate) fn of(rules: &Rules, case: &CaseRow, delivery: &DeliveryRow) -> Value {
    let policy = &rules.policy;
    let locale = delivery.locale.as_str();
    let word = |names: Option<&Names>| names.map_or("", |names| names.in_locale(locale)).to_owned();
    let time = |micros: i64| moment(policy, locale, timestamp(micros));
    let house = policy.house();
    let department = policy.departments().get(&delivery.department);
    let customer = (delivery.audience == "customer")
        .then(|| contact(case))
        .flatten();
    let (name, description) = customer
        .map(|contact| (contact.name, contact.description))
        .unwrap_or_default();
    context! {
        number => case.number.as_str(),
        respond_by => if case.respond_by_us == 0 { String::new() } else { time(case.respond_by_us) },
        registered_at => time(case.registered_at_us),
        customer_name => name,
        organisation => house.organisation.name.in_locale(locale),
        organisation_phone => house.organisation.phone.as_deref().unwrap_or_default(),
        channel => word(policy.channels().get(&case.channel).map(|c| &c.name)),
        category => word(policy.categories().get(&case.category).map(|c| &c.name)),
        urgency => word(house.urgencies.get(&case.urgency).map(|u| &u.name)),
        severity => word(house.severities.get(&case.severity).map(|s| &s.name)),
        wide_impact => case.wide_impact,
        department => word(department.map(|d| &d.name)),
        handler => department.and_then(|d| d.handler(&delivery.handler)).map_or("", |h| &*h.name),
        contact => department.map_or("", |d| d.contact_person().name.as_str()),
        product => case.product.as_str(),
        description => description,
        clock => word(policy.clocks().get(&delivery.clock).map(|c| &c.name)),
        due_at => delivery.due_at_us.map(time).unwrap_or_default(),
        step => "",
        reason => reasons(policy, case, locale),
    }
}

/// Why the case went where it went, as the rules explain it.
fn reasons(policy: &Policy, case: &CaseRow, locale: &str) -> String {
    let rules = case.rules.iter().filter_map(|id| policy.rules().get(id));
    let reasons: Vec<&str> = rules.map(|rule| rule.reason.in_locale(locale)).collect();
    reasons.join(if locale.starts_with("zh") {
        "；"
    } else {
        "; "
    })
}

/// A time in the house's zone, as letters say it.
fn moment(policy: &Policy, locale: &str, at: Timestamp) -> String {
    let at = at.to_zoned(policy.house().time_zone.clone());
    let form = if locale.starts_with("zh") {
        "%Y年%-m月%-d日 %H:%M"
    } else {
        "%-d %B %Y, %H:%M (UTC%:z)"
    };
    at.strftime(form).to_string()
}
