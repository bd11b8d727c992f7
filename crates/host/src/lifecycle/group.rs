//! The tasks of one phase.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// An aborted task ends at its next await; one that does not is stuck in a computation.
const ABORT_WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) stop: CancellationToken,
    pub(super) abort: CancellationToken,
    pub(super) tracker: TaskTracker,
    present: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

/// Takes the task's name off the list when it ends.
#[derive(Debug)]
pub(super) struct Present {
    name: &'static str,
    list: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = list.get_mut(self.name) {
            *count -= 1;
            if *count == 0 {
                list.remove(self.name);
            }
        }
    }
}

impl Group {
    pub(super) fn enter(&self, name: &'static str) -> Present {
        let mut list = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        *list.entry(name).or_default() += 1;
        Present {
            name,
            list: Arc::clone(&self.present),
        }
    }

    /// Tells the tasks to stop and waits for them until `deadline`; gives those it had to abort.
    pub(super) async fn drain(&self, deadline: Instant) -> Vec<&'static str> {
        self.stop.cancel();
        self.tracker.close();
        if timeout_at(deadline, self.tracker.wait()).await.is_ok() {
            return Vec::new();
        }
        let lingering: Vec<_> = {
            let list = self.present.lock().unwrap_or_else(PoisonError::into_inner);
            list.keys().copied().collect()
        };
        tracing::warn!(tasks = ?lingering, "tasks did not finish in time and are aborted");
        self.abort.cancel();
        let _ = timeout(ABORT_WAIT, self.tracker.wait()).await;
        lingering
    }
}
