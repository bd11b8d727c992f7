//! The only source of chance: a stream of numbers that follows from the seed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Draws; clones draw from the same stream. Written out here (`SplitMix64`), so that a seed means
/// the same run whatever version of whatever crate is built in.
#[derive(Clone, Debug)]
pub struct Chance(Arc<Mutex<u64>>);

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// A stream of its own for one purpose, so that one more draw elsewhere shifts nothing here.
    #[must_use]
    pub fn fork(&self, purpose: &str) -> Self {
        let hash = blake3::hash(purpose.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        Self::new(self.draw() ^ u64::from_le_bytes(first))
    }

    /// Any number.
    pub fn draw(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&self, end: u64) -> u64 {
        self.draw() % end
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True `permille` times in a thousand.
    pub fn happens(&self, permille: u64) -> bool {
        permille > 0 && self.below(1000) < permille
    }

    /// One of these; there is at least one.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// A time from `from` to `to` milliseconds.
    pub fn millis(&self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.between(from, to))
    }

    /// Mostly a few milliseconds, now and then up to `longest_ms`: what a network does.
    pub fn delay(&self, longest_ms: u64) -> Duration {
        let upto = match self.below(100) {
            0..=59 => 1,
            60..=89 => 5,
            90..=97 => 50,
            _ => longest_ms,
        };
        self.millis(0, upto.min(longest_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_draws_the_same() {
        let chance = Chance::new(7);
        let drawn: Vec<u64> = (0..3).map(|_| chance.below(1000)).collect();
        let again = Chance::new(7);
        assert_eq!(drawn, (0..3).map(|_| again.below(1000)).collect::<Vec<_>>());
        assert_ne!(
            drawn,
            (0..3).map(|_| chance.below(1000)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_never_happens_never_happens_and_what_always_does_always_does() {
        let chance = Chance::new(1);
        assert!((0..1000).all(|_| !chance.happens(0)));
        assert!((0..1000).all(|_| chance.happens(1000)));
    }
}
