//! What still rests on the blocks of a partition.

use std::collections::BTreeMap;

use redress_log::{EventLog, Feed};
use redress_wire::Service;

use super::snapshots::Newest;

/// Up to where the blocks of each service in a partition may go at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The sequence of the first block that has to stay, and who needs it.
    pub(crate) first_needed: BTreeMap<Service, (u64, String)>,
    /// Why nothing may go at all.
    pub(crate) nothing: Option<String>,
}

impl Limits {
    /// Everything stays.
    pub(crate) fn nothing(why: impl Into<String>) -> Self {
        Self {
            nothing: Some(why.into()),
            ..Self::default()
        }
    }

    fn lower(&mut self, service: Service, first: u64, who: String) {
        let limit = self.first_needed.get(&service);
        if limit.is_none_or(|(known, _)| first < *known) {
            self.first_needed.insert(service, (first, who));
        }
    }
}

/// How far the feed is with the services' chains.
#[derive(Clone, Debug, Default)]
pub(crate) struct Published {
    places: BTreeMap<(Service, u32), u64>,
}

impl Published {
    /// Reads the feed's marks of all partitions; those of another log tell nothing.
    pub(crate) async fn read(
        log: &impl EventLog,
        feed: &impl Feed,
        partitions: u32,
    ) -> anyhow::Result<Self> {
        let mut places = BTreeMap::new();
        for partition in 0..partitions {
            let identity = log.identity(partition).await?;
            for service in Service::ALL {
                if let Some((_, place)) = feed.mark(service, partition).await?
                    && place.log == identity
                {
                    places.insert((service, partition), place.sequence);
                }
            }
        }
        Ok(Self { places })
    }

    /// The block of a service that the feed stands at, and which stays. Where it has not begun in
    /// this partition but has in others, all stay: it may have been kept from it from the start.
    fn first_needed(&self, service: Service, partition: u32) -> Option<u64> {
        let is_published = || {
            self.places
                .keys()
                .any(|(published, _)| *published == service)
        };
        let place = self.places.get(&(service, partition)).copied();
        place.or_else(|| is_published().then_some(0))
    }
}

/// A block may go if every service that folds it has done so in its newest snapshot, and the feed
/// is past it. A service's own block that its snapshot stands at stays: it is compared with it.
pub(crate) async fn limits(
    log: &impl EventLog,
    published: &Published,
    newest: &Newest,
    partition: u32,
) -> anyhow::Result<Limits> {
    let mut limits = Limits::default();
    let identity = log.identity(partition).await?;
    for service in Service::ALL {
        let Some(snapshot) = newest.get(&(service, partition)) else {
            return Ok(Limits::nothing(format!("{service} has no rows yet")));
        };
        if snapshot.log[..] != identity[..] {
            return Ok(Limits::nothing(format!(
                "{service}'s snapshot is of another log"
            )));
        }
        let who = format!("{service}'s snapshot");
        limits.lower(service, snapshot.own_sequence, who.clone());
        for read in &snapshot.reads {
            let read = read.parse::<Service>().map_err(anyhow::Error::msg)?;
            limits.lower(read, snapshot.consumed + 1, who.clone());
        }
        if let Some(first) = published.first_needed(service, partition) {
            limits.lower(service, first, "the feed".to_owned());
        }
    }
    Ok(limits)
}
