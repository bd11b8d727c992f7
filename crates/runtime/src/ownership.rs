//! Who owns what: keeps this member's lease, claims the partitions assigned to it, and gives up
//! those assigned to others.
//!
//! Leases only decide who tries. What keeps two owners of a partition apart is the fence of the
//! log, so a member that was paused beyond its lease does no harm when it wakes up.

use std::{collections::BTreeMap, time::Duration};

use redress_log::{ClaimError, Membership, View};
use redress_wire::Service;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    assign,
    node::{Control, Lost},
};

/// What a member's ownership is made of.
pub(crate) struct Ownership<M> {
    pub(crate) service: Service,
    pub(crate) member: String,
    pub(crate) partitions: u32,
    pub(crate) membership: M,
    pub(crate) view: watch::Receiver<View>,
    pub(crate) renew_every: Duration,
    pub(crate) control: mpsc::UnboundedSender<Control>,
    pub(crate) lost: mpsc::UnboundedReceiver<Lost>,
}

/// A partition whose log is damaged is tried again after this long: each attempt leaves a block,
/// and nobody repairs a log in less.
const DAMAGED_PAUSE: Duration = Duration::from_secs(30);

impl<M: Membership> Ownership<M> {
    /// Runs until `stop`; then gives everything up in good order.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut held: BTreeMap<u32, u64> = BTreeMap::new();
        let mut damaged: BTreeMap<u32, Instant> = BTreeMap::new();
        let mut renewed = None::<Instant>;
        while !stop.is_cancelled() {
            if renewed.is_none_or(|at| at.elapsed() >= self.renew_every) {
                match self.membership.renew(self.service, &self.member).await {
                    Ok(()) => renewed = Some(Instant::now()),
                    Err(fault) => warn!(%fault, "the lease could not be renewed"),
                }
            }
            let view = self.view.borrow_and_update().clone();
            damaged.retain(|_, since| since.elapsed() < DAMAGED_PAUSE);
            self.settle(&view, &mut held, &damaged).await;
            let due = renewed.map_or(self.renew_every / 4, |at| {
                self.renew_every.saturating_sub(at.elapsed())
            });
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(lost) = self.lost.recv() => {
                    held.remove(&lost.partition);
                    if lost.is_damaged {
                        damaged.insert(lost.partition, Instant::now());
                    }
                }
                changed = self.view.changed() => {
                    if changed.is_err() { sleep(due).await; }
                }
                () = sleep(due) => {}
            }
        }
        self.give_up(held).await;
    }

    /// Claims what is assigned here and free; lets go what is assigned elsewhere or was taken.
    async fn settle(
        &mut self,
        view: &View,
        held: &mut BTreeMap<u32, u64>,
        damaged: &BTreeMap<u32, Instant>,
    ) {
        if !view.members.contains(&self.member) {
            return;
        }
        let assigned = assign(&view.members, self.partitions);
        let mine = |id: u32| {
            assigned
                .get(&id)
                .is_some_and(|member| *member == self.member)
        };
        self.drop_taken(view, held).await;
        let moving: Vec<(u32, u64)> = held
            .iter()
            .filter(|(id, _)| !mine(**id))
            .map(|(id, rev)| (*id, *rev))
            .collect();
        for (id, revision) in moving {
            info!(partition = id, "handed over");
            self.let_go(id).await;
            held.remove(&id);
            if let Err(fault) = self.membership.release(self.service, id, revision).await {
                warn!(partition = id, %fault, "the claim could not be given up");
            }
        }
        self.clear_up(view, held, &mine).await;
        for id in (0..self.partitions).filter(|id| mine(*id)) {
            if !held.contains_key(&id) && !damaged.contains_key(&id) {
                self.claim(id, view, held).await;
            }
        }
    }

    /// Lets go what others have claimed meanwhile.
    async fn drop_taken(&self, view: &View, held: &mut BTreeMap<u32, u64>) {
        let taken: Vec<u32> = held
            .iter()
            .filter(|(id, revision)| {
                view.owners.get(id).is_some_and(|owner| {
                    owner.revision > **revision && owner.member.as_ref() != Some(&self.member)
                })
            })
            .map(|(id, _)| *id)
            .collect();
        for id in taken {
            held.remove(&id);
            self.let_go(id).await;
        }
    }

    /// Gives up claims that stand in this member's name, are not held and are another's to have:
    /// the answer to the claim was lost, or giving it up failed. Nobody else would ever take them,
    /// since their owner lives.
    async fn clear_up(&self, view: &View, held: &BTreeMap<u32, u64>, mine: &impl Fn(u32) -> bool) {
        for (&id, owner) in &view.owners {
            let named = owner.member.as_ref() == Some(&self.member);
            if named && !held.contains_key(&id) && !mine(id) {
                self.let_go(id).await;
                // Taken: the view is older than what became of the claim.
                match self
                    .membership
                    .release(self.service, id, owner.revision)
                    .await
                {
                    Ok(()) | Err(ClaimError::Taken) => {}
                    Err(ClaimError::Unavailable(fault)) => {
                        warn!(partition = id, %fault, "the claim could not be given up yet");
                    }
                }
            }
        }
    }

    async fn claim(&self, id: u32, view: &View, held: &mut BTreeMap<u32, u64>) {
        let seen = match view.owners.get(&id) {
            None => 0,
            Some(owner) => {
                let living = owner
                    .member
                    .as_ref()
                    .is_some_and(|member| *member != self.member && view.members.contains(member));
                if living {
                    return;
                }
                owner.revision
            }
        };
        match self
            .membership
            .claim(self.service, id, &self.member, seen)
            .await
        {
            Ok(revision) => {
                held.insert(id, revision);
                drop(self.control.send(Control::Take(id)));
            }
            Err(ClaimError::Taken) => {}
            Err(ClaimError::Unavailable(fault)) => {
                warn!(partition = id, %fault, "the partition could not be claimed");
            }
        }
    }

    async fn let_go(&self, id: u32) {
        let (done, finished) = oneshot::channel();
        if self.control.send(Control::Release(id, done)).is_ok() {
            // The node finishes its round first; if it hangs, the fence keeps the partition safe.
            drop(timeout(Duration::from_secs(5), finished).await);
        }
    }

    async fn give_up(&self, held: BTreeMap<u32, u64>) {
        for (id, revision) in held {
            self.let_go(id).await;
            if let Err(fault) = self.membership.release(self.service, id, revision).await {
                warn!(partition = id, %fault, "the claim could not be given up");
            }
        }
        if let Err(fault) = self.membership.leave(self.service, &self.member).await {
            warn!(%fault, "the lease ends by itself");
        }
    }
}
