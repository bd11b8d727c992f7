//! Logs whose activities were replaced by numbers: `case_id, seq, activity_id, completed_at`.

use serde::Deserialize;

use super::log::Row;

/// A row of such a log.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Numbered {
    case_id: String,
    seq: u32,
    pub(super) activity_id: u32,
    pub(super) completed_at: String,
}

impl Numbered {
    /// The event's place, as a word.
    pub(super) fn seq_text(&self) -> String {
        self.seq.to_string()
    }
}

impl Row for Numbered {
    fn case(&self) -> &str {
        &self.case_id
    }

    fn seq(&self) -> u32 {
        self.seq
    }
}

/// The activities of rows.
pub(super) fn activities(rows: &[Numbered]) -> Vec<u32> {
    rows.iter().map(|row| row.activity_id).collect()
}

/// The name behind a number; numbers count from 1.
pub(super) fn name(names: &'static [&'static str], activity: u32) -> &'static str {
    let index = (activity as usize).checked_sub(1);
    index
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or("an activity that is not known")
}
