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

/// A block may go if every service that folds it has done so in its newest snapshot, and the feed
/// is past it. A service's own block that its snapshot stands at stays: it is compared with it.
pub(crate) async fn limits(
    log: &impl EventLog,
    feed: &impl Feed,
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
        if let Some((_, place)) = feed.mark(service, partition).await?
            && place.log == identity
        {
            limits.lower(service, place.sequence, "the feed".to_owned());
        }
    }
    Ok(limits)
}
