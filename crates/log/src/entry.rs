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

    /// The chain of a subject; `None` if it is none of the log's.
    pub fn of_subject(subject: &str) -> Option<Self> {
        let mut tokens = subject.rsplit('.');
        let (last, before) = (tokens.next()?, tokens.next()?);
        let blocks = || {
            let (service, partition) = (last.parse().ok()?, before.parse().ok()?);
            Some(Self::Blocks { partition, service })
        };
        let numbers = || {
            Some(Self::Numbers {
                day: last.parse().ok()?,
            })
        };
        // Written back and compared, so that the form of a subject stands in one place only.
        blocks()
            .or_else(numbers)
            .filter(|chain| chain.subject() == subject)
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
    /// Its place in the log; ascending over all chains of a stream.
    pub sequence: u64,
    /// The encoded block or number take.
    pub payload: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_known_by_its_subject() {
        let blocks = Service::ALL.map(|service| Chain::Blocks {
            partition: 15,
            service,
        });
        for chain in blocks
            .into_iter()
            .chain([Chain::Numbers { day: 20_260_921 }])
        {
            assert_eq!(Chain::of_subject(&chain.subject()), Some(chain));
        }
    }

    #[test]
    fn other_subjects_are_no_chains() {
        for subject in [
            "",
            "redress",
            "redress.log.1.mail",
            "redress.log.01.router",
            "x.num.1",
        ] {
            assert_eq!(Chain::of_subject(subject), None, "{subject}");
        }
    }
}
