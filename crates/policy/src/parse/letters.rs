//! Reads `templates.toml` and `notifications.toml`.

use std::collections::BTreeMap;

use minijinja::Environment;

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::model::channel::{Channel, MetBy};
use crate::model::deadline::Scope;
use crate::model::house::House;
use crate::model::notification::{Audience, Means, Notification, Occasion, Retry};
use crate::model::template::{Template, TemplateText, VARIABLES};
use crate::parse::context::Ids;
use crate::parse::deadlines::scope;
use crate::parse::fields::Fields;
use crate::parse::report::At;
use crate::parse::span::{duration, positive, share};
use crate::parse::{Sources, locales, tables};

pub(crate) fn templates(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    house: Option<&House>,
) -> Catalog<Template> {
    let entries = sources.entries("templates", "template");
    entries
        .into_iter()
        .filter_map(|fields| template(fields, ids, house))
        .collect()
}

fn template(mut fields: Fields<'_, '_>, ids: &mut Ids, house: Option<&House>) -> Option<Template> {
    let id = ids.templates.read_id(&mut fields);
    let mut texts = BTreeMap::new();
    for (locale, mut table) in fields.other_tables() {
        let known = locales(house);
        if !known.is_empty() && !known.contains(&locale.value) {
            let problem = format!("the house writes in {}", known.join(", "));
            fields.report.fault(
                locale.place,
                Reason::BadValue {
                    key: locale.value,
                    problem,
                },
            );
            continue;
        }
        let subject = table.text("subject");
        let body = table.text("body");
        check_subject(&table, subject.as_ref());
        for text in [&subject, &body].into_iter().flatten() {
            check_text(&table, text);
        }
        if let (Some(subject), Some(body)) = (subject, body) {
            let text = TemplateText {
                subject: subject.value,
                body: body.value,
            };
            texts.insert(locale.value, text);
        } else {
            // Its faults are reported already; it is not missing as well.
            texts.insert(
                locale.value,
                TemplateText {
                    subject: String::new(),
                    body: String::new(),
                },
            );
        }
    }
    let id = id?.value;
    for locale in locales(house).iter().filter(|l| !texts.contains_key(*l)) {
        fields.fault(Reason::MissingLanguage {
            template: id.clone(),
            locale: locale.clone(),
        });
    }
    Some(Template {
        id: id.as_str().into(),
        texts,
    })
}

fn check_subject(fields: &Fields<'_, '_>, subject: Option<&At<String>>) {
    if let Some(subject) = subject.filter(|s| s.value.contains('\n')) {
        let problem = "a subject is one line".to_owned();
        let reason = Reason::BadValue {
            key: "subject".to_owned(),
            problem,
        };
        fields.report.fault(subject.place, reason);
    }
}

/// Compiles a text and looks for variables that nobody fills.
fn check_text(fields: &Fields<'_, '_>, text: &At<String>) {
    let environment = Environment::new();
    match environment.template_from_str(&text.value) {
        Err(error) => {
            let line = error
                .line()
                .map(|l| format!(" (line {l} of the text)"))
                .unwrap_or_default();
            let what = error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned);
            fields
                .report
                .fault(text.place, Reason::TemplateSyntax(format!("{what}{line}")));
        }
        Ok(template) => {
            let mut unknown: Vec<_> = template
                .undeclared_variables(false)
                .into_iter()
                .filter(|v| !VARIABLES.contains(&v.as_str()))
                .collect();
            unknown.sort();
            for variable in unknown {
                let known = VARIABLES.join(", ");
                fields
                    .report
                    .fault(text.place, Reason::UnknownVariable { variable, known });
            }
        }
    }
}

pub(crate) fn notifications(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    channels: &Catalog<Channel>,
) -> (Option<Retry>, Catalog<Notification>) {
    let mut roots = sources.take("notifications");
    let given: Vec<_> = roots
        .iter_mut()
        .filter_map(|root| root.opt_table("retry"))
        .collect();
    if let (true, Some(root)) = (given.is_empty(), roots.first()) {
        root.fault(Reason::MissingKey {
            key: "[retry]".to_owned(),
        });
    }
    let retry = given.into_iter().next_back().and_then(retry);
    let entries = tables(&mut roots, "notification");
    let all: Vec<_> = entries
        .into_iter()
        .filter_map(|f| notification(f, ids))
        .collect();
    if let Some(root) = roots.first() {
        check_acknowledged(root, channels, &all);
    }
    (retry, all.into_iter().collect())
}

fn retry(mut fields: Fields<'_, '_>) -> Option<Retry> {
    let initial = duration(&mut fields, "initial");
    let factor = fields.req::<f64>("factor");
    let longest = duration(&mut fields, "longest");
    let jitter = share(&mut fields, "jitter");
    let max_attempts = positive(&mut fields, "max_attempts");
    let give_up_after = duration(&mut fields, "give_up_after");
    let factor = factor?;
    if !(1.0..=100.0).contains(&factor.value) {
        let problem = format!("{} is not between 1 and 100", factor.value);
        fields.report.fault(
            factor.place,
            Reason::BadValue {
                key: "factor".to_owned(),
                problem,
            },
        );
    }
    Some(Retry {
        initial: initial?,
        factor: factor.value,
        longest: longest?,
        jitter: jitter?,
        max_attempts: u32::try_from(max_attempts?).unwrap_or(u32::MAX),
        give_up_after: give_up_after?,
    })
}

fn notification(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Notification> {
    let id = ids.notifications.read_id(&mut fields);
    let on = fields.req::<Occasion>("on");
    let to = fields.req::<Audience>("to");
    let by = fields.req::<Means>("by");
    let template = ids.templates.req(&mut fields, "template");
    let clocks = ids.clocks.list(&mut fields, "clocks");
    let scope = scope(&mut fields, ids);
    let (on, to, by) = (on?, to?, by?);
    if by.value == Means::Webhook && to.value != Audience::Department {
        let reason = Reason::NoSuchMeans {
            to: to.value.as_str(),
            by: by.value.as_str(),
        };
        fields.report.fault(by.place, reason);
    }
    let of_clock = [
        Occasion::ClockWarned,
        Occasion::ClockBreached,
        Occasion::ClockEscalated,
    ]
    .contains(&on.value);
    if !clocks.is_empty() && !of_clock {
        fields.report.fault(
            on.place,
            Reason::NoClockOccasion {
                on: on.value.as_str(),
            },
        );
    }
    Some(Notification {
        id: id?.value.as_str().into(),
        on: on.value,
        clocks,
        scope,
        to: to.value,
        by: by.value,
        template: template?,
    })
}

/// A channel whose first response is the acknowledgement needs a notification that sends one.
fn check_acknowledged(root: &Fields<'_, '_>, channels: &Catalog<Channel>, all: &[Notification]) {
    for channel in channels
        .iter()
        .filter(|c| c.met_by == MetBy::Acknowledgement)
    {
        let case = Scope {
            channel: vec![channel.id.clone()],
            ..Scope::default()
        };
        let sent = all.iter().any(|n| {
            n.on == Occasion::Registered && n.to == Audience::Customer && n.scope.includes(&case)
        });
        if !sent {
            root.fault(Reason::NoAcknowledgement {
                channel: channel.id.to_string(),
            });
        }
    }
}
