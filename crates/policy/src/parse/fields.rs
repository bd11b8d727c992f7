//! Reads one TOML table key by key, so that every wrong key is reported, not only the first.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::error::Reason;
use crate::parse::report::{At, Place, Report};

/// A table being read. Each key is taken once; what is left when it goes is unknown.
pub(crate) struct Fields<'r, 'i> {
    pub(crate) report: &'r Report<'r>,
    pub(crate) place: Place,
    table: DeTable<'i>,
    asked: Vec<&'static str>,
}

impl<'r, 'i> Fields<'r, 'i> {
    pub(crate) fn new(report: &'r Report<'r>, place: Place, table: DeTable<'i>) -> Self {
        Self {
            report,
            place,
            table,
            asked: Vec::new(),
        }
    }

    /// Notes a fault at the head of this table.
    pub(crate) fn fault(&self, reason: Reason) {
        self.report.fault(self.place, reason);
    }

    /// Whether a key is there and not taken yet.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn take(&mut self, key: &'static str) -> Option<(Place, DeValue<'i>)> {
        self.asked.push(key);
        let value = self.table.remove(key)?;
        let place = Place {
            file: self.place.file,
            offset: value.span().start,
        };
        Some((place, value.into_inner()))
    }

    /// The value of a key that may be absent.
    pub(crate) fn opt<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<At<T>> {
        let (place, value) = self.take(key)?;
        self.read(key, place, value)
    }

    /// The value of a key that must be there.
    pub(crate) fn req<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<At<T>> {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.missing(key);
            return None;
        }
        self.opt(key)
    }

    fn missing(&self, key: &str) {
        self.fault(Reason::MissingKey {
            key: key.to_owned(),
        });
    }

    fn read<T: DeserializeOwned>(&self, key: &str, at: Place, value: DeValue<'i>) -> Option<At<T>> {
        let deserializer = ValueDeserializer::from(Spanned::new(at.offset..at.offset, value));
        match T::deserialize(deserializer) {
            Ok(value) => Some(At { value, place: at }),
            Err(error) => {
                let offset = error.span().map_or(at.offset, |s| s.start).max(at.offset);
                let problem = error.message().to_owned();
                let reason = Reason::BadValue {
                    key: key.to_owned(),
                    problem,
                };
                self.report.fault(Place { offset, ..at }, reason);
                None
            }
        }
    }

    /// The elements of a list that may be absent; each is read by itself. Must not be empty.
    pub(crate) fn list<T: DeserializeOwned>(&mut self, key: &'static str) -> Vec<At<T>> {
        let Some((place, value)) = self.take(key) else {
            return Vec::new();
        };
        let DeValue::Array(elements) = value else {
            let problem = format!("expected a list, found {}", value.type_str());
            self.report.fault(
                place,
                Reason::BadValue {
                    key: key.to_owned(),
                    problem,
                },
            );
            return Vec::new();
        };
        if elements.is_empty() {
            self.report.fault(
                place,
                Reason::Empty {
                    key: key.to_owned(),
                },
            );
        }
        let mut read = Vec::with_capacity(elements.len());
        for element in elements {
            let at = Place {
                offset: element.span().start,
                ..place
            };
            read.extend(self.read(key, at, element.into_inner()));
        }
        read
    }

    /// The texts under a key that may be absent: one, or a list of them.
    pub(crate) fn one_or_more(&mut self, key: &'static str) -> Vec<At<String>> {
        match self.table.get(key).map(toml::Spanned::get_ref) {
            Some(DeValue::Array(_)) | None => self.list(key),
            Some(_) => self.opt_text(key).into_iter().collect(),
        }
    }

    /// A text that must be there and say something.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<At<String>> {
        let text = self.req::<String>(key);
        self.not_blank(key, text)
    }

    /// A text that may be absent, but must say something if it is there.
    pub(crate) fn opt_text(&mut self, key: &'static str) -> Option<At<String>> {
        let text = self.opt::<String>(key);
        self.not_blank(key, text)
    }

    fn not_blank(&self, key: &str, text: Option<At<String>>) -> Option<At<String>> {
        let text = text?;
        if text.value.trim().is_empty() {
            self.report.fault(
                text.place,
                Reason::Empty {
                    key: key.to_owned(),
                },
            );
            return None;
        }
        Some(text)
    }

    /// A sub-table that must be there.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Fields<'r, 'i>> {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.missing(key);
            return None;
        }
        self.opt_table(key)
    }

    /// A sub-table that may be absent; must not be empty.
    pub(crate) fn opt_table(&mut self, key: &'static str) -> Option<Fields<'r, 'i>> {
        let (place, value) = self.take(key)?;
        self.as_table(key, place, value)
    }

    fn as_table(&self, key: &str, place: Place, value: DeValue<'i>) -> Option<Fields<'r, 'i>> {
        match value {
            DeValue::Table(table) if table.is_empty() => {
                self.report.fault(
                    place,
                    Reason::Empty {
                        key: key.to_owned(),
                    },
                );
                None
            }
            DeValue::Table(table) => Some(Fields::new(self.report, place, table)),
            other => {
                let problem = format!("expected a table, found {}", other.type_str());
                self.report.fault(
                    place,
                    Reason::BadValue {
                        key: key.to_owned(),
                        problem,
                    },
                );
                None
            }
        }
    }

    /// The tables of `[[key]]`; none if the key is absent.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Fields<'r, 'i>> {
        let Some((place, value)) = self.take(key) else {
            return Vec::new();
        };
        let DeValue::Array(elements) = value else {
            let problem = format!("write `[[{key}]]`, found {}", value.type_str());
            self.report.fault(
                place,
                Reason::BadValue {
                    key: key.to_owned(),
                    problem,
                },
            );
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(elements.len());
        for element in elements {
            let at = Place {
                offset: element.span().start,
                ..place
            };
            tables.extend(self.as_table(key, at, element.into_inner()));
        }
        tables
    }

    /// Every sub-table under a key of the writer's choice (locales of a template).
    pub(crate) fn other_tables(&mut self) -> Vec<(At<String>, Fields<'r, 'i>)> {
        let mut found = Vec::new();
        for (key, value) in std::mem::take(&mut self.table) {
            let place = Place {
                file: self.place.file,
                offset: key.span().start,
            };
            let name = key.into_inner().into_owned();
            if let Some(fields) = self.as_table(&name, place, value.into_inner()) {
                found.push((At { value: name, place }, fields));
            }
        }
        found
    }
}

impl Drop for Fields<'_, '_> {
    fn drop(&mut self) {
        for key in self.table.keys() {
            let place = Place {
                file: self.place.file,
                offset: key.span().start,
            };
            let reason = Reason::UnknownKey {
                key: key.get_ref().to_string(),
                known: self.asked.join(", "),
            };
            self.report.fault(place, reason);
        }
    }
}
