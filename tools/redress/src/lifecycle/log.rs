//! Cases and events of a log, whatever its kind.

use std::{collections::HashMap, io::BufRead};

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Tally, moves::Move};

/// The life of one case in a log.
#[derive(Clone, Debug)]
pub(crate) struct LogCase {
    /// Its name in the log.
    pub(crate) id: String,
    /// The channel it came by.
    pub(crate) channel: String,
    /// What is lodged for it.
    pub(crate) submission: Map<String, Value>,
    /// Its events, the first one being its beginning.
    pub(crate) events: Vec<LogEvent>,
    /// What the log itself says of it.
    pub(crate) counts: Tally,
}

/// One event of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEvent {
    /// Its place in the case.
    pub(crate) seq: u32,
    /// What the log calls it.
    pub(crate) label: String,
    /// What it means; nothing more than a note if empty.
    pub(crate) moves: Vec<Move>,
}

/// A row of a log.
pub(super) trait Row: DeserializeOwned {
    /// Which case it belongs to.
    fn case(&self) -> &str;
    /// Its place in the case.
    fn seq(&self) -> u32;
}

/// The rows of each case in their order, cases in the order of their first rows.
pub(super) fn grouped<R: Row>(
    text: Box<dyn BufRead + Send>,
    file: &str,
) -> anyhow::Result<Vec<Vec<R>>> {
    let mut reader = csv::Reader::from_reader(text);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut cases: Vec<Vec<R>> = Vec::new();
    for row in reader.deserialize() {
        let row: R = row.with_context(|| format!("{file} is no log of this kind"))?;
        let place = *places.entry(row.case().to_owned()).or_insert(cases.len());
        if place == cases.len() {
            cases.push(Vec::new());
        }
        cases[place].push(row);
    }
    for rows in &mut cases {
        rows.sort_by_key(Row::seq);
    }
    Ok(cases)
}

/// What is lodged for a case: its words, and what the log says besides.
pub(super) fn submission(
    description: String,
    occurred_at: &str,
    extra: &[(&str, &str)],
) -> Map<String, Value> {
    let given = extra.iter().filter(|(_, value)| !value.is_empty());
    let extra: Map<String, Value> = given
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    let mut submission = Map::new();
    submission.insert("description".to_owned(), description.into());
    if let Ok(local) = occurred_at.parse::<jiff::civil::DateTime>() {
        // Times of the logs have no zone.
        submission.insert("occurredAt".to_owned(), format!("{local}Z").into());
    }
    if !extra.is_empty() {
        submission.insert("extra".to_owned(), Value::Object(extra));
    }
    submission
}
