//! Reads the inputs of one owned partition, ahead of its rounds.

use std::{collections::BTreeMap, time::Duration};

use redress_log::{EventLog, Reader as _};
use redress_wire::Service;
use tokio::{sync::mpsc, time::sleep};
use tracing::warn;

use crate::{Block, Head};

/// A block for a partition, or why its inputs cannot be read on.
pub(crate) struct Inputs {
    pub(crate) partition: u32,
    pub(crate) block: Result<Block, String>,
}

/// Reads for ever; a broken chain or an unreadable block ends it.
pub(crate) async fn read_on<L: EventLog>(
    log: L,
    partition: u32,
    services: &'static [Service],
    from: u64,
    identity: [u8; 16],
    inputs: mpsc::Sender<Inputs>,
) {
    let mut at = from - 1;
    let mut heads = BTreeMap::new();
    loop {
        match log.identity().await {
            Ok(same) if same == identity => {}
            Ok(_) => {
                let block = Err("the log was deleted and made anew".to_owned());
                drop(inputs.send(Inputs { partition, block }).await);
                return;
            }
            Err(fault) => {
                warn!(partition, %fault, "the log is asked again");
                sleep(Duration::from_millis(200)).await;
                continue;
            }
        }
        let mut reader = match log.read(partition, services, at + 1).await {
            Ok(reader) => reader,
            Err(fault) => {
                warn!(partition, %fault, "reading the log is tried again");
                sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        while let Ok(stored) = reader.next().await {
            at = stored.sequence;
            let block = Block::decode(&stored).and_then(|block| follow(&mut heads, block));
            let faulty = block.is_err();
            if inputs.send(Inputs { partition, block }).await.is_err() || faulty {
                return;
            }
        }
    }
}

/// Checks that the block continues the chain of its service, once one block of it was seen.
fn follow(heads: &mut BTreeMap<Service, Head>, block: Block) -> Result<Block, String> {
    if let Some(head) = heads.get(&block.service) {
        head.check(
            block.partition,
            block.service,
            block.sequence,
            &block.content,
        )
        .map_err(|broken| broken.to_string())?;
    }
    let head = Head {
        sequence: block.sequence,
        hash: block.hash,
        height: block.content.height,
        consumed: block.content.consumed,
    };
    heads.insert(block.service, head);
    Ok(block)
}
