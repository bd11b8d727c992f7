//! The inbox stream: keeps what could not be registered in time, gives it out until it is settled.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use tokio::time::Instant;

use super::{Broker, lock};

/// What is not settled after this long is given to another replica.
const GIVEN_FOR: Duration = Duration::from_secs(10);

/// A complaint in the inbox.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    pub(crate) place: u64,
    pub(crate) channel: String,
    pub(crate) body: Bytes,
}

/// All that is in it.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    next_place: u64,
    waiting: Vec<(Instant, Left)>,
    /// By what a message calls itself: the same is stored once.
    known: BTreeSet<String>,
}

impl Broker {
    /// Stores a complaint; an error if no answer came, whatever became of it.
    pub(crate) async fn leave(
        &self,
        once: String,
        channel: String,
        body: Bytes,
    ) -> Result<(), String> {
        let lost = self.weather().call_lost;
        self.ask(lost).await?;
        {
            let mut inbox = lock(&self.0.inbox);
            if inbox.known.insert(once) {
                let place = inbox.next_place;
                inbox.next_place += 1;
                let left = Left {
                    place,
                    channel,
                    body,
                };
                inbox.waiting.push((Instant::now(), left));
            }
        }
        self.ask(lost).await
    }

    /// The next complaint that nobody has in hand.
    pub(crate) async fn take_left(&self) -> Option<Left> {
        self.ask(self.weather().call_lost).await.ok()?;
        let mut inbox = lock(&self.0.inbox);
        let now = Instant::now();
        let (free, left) = inbox.waiting.iter_mut().find(|(free, _)| *free <= now)?;
        *free = now + GIVEN_FOR;
        Some(left.clone())
    }

    /// A complaint of the inbox is done with; if this is lost, it comes again.
    pub(crate) async fn settle_left(&self, place: u64) {
        if self.ask(self.weather().call_lost).await.is_ok() {
            lock(&self.0.inbox)
                .waiting
                .retain(|(_, left)| left.place != place);
        }
    }

    /// How many complaints wait.
    pub(crate) fn left(&self) -> usize {
        lock(&self.0.inbox).waiting.len()
    }
}
