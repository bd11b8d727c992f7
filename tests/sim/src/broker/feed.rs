//! The feed for outside subscribers over the network.

use futures::FutureExt as _;
use redress_log::{AppendError, Feed, FeedMark, LogError, Place};
use redress_wire::{Service, feed::Published};
use tokio::time::sleep;

use super::{Broker, log::COMMIT_PATIENCE};
use crate::{
    control::Control,
    scheduler::{OUTSIDE, Owner},
};

/// A process's connection to the feed.
#[derive(Clone)]
pub(crate) struct SimFeed {
    broker: Broker,
    owner: Owner,
}

impl Broker {
    pub(crate) fn feed_of(&self, owner: Owner) -> SimFeed {
        SimFeed {
            broker: self.clone(),
            owner,
        }
    }
}

impl SimFeed {
    /// A copy of a bulletin on its way to the broker and its answer on the way back.
    async fn publish_once(
        self,
        events: Vec<Published>,
        mut marks: Vec<FeedMark>,
    ) -> Option<Result<Vec<u64>, AppendError>> {
        let weather = self.broker.weather();
        if !self.broker.travel(weather.append_lost).await {
            return None;
        }
        if self.broker.0.control == Control::FeedFenceOff {
            for mark in &mut marks {
                let stands = self.broker.0.feed.mark(mark.service, mark.partition);
                let stands = stands.now_or_never().and_then(Result::ok).flatten();
                mark.expected = stands.map_or(0, |(sequence, _)| sequence);
            }
        }
        let published = self.broker.0.feed.publish(&events, &marks).now_or_never();
        let published = published.expect("the twin answers at once");
        if published.is_ok() {
            self.broker.0.model.fed(self.owner, &events);
        }
        self.broker
            .travel(weather.answer_lost)
            .await
            .then_some(published)
    }
}

impl Feed for SimFeed {
    async fn mark(
        &self,
        service: Service,
        partition: u32,
    ) -> Result<Option<(u64, Place)>, LogError> {
        let fails = self.broker.weather().read_fails;
        self.broker.ask(fails).await.map_err(LogError)?;
        self.broker.0.feed.mark(service, partition).await
    }

    async fn publish(
        &self,
        events: &[Published],
        marks: &[FeedMark],
    ) -> Result<Vec<u64>, AppendError> {
        let broker = &self.broker;
        let weather = broker.weather();
        if broker.0.chance.happens(weather.refused) {
            broker.travel(0).await;
            return Err(AppendError::Refused("no room right now".to_owned()));
        }
        let sent = || self.clone().publish_once(events.to_vec(), marks.to_vec());
        if broker.0.chance.happens(weather.append_twice) {
            let (again, delay) = (sent(), broker.0.chance.millis(0, 2_000));
            broker.0.scheduler.spawn(OUTSIDE, async move {
                sleep(delay).await;
                again.await;
            });
        }
        let answer = broker.in_process(OUTSIDE, COMMIT_PATIENCE, sent()).await;
        answer.unwrap_or_else(|| Err(AppendError::InDoubt("no answer in time".to_owned())))
    }
}
