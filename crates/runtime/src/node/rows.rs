//! Rows on their way to the store, and rows that are damaged there.

use std::time::Duration;

use redress_log::EventLog;
use redress_store::Thresholds;
use tokio::time::{Instant, sleep_until};
use tracing::{error, warn};

use super::{FLUSH_EVERY, Node, WasFlushed};
use crate::{Core, partition::Partition};

/// Rows that wait in memory for the store, beside what each partition gathers for a flush: more,
/// and the rounds wait for the store.
const UNFLUSHED_MOST: usize = 8 << 20;
/// They wait so long at most: a disk that hangs slows the rounds down and does not stop them.
const STORE_PATIENCE: Duration = Duration::from_secs(1);

impl<C: Core, L: EventLog> Node<C, L> {
    /// Brings committed rows to the store beside the rounds, one partition after the other: the
    /// store gets one processor core at most, and the broker's writes most of the disk. Partitions
    /// that were let go bring theirs besides.
    pub(super) fn flush(&mut self) {
        let damaged: Vec<(u32, String)> = self
            .partitions
            .iter()
            .filter_map(|(&id, held)| Some((id, held.rows.failure()?.to_string())))
            .collect();
        for (id, fault) in damaged {
            self.rebuild(id, &fault);
        }
        let unflushed: usize = self
            .partitions
            .values()
            .map(|p| p.rows.unflushed_rows())
            .sum();
        self.parts.metrics.unflushed_rows.set(unflushed as i64);
        if self
            .partitions
            .values()
            .any(|partition| partition.rows.is_flushing())
        {
            return;
        }
        self.copy();
        let copies = &self.copies;
        let longest = self
            .partitions
            .values_mut()
            .filter(|partition| !copies.holds(partition.id))
            .filter(|partition| partition.wants_flush(copies.waits_for(partition.id)))
            .max_by_key(|partition| (partition.rows.unflushed_rows(), partition.id));
        let Some(partition) = longest else { return };
        partition.flushed_at = Instant::now();
        if let Some(job) = partition.rows.take_flush() {
            let (id, life) = (partition.id, partition.life);
            let (flight, told) = (self.flights.start(id), self.flushed_tx.clone());
            self.parts.tasks.block(Box::new(move || {
                let flushed = job.run();
                drop(flight);
                // Nobody wants to know any more when the node has ended.
                drop(told.send((id, life, flushed)));
            }));
        }
    }

    /// Lets the store catch up when rounds leave more rows behind than it takes.
    pub(super) async fn wait_for_the_store(&mut self) {
        let most = UNFLUSHED_MOST + self.partitions.len() * Thresholds::default().bytes;
        let until = Instant::now() + STORE_PATIENCE;
        while self.unflushed_bytes() > most {
            tokio::select! {
                biased;
                Some(flushed) = self.flushed.recv() => self.was_flushed(flushed),
                Some(control) = self.control.recv() => self.steer(control),
                Some(look) = self.looks.recv() => self.look(look),
                () = sleep_until(until) => return,
            }
            // One that failed is tried again after the next round.
            if self
                .partitions
                .values()
                .any(|it| it.rows.has_failed_flush())
            {
                return;
            }
            self.flush();
        }
    }

    fn unflushed_bytes(&self) -> usize {
        let partitions = self.partitions.values();
        partitions.map(|it| it.rows.unflushed_bytes()).sum()
    }

    pub(super) fn was_flushed(&mut self, (id, life, flushed): WasFlushed) {
        let held = self.partitions.get_mut(&id);
        let Some(partition) = held.filter(|partition| partition.life == life) else {
            self.was_flushed_last((id, life), flushed);
            return;
        };
        match partition.rows.flushed(flushed) {
            Err(fault) if fault.is_damage() => self.rebuild(id, &fault.to_string()),
            Err(fault) => {
                warn!(partition = id, %fault, "rows stay in memory until the store takes them");
            }
            Ok(()) => {}
        }
    }

    /// The rows of a partition are damaged: they are thrown away and folded anew from the log.
    pub(super) fn rebuild(&mut self, id: u32, fault: &str) {
        error!(partition = id, %fault, "the partition's rows are damaged and rebuilt from the log");
        self.owned.lock().remove(&id);
        self.tasks.remove(&id);
        self.go.remove(&id);
        self.partitions.remove(&id);
        self.take(id, true);
    }
}

impl<C: Core> Partition<C> {
    fn wants_flush(&self, is_awaited: bool) -> bool {
        let timely = is_awaited || self.flushed_at.elapsed() >= FLUSH_EVERY;
        (timely && self.rows.is_dirty()) || self.rows.flush_due(&Thresholds::default())
    }
}
