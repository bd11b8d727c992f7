use async_nats::{
    HeaderMap, Request, RequestErrorKind,
    header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_TTL},
    jetstream::stream::LastRawMessageErrorKind,
};
use bytes::Bytes;
use serde::Deserialize;

use crate::{Broker, verdict::Fault};

/// Written by the broker when an entry expired.
pub(crate) const MARKER_REASON: &str = "Nats-Marker-Reason";
/// Written by clients when an entry was deleted.
pub(crate) const OPERATION: &str = "KV-Operation";
pub(crate) const ROLLUP: &str = "Nats-Rollup";
/// How long a deleted entry leaves a trace.
pub(crate) const TRACE_TTL: &str = "60s";

/// A bucket of entries, each with the sequence of its last change.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    broker: Broker,
    name: &'static str,
}

/// Why an entry was not written.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum PutError {
    /// It has changed since.
    #[error("the entry has changed since")]
    Changed,
    /// The bucket does not answer, or refuses.
    #[error("{0}")]
    Failed(String),
}

#[derive(Deserialize)]
struct Answer {
    error: Option<Fault>,
    #[serde(default)]
    seq: u64,
}

/// What to expect of the entry, and how long the new one lives.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) expected: Option<u64>,
    pub(crate) ttl_s: Option<u64>,
}

impl Bucket {
    pub(crate) fn new(broker: Broker, name: &'static str) -> Self {
        Self { broker, name }
    }

    pub(crate) fn broker(&self) -> &Broker {
        &self.broker
    }

    /// The stream behind the bucket.
    pub(crate) fn stream(&self) -> String {
        format!("KV_{}", self.name)
    }

    /// The subject of a key, or of a pattern of keys.
    pub(crate) fn subject(&self, key: &str) -> String {
        format!("$KV.{}.{key}", self.name)
    }

    /// The key of a subject.
    pub(crate) fn key<'a>(&self, subject: &'a str) -> Option<&'a str> {
        subject
            .strip_prefix("$KV.")?
            .strip_prefix(self.name)?
            .strip_prefix('.')
    }

    pub(crate) async fn put(&self, key: &str, value: Bytes, terms: Terms) -> Result<u64, PutError> {
        let mut headers = HeaderMap::new();
        if let Some(expected) = terms.expected {
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        }
        if let Some(ttl_s) = terms.ttl_s {
            headers.insert(NATS_MESSAGE_TTL, format!("{ttl_s}s"));
        }
        self.send(key, headers, value).await
    }

    /// Deletes an entry, whatever it is or as it was `expected`; what tells of it disappears by
    /// itself.
    pub(crate) async fn delete(&self, key: &str, expected: Option<u64>) -> Result<u64, PutError> {
        let mut headers = HeaderMap::new();
        if let Some(expected) = expected {
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        }
        headers.insert(OPERATION, "PURGE");
        headers.insert(ROLLUP, "sub");
        headers.insert(NATS_MESSAGE_TTL, TRACE_TTL);
        self.send(key, headers, Bytes::new()).await
    }

    async fn send(&self, key: &str, headers: HeaderMap, value: Bytes) -> Result<u64, PutError> {
        if !self.broker.is_connected() {
            return Err(PutError::Failed("the broker is not connected".to_owned()));
        }
        let request = Request::new().headers(headers).payload(value);
        let answer = self
            .broker
            .client()
            .send_request(self.subject(key), request)
            .await;
        let answer = answer.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => PutError::Failed(format!(
                "the bucket {} has no leader, or is missing",
                self.name
            )),
            _ => PutError::Failed(error.to_string()),
        })?;
        let answer: Answer = serde_json::from_slice(&answer.payload)
            .map_err(|error| PutError::Failed(error.to_string()))?;
        match answer.error {
            None => Ok(answer.seq),
            Some(fault) if fault.is_fence() => Err(PutError::Changed),
            Some(fault) => Err(PutError::Failed(fault.to_string())),
        }
    }

    /// The value of a key, as the leader knows it.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, String> {
        let context = self.broker.context();
        let stream = context.get_stream_no_info(self.stream()).await;
        let stream = stream.map_err(|error| error.to_string())?;
        match stream
            .get_last_raw_message_by_subject(&self.subject(key))
            .await
        {
            Ok(message) if is_gone(Some(&message.headers)) => Ok(None),
            Ok(message) => Ok(Some(message.payload)),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// True if a message says that the entry was deleted or expired.
pub(crate) fn is_gone(headers: Option<&HeaderMap>) -> bool {
    headers.is_some_and(|headers| {
        headers.get(OPERATION).is_some() || headers.get(MARKER_REASON).is_some()
    })
}
