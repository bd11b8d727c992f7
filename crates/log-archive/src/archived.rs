use std::collections::{BTreeMap, VecDeque};

use redress_log::{AppendError, Chain, Entry, EventLog, LogError, Reader, Stored, Streams};
use redress_wire::Service;

use crate::{Archive, folder::ArchiveFile};

/// A log together with what was trimmed off it: it reads as if nothing had been.
#[derive(Clone, Debug)]
pub struct Archived<L> {
    log: L,
    archive: Archive,
}

impl<L: EventLog> Archived<L> {
    /// The log with its archive; with an empty one it is the log.
    pub fn new(log: L, archive: Archive) -> Self {
        Self { log, archive }
    }

    async fn file(&self, partition: u32, file: &ArchiveFile) -> Result<Vec<Stored>, LogError> {
        let identity = self.log.identity(partition).await?;
        file.read(identity).await
    }
}

impl<L: EventLog> EventLog for Archived<L> {
    type Reader = ArchivedReader<L::Reader>;
    type Snapshots = L::Snapshots;

    fn snapshots(&self) -> L::Snapshots {
        self.log.snapshots()
    }

    async fn streams(&self) -> Result<Streams, LogError> {
        self.log.streams().await
    }

    async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, AppendError> {
        self.log.append(entries).await
    }

    async fn last(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        self.log.last(chain).await
    }

    async fn first(&self, chain: Chain) -> Result<Option<Stored>, LogError> {
        let mut first = self.log.first(chain).await?;
        let Chain::Blocks { partition, .. } = chain else {
            return Ok(first);
        };
        for file in self.archive.of(partition) {
            let is_earlier = |sequence| {
                first
                    .as_ref()
                    .is_some_and(|first| sequence < first.sequence)
            };
            if !is_earlier(file.first) {
                break;
            }
            let blocks = self.file(partition, file).await?;
            let mut of_chain = blocks.into_iter().filter(|block| block.chain == chain);
            if let Some(earlier) = of_chain.next().filter(|block| is_earlier(block.sequence)) {
                first = Some(earlier);
            }
        }
        Ok(first)
    }

    async fn trim(&self, chain: Chain, below: u64) -> Result<u64, LogError> {
        self.log.trim(chain, below).await
    }

    async fn at(&self, partition: u32, sequence: u64) -> Result<Option<Stored>, LogError> {
        let stored = self.log.at(partition, sequence).await?;
        if stored.is_some() {
            return Ok(stored);
        }
        let has = |file: &&ArchiveFile| (file.first..=file.last).contains(&sequence);
        for file in self.archive.of(partition).iter().filter(has) {
            let blocks = self.file(partition, file).await?;
            let mut there = blocks
                .into_iter()
                .filter(|block| block.sequence == sequence);
            if let Some(stored) = there.next() {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    async fn read(
        &self,
        partition: u32,
        services: &[Service],
        from: u64,
    ) -> Result<Self::Reader, LogError> {
        let live = self.log.read(partition, services, from).await?;
        let files = self.archive.of(partition).iter();
        let files: VecDeque<_> = files.filter(|file| file.last >= from).cloned().collect();
        let (mut end, mut identity) = (0, [0; 16]);
        if !files.is_empty() {
            identity = self.log.identity(partition).await?;
            for &service in services {
                let last = self.log.last(Chain::Blocks { partition, service }).await?;
                end = end.max(last.map_or(0, |last| last.sequence));
            }
        }
        Ok(ArchivedReader {
            live,
            next_live: None,
            end,
            identity,
            files,
            blocks: BTreeMap::new(),
            services: services.to_vec(),
            next: from,
        })
    }

    async fn identity(&self, partition: u32) -> Result<[u8; 16], LogError> {
        self.log.identity(partition).await
    }
}

/// Reads a partition of the archive and of the log, each block once, in the order of the log.
#[derive(Debug)]
pub struct ArchivedReader<R> {
    live: R,
    /// Read from the log, and behind what the archive has next.
    next_live: Option<Stored>,
    /// What the log holds up to here comes without waiting.
    end: u64,
    identity: [u8; 16],
    /// Files that are not read yet; they may overlap, for chains are trimmed to different places.
    files: VecDeque<ArchiveFile>,
    /// Blocks of the files read, by their sequence.
    blocks: BTreeMap<u64, Stored>,
    services: Vec<Service>,
    /// The least sequence to give.
    next: u64,
}

impl<R: Reader> Reader for ArchivedReader<R> {
    async fn next(&mut self) -> Result<Stored, LogError> {
        loop {
            self.load().await?;
            let archived = self.blocks.first_key_value().map(|(sequence, _)| *sequence);
            // Up to its end the log has a next one for sure; behind it nobody waits while the
            // archive has more.
            if self.next_live.is_none() && (archived.is_none() || self.next <= self.end) {
                self.next_live = Some(self.live.next().await?);
            }
            let live = self.next_live.as_ref().map(|block| block.sequence);
            let from_archive = match (archived, live) {
                (Some(archived), Some(live)) => archived <= live,
                (archived, _) => archived.is_some(),
            };
            let block = if from_archive {
                self.blocks.pop_first().map(|(_, block)| block)
            } else {
                self.next_live.take()
            };
            if let Some(block) = block.filter(|block| block.sequence >= self.next) {
                self.next = block.sequence + 1;
                return Ok(block);
            }
        }
    }

    fn behind(&self) -> u64 {
        self.blocks.len() as u64 + self.live.behind() + u64::from(self.next_live.is_some())
    }
}

impl<R: Reader> ArchivedReader<R> {
    /// Has the next block of the archive at hand, if there is one.
    async fn load(&mut self) -> Result<(), LogError> {
        while let Some(file) = self.files.front() {
            let at = self.blocks.first_key_value().map(|(sequence, _)| *sequence);
            if at.is_some_and(|at| at < file.first) {
                return Ok(());
            }
            let blocks = file.read(self.identity).await?;
            self.files.pop_front();
            let wanted = |block: &Stored| {
                let Chain::Blocks { service, .. } = block.chain else {
                    return false;
                };
                self.services.contains(&service) && block.sequence >= self.next
            };
            let wanted = blocks.into_iter().filter(wanted);
            self.blocks
                .extend(wanted.map(|block| (block.sequence, block)));
        }
        Ok(())
    }
}
