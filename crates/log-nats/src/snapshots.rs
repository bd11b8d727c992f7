use async_nats::{
    HeaderMap, Request,
    header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_TTL},
    jetstream::stream::{LastRawMessageErrorKind, Stream},
};
use bytes::Bytes;
use futures::TryStreamExt as _;
use prost::Message as _;
use redress_log::{AppendError, LogError, Snapshots, is_before};
use redress_wire::{Service, log::Snapshot, names};
use serde::Deserialize;

use crate::{
    Broker,
    append::COMMIT_WITHIN,
    bucket::{OPERATION, ROLLUP, TRACE_TTL, is_gone},
    verdict::{Fault, no_answer},
};

/// Snapshots in a stream of their own, with one message for each part: a service deletes its old
/// parts by publishing that they are gone, so it needs no right to delete those of another.
#[derive(Clone, Debug)]
pub struct NatsSnapshots(Broker);

#[derive(Deserialize)]
struct Answer {
    error: Option<Fault>,
    #[serde(default)]
    seq: u64,
}

impl NatsSnapshots {
    pub(crate) fn new(broker: Broker) -> Self {
        Self(broker)
    }

    async fn stream(&self) -> Result<Stream<()>, LogError> {
        let context = self.0.context();
        let stream = context.get_stream_no_info(names::SNAPSHOT_STREAM).await;
        stream.map_err(unreadable)
    }

    async fn last(&self, subject: &str) -> Result<Option<(u64, Bytes)>, LogError> {
        match self
            .stream()
            .await?
            .get_last_raw_message_by_subject(subject)
            .await
        {
            Ok(message) if is_gone(Some(&message.headers)) => Ok(None),
            Ok(message) => Ok(Some((message.sequence, message.payload))),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    async fn send(
        &self,
        subject: String,
        headers: HeaderMap,
        payload: Bytes,
    ) -> Result<u64, AppendError> {
        if !self.0.is_connected() {
            let reason = "the broker is not connected".to_owned();
            return Err(AppendError::Refused(reason));
        }
        let request = Request::new()
            .headers(headers)
            .payload(payload)
            .timeout(Some(COMMIT_WITHIN));
        let answer = self.0.client().send_request(subject, request).await;
        let answer = answer.map_err(|error| no_answer(&error))?;
        let answer: Answer = serde_json::from_slice(&answer.payload)
            .map_err(|error| AppendError::InDoubt(error.to_string()))?;
        match answer.error {
            None => Ok(answer.seq),
            Some(fault) => Err(fault.verdict()),
        }
    }

    /// Deletes what a subject holds; what tells of it disappears by itself.
    async fn forget(&self, subject: String) -> Result<(), LogError> {
        let mut headers = HeaderMap::new();
        headers.insert(OPERATION, "PURGE");
        headers.insert(ROLLUP, "sub");
        headers.insert(NATS_MESSAGE_TTL, TRACE_TTL);
        let sent = self.send(subject, headers, Bytes::new()).await;
        sent.map(drop).map_err(|error| unwritten(&error))
    }
}

impl Snapshots for NatsSnapshots {
    async fn newest(
        &self,
        service: Service,
        partition: u32,
    ) -> Result<Option<(u64, Snapshot)>, LogError> {
        let subject = names::snapshot_subject(service, partition);
        let Some((sequence, payload)) = self.last(&subject).await? else {
            return Ok(None);
        };
        let snapshot = Snapshot::decode(payload).map_err(unreadable)?;
        Ok(Some((sequence, snapshot)))
    }

    async fn part(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
    ) -> Result<Option<Bytes>, LogError> {
        let subject = names::snapshot_part_subject(service, partition, id, part);
        Ok(self.last(&subject).await?.map(|(_, payload)| payload))
    }

    async fn keep(
        &self,
        service: Service,
        partition: u32,
        id: &str,
        part: u32,
        content: Bytes,
    ) -> Result<(), LogError> {
        let subject = names::snapshot_part_subject(service, partition, id, part);
        let sent = self.send(subject, HeaderMap::new(), content).await;
        sent.map(drop).map_err(|error| unwritten(&error))
    }

    async fn show(
        &self,
        service: Service,
        partition: u32,
        snapshot: &Snapshot,
        expected: u64,
    ) -> Result<u64, AppendError> {
        let subject = names::snapshot_subject(service, partition);
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        let payload = snapshot.encode_to_vec().into();
        self.send(subject, headers, payload).await
    }

    async fn forget_before(
        &self,
        service: Service,
        partition: u32,
        id: &str,
    ) -> Result<(), LogError> {
        let stream = self.stream().await?;
        let all = stream.info_with_subjects(names::snapshot_parts(service, partition));
        let mut all = all.await.map_err(unreadable)?;
        while let Some((subject, _)) = all.try_next().await.map_err(unreadable)? {
            if names::snapshot_of_part(&subject).is_some_and(|part| is_before(part, id)) {
                self.forget(subject).await?;
            }
        }
        Ok(())
    }
}

fn unreadable(error: impl std::fmt::Display) -> LogError {
    LogError(error.to_string())
}

fn unwritten(error: &AppendError) -> LogError {
    LogError(format!("a snapshot is not kept: {error}"))
}
