//! How the database is run.

use std::time::Duration;

/// What sled trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Rewrites segments sooner, to keep the file small.
    LowSpace,
    /// Leaves more dead space in the file for fewer rewrites.
    HighThroughput,
}

/// How a [`crate::SledStore`] runs its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// sled's page cache, in bytes.
    pub cache_bytes: u64,
    /// How often sled brings its buffers to the disk by itself. No batch waits for it: what a
    /// power cut takes is folded again from the log.
    pub flush_every: Duration,
    /// What sled trades.
    pub mode: Mode,
    /// The size of a segment of the file, in bytes; a power of two. A store written with another
    /// size is set aside.
    pub segment_bytes: usize,
    /// How long to wait for a lock on the directory: a store that was just closed in this process
    /// lets go of it a moment later.
    pub lock_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 32 << 20,
            flush_every: Duration::from_millis(500),
            mode: Mode::LowSpace,
            segment_bytes: 512 << 10,
            lock_wait: Duration::from_secs(1),
        }
    }
}

impl Options {
    pub(crate) fn config(&self) -> sled::Config {
        let mode = match self.mode {
            Mode::LowSpace => sled::Mode::LowSpace,
            Mode::HighThroughput => sled::Mode::HighThroughput,
        };
        sled::Config::new()
            .cache_capacity(self.cache_bytes)
            .flush_every_ms(Some(self.flush_every.as_millis() as u64))
            .segment_size(self.segment_bytes)
            .mode(mode)
    }
}
