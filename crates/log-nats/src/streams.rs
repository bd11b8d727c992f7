//! Over how many streams the log is spread.

use redress_log::{Installation as _, LogError, Streams};
use redress_wire::names;

use crate::Broker;

/// Asks once, then it is known for good.
pub(crate) async fn of(broker: &Broker) -> Result<Streams, LogError> {
    let streams = broker.streams().get_or_try_init(|| ask(broker)).await;
    streams.copied()
}

/// The stream that holds a partition.
pub(crate) async fn name_of(broker: &Broker, partition: u32) -> Result<String, LogError> {
    Ok(names::log_stream(of(broker).await?.of(partition)))
}

/// The first stream tells whether it is the only one: then it takes the blocks of any partition.
/// Otherwise their number is a fact of the installation, which is older than any of them.
async fn ask(broker: &Broker) -> Result<Streams, LogError> {
    let first = broker.context().get_stream(names::LOG_STREAM).await;
    let first = first.map_err(|error| LogError(error.to_string()))?;
    let subjects = &first.cached_info().config.subjects;
    if takes_all(subjects) {
        return Ok(Streams::ONE);
    }
    fixed(broker)
        .await?
        .ok_or_else(|| LogError("the number of its streams is not fixed".to_owned()))
}

/// Whether a stream with these subjects is the whole log.
pub(crate) fn takes_all(subjects: &[String]) -> bool {
    subjects
        .iter()
        .any(|subject| subject == names::LOG_SUBJECTS[0])
}

/// The number that was fixed, if it was: an installation with one stream fixes none.
pub(crate) async fn fixed(broker: &Broker) -> Result<Option<Streams>, LogError> {
    let fact = broker.installation().fact(names::STREAMS_KEY).await?;
    fact.map(|fact| parsed(&fact)).transpose()
}

pub(crate) fn parsed(fact: &str) -> Result<Streams, LogError> {
    let streams = fact.parse().ok().and_then(Streams::new);
    streams.ok_or_else(|| LogError(format!("the number of its streams reads {fact:?}")))
}
