//! The facts of a case, and every further one as it becomes durable.

use std::{collections::VecDeque, time::Duration};

use futures::{Stream, stream};
use redress_complaint::ComplaintId;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{FollowRequest, FollowResponse, TimelineEntry};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, sleep_until},
};
use tonic::Status;

use super::{Caller, Desk, id_of_row, watch::Watched};

/// Between two questions of a follower: nobody reads faster than that, and all followers of a case
/// that much happens to cost its owner some thousand small questions a second.
const BETWEEN: Duration = Duration::from_millis(100);
/// When a caller that was one too many may come again.
const COME_AGAIN: Duration = Duration::from_secs(5);

struct Follower<P: Peers> {
    desk: Desk<P>,
    caller: Caller,
    id: ComplaintId,
    /// The version that comes next.
    next: u64,
    watched: Watched,
    asked_at: Option<Instant>,
    waiting: VecDeque<TimelineEntry>,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

impl<P: Peers> Desk<P> {
    pub(super) async fn follow_case(
        &self,
        asked: FollowRequest,
        caller: Caller,
    ) -> Result<impl Stream<Item = Result<FollowResponse, Status>> + Send + use<P>, Refusal> {
        let row = self.find(&asked.name, &caller.policy).await?;
        let id = id_of_row(&row).ok_or_else(|| super::unknown(&asked.name))?;
        let place = self.followers.clone().try_acquire_owned();
        let place = place.map_err(|_| {
            Refusal::overloaded(
                "too many cases are followed through this replica",
                COME_AGAIN,
            )
        })?;
        let follower = Follower {
            desk: self.clone(),
            caller,
            watched: self.watcher.watch(self.partition(&id), id),
            asked_at: None,
            id,
            next: asked.from_version,
            waiting: VecDeque::new(),
            ended: false,
            _place: place,
        };
        Ok(stream::unfold(follower, |mut follower| async move {
            let entry = follower.next().await?;
            Some((entry, follower))
        }))
    }
}

impl<P: Peers> Follower<P> {
    async fn next(&mut self) -> Option<Result<FollowResponse, Status>> {
        while self.waiting.is_empty() {
            if self.ended {
                return None;
            }
            if let Err(refusal) = self.look().await {
                self.ended = true;
                return Some(Err(refusal.into()));
            }
        }
        let entry = self.waiting.pop_front();
        Some(Ok(FollowResponse { entry }))
    }

    /// Asks for what came since; without anything, waits until the log has more.
    async fn look(&mut self) -> Result<(), Refusal> {
        let stopping = self.desk.stopping.clone();
        if stopping.is_cancelled() {
            let message = "this replica is stopping: follow again from the next version";
            return Err(Refusal::unavailable(message, BETWEEN));
        }
        if let Some(before) = self.asked_at {
            sleep_until(before + BETWEEN).await;
        }
        let policy = self.desk.rules.borrow().policy.policy().clone();
        self.caller.policy = policy;
        // Known before it is asked for, so that nothing can come in between unnoticed.
        let known = self.watched.known();
        let found = self.desk.story(&self.id, self.next, &self.caller).await?;
        self.asked_at = Some(Instant::now());
        if let Some(last) = found.last() {
            self.next = last.version + 1;
            self.waiting.extend(found);
        } else if known.version < self.next {
            tokio::select! {
                () = self.watched.changed() => {}
                () = stopping.cancelled() => {}
            }
        }
        // Else it is in the log, and whoever answered does not have it yet: a new owner soon has.
        Ok(())
    }
}
