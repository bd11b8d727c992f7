//! Sentences and fields.

use redress_case::{Evidence, Text};
use redress_complaint::mask;
use redress_wire::router::TimelineField;

use crate::locale::Speech;

/// What is told of a fact: a sentence in both languages, and what was said.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    zh: String,
    en: String,
    pub(super) fields: Vec<TimelineField>,
}

impl Told {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
            fields: Vec::new(),
        }
    }

    pub(super) fn with(self, fields: Fields) -> Self {
        Self {
            fields: fields.fields,
            ..self
        }
    }

    /// The sentence; file and reason names in it are the house's own.
    pub(super) fn sentence(&self, speech: Speech) -> String {
        speech.pick(&self.zh, &self.en).to_owned()
    }
}

/// Fields under their names in the caller's language; what is empty is left out.
pub(super) struct Fields {
    speech: Speech,
    fields: Vec<TimelineField>,
}

impl Fields {
    pub(super) fn new(speech: Speech) -> Self {
        Self {
            speech,
            fields: Vec::new(),
        }
    }

    /// What somebody wrote. It may name the customer, so numbers and addresses are masked.
    pub(super) fn text(self, name: (&str, &str), text: &Text) -> Self {
        let value = match text.as_str() {
            "" if text.is_empty() => String::new(),
            "" => self.speech.pick("（不可读）", "(not readable)").to_owned(),
            words => mask::text(words),
        };
        self.word(name, value)
    }

    pub(super) fn word(mut self, (zh, en): (&str, &str), value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.fields.push(TimelineField {
                name: self.speech.pick(zh, en).to_owned(),
                value,
            });
        }
        self
    }

    pub(super) fn reason(self, text: &Text) -> Self {
        self.text(("原因", "reason"), text)
    }

    pub(super) fn evidence(self, evidence: &[Evidence]) -> Self {
        evidence.iter().fold(self, |fields, piece| {
            let by = match piece.verified_by.as_str() {
                "" => String::new(),
                by => format!(" ({by})"),
            };
            let shows = match piece.description.as_str() {
                "" => String::new(),
                words => format!(": {}", mask::text(words)),
            };
            let value = format!("{}{by}{shows}", piece.object);
            fields.word(("证据", "evidence"), value)
        })
    }
}
