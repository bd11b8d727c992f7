use std::time::Duration;

use async_nats::jetstream::{
    message::StreamMessage,
    stream::{LastRawMessageErrorKind, RawMessageError, Stream},
};
use redress_log::{AppendError, Chain, Entry, EventLog, LogError, Stored};
use redress_wire::{Service, names};

use crate::{Broker, NatsReader, append};

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// How long to wait for the answer to an append; afterwards it is in doubt.
    pub commit_within: Duration,
    /// For one test only: the control of the kill test switches the fence off, to show that the
    /// test notices. Without it two owners overwrite each other's decisions.
    pub fence: bool,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            commit_within: append::COMMIT_WITHIN,
            fence: true,
        }
    }
}

/// The log as one `JetStream` stream.
#[derive(Clone, Debug)]
pub struct NatsLog {
    broker: Broker,
    options: LogOptions,
}

impl NatsLog {
    pub(crate) fn new(broker: Broker, options: LogOptions) -> Self {
        Self { broker, options }
    }

    async fn stream(&self) -> Result<Stream<()>, LogError> {
        let context = self.broker.context();
        context
            .get_stream_no_info(names::LOG_STREAM)
            .await
            .map_err(unreachable)
    }
}

impl EventLog for NatsLog {
    type Reader = NatsReader;

    async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        append::append(&self.broker, &self.options, entries).await
    }

    async fn last(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        let subject = chain.subject();
        // The leader's answer: a direct get may come from a replica that lags behind.
        stored(
            self.stream()
                .await?
                .get_last_raw_message_by_subject(&subject)
                .await,
        )
    }

    async fn at(&self, sequence: u64) -> Result<Option<Stored>, LogError> {
        if sequence == 0 {
            return Ok(None);
        }
        stored(self.stream().await?.get_raw_message(sequence).await)
    }

    async fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<NatsReader, LogError> {
        NatsReader::open(self.broker.clone(), partition, services, from).await
    }

    async fn identity(&self) -> Result<[u8; 16], LogError> {
        Ok(facts(&self.broker).await?.identity)
    }
}

/// What the broker tells of the stream.
pub(crate) struct Facts {
    pub(crate) identity: [u8; 16],
    pub(crate) last_sequence: u64,
}

pub(crate) async fn facts(broker: &Broker) -> Result<Facts, LogError> {
    let stream = broker
        .context()
        .get_stream(names::LOG_STREAM)
        .await
        .map_err(unreachable)?;
    let info = stream.cached_info();
    let created = info.created.unix_timestamp_nanos();
    let hash = blake3::hash(format!("{}\n{created}", info.config.name).as_bytes());
    let mut identity = [0; 16];
    identity.copy_from_slice(&hash.as_bytes()[..16]);
    Ok(Facts {
        identity,
        last_sequence: info.state.last_sequence,
    })
}

fn stored(answer: Result<StreamMessage, RawMessageError>) -> Result<Option<Stored>, LogError> {
    match answer {
        Ok(message) => entry(&message).map(Some),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(unreachable(error)),
    }
}

fn entry(message: &StreamMessage) -> Result<Stored, LogError> {
    Ok(Stored {
        chain: chain(&message.subject)?,
        sequence: message.sequence,
        payload: message.payload.clone(),
    })
}

/// The chain of a subject of the log.
pub(crate) fn chain(subject: &str) -> Result<Chain, LogError> {
    Chain::of_subject(subject)
        .ok_or_else(|| LogError(format!("{subject} is no subject of this log")))
}

fn unreachable(error: impl std::fmt::Display) -> LogError {
    LogError(error.to_string())
}
