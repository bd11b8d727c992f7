//! Trimming: what nothing rests on any more is taken off the log that is served.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use redress_log::{Chain, EventLog as _, Feed as _, Snapshots as _};
use redress_wire::Service;

use super::Broker;

impl Broker {
    /// Takes off a partition what every service that folds it has in its newest snapshot, and the
    /// feed is past; nothing while one of them has no snapshot.
    pub(crate) fn trim(&self, partition: u32) {
        for (service, below) in self.first_needed(partition).unwrap_or_default() {
            let chain = Chain::Blocks { partition, service };
            let trimmed = self.0.log.trim(chain, below).now_or_never();
            if let Some(Ok(blocks @ 1..)) = trimmed {
                let noted = format!("{blocks} blocks of {service}/{partition} are taken off");
                self.0.trace.note(noted);
            }
        }
    }

    /// The sequence of the first block of each service that has to stay.
    fn first_needed(&self, partition: u32) -> Option<BTreeMap<Service, u64>> {
        let snapshots = self.0.log.snapshots();
        let mut first: BTreeMap<Service, u64> = BTreeMap::new();
        let mut lower = |service: Service, sequence: u64| {
            let known = first.entry(service).or_insert(sequence);
            *known = sequence.min(*known);
        };
        for service in Service::ALL {
            let newest = snapshots.newest(service, partition).now_or_never()?;
            let (_, snapshot) = newest.ok()??;
            // The block that it stands at is compared with it.
            lower(service, snapshot.own_sequence);
            for read in &snapshot.reads {
                lower(read.parse().ok()?, snapshot.consumed + 1);
            }
            let mark = self.0.feed.mark(service, partition).now_or_never()?;
            // Here the feed is always wanted: what it has not begun with stays.
            lower(service, mark.ok()?.map_or(0, |(_, place)| place.sequence));
        }
        Some(first)
    }
}
