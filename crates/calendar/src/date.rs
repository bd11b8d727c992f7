//! Dates in policy files, quoted or as TOML's own date.

use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as \"2026-05-01\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
        text.parse()
            .map_err(|_| E::custom(format!("{text:?} is not a date such as 2026-05-01")))
    }

    /// TOML's own dates come as a map of one private key and their text.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Date, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((_, text)) => self.visit_str(&text),
            None => Err(A::Error::custom("expected a date such as \"2026-05-01\"")),
        }
    }
}

/// For a field that must be there.
pub(crate) fn required<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    from.deserialize_any(DateVisitor)
}

/// For a field that may be left out (with `#[serde(default)]`).
pub(crate) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    required(from).map(Some)
}
