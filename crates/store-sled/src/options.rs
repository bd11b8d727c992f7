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
    /// power cut takes is folded again from the log. Seldom, for the broker syncs on the same disk.
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
    /// Measured with `store_speed` (500,000 rows of 137 bytes in 16 partitions, flushed by 1,000,
    /// 2 cores shared with other work, 1 to 3 runs each; memory is the whole process's, resident,
    /// at the end):
    ///
    /// | cache | 4 MiB | 8 MiB | 16 MiB | 32 MiB | 64 MiB |
    /// | --- | --- | --- | --- | --- | --- |
    /// | memory, MB | 48–73 | 51–60 | 84 | 96 | 133–145 |
    /// | written, thousand rows/s | 49–78 | 47–70 | 67 | 47 | 77–82 |
    ///
    /// So a MiB of cache takes 1 to 2 MB, beside some 40 MB for sled's tables, its buffers, what
    /// waits for a flush, and what the allocator keeps. More cache buys little speed; 8 MiB leave
    /// a process room within 80 MB. `HighThroughput`, and segments of 128 KiB to 2 MiB, made no
    /// difference above the noise; the file is 2.3 times the rows (160 MiB here).
    fn default() -> Self {
        Self {
            cache_bytes: 8 << 20,
            flush_every: Duration::from_secs(10),
            mode: Mode::LowSpace,
            segment_bytes: 512 << 10,
            lock_wait: Duration::from_secs(1),
        }
    }
}

impl Options {
    /// Refuses what sled would panic at, so that a wrong setting is not taken for damage.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.cache_bytes < 1 << 10 {
            return Err("a cache of less than 1 KiB");
        }
        if !self.segment_bytes.is_power_of_two() || !(256..=16 << 20).contains(&self.segment_bytes)
        {
            return Err("segments that are not a power of two from 256 bytes to 16 MiB");
        }
        if self.flush_every.is_zero() {
            return Err("no pause between flushes");
        }
        Ok(())
    }

    pub(crate) fn config(&self) -> sled::Config {
        let mode = match self.mode {
            Mode::LowSpace => sled::Mode::LowSpace,
            Mode::HighThroughput => sled::Mode::HighThroughput,
        };
        sled::Config::new()
            .cache_capacity(self.cache_bytes)
            .flush_every_ms(Some(self.flush_every.as_millis().max(1) as u64))
            .segment_size(self.segment_bytes)
            .mode(mode)
    }
}
