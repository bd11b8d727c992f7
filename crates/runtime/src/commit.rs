//! Brings one round into the log, whatever becomes of the answer.

use std::time::Duration;

use redress_log::{AppendError, Chain, Entry, EventLog};
use tokio::time::sleep;
use tracing::{info, warn};

/// What became of a round's batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Committed {
    /// It is in the log; the sequence of each entry.
    Stored(Vec<u64>),
    /// It is not and will not be: these chains were continued by others.
    Overtaken(Vec<Chain>),
    /// It is not and will not be: the log refuses for now.
    Refused(String),
}

/// How long to wait before a doubtful batch is looked at again; doubles up to a second.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Appends all entries or none.
///
/// A batch in doubt is looked up, and sent again unchanged if it is not there: since it carries
/// the same expectations, whichever copy comes first makes the other fail.
pub(crate) async fn commit<L: EventLog>(log: &L, entries: &[Entry]) -> Committed {
    let mut pause = FIRST_PAUSE;
    let mut doubted = false;
    loop {
        let failure = match log.append(entries).await {
            Ok(sequences) => return Committed::Stored(sequences),
            Err(AppendError::Refused(reason)) if !doubted => return Committed::Refused(reason),
            Err(failure) => failure,
        };
        doubted |= matches!(failure, AppendError::InDoubt(_));
        if doubted {
            warn!(%failure, "a commit is in doubt; the log is asked what became of it");
        }
        match look_up(log, entries).await {
            Some(Committed::Overtaken(chains)) if chains.is_empty() => {}
            Some(known) => {
                if doubted {
                    info!(
                        stored = matches!(known, Committed::Stored(_)),
                        "the doubt is resolved"
                    );
                }
                return known;
            }
            None => {}
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the entries are in the log; overtaken by nobody if they may still be appended; `None`
/// if the log does not tell.
async fn look_up<L: EventLog>(log: &L, entries: &[Entry]) -> Option<Committed> {
    let mut overtaken = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match log.last(entry.chain).await.ok()? {
            // One is there, so all are: a batch is atomic and its sequences follow each other.
            Some(stored) if stored.payload == entry.payload => {
                let first = stored.sequence - index as u64;
                return Some(Committed::Stored((first..).take(entries.len()).collect()));
            }
            last if last.as_ref().map_or(0, |stored| stored.sequence) != entry.expected => {
                overtaken.push(entry.chain);
            }
            _ => {}
        }
    }
    Some(Committed::Overtaken(overtaken))
}
