//! Complaints as people keep them: JSON, JSON lines, CSV, flags.

mod csv;
mod flags;
mod json;
mod source;

use std::path::Path;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::door::Job;

pub(crate) use flags::from_flags;
pub(crate) use source::{Format, format_of, open_text};

/// Something in a file that is no complaint.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub(crate) struct InputError {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) reason: String,
}

/// A complaint and the channel it comes by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) channel: String,
    pub(crate) submission: Map<String, Value>,
    /// Where it stands, such as `letters.csv:12`.
    pub(crate) place: String,
}

/// Complaints one after the other.
pub(crate) type Items = Box<dyn Iterator<Item = Result<Item, InputError>> + Send>;

impl Item {
    /// The complaint as it is sent; one without a request id gets a new one.
    pub(crate) fn into_job(mut self) -> Job {
        let given = ["requestId", "request_id"]
            .iter()
            .find_map(|key| self.submission.get(*key)?.as_str())
            .filter(|id| !id.trim().is_empty())
            .map(str::to_owned);
        let generated = given.is_none();
        let request_id = given.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        if generated {
            self.submission.remove("request_id");
            self.submission
                .insert("requestId".to_owned(), request_id.clone().into());
        }
        let body = Bytes::from(Value::Object(self.submission).to_string());
        Job {
            request_id,
            generated,
            channel: self.channel,
            body,
            place: self.place,
        }
    }
}

/// Opens a file of complaints; `channel` is for those that do not say theirs.
pub(crate) fn open(path: &Path, channel: Option<&str>) -> anyhow::Result<Items> {
    let text = open_text(path)?;
    let file = path.display().to_string();
    let channel = channel.map(str::to_owned);
    match format_of(path) {
        Some(Format::Json) => json::whole(text, file, channel),
        Some(Format::JsonLines) => Ok(json::lines(text, file, channel)),
        Some(Format::Csv) => csv::rows(text, file, channel),
        None => anyhow::bail!(
            "{file}: what is in it? The name must end in .json, .jsonl or .csv, also with .gz"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn item(submission: &Value) -> Item {
        let submission = submission.as_object().expect("an object").clone();
        Item {
            channel: "web".to_owned(),
            submission,
            place: String::new(),
        }
    }

    #[test]
    fn a_complaint_keeps_its_request_id() {
        let job = item(&json!({"requestId": "a-1", "description": "x"})).into_job();
        assert_eq!((job.request_id.as_str(), job.generated), ("a-1", false));
    }

    #[test]
    fn a_complaint_without_a_request_id_gets_one() {
        let job = item(&json!({"description": "x", "requestId": ""})).into_job();
        assert!(job.generated);
        let body: Value = serde_json::from_slice(&job.body).expect("JSON");
        assert_eq!(body["requestId"], job.request_id);
    }
}
