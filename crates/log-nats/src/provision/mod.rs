mod plan;
mod spread;
mod verify;

use std::time::Duration;

use async_nats::jetstream::{
    ErrorCode,
    consumer::pull,
    context::{CreateStreamErrorKind, GetStreamErrorKind},
    stream::{self, Stream},
};
use redress_log::Streams;
use redress_wire::names;
use tokio::time::Instant;

use self::{plan::Wanted, spread::Spread};
use crate::Broker;

/// Between two looks whether the installation was provisioned.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A missing stream is mentioned this often.
const SAY_EVERY: Duration = Duration::from_secs(10);
/// When the size of a stream is not set and the disk is too small for the usual one, it is halved
/// down to this.
const LEAST_BYTES: i64 = 256 << 20;
/// The feed and the snapshots may be smaller: they are made last, of what the others left, and what
/// they lack is in the log.
const LEAST_FEED_BYTES: i64 = 1 << 20;
/// What a broker alone, and what a cluster says whose servers have no room for a stream.
const NO_ROOM: [ErrorCode; 2] = [
    ErrorCode::STORAGE_RESOURCES_EXCEEDED,
    ErrorCode::CLUSTER_NO_PEERS,
];

/// How the streams and buckets are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioning {
    /// Copies of each message: 1, 3 or 5.
    pub replicas: usize,
    /// Bytes that the log may take on each server, all its streams together. Unless set: 64 GiB when
    /// it is made, or less on a small disk. A full log refuses new entries and loses none.
    pub log_max_bytes: Option<u64>,
    /// Bytes that complaints waiting in the inbox may take. Unless set: 4 GiB when it is made,
    /// or less on a small disk.
    pub inbox_max_bytes: Option<u64>,
    /// Over how many streams the log is spread: fixed when it is made. Unless set: what it is, or
    /// what suits the number of copies and partitions.
    pub streams: Option<Streams>,
    /// The number of partitions, if it is not fixed yet: several streams divide them.
    pub partitions: Option<u32>,
}

impl Default for Provisioning {
    fn default() -> Self {
        Self {
            replicas: 1,
            log_max_bytes: None,
            inbox_max_bytes: None,
            streams: None,
            partitions: None,
        }
    }
}

/// Why the installation is not provisioned.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProvisionError {
    /// A stream or bucket was not made yet.
    #[error("there is no {0} on the broker: run `redress provision`")]
    Missing(String),
    /// A stream exists that the platform cannot work with.
    #[error("the {name} on the broker cannot be used: {reason}")]
    Incompatible {
        /// The stream or consumer.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The log is there, and spread over another number of streams.
    #[error(
        "the log of this installation is in {is} stream(s), fixed when it was provisioned first: \
         {asked} is refused; leave --streams and REDRESS_STREAMS out or set {is}"
    )]
    OtherStreams {
        /// How many there are.
        is: Streams,
        /// How many were asked for.
        asked: Streams,
    },
    /// A stream would have no partition.
    #[error("{streams} streams need as many partitions, and there are {partitions}: ask for fewer")]
    TooManyStreams {
        /// How many were asked for.
        streams: Streams,
        /// The number of partitions.
        partitions: u32,
    },
    /// The broker refuses, or does not answer.
    #[error("the broker cannot provide {name}: {reason}")]
    Refused {
        /// The stream or consumer.
        name: String,
        /// The broker's words.
        reason: String,
    },
}

/// Makes the streams, the consumer and the buckets, or checks them and adapts what may change:
/// copies and sizes. Run it as often as you like.
///
/// # Errors
/// See [`ProvisionError`]. A stream that cannot be used is left as it is.
pub async fn provision(broker: &Broker, provisioning: &Provisioning) -> Result<(), ProvisionError> {
    for bucket in plan::buckets(provisioning) {
        Box::pin(provide(broker, &[bucket], provisioning)).await?;
    }
    let spread = Box::pin(spread::fix(broker, provisioning)).await?;
    let logs = plan::logs(provisioning, spread);
    Box::pin(provide(broker, &logs, provisioning)).await?;
    known(broker, spread);
    for other in plan::others(provisioning) {
        Box::pin(provide(broker, &[other], provisioning)).await?;
    }
    Box::pin(inbox_consumer(broker)).await
}

/// Makes streams of one kind, or checks and adapts them. Those that are made get the same size.
async fn provide(
    broker: &Broker,
    all: &[Wanted],
    provisioning: &Provisioning,
) -> Result<(), ProvisionError> {
    let mut made = Vec::new();
    for wanted in all {
        match find(broker, &wanted.config.name).await? {
            None => create(broker, wanted, &mut made).await?,
            Some(found) => {
                let found = &found.cached_info().config;
                verify::stream(&wanted.config, found)?;
                adapt(broker, wanted, found, provisioning.replicas).await?;
            }
        }
    }
    Ok(())
}

/// Checks that everything is there and can be worked with; changes nothing.
///
/// # Errors
/// See [`ProvisionError`].
pub async fn check_provisioned(broker: &Broker) -> Result<(), ProvisionError> {
    let usual = Provisioning::default();
    Box::pin(check(broker, &plan::buckets(&usual))).await?;
    let spread = Box::pin(spread::found(broker)).await?;
    Box::pin(check(broker, &plan::logs(&usual, spread))).await?;
    known(broker, spread);
    Box::pin(check(broker, &plan::others(&usual))).await
}

/// The log is there, so this is fixed: nobody has to ask for it any more.
fn known(broker: &Broker, spread: Spread) {
    // It is as known as it was if somebody has asked before.
    let _ = broker.streams().set(spread.streams);
}

async fn check(broker: &Broker, all: &[Wanted]) -> Result<(), ProvisionError> {
    for Wanted { config, .. } in all {
        let found = find(broker, &config.name).await?;
        let found = found.ok_or_else(|| ProvisionError::Missing(config.name.clone()))?;
        verify::stream(config, &found.cached_info().config)?;
    }
    Ok(())
}

/// Waits until the installation is provisioned, and says so while it waits.
///
/// # Errors
/// What is there cannot be worked with; waiting does not help.
pub async fn wait_until_provisioned(broker: &Broker) -> Result<(), ProvisionError> {
    let mut said: Option<Instant> = None;
    loop {
        let error = match check_provisioned(broker).await {
            Err(error @ ProvisionError::Incompatible { .. }) => return Err(error),
            Err(error) => error,
            Ok(()) => return Ok(()),
        };
        if said.is_none_or(|at| at.elapsed() > SAY_EVERY) {
            tracing::warn!(%error, "waiting for the streams on the broker");
            said = Some(Instant::now());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn find(broker: &Broker, name: &str) -> Result<Option<Stream>, ProvisionError> {
    match broker.context().get_stream(name).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(fault)
                if fault.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Ok(None)
            }
            _ => Err(refused(name, &error)),
        },
    }
}

/// Makes a stream beside those of its kind that were just `made`: on a small disk all of them are
/// made smaller.
async fn create(
    broker: &Broker,
    wanted: &Wanted,
    made: &mut Vec<stream::Config>,
) -> Result<(), ProvisionError> {
    let mut config = wanted.config.clone();
    if let Some(other) = made.last() {
        config.max_bytes = other.max_bytes;
    }
    let derived = [names::FEED_STREAM, names::SNAPSHOT_STREAM];
    let least = if derived.contains(&config.name.as_str()) {
        LEAST_FEED_BYTES
    } else {
        LEAST_BYTES
    };
    loop {
        let Err(error) = broker.context().create_stream(config.clone()).await else {
            break;
        };
        let small_disk = matches!(error.kind(), CreateStreamErrorKind::JetStream(fault)
            if NO_ROOM.contains(&fault.error_code()));
        if wanted.is_sized || !small_disk || config.max_bytes / 2 < least {
            return Err(refused(&config.name, &error));
        }
        config.max_bytes /= 2;
        shrink(broker, made, config.max_bytes).await?;
    }
    let (stream, max_bytes) = (&config.name, config.max_bytes);
    tracing::info!(stream, max_bytes, "made a stream");
    made.push(config);
    Ok(())
}

/// Makes streams that are still empty smaller.
async fn shrink(
    broker: &Broker,
    made: &mut [stream::Config],
    max_bytes: i64,
) -> Result<(), ProvisionError> {
    for config in made {
        config.max_bytes = max_bytes;
        let updated = broker.context().update_stream(config.clone()).await;
        updated.map_err(|error| refused(&config.name, &error))?;
    }
    Ok(())
}

/// Changes the copies and, where it is set, the size.
async fn adapt(
    broker: &Broker,
    wanted: &Wanted,
    found: &stream::Config,
    replicas: usize,
) -> Result<(), ProvisionError> {
    let max_bytes = if wanted.is_sized {
        wanted.config.max_bytes
    } else {
        found.max_bytes
    };
    let adapted = stream::Config {
        num_replicas: replicas,
        max_bytes,
        ..found.clone()
    };
    if adapted == *found {
        return Ok(());
    }
    let name = &found.name;
    let updated = broker.context().update_stream(adapted).await;
    updated.map_err(|error| refused(name, &error))?;
    tracing::info!(stream = name, max_bytes, "changed a stream");
    Ok(())
}

async fn inbox_consumer(broker: &Broker) -> Result<(), ProvisionError> {
    let name = names::INBOX_CONSUMER;
    let config: pull::Config = plan::inbox_consumer();
    let context = broker.context();
    // Creating a consumer that exists updates it, or refuses when it cannot.
    let made = context
        .create_consumer_on_stream(config, names::INBOX_STREAM)
        .await;
    made.map(drop).map_err(|error| refused(name, &error))
}

fn refused(name: &str, error: &dyn std::error::Error) -> ProvisionError {
    ProvisionError::Refused {
        name: name.to_owned(),
        reason: error.to_string(),
    }
}
