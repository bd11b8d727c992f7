//! The only place that reads the wall clock. Everything else is given a [`Clock`] or a timestamp.

#[cfg(debug_assertions)]
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everyone else is given"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock. Builds with debug assertions have one that a test can set, as somebody sets
/// a machine's.
#[derive(Debug, Clone, Default)]
pub(crate) struct MachineClock {
    /// A file that says by how many seconds.
    #[cfg(debug_assertions)]
    pub(crate) set_by: Option<PathBuf>,
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        #[cfg(debug_assertions)]
        if let Some(seconds) = self.seconds() {
            let now = SystemClock.now();
            return now
                .saturating_add(SignedDuration::from_secs(seconds))
                .unwrap_or(now);
        }
        SystemClock.now()
    }
}

#[cfg(debug_assertions)]
impl MachineClock {
    fn seconds(&self) -> Option<i64> {
        let text = std::fs::read_to_string(self.set_by.as_ref()?).ok()?;
        text.trim().parse().ok()
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self {
            now: Mutex::new(start),
        }
    }

    /// Moves the hands to `to`, forwards or backwards.
    pub fn set(&self, to: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }

    /// Moves the hands by `by`, staying within what a timestamp can hold.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now
            .saturating_add(by)
            .expect("a signed duration always adds to a timestamp");
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), clock.now());
        clock.advance(SignedDuration::from_secs(60));
        assert_eq!(clock.now().as_second(), 60);
        clock.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now().as_second(), 0);
    }
}
