//! Bringing committed rows to the store, off the round's path.

use std::sync::Arc;

use crate::{Batch, Mark, PartitionStore, StoreError};

/// When committed rows should go to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Rows waiting.
    pub rows: usize,
    /// Bytes waiting, overhead in memory included.
    pub bytes: usize,
    /// Rounds committed since the last flush: bounds the replay of a partition whose rounds
    /// change few rows.
    pub commits: u32,
}

impl Default for Thresholds {
    /// Measured with `store_speed` of the sled adapter (16 partitions, random keys, half a million
    /// rows, 2 cores shared with other work): from 250 to 5,000 rows a flush the speed differs by
    /// less than the runs of one size do (47,000 to 95,000 rows/s), but what waits in 16
    /// partitions is memory: with a cache of 8 MiB the process has 49, 51, 57 and 86 MB at 250,
    /// 1,000, 2,000 and 5,000. The longest flush of 1,000 took 26 to 75 ms.
    fn default() -> Self {
        Self {
            rows: 1_000,
            bytes: 1 << 20,
            commits: 1_000,
        }
    }
}

/// One batch on its way to the store. [`FlushJob::run`] blocks: give it to a thread that may.
#[derive(Clone)]
#[must_use = "a job that is not run leaves its rows in memory"]
pub struct FlushJob {
    pub(crate) store: Arc<dyn PartitionStore>,
    pub(crate) batch: Arc<Batch>,
    pub(crate) mark: Mark,
}

impl FlushJob {
    /// Applies the rows and their mark. Hand the answer to [`crate::Rows::flushed`].
    pub fn run(self) -> Flushed {
        let result = self.store.apply(&self.batch, &self.mark);
        Flushed {
            rows: self.batch.len(),
            bytes: self.batch.bytes(),
            result,
        }
    }
}

/// How a [`FlushJob`] ended.
#[derive(Debug)]
#[must_use = "the rows stay in memory until Rows::flushed is told"]
pub struct Flushed {
    pub(crate) result: Result<(), StoreError>,
    rows: usize,
    bytes: usize,
}

impl Flushed {
    /// A job that ended without an answer, such as one whose thread panicked.
    pub fn failed(error: StoreError) -> Self {
        Self {
            result: Err(error),
            rows: 0,
            bytes: 0,
        }
    }

    /// How many rows the job carried.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About how many bytes the job carried.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
