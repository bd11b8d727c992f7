//! The time of day of the simulation: it passes with tokio's paused clock, and jumps when told.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use redress_host::Clock;
use tokio::time::Instant;

/// The time of day; clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct WallClock {
    start: Instant,
    base: Timestamp,
    jumped_us: Arc<AtomicI64>,
}

impl WallClock {
    /// A clock that shows `base` now.
    pub(crate) fn new(base: Timestamp) -> Self {
        Self {
            start: Instant::now(),
            base,
            jumped_us: Arc::default(),
        }
    }

    /// Moves the hands forwards.
    pub(crate) fn jump(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.jumped_us.fetch_add(micros, Ordering::Relaxed);
    }

    /// The clock of a machine that goes wrong by `skew`.
    pub(crate) fn of_machine(&self, skew: SignedDuration) -> Arc<dyn Clock> {
        Arc::new(MachineClock {
            wall: self.clone(),
            skew,
        })
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.start.elapsed()).unwrap_or(SignedDuration::MAX);
        let jumped = SignedDuration::from_micros(self.jumped_us.load(Ordering::Relaxed));
        self.base
            .saturating_add(passed.saturating_add(jumped))
            .unwrap_or(Timestamp::MAX)
    }
}

struct MachineClock {
    wall: WallClock,
    skew: SignedDuration,
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let now = self.wall.now();
        now.saturating_add(self.skew).unwrap_or(now)
    }
}
