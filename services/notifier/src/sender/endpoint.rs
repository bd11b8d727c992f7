//! One receiver: a bounded number of connections, and patience with one that is down.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

use super::outcome::Outcome;

/// After so many failures in a row it is left alone for a while: one attempt per connection then
/// shows whether it is back, instead of thousands of notifications each finding out for itself.
const FAILURES: u32 = 5;
/// How long it is left alone the first time; doubled until the longest.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

pub(crate) struct Endpoint {
    connections: Arc<Semaphore>,
    health: Mutex<Health>,
}

#[derive(Clone, Copy, Default)]
struct Health {
    failures: u32,
    alone_until: Option<Instant>,
}

impl Endpoint {
    pub(crate) fn new(connections: u16) -> Self {
        let connections = Arc::new(Semaphore::new(connections.into()));
        Self {
            connections,
            health: Mutex::default(),
        }
    }

    /// Waits for a connection, and until the receiver is no longer left alone.
    pub(crate) async fn pass(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed; without a permit the attempt would only be unbounded.
        let pass = self.connections.clone().acquire_owned().await.ok();
        while let Some(until) = self.alone_until() {
            sleep_until(until).await;
        }
        pass
    }

    /// A receiver that answers is up, even if it refuses the one message.
    pub(crate) fn learn(&self, outcome: &Outcome) {
        let mut health = self.health();
        match outcome {
            Outcome::Delivered | Outcome::Fail(_) => *health = Health::default(),
            Outcome::Retry { after, .. } => {
                health.failures += 1;
                let pause = after.or_else(|| {
                    let doublings = health.failures.checked_sub(FAILURES)?.min(10);
                    Some(PAUSE * 2_u32.pow(doublings))
                });
                health.alone_until = pause.map(|pause| Instant::now() + pause.min(LONGEST_PAUSE));
            }
        }
    }

    fn alone_until(&self) -> Option<Instant> {
        self.health()
            .alone_until
            .filter(|until| *until > Instant::now())
    }

    fn health(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone_for(endpoint: &Endpoint) -> Duration {
        let until = endpoint.health().alone_until;
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    #[tokio::test]
    async fn a_receiver_that_fails_again_and_again_is_left_alone_ever_longer() {
        let endpoint = Endpoint::new(2);
        for _ in 1..FAILURES {
            endpoint.learn(&Outcome::retry("down"));
            assert_eq!(alone_for(&endpoint), Duration::ZERO);
        }
        endpoint.learn(&Outcome::retry("down"));
        assert!(alone_for(&endpoint) > PAUSE / 2);
        endpoint.learn(&Outcome::retry("down"));
        assert!(alone_for(&endpoint) > PAUSE);
        (0..50).for_each(|_| endpoint.learn(&Outcome::retry("down")));
        assert!(alone_for(&endpoint) <= LONGEST_PAUSE);
        endpoint.learn(&Outcome::Delivered);
        assert_eq!(alone_for(&endpoint), Duration::ZERO);
    }

    #[tokio::test]
    async fn no_more_pass_at_once_than_there_are_connections() {
        let endpoint = Endpoint::new(1);
        let first = endpoint.pass().await;
        let next = endpoint.pass();
        tokio::pin!(next);
        tokio::select! {
            biased;
            _ = &mut next => panic!("the only connection is taken"),
            () = std::future::ready(()) => {}
        }
        drop(first);
        assert!(next.await.is_some());
    }
}
