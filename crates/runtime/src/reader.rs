//! Reads the inputs of one owned partition, ahead of its rounds.

use std::time::Duration;

use redress_log::{EventLog, Reader as _};
use redress_wire::Service;
use tokio::{sync::mpsc, time::sleep};
use tracing::warn;

use crate::{Block, halt::Halt};

/// A block for a partition, or why its inputs cannot be read on.
pub(crate) struct Inputs {
    pub(crate) partition: u32,
    /// The ownership that it was read for.
    pub(crate) life: u64,
    pub(crate) block: Result<Block, Halt>,
    /// How many blocks follow it in the log.
    pub(crate) behind: u64,
}

/// What a reader reads, and for whom.
pub(crate) struct Reading {
    pub(crate) partition: u32,
    /// Tells its blocks from those read for an earlier ownership.
    pub(crate) life: u64,
    pub(crate) services: &'static [Service],
    /// Stream sequence to begin at.
    pub(crate) from: u64,
    /// Identity of the log that the sequence is of.
    pub(crate) identity: [u8; 16],
    pub(crate) inputs: mpsc::Sender<Inputs>,
}

impl Reading {
    /// Hands a block on; false if nobody wants any more.
    async fn hand_on(&self, block: Result<Block, Halt>, behind: u64) -> bool {
        let inputs = Inputs {
            partition: self.partition,
            life: self.life,
            block,
            behind,
        };
        self.inputs.send(inputs).await.is_ok()
    }
}

/// Reads for ever; an unreadable block ends it.
pub(crate) async fn read_on<L: EventLog>(log: L, reading: Reading) {
    let partition = reading.partition;
    let mut at = reading.from - 1;
    loop {
        match log.identity(partition).await {
            Ok(same) if same == reading.identity => {}
            Ok(_) => {
                let anew = "the log was deleted and made anew".to_owned();
                let block = Err(Halt::Damaged(anew));
                reading.hand_on(block, 0).await;
                return;
            }
            Err(fault) => {
                warn!(partition, %fault, "the log is asked again");
                sleep(Duration::from_millis(200)).await;
                continue;
            }
        }
        let mut reader = match log.read(partition, reading.services, at + 1).await {
            Ok(reader) => reader,
            Err(fault) => {
                warn!(partition, %fault, "reading the log is tried again");
                sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        while let Ok(stored) = reader.next().await {
            at = stored.sequence;
            let block = Block::decode(&stored).map_err(Halt::from);
            let is_faulty = block.is_err();
            if !reading.hand_on(block, reader.behind()).await || is_faulty {
                return;
            }
        }
    }
}
