//! Partitions come and go.

use redress_log::EventLog;
use tracing::{error, info, warn};

use super::{Control, Node, TakenOver};
use crate::{Core, partition::Partition, reader::read_on, replay, tasks::off_thread};

impl<C: Core, L: EventLog> Node<C, L> {
    pub(super) async fn steer(&mut self, control: Control) {
        match control {
            Control::Take(id) => self.take(id),
            Control::Release(id, done) => {
                self.let_go(id).await;
                let _ = done.send(());
            }
        }
    }

    /// Starts to rebuild a partition beside the rounds of the others.
    pub(super) fn take(&mut self, id: u32) {
        if self.partitions.contains_key(&id) || self.tasks.contains_key(&id) {
            return;
        }
        let (log, store) = (self.parts.log.clone(), self.parts.store.clone());
        let (member, metrics) = (self.parts.member.clone(), self.parts.metrics.clone());
        let (taken, tasks) = (self.taken_tx.clone(), self.parts.tasks.clone());
        let task = self.parts.tasks.spawn(Box::pin(async move {
            let result = replay::take_over(&log, &store, id, &member, &metrics, &tasks).await;
            drop(taken.send((id, result)));
        }));
        self.tasks.insert(id, task);
    }

    pub(super) fn took_over(&mut self, (id, result): TakenOver<C>) {
        if self.tasks.remove(&id).is_none() {
            return;
        }
        match result {
            Ok(partition) => {
                let read = partition.head.sequence.max(partition.newest_input());
                self.start_reading(id, read + 1, partition.log);
                self.partitions.insert(id, partition);
                self.open_when_current(id);
            }
            Err(fault) => {
                error!(partition = id, %fault, "the partition cannot be taken over");
                let _ = self.lost.send(id);
            }
        }
        self.parts
            .metrics
            .owned_partitions
            .set(self.partitions.len() as i64);
    }

    /// Answers for a partition from the moment that it has caught up with the log.
    pub(super) fn open_when_current(&mut self, id: u32) {
        let current = self.partitions.get(&id).is_some_and(Partition::is_current);
        if current && self.owned.lock().insert(id) {
            self.start_effects(id);
            info!(partition = id, "owned");
        }
    }

    fn start_reading(&mut self, id: u32, from: u64, identity: [u8; 16]) {
        if C::READS.is_empty() {
            return;
        }
        let (log, inputs) = (self.parts.log.clone(), self.inputs_tx.clone());
        let reading = read_on(log, id, C::READS, from, identity, inputs);
        self.tasks
            .insert(id, self.parts.tasks.spawn(Box::pin(reading)));
    }

    /// Lets a partition go in good order.
    pub(super) async fn let_go(&mut self, id: u32) {
        if let Some(mut partition) = self.forget(id) {
            while partition.rows.is_flushing() {
                let Some((of, flushed)) = self.flushed.recv().await else {
                    break;
                };
                if of == id {
                    drop(partition.rows.flushed(flushed));
                } else {
                    self.was_flushed(of, flushed);
                }
            }
            while let Some(job) = partition.rows.take_flush() {
                let flushed = off_thread(&self.parts.tasks, || job.run()).await;
                let kept = flushed.map(|flushed| partition.rows.flushed(flushed));
                if !matches!(kept, Ok(Ok(()))) {
                    warn!(
                        partition = id,
                        "the last rows did not reach the store; they are folded again"
                    );
                    break;
                }
            }
        }
    }

    /// Drops a partition; what waits for it is told that it moved.
    pub(super) fn forget(&mut self, id: u32) -> Option<Partition<C>> {
        self.owned.lock().remove(&id);
        self.tasks.remove(&id);
        let partition = self.partitions.remove(&id);
        self.parts
            .metrics
            .owned_partitions
            .set(self.partitions.len() as i64);
        if partition.is_some() {
            let _ = self.lost.send(id);
        }
        partition
    }
}
