//! Snapshots of partitions owned here: one at a time, beside the rounds. While one is made, the
//! partition's rows stay in memory and its store stays as it is.

use std::collections::BTreeMap;

use redress_log::EventLog;
use redress_store::Mark;
use tokio::sync::oneshot;
use tracing::{error, warn};

use super::Node;
use crate::{
    Core,
    partition::Partition,
    snapshot::{Making, make},
    tasks::Task,
};

/// Rows that wait in memory for the end of a snapshot; with more it is given up. Some 20 MB, and a
/// minute at 1,000 events a second.
const WAITING_MOST: usize = 64_000;

/// Snapshots that were asked for, and the one that is being made.
#[derive(Default)]
pub(super) struct Copies {
    /// The place that each has to have reached.
    wanted: BTreeMap<u32, Mark>,
    making: Option<Copy>,
}

struct Copy {
    partition: u32,
    life: u64,
    done: oneshot::Receiver<Result<(), String>>,
    _task: Task,
}

impl Copies {
    /// Whether the store of a partition has to stay as it is.
    pub(super) fn holds(&self, id: u32) -> bool {
        self.making
            .as_ref()
            .is_some_and(|copy| copy.partition == id)
    }

    /// Whether a partition's rows are to go to the store, to be copied there.
    pub(super) fn waits_for(&self, id: u32) -> bool {
        self.wanted.contains_key(&id)
    }
}

impl<C: Core, L: EventLog> Node<C, L> {
    /// Notes that snapshots are wanted of the partitions as they are now.
    pub(super) fn want_copies(&mut self, ids: &[u32]) {
        for id in ids {
            let mark = self.partitions.get(id).and_then(|held| held.rows.mark());
            if let Some(mark) = mark {
                self.copies.wanted.insert(*id, *mark);
            }
        }
    }

    /// Begins the next snapshot if none is being made.
    pub(super) fn copy(&mut self) {
        if self.is_copying() {
            return;
        }
        let partitions = &self.partitions;
        let wanted = &mut self.copies.wanted;
        wanted.retain(|id, _| partitions.contains_key(id));
        let ready = |(id, mark): (&u32, &Mark)| {
            let held = partitions.get(id).filter(|held| held.has_stored(mark))?;
            Some((*id, held.life))
        };
        let Some((partition, life)) = wanted.iter().find_map(ready) else {
            return;
        };
        wanted.remove(&partition);
        let making = Making {
            log: self.parts.log.clone(),
            store: self.parts.store.clone(),
            tasks: self.parts.tasks.clone(),
            service: C::SERVICE,
            partition,
            member: self.parts.member.clone(),
            now_us: self.parts.clock.now().as_microsecond(),
            reads: C::READS,
        };
        let ((tell, done), ended) = (oneshot::channel(), self.copied_tx.clone());
        let task = self.parts.tasks.spawn(Box::pin(async move {
            let made = make(making).await.map_err(|fault| fault.to_string());
            // Nobody wants to know any more when it was given up.
            drop(tell.send(made));
            let _ = ended.send(());
        }));
        self.copies.making = Some(Copy {
            partition,
            life,
            done,
            _task: task,
        });
    }

    /// Whether a snapshot is being made; one that has ended, or has to end, is put away.
    fn is_copying(&mut self) -> bool {
        let Some(copy) = &mut self.copies.making else {
            return false;
        };
        let partition = copy.partition;
        let held = self.partitions.get(&partition);
        let held = held.filter(|held| held.life == copy.life);
        let waiting = held.map(|held| held.rows.unflushed_rows());
        match (copy.done.try_recv(), waiting) {
            (Err(oneshot::error::TryRecvError::Empty), Some(rows)) if rows <= WAITING_MOST => {
                return true;
            }
            (Err(oneshot::error::TryRecvError::Empty), Some(rows)) => {
                warn!(
                    partition,
                    rows, "the snapshot is given up: too many rows wait for its end"
                );
            }
            (Ok(Ok(())), _) | (_, None) => {}
            (Ok(Err(fault)), _) => error!(partition, %fault, "the snapshot was not made"),
            (Err(oneshot::error::TryRecvError::Closed), _) => {
                error!(partition, "the snapshot was not made: its task ended");
            }
        }
        self.copies.making = None;
        false
    }
}

impl<C: Core> Partition<C> {
    /// Whether the store holds everything up to `mark` and nothing is on its way there.
    fn has_stored(&self, mark: &Mark) -> bool {
        let covers =
            |stored: &Mark| stored.own_seq >= mark.own_seq && stored.consumed >= mark.consumed;
        !self.rows.is_flushing() && self.rows.stored_mark().is_some_and(covers)
    }
}
