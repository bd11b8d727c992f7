use std::time::Duration;

use async_nats::jetstream::{
    message::StreamMessage,
    stream::{LastRawMessageErrorKind, RawMessageError, Stream},
};
use redress_log::{AppendError, Chain, Entry, EventLog, LogError, Stored, Streams};
use redress_wire::{Service, names};

use crate::{Broker, NatsReader, NatsSnapshots, append, streams};

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

/// The log as one `JetStream` stream, or several.
#[derive(Clone, Debug)]
pub struct NatsLog {
    broker: Broker,
    options: LogOptions,
}

impl NatsLog {
    pub(crate) fn new(broker: Broker, options: LogOptions) -> Self {
        Self { broker, options }
    }

    async fn stream(&self, chain: Chain) -> Result<Stream<()>, LogError> {
        let streams = self.streams().await?;
        let context = self.broker.context();
        context
            .get_stream_no_info(names::log_stream(streams.of_chain(chain)))
            .await
            .map_err(unreachable)
    }
}

impl EventLog for NatsLog {
    type Reader = NatsReader;
    type Snapshots = NatsSnapshots;

    fn snapshots(&self) -> NatsSnapshots {
        NatsSnapshots::new(self.broker.clone())
    }

    async fn streams(&self) -> Result<Streams, LogError> {
        streams::of(&self.broker).await
    }

    async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        append::append(&self.broker, &self.options, entries).await
    }

    async fn last(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        let subject = chain.subject();
        // The leader's answer: a direct get may come from a replica that lags behind.
        stored(
            self.stream(chain)
                .await?
                .get_last_raw_message_by_subject(&subject)
                .await,
        )
    }

    async fn first(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        let subject = chain.subject();
        let stream = self.stream(chain).await?;
        stored(stream.get_first_raw_message_by_subject(&subject, 1).await)
    }

    async fn trim(&self, chain: Chain, below: u64) -> Result<u64, LogError> {
        // The last one only ever moves on, so what is below it now will be.
        let last = self.last(chain).await?.map_or(0, |last| last.sequence);
        let below = below.min(last);
        if below <= 1 {
            // To the broker, nothing means everything.
            return Ok(0);
        }
        let stream = self.stream(chain).await?;
        let purge = stream.purge().filter(chain.subject()).sequence(below);
        Ok(purge.await.map_err(unreachable)?.purged)
    }

    async fn at(&self, partition: u32, sequence: u64) -> Result<Option<Stored>, LogError> {
        if sequence == 0 {
            return Ok(None);
        }
        let service = Service::Intake;
        let stream = self.stream(Chain::Blocks { partition, service }).await?;
        stored(stream.get_raw_message(sequence).await)
    }

    async fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<NatsReader, LogError> {
        NatsReader::open(self.broker.clone(), partition, services, from).await
    }

    async fn identity(&self, partition: u32) -> Result<[u8; 16], LogError> {
        let stream = streams::name_of(&self.broker, partition).await?;
        Ok(facts(&self.broker, &stream).await?.identity)
    }
}

/// What the broker tells of a stream.
pub(crate) struct Facts {
    pub(crate) identity: [u8; 16],
    pub(crate) last_sequence: u64,
}

pub(crate) async fn facts(broker: &Broker, stream: &str) -> Result<Facts, LogError> {
    let stream = broker
        .context()
        .get_stream(stream)
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
