//! Partitions that were let go, and their last rows on the way to the store.
//!
//! Whoever takes such a partition over needs nothing of this store: it is another replica, or
//! waits until the rows have arrived. So the partition is given up at once, and the rounds of the
//! others go on meanwhile.

use redress_log::EventLog;
use redress_store::Flushed;
use tokio::sync::oneshot;
use tracing::warn;

use super::Node;
use crate::{
    Core,
    tasks::{Task, off_thread},
};

/// An ownership that is over but for its rows.
pub(super) struct Leaving {
    /// Takes the outcome of the flush that was on its way when the partition was let go.
    flushed: Option<oneshot::Sender<Flushed>>,
    _task: Task,
}

impl<C: Core, L: EventLog> Node<C, L> {
    /// Lets a partition go in good order.
    pub(super) fn let_go(&mut self, id: u32) {
        let Some(mut partition) = self.drop_out(id) else {
            return;
        };
        let life = partition.life;
        // Held until the last rows have arrived: nobody opens the store before. It goes with the
        // node, as whoever would open the store does.
        let flight = self.flights.start(id);
        let (tell, flushed) = oneshot::channel();
        let (tasks, left) = (self.parts.tasks.clone(), self.left_tx.clone());
        let task = self.parts.tasks.spawn(Box::pin(async move {
            if partition.rows.is_flushing() {
                match flushed.await {
                    Ok(flushed) => drop(partition.rows.flushed(flushed)),
                    Err(_) => return,
                }
            }
            while let Some(job) = partition.rows.take_flush() {
                let flushed = off_thread(&tasks, move || job.run()).await;
                let kept = flushed.map(|flushed| partition.rows.flushed(flushed));
                if !matches!(kept, Ok(Ok(()))) {
                    warn!(
                        partition = id,
                        "the last rows did not reach the store; they are folded again"
                    );
                    break;
                }
            }
            drop(flight);
            // Nobody wants to know any more when the node has ended.
            let _ = left.send((id, life));
        }));
        let leaving = Leaving {
            flushed: Some(tell),
            _task: task,
        };
        self.leaving.insert((id, life), leaving);
    }

    /// The outcome of a flush of an ownership that is over.
    pub(super) fn was_flushed_last(&mut self, ownership: (u32, u64), flushed: Flushed) {
        let leaving = self.leaving.get_mut(&ownership);
        if let Some(tell) = leaving.and_then(|it| it.flushed.take()) {
            // It may have given up.
            drop(tell.send(flushed));
        }
    }

    /// Waits until the rows of all that was let go have arrived.
    pub(super) async fn see_off(&mut self) {
        while !self.leaving.is_empty() {
            tokio::select! {
                biased;
                Some(flushed) = self.flushed.recv() => self.was_flushed(flushed),
                Some(left) = self.left.recv() => drop(self.leaving.remove(&left)),
            }
        }
    }
}
