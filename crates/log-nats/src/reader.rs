use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use futures::future::BoxFuture;
use redress_log::{LogError, Reader, Stored};
use redress_wire::{Service, names};

use crate::{
    Broker,
    delivery::{Delivered, Delivery},
    log::{Facts, chain, facts},
    streams,
};

/// Between two attempts to read again; doubled up to the last.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LAST: Duration = Duration::from_secs(1);

/// Reads one partition in order; goes on by itself after the broker was away.
pub struct NatsReader {
    source: Source,
    /// The last sequence that was read, or the one before the first to read.
    position: u64,
    /// The last sequence that was read; 0 before the first.
    read: u64,
    /// How many followed it when it was sent.
    behind: u64,
    state: State,
}

/// What is read, and from which log.
#[derive(Clone)]
struct Source {
    broker: Broker,
    stream: String,
    subjects: Vec<String>,
    identity: [u8; 16],
}

enum State {
    /// Kept while `next` is dropped and called again, so that an attempt is never lost.
    Opening(BoxFuture<'static, Result<Delivery, LogError>>),
    Live(Box<Delivery>),
    /// The log is not the one that was read before.
    Failed(LogError),
}

impl NatsReader {
    pub(crate) async fn open(
        broker: Broker,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<Self, LogError> {
        let subject = |service: &Service| names::block_subject(partition, *service);
        let subjects = services.iter().map(subject).collect();
        let stream = streams::name_of(&broker, partition).await?;
        let Facts {
            identity,
            last_sequence,
        } = facts(&broker, &stream).await?;
        if from > last_sequence + 1 {
            return Err(LogError(format!(
                "it ends at {last_sequence}, before {from}"
            )));
        }
        let source = Source {
            broker,
            stream,
            subjects,
            identity,
        };
        let position = from.saturating_sub(1);
        let delivery = source.open(position).await?;
        Ok(Self {
            source,
            position,
            read: 0,
            behind: 0,
            state: State::Live(Box::new(delivery)),
        })
    }

    /// Leaves nothing behind on the broker; a reader that is dropped leaves a consumer there for
    /// some seconds.
    pub async fn close(self) {
        if let State::Live(delivery) = self.state {
            let Source { broker, stream, .. } = &self.source;
            delivery.close(broker, stream).await;
        }
    }

    fn take(&mut self, delivered: Delivered) -> Result<Stored, LogError> {
        let Delivered {
            subject,
            sequence,
            pending,
            message,
        } = delivered;
        if sequence <= self.position {
            let read = self.position;
            let error = LogError(format!("entry {sequence} came after entry {read}"));
            self.state = State::Failed(error.clone());
            return Err(error);
        }
        (self.position, self.read) = (sequence, sequence);
        self.behind = pending;
        Ok(Stored {
            chain: chain(&subject)?,
            sequence,
            payload: message.payload,
        })
    }
}

impl Reader for NatsReader {
    async fn next(&mut self) -> Result<Stored, LogError> {
        loop {
            match &mut self.state {
                State::Opening(attempt) => {
                    self.state = match attempt.await {
                        Ok(delivery) => State::Live(Box::new(delivery)),
                        Err(error) => State::Failed(error),
                    };
                }
                State::Live(delivery) => match delivery.next().await {
                    Ok(delivered) => return self.take(delivered),
                    Err(lost) => {
                        tracing::debug!(?lost, position = self.position, "reading again");
                        let again = self.source.clone().open_again(self.position, self.read);
                        self.state = State::Opening(Box::pin(again));
                    }
                },
                State::Failed(error) => return Err(error.clone()),
            }
        }
    }

    fn behind(&self) -> u64 {
        self.behind
    }
}

impl Source {
    async fn open(&self, position: u64) -> Result<Delivery, LogError> {
        let start = DeliverPolicy::ByStartSequence {
            start_sequence: position + 1,
        };
        let subjects = self.subjects.clone();
        Delivery::open(&self.broker, &self.stream, subjects, start)
            .await
            .map_err(|error| LogError(error.to_string()))
    }

    /// Tries until it succeeds, or the log turns out to be another one.
    async fn open_again(self, position: u64, read: u64) -> Result<Delivery, LogError> {
        let mut pause = RETRY_FIRST;
        loop {
            self.broker.connected().await;
            match facts(&self.broker, &self.stream).await {
                Ok(facts) if facts.identity != self.identity => {
                    return Err(LogError("it was deleted and made anew".to_owned()));
                }
                Ok(facts) if facts.last_sequence < read => {
                    let last = facts.last_sequence;
                    return Err(LogError(format!(
                        "it ends at {last}, and {read} was read before"
                    )));
                }
                Ok(_) => match self.open(position).await {
                    Ok(delivery) => return Ok(delivery),
                    Err(error) => tracing::warn!(%error, "cannot read again yet"),
                },
                Err(error) => tracing::warn!(%error, "cannot read again yet"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY_LAST);
        }
    }
}
