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
    /// What a case is told in its first second, over and over into the same row, should reach the
    /// store once. `redress bench --only throughput --only memory` with 100,000 complaints in the
    /// stores, one run after the other on two cores:
    ///
    /// | rows a flush | bytes | complaints/s | the five services, MiB |
    /// | --- | --- | --- | --- |
    /// | 1,000 | 1 MiB | 5,916 and 5,977 | 485 and 480 |
    /// | 4,000 | 2 MiB | 6,499 | 489 |
    /// | 8,000 | 4 MiB | 6,371 and 6,648 | 553 and 554 |
    ///
    /// So many only come together under full load; else rows go after some seconds.
    fn default() -> Self {
        Self {
            rows: 4_000,
            bytes: 2 << 20,
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
