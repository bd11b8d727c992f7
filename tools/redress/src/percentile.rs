//! Percentiles of measured times.

use std::time::Duration;

/// Times gathered one by one, kept in microseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<u32>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0
            .push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The times in order, to ask percentiles of.
    pub(crate) fn sorted(mut self) -> Sorted {
        self.0.sort_unstable();
        Sorted(self.0)
    }
}

/// Times in ascending order.
#[derive(Clone, Debug)]
pub(crate) struct Sorted(Vec<u32>);

impl Sorted {
    /// The smallest time that `share` (0 to 1) of all times do not exceed, in milliseconds; zero
    /// when there are none.
    pub(crate) fn at_ms(&self, share: f64) -> f64 {
        let rank = (share * self.0.len() as f64).ceil() as usize;
        let micros = self
            .0
            .get(rank.max(1) - 1)
            .or(self.0.last())
            .copied()
            .unwrap_or(0);
        f64::from(micros) / 1000.0
    }

    /// `p50`, `p90`, `p99` and the largest, in milliseconds.
    pub(crate) fn summary(&self) -> [(&'static str, f64); 4] {
        [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)]
            .map(|(name, share)| (name, self.at_ms(share)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let mut times = Times::default();
        for ms in (1..=100).rev() {
            times.add(Duration::from_millis(ms));
        }
        let sorted = times.sorted();
        assert!((sorted.at_ms(0.5) - 50.0).abs() < 1e-9);
        assert!((sorted.at_ms(0.99) - 99.0).abs() < 1e-9);
        assert!((sorted.at_ms(1.0) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn no_times_have_no_percentiles() {
        assert!(Times::default().sorted().at_ms(0.99).abs() < 1e-9);
    }
}
