//! Submissions made of the shipped samples.

use std::fs;

use redress_testkit::workspace_root;
use serde_json::Value;

/// A complaint as a channel sends it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The channel.
    pub channel: String,
    /// The body.
    pub submission: Value,
}

/// All shipped samples, Chinese ones first.
///
/// # Panics
/// If they cannot be read.
pub fn samples() -> Vec<Sample> {
    ["complaints.zh.jsonl", "complaints.en.jsonl"]
        .iter()
        .flat_map(|file| {
            let path = workspace_root().join("samples").join(file);
            let text = fs::read_to_string(path).expect("the samples");
            text.lines().map(read).collect::<Vec<_>>()
        })
        .collect()
}

fn read(line: &str) -> Sample {
    let line: Value = serde_json::from_str(line).expect("a sample");
    Sample {
        channel: line["channel"].as_str().expect("a channel").to_owned(),
        submission: line["submission"].clone(),
    }
}

impl Sample {
    /// The same complaint under another request id.
    #[must_use]
    pub fn with_request_id(&self, id: &str) -> Self {
        let mut sample = self.clone();
        sample.submission["requestId"] = id.into();
        sample
    }

    /// The body's bytes.
    ///
    /// # Panics
    /// Never: a JSON value can be written.
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.submission).expect("a JSON value")
    }

    /// The request id.
    ///
    /// # Panics
    /// If there is none.
    pub fn request_id(&self) -> &str {
        self.submission["requestId"].as_str().expect("a request id")
    }
}
