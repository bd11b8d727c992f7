//! The variables of templates.

use jiff::Timestamp;
use minijinja::{Value, context};
use redress_policy::{Names, Policy};
use redress_wire::{
    event::timestamp,
    notifier::{CaseRow, DeliveryRow},
    router::Satisfaction,
};

use super::{
    redress,
    text::{Sealed, Words, line},
};
use crate::{Rules, cases::contact};

/// All of them, in the words of the delivery's locale; a value that the case does not have is an
/// empty text. What the customer said and is called, and what was written for the customer,
/// stands in letters to the customer only.
pub(super) fn of(rules: &Rules, case: &CaseRow, delivery: &DeliveryRow) -> Result<Value, Sealed> {
    let policy = &rules.policy;
    let locale = delivery.locale.as_str();
    let word = |names: Option<&Names>| names.map_or("", |names| names.in_locale(locale)).to_owned();
    let time = |micros: i64| moment(policy, locale, timestamp(micros));
    let house = policy.house();
    let department = policy.departments().get(&delivery.department);
    let told = Told::of(rules, case, delivery)?;
    let clock = policy.clocks().get(&delivery.clock);
    let step = clock.and_then(|c| c.ladder.iter().find(|s| s.id.as_str() == delivery.step));
    let level = policy.approvals().levels.get(&delivery.level);
    Ok(context! {
        number => case.number.as_str(),
        respond_by => if case.respond_by_us == 0 { String::new() } else { time(case.respond_by_us) },
        registered_at => time(case.registered_at_us),
        organisation => house.organisation.name.in_locale(locale),
        organisation_phone => house.organisation.phone.as_deref().unwrap_or_default(),
        channel => word(policy.channels().get(&case.channel).map(|c| &c.name)),
        category => word(policy.categories().get(&case.category).map(|c| &c.name)),
        urgency => word(house.urgencies.get(&case.urgency).map(|u| &u.name)),
        severity => word(house.severities.get(&case.severity).map(|s| &s.name)),
        wide_impact => case.wide_impact,
        department => word(department.map(|d| &d.name)),
        handler => policy.staff().person(&delivery.handler).map_or("", |p| &*p.name),
        contact => department.map_or("", |d| d.contact_person().name.as_str()),
        product => line(&case.product),
        clock => word(clock.map(|c| &c.name)),
        due_at => delivery.due_at_us.map(time).unwrap_or_default(),
        step => word(step.map(|s| &s.name)),
        redress => redress::of(policy, case, delivery),
        plan => delivery.plan,
        level => level.map_or(delivery.level.as_str(), |l| l.name.in_locale(locale)),
        extension => span(&delivery.by, locale),
        customer_name => told.customer_name,
        description => told.description,
        reason => told.reason,
        text => told.text,
        answers => told.answers,
        apology => told.apology,
        appeal => told.appeal,
        pause => told.pause,
        batch => told.batch,
        other_number => told.other_number,
        satisfaction => told.satisfaction,
    })
}

/// What depends on who reads.
#[derive(Default)]
struct Told {
    customer_name: String,
    description: String,
    reason: String,
    text: String,
    answers: Vec<String>,
    apology: String,
    appeal: String,
    pause: String,
    batch: String,
    other_number: String,
    satisfaction: &'static str,
}

impl Told {
    fn of(rules: &Rules, case: &CaseRow, delivery: &DeliveryRow) -> Result<Self, Sealed> {
        let (policy, locale) = (&rules.policy, &*delivery.locale);
        let matter = case
            .matters
            .iter()
            .find(|matter| matter.version == delivery.case_version);
        let matter = matter.cloned().unwrap_or_default();
        let pause = policy.pauses().get(&matter.pause);
        let told = Self {
            pause: pause
                .map_or("", |pause| pause.name.in_locale(locale))
                .to_owned(),
            batch: line(&matter.batch_no),
            satisfaction: satisfaction(matter.satisfaction(), locale),
            ..Self::default()
        };
        if delivery.audience != "customer" {
            let reason = reasons(policy, case, locale);
            return Ok(Self { reason, ..told });
        }
        let mut words = Words::new();
        let contact = contact(case).unwrap_or_default();
        let answers = matter.answers.iter().map(|answer| words.open(Some(answer)));
        let answers = answers.collect::<Result<_, _>>()?;
        Ok(Self {
            answers,
            reason: words.open(matter.reason.as_ref())?,
            text: words.open(matter.text.as_ref())?,
            apology: words.open(matter.apology.as_ref())?,
            appeal: words.open(matter.appeal.as_ref())?,
            description: words.take(&contact.description),
            customer_name: line(&contact.name),
            other_number: matter.other_number,
            ..told
        })
    }
}

fn satisfaction(said: Satisfaction, locale: &str) -> &'static str {
    let (zh, en) = match said {
        Satisfaction::Unspecified => ("", ""),
        Satisfaction::Satisfied => ("满意", "satisfied"),
        Satisfaction::MostlySatisfied => ("基本满意", "mostly satisfied"),
        Satisfaction::Dissatisfied => ("不满意", "dissatisfied"),
    };
    if locale.starts_with("zh") { zh } else { en }
}

/// A span of a policy file in words.
fn span(by: &str, locale: &str) -> String {
    let Some((amount, unit)) = by.split_once(' ').filter(|_| locale.starts_with("zh")) else {
        return by.to_owned();
    };
    match unit {
        "working day" | "working days" => format!("{amount} 个工作日"),
        "calendar day" | "calendar days" => format!("{amount} 天"),
        _ => by.to_owned(),
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
