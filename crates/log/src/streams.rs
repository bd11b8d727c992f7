use std::fmt;

use crate::Chain;

/// Over how many streams the partitions of an installation are spread; one unless it was told
/// otherwise when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams(u32);

impl Streams {
    /// All partitions in one.
    pub const ONE: Self = Self(1);
    /// At most: more leaders than a cluster of brokers has nodes carry no more, and the accounts of
    /// the services name each stream.
    pub const MOST: u32 = 8;

    /// So many; `None` if there cannot be so many.
    pub fn new(count: u32) -> Option<Self> {
        (1..=Self::MOST).contains(&count).then_some(Self(count))
    }

    /// How many there are.
    pub fn count(self) -> u32 {
        self.0
    }

    /// The stream of a partition. Partition `n` stands in stream `n` as long as there are so many.
    pub fn of(self, partition: u32) -> u32 {
        partition % self.0
    }

    /// The stream of a chain: the sequences of numbers are in the first one.
    pub fn of_chain(self, chain: Chain) -> u32 {
        match chain {
            Chain::Blocks { partition, .. } => self.of(partition),
            Chain::Numbers { .. } => 0,
        }
    }
}

impl fmt::Display for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use redress_wire::Service;

    use super::*;

    #[test]
    fn all_of_a_partition_is_in_one_stream_and_numbers_are_in_the_first() {
        let three = Streams::new(3).unwrap();
        for service in Service::ALL {
            let chain = |partition| Chain::Blocks { partition, service };
            let of = (0..7).map(|partition| three.of_chain(chain(partition)));
            assert_eq!(of.collect::<Vec<_>>(), [0, 1, 2, 0, 1, 2, 0]);
        }
        assert_eq!(three.of_chain(Chain::Numbers { day: 20_260_502 }), 0);
        assert_eq!(Streams::ONE.of(7), 0);
    }

    #[test]
    fn there_is_at_least_one_and_there_are_not_too_many() {
        assert_eq!(Streams::new(0), None);
        assert_eq!(Streams::new(Streams::MOST + 1), None);
        assert_eq!(Streams::new(1), Some(Streams::ONE));
    }
}
