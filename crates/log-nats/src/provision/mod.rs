mod plan;
mod verify;

use std::time::Duration;

use async_nats::jetstream::{
    ErrorCode,
    consumer::pull,
    context::{CreateStreamErrorKind, GetStreamErrorKind},
    stream::{self, Stream},
};
use redress_wire::names;
use tokio::time::Instant;

use crate::Broker;

/// Between two looks whether the installation was provisioned.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A missing stream is mentioned this often.
const SAY_EVERY: Duration = Duration::from_secs(10);
/// When the size of a stream is not set and the disk is too small for the usual one, it is halved
/// down to this.
const LEAST_BYTES: i64 = 256 << 20;
/// The feed may be smaller: it is made last, of what the others left, and what it forgets is in
/// the log.
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
    /// Bytes that the log may take on each server. Unless set: 64 GiB when it is made, or less
    /// on a small disk. A full log refuses new entries and loses none.
    pub log_max_bytes: Option<u64>,
    /// Bytes that complaints waiting in the inbox may take. Unless set: 4 GiB when it is made,
    /// or less on a small disk.
    pub inbox_max_bytes: Option<u64>,
}

impl Default for Provisioning {
    fn default() -> Self {
        Self {
            replicas: 1,
            log_max_bytes: None,
            inbox_max_bytes: None,
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
    for wanted in plan::streams(provisioning) {
        match Box::pin(find(broker, &wanted.name)).await? {
            None => Box::pin(create(broker, wanted, provisioning)).await?,
            Some(found) => {
                let found = &found.cached_info().config;
                verify::stream(&wanted, found)?;
                Box::pin(adapt(broker, &wanted, found, provisioning)).await?;
            }
        }
    }
    Box::pin(inbox_consumer(broker)).await
}

/// Checks that everything is there and can be worked with; changes nothing.
///
/// # Errors
/// See [`ProvisionError`].
pub async fn check_provisioned(broker: &Broker) -> Result<(), ProvisionError> {
    for wanted in plan::streams(&Provisioning::default()) {
        let found = Box::pin(find(broker, &wanted.name)).await?;
        let found = found.ok_or_else(|| ProvisionError::Missing(wanted.name.clone()))?;
        verify::stream(&wanted, &found.cached_info().config)?;
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

async fn create(
    broker: &Broker,
    mut wanted: stream::Config,
    provisioning: &Provisioning,
) -> Result<(), ProvisionError> {
    let name = wanted.name.clone();
    let fixed = plan::explicit_bytes(&name, provisioning).is_some();
    let least = if name == names::FEED_STREAM {
        LEAST_FEED_BYTES
    } else {
        LEAST_BYTES
    };
    loop {
        let Err(error) = broker.context().create_stream(wanted.clone()).await else {
            break;
        };
        let small_disk = matches!(error.kind(), CreateStreamErrorKind::JetStream(fault)
            if NO_ROOM.contains(&fault.error_code()));
        if fixed || !small_disk || wanted.max_bytes / 2 < least {
            return Err(refused(&name, &error));
        }
        wanted.max_bytes /= 2;
    }
    tracing::info!(stream = name, max_bytes = wanted.max_bytes, "made a stream");
    Ok(())
}

/// Changes the copies and, where it is set, the size.
async fn adapt(
    broker: &Broker,
    wanted: &stream::Config,
    found: &stream::Config,
    provisioning: &Provisioning,
) -> Result<(), ProvisionError> {
    let max_bytes = plan::explicit_bytes(&wanted.name, provisioning).unwrap_or(found.max_bytes);
    let adapted = stream::Config {
        num_replicas: wanted.num_replicas,
        max_bytes,
        ..found.clone()
    };
    if adapted == *found {
        return Ok(());
    }
    let updated = broker.context().update_stream(adapted).await;
    updated.map_err(|error| refused(&wanted.name, &error))?;
    tracing::info!(stream = wanted.name, max_bytes, "changed a stream");
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
