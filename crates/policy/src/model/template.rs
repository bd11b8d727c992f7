//! `templates.toml`: what letters and messages say, per language.

use std::collections::BTreeMap;

use crate::catalog::entry;
use crate::ids::TemplateId;

/// The variables that every template may use; the notifier fills all of them (empty text where a
/// case has no such value).
pub const VARIABLES: &[&str] = &[
    "number",
    "respond_by",
    "registered_at",
    "customer_name",
    "organisation",
    "organisation_phone",
    "channel",
    "category",
    "urgency",
    "severity",
    "wide_impact",
    "department",
    "handler",
    "contact",
    "product",
    "description",
    "clock",
    "due_at",
    "step",
    "reason",
    "text",
    "answers",
    "apology",
    "appeal",
    "redress",
    "plan",
    "level",
    "extension",
    "satisfaction",
    "pause",
    "batch",
    "other_number",
];

/// A template in every language of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Referred to by notifications.
    pub id: TemplateId,
    /// By locale, such as `zh-CN`.
    pub texts: BTreeMap<String, TemplateText>,
}

/// Subject and body in one language, minijinja syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateText {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

impl Template {
    /// The text for a customer's locale and the locale it is in: exact, else the same language,
    /// else the fallback (which the checks make sure exists).
    pub fn text<'a>(
        &'a self,
        locale: &str,
        fallback: &'a str,
    ) -> Option<(&'a str, &'a TemplateText)> {
        let language = |l: &str| {
            l.split(['-', '_'])
                .next()
                .unwrap_or("")
                .to_ascii_lowercase()
        };
        self.texts
            .get_key_value(locale)
            .or_else(|| {
                let wanted = language(locale);
                self.texts.iter().find(|(l, _)| language(l) == wanted)
            })
            .or_else(|| self.texts.get_key_value(fallback))
            .map(|(l, t)| (l.as_str(), t))
    }
}

entry!(Template);
