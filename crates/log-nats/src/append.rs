use std::{collections::HashSet, time::Duration};

use async_nats::{HeaderMap, Request, header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE};
use redress_log::{AppendError, Entry, Streams};
use redress_wire::names;
use serde::Deserialize;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Broker, LogOptions, streams,
    verdict::{Fault, no_answer},
};

/// The headers of an atomic batch (ADR-50 of NATS).
const BATCH_ID: &str = "Nats-Batch-Id";
const BATCH_SEQUENCE: &str = "Nats-Batch-Sequence";
const BATCH_COMMIT: &str = "Nats-Batch-Commit";
/// The broker's limit of messages in a batch.
const BATCH_MOST: usize = 1000;
/// Room for the headers of a message beside its payload; they take less than 200 bytes.
const HEADERS_MOST: usize = 512;

/// The broker's answer to the message that commits.
#[derive(Deserialize)]
struct Answer {
    error: Option<Fault>,
    #[serde(default)]
    stream: String,
    #[serde(default)]
    seq: u64,
    /// Absent after a message outside of a batch.
    #[serde(default)]
    count: Option<usize>,
}

/// Appends all entries in one atomic batch. A single one goes without a batch: it is as atomic,
/// and the broker writes it once instead of twice.
pub(crate) async fn append(
    broker: &Broker,
    options: &LogOptions,
    entries: &[Entry],
) -> Result<Vec<u64>, AppendError> {
    let Some((last, others)) = entries.split_last() else {
        return Ok(Vec::new());
    };
    // Nothing was sent yet, so nothing can have been stored.
    let streams = timeout(options.commit_within, streams::of(broker)).await;
    let streams = streams
        .map_err(|_| AppendError::Refused("the broker is not connected".to_owned()))?
        .map_err(|error| AppendError::Refused(error.to_string()))?;
    check(entries, streams, broker.client().max_payload())?;
    let batch = (!others.is_empty()).then(|| Uuid::new_v4().simple().to_string());
    let batch = batch.as_deref();
    timeout(options.commit_within, stage(broker, options, others, batch))
        .await
        .map_err(|_| AppendError::Refused("the broker is not connected".to_owned()))??;
    let commit = Request::new()
        .headers(headers(
            last,
            entries.len(),
            batch,
            entries.len(),
            options.fence,
        ))
        .payload(last.payload.clone())
        .timeout(Some(options.commit_within));
    let answer = broker
        .client()
        .send_request(last.chain.subject(), commit)
        .await;
    let answer = answer.map_err(|error| no_answer(&error))?;
    let stream = names::log_stream(streams.of_chain(last.chain));
    sequences_of(&stream, &answer.payload, entries.len())
}

/// Refuses what the broker would refuse, before anything is sent.
fn check(entries: &[Entry], streams: Streams, max_payload: usize) -> Result<(), AppendError> {
    let most = max_payload.saturating_sub(HEADERS_MOST);
    let mut chains = HashSet::with_capacity(entries.len());
    let twice = entries.iter().find(|entry| !chains.insert(entry.chain));
    let large = entries.iter().find(|entry| entry.payload.len() > most);
    let stream = |entry: &Entry| streams.of_chain(entry.chain);
    let spans = !entries.is_sorted_by(|one, next| stream(one) == stream(next));
    let refused = match (twice, large) {
        _ if entries.len() > BATCH_MOST => {
            format!(
                "{} entries, and {BATCH_MOST} are the most in one append",
                entries.len()
            )
        }
        _ if spans => "entries of several streams".to_owned(),
        (Some(entry), _) => format!("two entries of {}", entry.chain.subject()),
        (_, Some(entry)) => format!(
            "an entry of {} has {} bytes, and the broker takes {most}",
            entry.chain.subject(),
            entry.payload.len()
        ),
        (None, None) => return Ok(()),
    };
    Err(AppendError::Refused(refused))
}

/// Sends all messages but the one that commits; the broker keeps them aside.
async fn stage(
    broker: &Broker,
    options: &LogOptions,
    entries: &[Entry],
    batch: Option<&str>,
) -> Result<(), AppendError> {
    // Without this, the messages would wait in the client and reach a broker that comes back
    // long after this append was given up.
    broker.connected().await;
    for (index, entry) in entries.iter().enumerate() {
        let headers = headers(entry, index + 1, batch, 0, options.fence);
        broker
            .client()
            .publish_with_headers(entry.chain.subject(), headers, entry.payload.clone())
            .await
            .map_err(|error| AppendError::Refused(error.to_string()))?;
    }
    Ok(())
}

fn headers(
    entry: &Entry,
    place: usize,
    batch: Option<&str>,
    commit_at: usize,
    fence: bool,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    batch_headers(&mut headers, place, batch, commit_at);
    if fence {
        headers.insert(
            NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
            entry.expected.to_string(),
        );
    }
    headers
}

/// Makes a message the one at `place` of a batch, if there is one; the one at `commit_at` commits.
pub(crate) fn batch_headers(
    headers: &mut HeaderMap,
    place: usize,
    batch: Option<&str>,
    commit_at: usize,
) {
    if let Some(batch) = batch {
        headers.insert(BATCH_ID, batch);
        headers.insert(BATCH_SEQUENCE, place.to_string());
        if place == commit_at {
            headers.insert(BATCH_COMMIT, "1");
        }
    }
}

/// The entries of a batch get consecutive sequences, ending at the one of the answer.
pub(crate) fn sequences_of(
    stream: &str,
    answer: &[u8],
    entries: usize,
) -> Result<Vec<u64>, AppendError> {
    let doubt = || {
        let text = String::from_utf8_lossy(answer);
        AppendError::InDoubt(format!("the broker's answer is not understood: {text}"))
    };
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| doubt())?;
    if let Some(fault) = answer.error {
        return Err(fault.verdict());
    }
    let first = (answer.seq + 1)
        .checked_sub(entries as u64)
        .filter(|first| *first > 0);
    let understood = answer.stream == stream && answer.count.unwrap_or(1) == entries;
    match first {
        Some(first) if understood => Ok((first..=answer.seq).collect()),
        _ => Err(doubt()),
    }
}

/// How long an append may take before it is in doubt.
pub(crate) const COMMIT_WITHIN: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use redress_log::Chain;

    use super::*;

    fn sequences(answer: &[u8], entries: usize) -> Result<Vec<u64>, AppendError> {
        sequences_of("REDRESS_LOG", answer, entries)
    }

    fn entry(day: u32, bytes: usize) -> Entry {
        let payload = Bytes::from(vec![7; bytes]);
        Entry {
            chain: Chain::Numbers { day },
            expected: 0,
            payload,
        }
    }

    #[test]
    fn a_batch_ends_at_the_sequence_of_the_answer() {
        let answer = br#"{"stream":"REDRESS_LOG","seq":9,"batch":"b","count":3}"#;
        assert_eq!(sequences(answer, 3), Ok(vec![7, 8, 9]));
        let single = br#"{"stream":"REDRESS_LOG","seq":10}"#;
        assert_eq!(sequences(single, 1), Ok(vec![10]));
    }

    #[test]
    fn an_answer_about_another_number_of_entries_leaves_a_doubt() {
        let answer = br#"{"stream":"REDRESS_LOG","seq":9,"batch":"b","count":2}"#;
        assert!(matches!(sequences(answer, 3), Err(AppendError::InDoubt(_))));
    }

    #[test]
    fn too_many_too_large_and_doubled_entries_are_refused_before_they_are_sent() {
        let many: Vec<_> = (0..1001).map(|day| entry(day, 1)).collect();
        for entries in [&many[..], &[entry(1, 1000)], &[entry(1, 1), entry(1, 1)]] {
            assert!(matches!(
                check(entries, Streams::ONE, 1024),
                Err(AppendError::Refused(_))
            ));
        }
        assert_eq!(check(&many[..1000], Streams::ONE, 1024), Ok(()));
    }
}
