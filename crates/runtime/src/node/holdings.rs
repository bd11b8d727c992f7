//! Partitions come and go.

use redress_log::EventLog;
use tokio::sync::watch;
use tracing::{error, info};

use super::{Control, Node, TakenOver, Tidings};
use crate::{
    Core,
    halt::Halt,
    partition::Partition,
    reader::{Reading, read_on},
    take_over::TakeOver,
};

impl<C: Core, L: EventLog> Node<C, L> {
    pub(super) fn steer(&mut self, control: Control) {
        match control {
            Control::Take(id) => self.take(id, false),
            Control::Follow(id) => {
                // One under way is not known to whoever asks: tidings of an earlier ownership came
                // in between, and that it is warm may have been said in vain.
                self.leave(id);
                self.start_take_over(id, false, false);
            }
            Control::Leave(id) => self.leave(id),
            Control::Release(id, done) => {
                self.let_go(id);
                let _ = done.send(());
            }
        }
    }

    /// Starts to rebuild a partition beside the rounds of the others, or goes on with one that was
    /// followed; with `discard` its stored rows are known to be damaged.
    pub(super) fn take(&mut self, id: u32, discard: bool) {
        if let Some(go) = self.go.get(&id) {
            go.send_replace(true);
        }
        self.start_take_over(id, discard, true);
    }

    /// Without `go` the partition is only followed, until it is claimed.
    fn start_take_over(&mut self, id: u32, discard: bool, go: bool) {
        if self.partitions.contains_key(&id) || self.tasks.contains_key(&id) {
            return;
        }
        let (go, is_claimed) = watch::channel(go);
        self.go.insert(id, go);
        self.lives += 1;
        let (life, taken) = (self.lives, self.taken_tx.clone());
        let take_over = TakeOver {
            log: self.parts.log.clone(),
            store: self.parts.store.clone(),
            partition: id,
            member: self.parts.member.clone(),
            metrics: self.parts.metrics.clone(),
            tasks: self.parts.tasks.clone(),
            flights: self.flights.clone(),
            discard,
            fence: None,
            is_claimed,
            tidings: self.tidings.clone(),
        };
        let task = self.parts.tasks.spawn(Box::pin(async move {
            let result = take_over.run().await;
            drop(taken.send((id, life, result)));
        }));
        self.tasks.insert(id, (life, task));
    }

    pub(super) fn took_over(&mut self, (id, life, result): TakenOver<C>) {
        // One that was given up may have been done already.
        if self
            .tasks
            .get(&id)
            .is_none_or(|(under_way, _)| *under_way != life)
        {
            return;
        }
        self.tasks.remove(&id);
        self.go.remove(&id);
        match result {
            Ok(mut partition) => {
                partition.life = life;
                self.start_reading(&partition, partition.newest_input() + 1);
                self.partitions.insert(id, partition);
                self.open_when_current(id);
            }
            Err(fault) => {
                error!(partition = id, %fault, "the partition cannot be taken over");
                self.tell_lost(id, Some(fault));
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

    fn start_reading(&mut self, partition: &Partition<C>, from: u64) {
        if C::READS.is_empty() {
            return;
        }
        let (id, life) = (partition.id, partition.life);
        let reading = Reading {
            partition: id,
            life,
            services: C::READS,
            from,
            identity: partition.log,
            inputs: self.inputs_tx.clone(),
        };
        let reading = read_on(self.parts.log.clone(), reading);
        let task = self.parts.tasks.spawn(Box::pin(reading));
        self.tasks.insert(id, (life, task));
    }

    /// Follows a partition no longer.
    fn leave(&mut self, id: u32) {
        if !self.partitions.contains_key(&id) {
            drop(self.drop_out(id));
        }
    }

    /// Drops a partition that is another's now; what waits for it is told that it moved.
    pub(super) fn forget(&mut self, id: u32) {
        if self.drop_out(id).is_some() {
            self.tell_lost(id, None);
        }
    }

    /// Drops a partition whose inputs cannot be read on.
    pub(super) fn halt(&mut self, id: u32, halt: Halt) {
        if self.drop_out(id).is_some() {
            self.tell_lost(id, Some(halt));
        }
    }

    fn tell_lost(&self, partition: u32, halt: Option<Halt>) {
        if let Some(Halt::TooNew(why)) = &halt {
            self.owned.is_too_old(why);
        }
        // Nobody wants to know any more when ownership has ended.
        drop(self.tidings.send(Tidings::Lost { partition, halt }));
    }

    pub(super) fn drop_out(&mut self, id: u32) -> Option<Partition<C>> {
        self.owned.lock().remove(&id);
        self.tasks.remove(&id);
        self.go.remove(&id);
        let partition = self.partitions.remove(&id);
        self.parts
            .metrics
            .owned_partitions
            .set(self.partitions.len() as i64);
        partition
    }
}
