//! The facts of a case, and every further one as it becomes durable.

use std::{collections::VecDeque, time::Duration};

use futures::{Stream, stream};
use redress_complaint::ComplaintId;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{FollowRequest, FollowResponse, TimelineEntry};
use tokio::{sync::OwnedSemaphorePermit, time::sleep};
use tonic::Status;

use super::{Caller, Desk, id_of_row};

/// How often the owner is asked whether there is more. Nobody reads faster than that, and all
/// followers together cost the owners some hundred small questions a second.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// When a caller that was one too many may come again.
const COME_AGAIN: Duration = Duration::from_secs(5);

struct Follower<P: Peers> {
    desk: Desk<P>,
    caller: Caller,
    id: ComplaintId,
    /// The version that comes next.
    next: u64,
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

    /// Asks for what came since; without anything, waits a while.
    async fn look(&mut self) -> Result<(), Refusal> {
        let stopping = self.desk.stopping.clone();
        if stopping.is_cancelled() {
            let message = "this replica is stopping: follow again from the next version";
            return Err(Refusal::unavailable(message, LOOK_EVERY));
        }
        let policy = self.desk.rules.borrow().policy.policy().clone();
        self.caller.policy = policy;
        let found = self.desk.story(&self.id, self.next, &self.caller).await?;
        if let Some(last) = found.last() {
            self.next = last.version + 1;
            self.waiting.extend(found);
        } else {
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = stopping.cancelled() => {}
            }
        }
        Ok(())
    }
}
