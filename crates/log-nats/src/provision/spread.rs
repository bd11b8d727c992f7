//! Over how many streams the log is spread: fixed once, before the first of them is made.

use redress_log::{Installation as _, LogError, Streams};
use redress_wire::names;

use super::{ProvisionError, Provisioning, find};
use crate::{
    Broker,
    streams::{fixed, parsed, takes_all},
};

/// Which partitions a stream of the log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    pub(super) streams: Streams,
    /// The number of partitions; means nothing while there is one stream.
    pub(super) partitions: u32,
}

impl Spread {
    pub(super) const NONE: Self = Self {
        streams: Streams::ONE,
        partitions: 0,
    };
}

/// What holds, once something does.
pub(super) async fn found(broker: &Broker) -> Result<Spread, ProvisionError> {
    let holds = holds(broker).await?;
    Ok(holds.unwrap_or(Spread::NONE))
}

/// What holds from now on. Whoever makes the first stream decides: it is made as one of several,
/// or as the only one, and never becomes the other.
pub(super) async fn fix(
    broker: &Broker,
    provisioning: &Provisioning,
) -> Result<Spread, ProvisionError> {
    let asked = provisioning.streams;
    let spread = match holds(broker).await? {
        Some(spread) => spread,
        None => match asked.unwrap_or_else(|| suited(provisioning)) {
            Streams::ONE => Spread::NONE,
            several => fix_several(broker, several, provisioning.partitions).await?,
        },
    };
    let is = spread.streams;
    match asked.filter(|asked| *asked != is) {
        Some(asked) => Err(ProvisionError::OtherStreams { is, asked }),
        None => Ok(spread),
    }
}

/// What suits the broker: a batch of two messages and more costs a stream with one copy several
/// syncs and a folder, a single message one sync. So one partition in each stream is fastest. With
/// several copies each stream is a group of servers that agree, and a batch costs them little more.
fn suited(provisioning: &Provisioning) -> Streams {
    let partitions = provisioning.partitions.unwrap_or(1);
    let one_each = Streams::new(partitions.clamp(1, Streams::MOST));
    let alone = one_each.filter(|_| provisioning.replicas == 1);
    alone.unwrap_or(Streams::ONE)
}

/// The log that is there, or what was fixed before it is made.
async fn holds(broker: &Broker) -> Result<Option<Spread>, ProvisionError> {
    let first = find(broker, names::LOG_STREAM).await?;
    let subjects = first.map(|first| first.cached_info().config.subjects.clone());
    if subjects.as_deref().is_some_and(takes_all) {
        return Ok(Some(Spread::NONE));
    }
    let streams = fixed(broker).await.map_err(unreadable)?;
    match streams {
        Some(streams) => {
            let partitions = partitions(broker, None).await?;
            Ok(Some(Spread {
                streams,
                partitions,
            }))
        }
        // A stream of ours it is not: what is wrong with it is for the check to say.
        None => Ok(subjects.map(|_| Spread::NONE)),
    }
}

async fn fix_several(
    broker: &Broker,
    streams: Streams,
    partitions: Option<u32>,
) -> Result<Spread, ProvisionError> {
    let wanted = self::partitions(broker, partitions).await?;
    if wanted < streams.count() {
        return Err(ProvisionError::TooManyStreams {
            streams,
            partitions: wanted,
        });
    }
    let facts = broker.installation();
    let fixed = facts.fix(names::PARTITIONS_KEY, &wanted.to_string()).await;
    if fixed.map_err(unreadable)? != wanted.to_string() {
        let reason = "somebody else has just fixed the number of partitions: try again";
        return Err(unreadable(LogError(reason.to_owned())));
    }
    let fixed = facts.fix(names::STREAMS_KEY, &streams.to_string()).await;
    let streams = fixed.and_then(|fixed| parsed(&fixed)).map_err(unreadable)?;
    Ok(Spread {
        streams,
        partitions: wanted,
    })
}

/// The number of partitions that was fixed; the one asked for if none was.
async fn partitions(broker: &Broker, asked: Option<u32>) -> Result<u32, ProvisionError> {
    let fixed = broker.installation().fact(names::PARTITIONS_KEY).await;
    let fixed = fixed.map_err(unreadable)?;
    let partitions = fixed.map_or(asked, |fixed| fixed.parse().ok());
    partitions.ok_or_else(|| {
        let reason = "the number of partitions is not fixed, and streams divide them";
        unreadable(LogError(reason.to_owned()))
    })
}

fn unreadable(error: LogError) -> ProvisionError {
    ProvisionError::Refused {
        name: names::INSTALLATION_BUCKET.to_owned(),
        reason: error.0,
    }
}
