use std::collections::BTreeMap;

use futures::future::try_join_all;
use redress_log::{Entry, EventLog as _};
use redress_log_nats::NatsLog;

/// Appends blocks as one round does: for each stream one batch, all of them at once. Gives each
/// block back with its sequence in its stream.
///
/// # Errors
/// The log cannot be asked, or does not store a batch.
pub(super) async fn append(
    log: &NatsLog,
    entries: Vec<Entry>,
) -> anyhow::Result<Vec<(Entry, u64)>> {
    let streams = log.streams().await?;
    let mut batches: BTreeMap<u32, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        let batch = batches.entry(streams.of_chain(entry.chain)).or_default();
        batch.push(entry);
    }
    let batches: Vec<Vec<Entry>> = batches.into_values().collect();
    let sequences = try_join_all(batches.iter().map(|batch| log.append(batch))).await?;
    Ok(batches
        .into_iter()
        .flatten()
        .zip(sequences.concat())
        .collect())
}
