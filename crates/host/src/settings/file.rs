//! The settings file: TOML, flat, with an optional section per service.
//!
//! ```toml
//! nats_url = "nats://10.0.0.1:4222"
//! [notifier]
//! grpc_addr = "0.0.0.0:50054"
//! ```
//!
//! Top-level keys count for every service, a service's section for it alone; the section wins.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::error::{Origin, SettingError};
use super::profile::Profile;

/// A value of the file as text, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) values: Vec<String>,
    pub(super) line: usize,
}

/// Reads the file that `named_by` names; keys are not yet known to be settings.
pub(super) fn read(
    path: &Path,
    service: &str,
    named_by: &Origin,
) -> Result<BTreeMap<String, Entry>, SettingError> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        let value = path.display().to_string();
        let problem = format!("must be a readable TOML file: {e}");
        SettingError::new("config", Some(&value), named_by.clone(), problem)
    })?;
    let wrong = |at: usize, setting: &str, problem: String| SettingError {
        setting: setting.to_owned(),
        value: None,
        origin: Origin::File {
            path: path.into(),
            line: line_of(&text, at),
        },
        problem,
    };
    let table = DeTable::parse(&text).map_err(|e| {
        let at = e.span().map_or(0, |span| span.start);
        wrong(at, "settings file", format!("is not TOML: {}", e.message()))
    })?;

    let mut entries = BTreeMap::new();
    let mut section = None;
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        match value.get_ref() {
            DeValue::Table(table) if name == service => section = Some(table),
            DeValue::Table(_) if Profile::ALL.iter().any(|p| p.service == name) => {}
            value => {
                let at = key.span().start;
                let entry = entry(value, line_of(&text, at)).map_err(|e| wrong(at, name, e))?;
                entries.insert(name.to_owned(), entry);
            }
        }
    }
    for (key, value) in section.into_iter().flatten() {
        let (name, at): (&str, _) = (key.get_ref(), key.span().start);
        let entry = entry(value.get_ref(), line_of(&text, at)).map_err(|e| wrong(at, name, e))?;
        entries.insert(name.to_owned(), entry);
    }
    Ok(entries)
}

fn entry(value: &DeValue<'_>, line: usize) -> Result<Entry, String> {
    let values = match value {
        DeValue::Array(items) => items
            .iter()
            .map(|item| scalar(item.get_ref()))
            .collect::<Result<_, _>>()?,
        single => vec![scalar(single)?],
    };
    Ok(Entry { values, line })
}

fn scalar(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.as_str().replace('_', "")),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Ok(flag.to_string()),
        other => Err(format!(
            "must be a text, a number or true/false, not a {}",
            other.type_str()
        )),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
