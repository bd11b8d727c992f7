//! Looks for likely repeats after the commit: asks all partitions, links what is found.
//!
//! Exact across restarts: a partition notes in the log up to which block its complaints were
//! looked at ([`redress_wire::intake::RepeatsSearched`]), at most every `NOTE_EVERY`; what came
//! after the last note is looked at again when the partition is opened. Looking twice changes
//! nothing, because a complaint is linked once.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt as _, stream};
use redress_complaint::{ComplaintId, partition_of};
use redress_log::Peers;
use redress_runtime::{Handle, Refusal};
use redress_wire::intake::{
    Command, FoundRepeat, FreshComplaint, LinkRepeats, NoteSearched, Query, RepeatsQuery, command,
    query,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::{IntakeCore, LookForRepeats, link::MOST_LINKS};

/// Fresh complaints are gathered for so long: nobody waits for the link, and one question to all
/// partitions serves all of them.
const GATHER: Duration = Duration::from_millis(20);
/// Complaints in one question: keeps the owners' other work waiting for a millisecond at most.
const MOST_AT_ONCE: usize = 256;
/// Links that are recorded at once.
const LINKS_AT_ONCE: usize = 64;
/// How often a partition notes how far it was searched: what came since is looked at again after
/// a restart, and each note costs a block.
const NOTE_EVERY: Duration = Duration::from_secs(15);
/// Pause before a failed question or command is tried again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a command may wait for its owner.
const PATIENCE: Duration = Duration::from_secs(5);

type Work = (u32, LookForRepeats);

/// Looks for repeats until it is told to stop; what is unfinished then is looked at again after
/// the next start.
///
/// # Errors
/// None: what fails is tried again.
pub async fn run<P: Peers>(
    handle: Handle<IntakeCore, P>,
    mut work: mpsc::UnboundedReceiver<Work>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut search = Search {
        handle,
        searched: BTreeMap::new(),
        noted_at: Instant::now(),
    };
    loop {
        let batch = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            batch = gather(&mut work) => batch,
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            () = search.look(batch) => {}
        }
        if work.is_closed() && work.is_empty() {
            stop.cancelled().await;
        }
    }
}

/// Waits for work, but not longer than until the next notes are due; then gathers a little more.
async fn gather(work: &mut mpsc::UnboundedReceiver<Work>) -> Vec<Work> {
    let mut batch = Vec::new();
    let until = Instant::now() + NOTE_EVERY;
    if let Ok(Some(first)) = timeout_at(until, work.recv()).await {
        let mut complaints = first.1.fresh.len();
        batch.push(first);
        let until = Instant::now() + GATHER;
        while complaints < MOST_AT_ONCE
            && let Ok(Some(more)) = timeout_at(until, work.recv()).await
        {
            complaints += more.1.fresh.len();
            batch.push(more);
        }
    }
    batch
}

struct Search<P: Peers> {
    handle: Handle<IntakeCore, P>,
    /// By partition: the block up to which all was looked at, until it is noted.
    searched: BTreeMap<u32, u64>,
    noted_at: Instant,
}

impl<P: Peers> Search<P> {
    async fn look(&mut self, batch: Vec<Work>) {
        let fresh: Vec<&FreshComplaint> = batch.iter().flat_map(|(_, work)| &work.fresh).collect();
        for some in fresh.chunks(MOST_AT_ONCE) {
            let found = self.ask(some).await;
            let links = stream::iter(found).map(|link| self.link(link));
            links
                .buffer_unordered(LINKS_AT_ONCE)
                .collect::<Vec<()>>()
                .await;
        }
        for (partition, work) in &batch {
            let searched = self.searched.entry(*partition).or_default();
            *searched = work.height.max(*searched);
        }
        if self.noted_at.elapsed() >= NOTE_EVERY {
            self.note().await;
        }
    }

    /// Asks all partitions until they have answered. By later complaint: the earlier ones.
    async fn ask(&self, fresh: &[&FreshComplaint]) -> Vec<LinkRepeats> {
        let fresh = fresh.iter().map(|fresh| (*fresh).clone()).collect();
        let query = Query {
            query: Some(query::Query::Repeats(RepeatsQuery { fresh })),
        };
        let found = loop {
            match self.handle.query_all(&query).await {
                Ok(found) => break found,
                Err(refusal) => tracing::debug!(reason = refusal.message, "repeats wait"),
            }
            sleep(PAUSE).await;
        };
        let pairs = found.into_iter().flat_map(|(_, found)| found.repeats);
        merged(pairs.map(|pair| (pair.complaint_id, pair.earlier)))
    }

    async fn link(&self, link: LinkRepeats) {
        let Ok(id) = ComplaintId::try_from(link.complaint_id.as_slice()) else {
            return;
        };
        let partition = partition_of(&id, self.handle.partitions());
        let command = command::Command::LinkRepeats(link);
        while let Err(refusal) = self.command(partition, command.clone()).await {
            if !matches!(refusal.code, Code::Unavailable | Code::ResourceExhausted) {
                tracing::warn!(reason = refusal.message, "a likely repeat cannot be linked");
                return;
            }
            sleep(PAUSE).await;
        }
    }

    async fn note(&mut self) {
        self.noted_at = Instant::now();
        let searched = std::mem::take(&mut self.searched);
        let notes = stream::iter(searched).map(|(partition, height)| {
            let search = &*self;
            async move {
                let note = command::Command::NoteSearched(NoteSearched { height });
                if let Err(refusal) = search.command(partition, note).await {
                    // A later note says as much.
                    tracing::debug!(partition, reason = refusal.message, "not noted yet");
                }
            }
        });
        notes
            .buffer_unordered(LINKS_AT_ONCE)
            .collect::<Vec<()>>()
            .await;
    }

    async fn command(&self, partition: u32, command: command::Command) -> Result<(), Refusal> {
        let command = Command {
            command: Some(command),
        };
        self.handle
            .command(partition, command, "", PATIENCE)
            .await
            .map(drop)
    }
}

/// Pairs brought together by the later complaint; the newest earlier ones first, and no more of
/// them than are linked.
fn merged(pairs: impl Iterator<Item = (Vec<u8>, Vec<FoundRepeat>)>) -> Vec<LinkRepeats> {
    let mut links: BTreeMap<Vec<u8>, Vec<FoundRepeat>> = BTreeMap::new();
    for (later, earlier) in pairs {
        links.entry(later).or_default().extend(earlier);
    }
    links
        .into_iter()
        .map(|(complaint_id, mut earlier)| {
            earlier.sort_by(|a, b| {
                (b.received_at_us, &b.complaint_id).cmp(&(a.received_at_us, &a.complaint_id))
            });
            earlier.dedup_by(|a, b| a.complaint_id == b.complaint_id);
            earlier.truncate(MOST_LINKS);
            LinkRepeats {
                complaint_id,
                earlier,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_found_in_several_partitions_is_linked_once_to_the_newest_ones() {
        let earlier = |time: i64| {
            let id = time.to_be_bytes().repeat(2);
            FoundRepeat {
                complaint_id: id,
                received_at_us: time,
                ..FoundRepeat::default()
            }
        };
        let pairs = (0..40).map(|time| (vec![7; 16], vec![earlier(time), earlier(time / 2)]));
        let links = merged(pairs);
        assert_eq!(links.len(), 1);
        let times: Vec<i64> = links[0].earlier.iter().map(|e| e.received_at_us).collect();
        assert_eq!(times, (24..40).rev().collect::<Vec<_>>());
    }
}
