//! Reading a partition's past, block by block.

use std::time::Duration;

use redress_log::{Chain, EventLog, LogError, Reader as _};
use redress_wire::Service;
use tokio::time::timeout;

use crate::{Block, replay::ReplayError};

/// What is said to be in the log comes at once. After so long it is asked whether it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// The blocks of some services of a partition, one after the other. Reading begins when the first
/// one is wanted, and a block that is not wanted yet waits here: the others wait in the log.
pub(crate) struct Tape<'a, L: EventLog> {
    log: &'a L,
    partition: u32,
    services: Vec<Service>,
    reader: Option<L::Reader>,
    waiting: Option<Block>,
}

impl<'a, L: EventLog> Tape<'a, L> {
    pub(crate) fn of(log: &'a L, partition: u32, services: &[Service]) -> Self {
        Self {
            log,
            partition,
            services: services.to_vec(),
            reader: None,
            waiting: None,
        }
    }

    /// The next block behind the stream sequence `after`, whenever it comes.
    pub(crate) async fn next(&mut self, after: u64) -> Result<Block, ReplayError> {
        if let Some(block) = self.waiting.take() {
            return Ok(block);
        }
        let reader = match &mut self.reader {
            Some(reader) => reader,
            none => {
                let reader = self.log.read(self.partition, &self.services, after + 1);
                none.insert(reader.await?)
            }
        };
        Ok(Block::decode(&reader.next().await?)?)
    }

    /// The next block behind `after` that is not behind `most`; `None` if there is none.
    ///
    /// An own block names the last input that was folded before it. That one is missing only where
    /// an earlier release read other services than this one does.
    pub(crate) async fn next_up_to(
        &mut self,
        after: u64,
        most: u64,
    ) -> Result<Option<Block>, ReplayError> {
        if after >= most {
            return Ok(None);
        }
        let block = loop {
            if let Ok(block) = timeout(PATIENCE, self.next(after)).await {
                break block?;
            }
            if last_of(self.log, self.partition, &self.services).await? <= after {
                return Ok(None);
            }
        };
        if block.sequence > most {
            self.waiting = Some(block);
            return Ok(None);
        }
        Ok(Some(block))
    }
}

/// Stream sequence of the last block of some services; 0 if there is none.
pub(crate) async fn last_of<L: EventLog>(
    log: &L,
    partition: u32,
    services: &[Service],
) -> Result<u64, LogError> {
    let mut last = 0;
    for &service in services {
        let stored = log.last(Chain::Blocks { partition, service }).await?;
        last = last.max(stored.map_or(0, |stored| stored.sequence));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use redress_log::{Entry, memory::MemoryLog};
    use redress_wire::log;

    use super::*;

    const READS: [Service; 2] = [Service::Intake, Service::SlaMonitor];

    /// A log whose blocks are those of these services, one after the other from sequence 1 on.
    async fn log_of(services: &[Service]) -> MemoryLog {
        let log = MemoryLog::new([7; 16]);
        for &service in services {
            let chain = Chain::Blocks {
                partition: 0,
                service,
            };
            let last = log.last(chain).await.expect("the twin reads");
            let entry = Entry {
                chain,
                expected: last.map_or(0, |last| last.sequence),
                payload: log::Block::default().encode_to_vec().into(),
            };
            log.append(&[entry]).await.expect("nobody competes");
        }
        log
    }

    /// Sequences up to one.
    async fn up_to(tape: &mut Tape<'_, MemoryLog>, mut after: u64, most: u64) -> Vec<u64> {
        let mut sequences = Vec::new();
        while let Some(block) = tape.next_up_to(after, most).await.expect("a block") {
            after = block.sequence;
            sequences.push(after);
        }
        sequences
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_wanted_yet_waits() {
        use Service::{Intake, Router, SlaMonitor};
        let log = log_of(&[Intake, Router, SlaMonitor, Intake, Intake, Router]).await;
        let mut tape = Tape::of(&log, 0, &READS);
        assert_eq!(up_to(&mut tape, 0, 1).await, [1]);
        assert_eq!(up_to(&mut tape, 1, 3).await, [3]);
        assert_eq!(up_to(&mut tape, 3, 3).await, [0_u64; 0]);
        assert_eq!(up_to(&mut tape, 3, 5).await, [4, 5]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_block_of_a_service_that_is_not_read_is_not_waited_for() {
        use Service::{Intake, Notifier};
        let log = log_of(&[Intake, Notifier, Notifier]).await;
        let mut tape = Tape::of(&log, 0, &READS);
        assert_eq!(up_to(&mut tape, 0, 2).await, [1]);
        let log = log_of(&[Intake, Notifier, Intake]).await;
        let mut tape = Tape::of(&log, 0, &READS);
        assert_eq!(up_to(&mut tape, 0, 2).await, [1]);
        assert_eq!(up_to(&mut tape, 1, 3).await, [3], "it was read already");
    }
}
