//! Reads `templates.toml`.

use std::collections::BTreeMap;

use minijinja::Environment;

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::model::house::House;
use crate::model::template::{Template, TemplateText, VARIABLES};
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::report::At;
use crate::parse::{Sources, locales};

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
