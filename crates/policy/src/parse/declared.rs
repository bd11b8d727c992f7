//! Which ids exist: refuses the second of a name and references that lead nowhere.

use std::collections::BTreeMap;

use crate::error::Reason;
use crate::parse::fields::Fields;
use crate::parse::report::{At, Place, Report};

/// The ids of one sort of entry.
pub(crate) struct Declared {
    what: &'static str,
    places: BTreeMap<String, Place>,
    optional: bool,
}

impl Declared {
    pub(crate) fn new(what: &'static str) -> Self {
        Self {
            what,
            places: BTreeMap::new(),
            optional: false,
        }
    }

    /// Of a sort that a policy may have none of: a reference is a fault even then.
    pub(crate) fn optional(what: &'static str) -> Self {
        Self {
            optional: true,
            ..Self::new(what)
        }
    }

    /// Reads `id` of an entry and declares it.
    pub(crate) fn read_id(&mut self, fields: &mut Fields<'_, '_>) -> Option<At<String>> {
        let id = fields.text("id")?;
        self.declare(fields.report, &id).then_some(id)
    }

    /// Declares an id; `false` if it is no id or is taken.
    pub(crate) fn declare(&mut self, report: &Report<'_>, id: &At<String>) -> bool {
        if !is_id(&id.value) {
            report.fault(
                id.place,
                Reason::BadId {
                    id: id.value.clone(),
                },
            );
            return false;
        }
        if let Some(&first) = self.places.get(&id.value) {
            let first = report.name(first);
            let reason = Reason::Duplicate {
                what: self.what,
                id: id.value.clone(),
                first,
            };
            report.fault(id.place, reason);
            return false;
        }
        self.places.insert(id.value.clone(), id.place);
        true
    }

    /// Takes in an id that another file declared, unless it is here already.
    pub(crate) fn adopt(&mut self, id: &str, place: Place) {
        self.places.entry(id.to_owned()).or_insert(place);
    }

    /// Every id.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Where an id was declared.
    pub(crate) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// The id under its own type, if it exists. When nothing of the sort exists at all, the
    /// missing file is the fault, not each reference.
    pub(crate) fn resolve<T>(&self, report: &Report<'_>, id: &At<String>) -> Option<T>
    where
        T: for<'a> From<&'a str>,
    {
        if self.places.contains_key(&id.value) {
            return Some(T::from(&id.value));
        }
        if self.optional || !self.places.is_empty() {
            let known = self
                .places
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            let reason = Reason::Dangling {
                what: self.what,
                id: id.value.clone(),
                known,
            };
            report.fault(id.place, reason);
        }
        None
    }

    /// The reference under a key that must be there.
    pub(crate) fn req<T>(&self, fields: &mut Fields<'_, '_>, key: &'static str) -> Option<T>
    where
        T: for<'a> From<&'a str>,
    {
        let id = fields.text(key)?;
        self.resolve(fields.report, &id)
    }

    /// The references in a list that may be absent; one that stands twice is a fault.
    pub(crate) fn set<T>(&self, fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<T>
    where
        T: for<'a> From<&'a str>,
    {
        let ids = fields.list::<String>(key);
        no_repeats(fields.report, key, &ids);
        ids.iter()
            .filter_map(|id| self.resolve(fields.report, id))
            .collect()
    }

    /// The references in a list that may be absent.
    pub(crate) fn list<T>(&self, fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<T>
    where
        T: for<'a> From<&'a str>,
    {
        let ids = fields.list::<String>(key);
        ids.iter()
            .filter_map(|id| self.resolve(fields.report, id))
            .collect()
    }
}

/// Reports every word that stands in the list a second time.
pub(crate) fn no_repeats(report: &Report<'_>, key: &str, words: &[At<String>]) {
    for (at, word) in words.iter().enumerate() {
        if words[..at].iter().any(|before| before.value == word.value) {
            let reason = Reason::Repeated {
                key: key.to_owned(),
                word: word.value.clone(),
            };
            report.fault(word.place, reason);
        }
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
}
