//! What is on its way to the store, so that nobody opens a store that still changes.

use std::collections::BTreeMap;

use tokio::sync::watch;

/// Rows on their way to the store, by partition.
///
/// A partition is not opened while rows of an earlier ownership may still arrive in its store:
/// they would come beneath a mark that was read before, and be folded a second time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flights(watch::Sender<BTreeMap<u32, usize>>);

/// One batch on its way; it has arrived when this is dropped.
#[derive(Debug)]
pub(crate) struct Flight {
    partition: u32,
    flights: Flights,
}

impl Flights {
    /// A batch of a partition sets out.
    pub(crate) fn start(&self, partition: u32) -> Flight {
        self.0.send_modify(|flights| {
            *flights.entry(partition).or_default() += 1;
        });
        Flight {
            partition,
            flights: self.clone(),
        }
    }

    /// Waits until nothing of a partition is on its way.
    pub(crate) async fn landed(&self, partition: u32) {
        let mut flights = self.0.subscribe();
        // This holds a sender, so the channel does not end.
        drop(
            flights
                .wait_for(|flights| !flights.contains_key(&partition))
                .await,
        );
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.0.send_modify(|flights| {
            if let Some(count) = flights.get_mut(&self.partition) {
                *count -= 1;
                if *count == 0 {
                    flights.remove(&self.partition);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_partition_has_landed_when_its_last_batch_has() {
        let flights = Flights::default();
        let (first, second) = (flights.start(1), flights.start(1));
        assert!(flights.landed(2).now_or_never().is_some());
        drop(first);
        assert!(flights.landed(1).now_or_never().is_none());
        drop(second);
        assert!(flights.landed(1).now_or_never().is_some());
    }
}
