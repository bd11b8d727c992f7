//! Latencies in logarithmic buckets: mergeable, exact to 1 %, the same on every machine.

use redress_wire::analytics;

/// Buckets per doubling, as a power of two: 64. The middle of a bucket is then at most 1/128 =
/// 0.78 % away from any value in it.
const BITS: u32 = 6;
const PER_DOUBLING: u64 = 1 << BITS;

/// Durations in microseconds, counted in buckets that grow with the value.
///
/// The bucket of a value is found with integer shifts, not with a logarithm, because rows made
/// from it are compared between machines whose floating point may differ in the last digit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Ascending by index; no count is zero.
    buckets: Vec<(u16, u64)>,
    zero: u64,
    max_us: i64,
}

impl Histogram {
    /// Counts a duration. Clocks of two machines may make it negative: that counts as zero.
    pub fn record(&mut self, micros: i64) {
        match u64::try_from(micros) {
            Ok(value) if value > 0 => self.add(index(value), 1),
            _ => self.zero += 1,
        }
        self.max_us = self.max_us.max(micros);
    }

    /// Takes back a duration that was counted. Of the largest only its bucket is known then.
    pub fn remove(&mut self, micros: i64) {
        match u64::try_from(micros) {
            Ok(value) if value > 0 => {
                let index = index(value);
                if let Ok(at) = self.buckets.binary_search_by_key(&index, |bucket| bucket.0) {
                    self.buckets[at].1 -= 1;
                    self.buckets.retain(|bucket| bucket.1 > 0);
                }
            }
            _ => self.zero = self.zero.saturating_sub(1),
        }
        if micros >= self.max_us {
            self.max_us = self.buckets.last().map_or(0, |bucket| middle(bucket.0));
        }
    }

    /// Adds another histogram: the result is as if all values had been recorded here.
    pub fn merge(&mut self, other: &Self) {
        for &(index, count) in &other.buckets {
            self.add(index, count);
        }
        self.zero += other.zero;
        self.max_us = self.max_us.max(other.max_us);
    }

    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.zero + self.buckets.iter().map(|(_, count)| count).sum::<u64>()
    }

    /// The value that `permille` of all values do not exceed, in microseconds, within 1 %; 0 when
    /// nothing was recorded.
    pub fn percentile(&self, permille: u64) -> i64 {
        let rank = (self.count() * permille).div_ceil(1000).max(1);
        let mut seen = self.zero;
        if seen >= rank {
            return 0;
        }
        for &(index, count) in &self.buckets {
            seen += count;
            if seen >= rank {
                return middle(index).min(self.max_us);
            }
        }
        self.max_us
    }

    /// The largest value recorded, in microseconds.
    pub fn max_us(&self) -> i64 {
        self.max_us
    }

    fn add(&mut self, index: u16, count: u64) {
        match self.buckets.binary_search_by_key(&index, |bucket| bucket.0) {
            Ok(at) => self.buckets[at].1 += count,
            Err(at) => self.buckets.insert(at, (index, count)),
        }
    }

    pub(crate) fn to_wire(&self) -> analytics::Histogram {
        analytics::Histogram {
            buckets: self
                .buckets
                .iter()
                .map(|&(index, count)| analytics::Bucket {
                    index: index.into(),
                    count,
                })
                .collect(),
            zero: self.zero,
            max_us: self.max_us,
        }
    }

    pub(crate) fn from_wire(wire: &analytics::Histogram) -> Self {
        let mut histogram = Self {
            buckets: Vec::new(),
            zero: wire.zero,
            max_us: wire.max_us,
        };
        for bucket in &wire.buckets {
            if let Ok(index) = u16::try_from(bucket.index) {
                histogram.add(index, bucket.count);
            }
        }
        histogram
    }

    /// As gRPC answers carry it.
    pub(crate) fn latency(&self) -> analytics::Latency {
        let seconds = |micros: i64| micros as f64 / 1e6;
        analytics::Latency {
            count: self.count(),
            p50_seconds: seconds(self.percentile(500)),
            p90_seconds: seconds(self.percentile(900)),
            p99_seconds: seconds(self.percentile(990)),
            max_seconds: seconds(self.max_us),
        }
    }
}

/// The bucket of a value: exact below 128, then 64 buckets for every doubling.
fn index(value: u64) -> u16 {
    let shift = value.ilog2().saturating_sub(BITS);
    (u64::from(shift) * PER_DOUBLING + (value >> shift)) as u16
}

/// The middle of a bucket.
fn middle(index: u16) -> i64 {
    let index = u64::from(index);
    let shift = (index / PER_DOUBLING).saturating_sub(1);
    let low = (index - shift * PER_DOUBLING) << shift;
    (low + ((1 << shift) >> 1)) as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[i64]) -> Histogram {
        let mut histogram = Histogram::default();
        for &value in values {
            histogram.record(value);
        }
        histogram
    }

    #[test]
    fn nothing_recorded_gives_zeros() {
        assert_eq!(Histogram::default().percentile(990), 0);
        assert_eq!(Histogram::default().count(), 0);
    }

    #[test]
    fn a_negative_duration_counts_as_zero() {
        let histogram = of(&[-5, 10]);
        assert_eq!((histogram.count(), histogram.percentile(500)), (2, 0));
        assert_eq!(histogram.percentile(1000), 10);
    }

    #[test]
    fn what_is_taken_back_was_never_counted() {
        let mut histogram = of(&[0, 50, 100, 90_000]);
        histogram.remove(90_000);
        assert_eq!(histogram, of(&[0, 50, 100]));
        histogram.remove(0);
        histogram.remove(50);
        histogram.remove(100);
        assert_eq!(histogram, Histogram::default());
        histogram.remove(7);
        assert_eq!(histogram.count(), 0);
    }

    #[test]
    fn percentiles_of_a_million_microseconds_are_within_one_percent() {
        let histogram = of(&(1..=1_000_000).collect::<Vec<_>>());
        for (permille, exact) in [(500, 500_000.0), (900, 900_000.0), (990, 990_000.0)] {
            let found = histogram.percentile(permille) as f64;
            assert!((found - exact).abs() <= exact * 0.01, "{permille}: {found}");
        }
    }

    proptest! {
        #[test]
        fn the_middle_of_a_values_bucket_is_within_one_percent(value in 1..i64::MAX as u64) {
            let found = middle(index(value)) as f64;
            prop_assert!((found - value as f64).abs() <= value as f64 * 0.01);
        }

        #[test]
        fn a_larger_value_is_never_in_a_smaller_bucket(
            (a, b) in (1..i64::MAX as u64).prop_flat_map(|a| (Just(a), a..=i64::MAX as u64)),
        ) {
            prop_assert!(index(a) <= index(b));
        }

        #[test]
        fn merging_is_recording_everything_in_one(
            a in prop::collection::vec(-10..10_000_000_i64, 0..200),
            b in prop::collection::vec(-10..10_000_000_i64, 0..200),
        ) {
            let (mut left, mut right) = (of(&a), of(&b));
            let whole = of(&[a, b].concat());
            left.merge(&right);
            prop_assert_eq!(&left, &whole);
            right.merge(&Histogram::default());
            let back = Histogram::from_wire(&whole.to_wire());
            prop_assert_eq!(back, whole);
        }

        #[test]
        fn a_percentile_is_within_one_percent_of_the_exact_one(
            mut values in prop::collection::vec(0..100_000_000_i64, 1..300),
            permille in 1..=1000_u64,
        ) {
            let found = of(&values).percentile(permille);
            values.sort_unstable();
            let rank = (values.len() as u64 * permille).div_ceil(1000).max(1);
            let exact = values[rank as usize - 1];
            prop_assert!((found - exact).abs() as f64 <= exact as f64 * 0.01, "{} {}", found, exact);
        }
    }
}
