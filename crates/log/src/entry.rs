use bytes::Bytes;
use redress_wire::{Service, names};

/// What entries of the log follow each other in: each chain is one literal subject, and so one
/// fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// The blocks of a service in a partition.
    Blocks {
        /// The partition.
        partition: u32,
        /// The service whose owner writes them.
        service: Service,
    },
    /// The sequence of case numbers of a day (yyyymmdd).
    Numbers {
        /// The day.
        day: u32,
    },
}

impl Chain {
    /// The subject of the chain.
    pub fn subject(&self) -> String {
        match *self {
            Self::Blocks { partition, service } => names::block_subject(partition, service),
            Self::Numbers { day } => names::number_subject(day),
        }
    }
}

/// One message to append.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The chain that it continues.
    pub chain: Chain,
    /// Sequence of the last message of the chain that the writer knows of; 0 if none.
    pub expected: u64,
    /// The encoded block or number take.
    pub payload: Bytes,
}

/// One message as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The chain that it continues.
    pub chain: Chain,
    /// Its place in the log; ascending over all chains.
    pub sequence: u64,
    /// The encoded block or number take.
    pub payload: Bytes,
}
