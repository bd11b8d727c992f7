//! Rows on their way to the store, and rows that are damaged there.

use std::time::Instant;

use redress_log::EventLog;
use redress_store::{Flushed, Thresholds};
use tracing::{error, warn};

use super::{FLUSH_EVERY, Node};
use crate::Core;

impl<C: Core, L: EventLog> Node<C, L> {
    /// Brings committed rows to the store, beside the rounds.
    pub(super) fn flush(&mut self) {
        let timely = self.last_flush.elapsed() >= FLUSH_EVERY;
        if timely {
            self.last_flush = Instant::now();
        }
        let mut unflushed = 0;
        let mut damaged = Vec::new();
        for (&id, partition) in &mut self.partitions {
            unflushed += partition.rows.unflushed_rows();
            if let Some(fault) = partition.rows.failure() {
                damaged.push((id, fault.to_string()));
                continue;
            }
            if !partition.rows.flush_due(&Thresholds::default()) && !timely {
                continue;
            }
            if let Some(job) = partition.rows.take_flush() {
                let flushed = self.flushed_tx.clone();
                tokio::task::spawn_blocking(move || drop(flushed.send((id, job.run()))));
            }
        }
        self.parts.metrics.unflushed_rows.set(unflushed as i64);
        for (id, fault) in damaged {
            self.rebuild(id, &fault);
        }
    }

    pub(super) fn was_flushed(&mut self, id: u32, flushed: Flushed) {
        let Some(partition) = self.partitions.get_mut(&id) else {
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
        if let Some(task) = self.tasks.remove(&id) {
            task.abort();
        }
        self.partitions.remove(&id);
        if let Err(fault) = self.parts.store.discard(id) {
            warn!(partition = id, %fault, "the damaged rows cannot be discarded yet");
        }
        self.take(id);
    }
}
