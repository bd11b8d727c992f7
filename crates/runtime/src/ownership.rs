//! Who owns what: keeps this member's lease, claims the partitions assigned to it, and gives up
//! those assigned to others once their heirs have followed them to the end of the log.
//!
//! Leases only decide who tries. What keeps two owners of a partition apart is the fence of the
//! log, so a member that was paused beyond its lease does no harm when it wakes up.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::future::join_all;
use redress_host::RuntimeMetrics;
use redress_log::{ClaimError, Membership, Presence, View};
use redress_wire::Service;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    assign,
    following::to_follow,
    halt::Halt,
    node::{Control, Tidings},
};

/// What a member's ownership is made of.
pub(crate) struct Ownership<M> {
    pub(crate) service: Service,
    pub(crate) member: String,
    pub(crate) partitions: u32,
    pub(crate) membership: M,
    pub(crate) view: watch::Receiver<View>,
    pub(crate) renew_every: Duration,
    /// Whether it follows the partitions that would be its own if their owner vanished.
    pub(crate) stands_by: bool,
    pub(crate) control: mpsc::UnboundedSender<Control>,
    pub(crate) tidings: mpsc::UnboundedReceiver<Tidings>,
    pub(crate) metrics: RuntimeMetrics,
}

/// Where a member stands.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// Revision of its claim on each partition that it holds.
    pub(crate) held: BTreeMap<u32, u64>,
    /// Partitions of others that it follows.
    pub(crate) followed: BTreeSet<u32>,
    /// Partitions that it keeps away from.
    pub(crate) shut: Shut,
    /// What it says of itself.
    presence: Presence,
    /// What it said last, and when.
    said: Option<(Instant, Presence)>,
}

/// Partitions that are not claimed, since they would only be lost again.
#[derive(Debug, Default)]
pub(crate) struct Shut {
    /// The log is damaged there, since when.
    damaged: BTreeMap<u32, Instant>,
    /// A newer release wrote there; for good, for a process does not get newer.
    too_new: BTreeSet<u32>,
}

impl Shut {
    pub(crate) fn has(&self, id: u32) -> bool {
        self.damaged.contains_key(&id) || self.too_new.contains(&id)
    }
}

/// A partition whose log is damaged is tried again after this long: each attempt leaves a block,
/// and nobody repairs a log in less.
const DAMAGED_PAUSE: Duration = Duration::from_secs(30);
/// How long a member that stops waits for its heirs; then it lets go, and they fold what they lack
/// while nobody owns it.
const HEIRS_WITHIN: Duration = Duration::from_secs(8);

impl<M: Membership> Ownership<M> {
    /// Runs until `stop`; then hands everything over in good order. Partitions are assigned by
    /// `seat`, see [`Presence`].
    pub(crate) async fn run(mut self, seat: String, stop: CancellationToken) {
        let mut standing = Standing::default();
        standing.presence.seat = seat;
        while !stop.is_cancelled() {
            let due = self.step(&mut standing).await;
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = self.news(&mut standing, due) => {}
            }
        }
        standing.presence.leaving = true;
        let until = Instant::now() + HEIRS_WITHIN;
        while self.has_heirs(&standing) && Instant::now() < until {
            let due = self.step(&mut standing).await;
            if !standing.held.is_empty() {
                let left = until.saturating_duration_since(Instant::now());
                self.news(&mut standing, due.min(left)).await;
            }
        }
        self.give_up(standing.held).await;
    }

    /// Says what is to be said and does what follows from the view; gives the time until the lease
    /// is to be renewed.
    async fn step(&mut self, standing: &mut Standing) -> Duration {
        self.renew(standing).await;
        let view = self.view.borrow_and_update().clone();
        let damaged = &mut standing.shut.damaged;
        damaged.retain(|_, since| since.elapsed() < DAMAGED_PAUSE);
        if view.members.contains_key(&self.member) {
            self.settle(&view, standing).await;
            self.follow(&view, standing);
        }
        let warm = standing.presence.warm.len();
        self.metrics.standby_partitions.set(warm as i64);
        let left = |(at, _): &(Instant, Presence)| self.renew_every.saturating_sub(at.elapsed());
        match standing.said.as_ref().map(left) {
            Some(left) if !left.is_zero() => left,
            // Overdue: the broker is away, and is asked again after a while.
            _ => self.renew_every / 4,
        }
    }

    async fn renew(&self, standing: &mut Standing) {
        let in_time = |(at, said): &(Instant, Presence)| {
            at.elapsed() < self.renew_every && *said == standing.presence
        };
        if standing.said.as_ref().is_some_and(in_time) {
            return;
        }
        let said = self
            .membership
            .renew(self.service, &self.member, &standing.presence);
        match said.await {
            Ok(()) => standing.said = Some((Instant::now(), standing.presence.clone())),
            Err(fault) => warn!(%fault, "the lease could not be renewed"),
        }
    }

    /// Waits for something that changes what is to be done, `due` long at most.
    async fn news(&mut self, standing: &mut Standing, due: Duration) {
        tokio::select! {
            biased;
            Some(tidings) = self.tidings.recv() => self.heard(standing, tidings).await,
            changed = self.view.changed() => {
                if changed.is_err() { sleep(due).await; }
            }
            () = sleep(due) => {}
        }
    }

    async fn heard(&self, standing: &mut Standing, tidings: Tidings) {
        match tidings {
            Tidings::Warm(id) => {
                if standing.followed.contains(&id) {
                    standing.presence.warm.insert(id);
                }
            }
            Tidings::Lost { partition, halt } => {
                let revision = standing.held.remove(&partition);
                if let Some(halt) = halt {
                    standing.forget(partition);
                    self.shut(standing, partition, halt, revision).await;
                }
            }
        }
    }

    /// Notes that a partition would only be lost again; gives it up to whoever is newer.
    async fn shut(&self, standing: &mut Standing, id: u32, halt: Halt, revision: Option<u64>) {
        match halt {
            Halt::Damaged(_) | Halt::Trimmed(_) => {
                standing.shut.damaged.insert(id, Instant::now());
            }
            Halt::TooNew(why) => {
                if !standing.presence.too_old {
                    error!(why, "this release is too old for the log: it steps back");
                }
                standing.presence.too_old = true;
                standing.shut.too_new.insert(id);
                if let Some(revision) = revision {
                    self.release(id, revision).await;
                }
            }
        }
    }

    /// Whether there is somebody to hand over to.
    fn has_heirs(&self, standing: &Standing) -> bool {
        let view = self.view.borrow();
        let mut others = view.members.iter().filter(|(id, _)| **id != self.member);
        !standing.held.is_empty() && others.any(|(_, other)| !other.leaving && !other.too_old)
    }

    /// Claims what is assigned here and free; lets go what was taken, and what is assigned to
    /// others who are ready for it.
    async fn settle(&self, view: &View, standing: &mut Standing) {
        let assigned = assign(&view.members, self.partitions);
        let mine = |id: u32| assigned.get(&id).is_some_and(|heir| *heir == self.member);
        self.drop_taken(view, standing).await;
        let is_ready = |id: u32| {
            let heir = assigned.get(&id).and_then(|heir| view.members.get(*heir));
            heir.is_some_and(|heir| heir.warm.contains(&id))
        };
        let moving: Vec<(u32, u64)> = standing
            .held
            .iter()
            .filter(|(id, _)| !mine(**id) && is_ready(**id))
            .map(|(id, revision)| (*id, *revision))
            .collect();
        for (id, _) in &moving {
            info!(partition = id, "handed over");
            standing.held.remove(id);
        }
        let gone: BTreeSet<u32> = moving.iter().map(|(id, _)| *id).collect();
        self.hand_over(moving).await;
        // The view is older than what was given up just now.
        let keeps = |id: u32| mine(id) || gone.contains(&id);
        self.clear_up(view, standing, &keeps).await;
        for id in (0..self.partitions).filter(|id| mine(*id)) {
            if !standing.held.contains_key(&id) && !standing.shut.has(id) {
                self.claim(id, view, standing).await;
            }
        }
    }

    /// Follows what it may have to take over, and nothing else.
    fn follow(&self, view: &View, standing: &mut Standing) {
        let wanted = if standing.presence.leaving {
            BTreeSet::new()
        } else {
            to_follow(
                view,
                &self.member,
                self.partitions,
                self.stands_by,
                standing,
            )
        };
        for id in wanted.difference(&standing.followed) {
            drop(self.control.send(Control::Follow(*id)));
        }
        for id in standing.followed.difference(&wanted) {
            standing.presence.warm.remove(id);
            if !standing.held.contains_key(id) {
                drop(self.control.send(Control::Leave(*id)));
            }
        }
        standing.followed = wanted;
    }

    /// Lets go what others have claimed meanwhile.
    async fn drop_taken(&self, view: &View, standing: &mut Standing) {
        let is_taken = |(id, revision): (&u32, &u64)| {
            view.owners.get(id).is_some_and(|owner| {
                owner.revision > *revision && owner.member.as_ref() != Some(&self.member)
            })
        };
        let held = standing.held.iter();
        let taken: Vec<u32> = held.filter(|it| is_taken(*it)).map(|(id, _)| *id).collect();
        for id in taken {
            standing.held.remove(&id);
            self.let_go(id).await;
        }
    }

    /// Gives up claims that stand in this member's name, are not held and are another's to have:
    /// the answer to the claim was lost, or giving it up failed. Nobody else would ever take them,
    /// since their owner lives.
    async fn clear_up(&self, view: &View, standing: &mut Standing, mine: &impl Fn(u32) -> bool) {
        for (&id, owner) in &view.owners {
            let named = owner.member.as_ref() == Some(&self.member);
            if !named || standing.held.contains_key(&id) || mine(id) {
                continue;
            }
            standing.forget(id);
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

    async fn claim(&self, id: u32, view: &View, standing: &mut Standing) {
        if owner_lives(view, id, &self.member) {
            return;
        }
        let seen = view.owners.get(&id).map_or(0, |owner| owner.revision);
        match self
            .membership
            .claim(self.service, id, &self.member, seen)
            .await
        {
            Ok(revision) => {
                standing.forget(id);
                standing.held.insert(id, revision);
                drop(self.control.send(Control::Take(id)));
            }
            Err(ClaimError::Taken) => {}
            Err(ClaimError::Unavailable(fault)) => {
                warn!(partition = id, %fault, "the partition could not be claimed");
            }
        }
    }

    /// Lets go of all of them between the same two rounds.
    async fn hand_over(&self, held: impl IntoIterator<Item = (u32, u64)>) {
        let each = held.into_iter().map(|(id, revision)| async move {
            self.let_go(id).await;
            self.release(id, revision).await;
        });
        join_all(each).await;
    }

    async fn release(&self, id: u32, revision: u64) {
        if let Err(fault) = self.membership.release(self.service, id, revision).await {
            warn!(partition = id, %fault, "the claim could not be given up");
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
        self.hand_over(held).await;
        if let Err(fault) = self.membership.leave(self.service, &self.member).await {
            warn!(%fault, "the lease ends by itself");
        }
    }
}

impl Standing {
    /// It is not followed any more.
    fn forget(&mut self, id: u32) {
        self.followed.remove(&id);
        self.presence.warm.remove(&id);
    }
}

/// Whether somebody other than `member` owns the partition and has a lease.
pub(crate) fn owner_lives(view: &View, partition: u32, member: &str) -> bool {
    let owner = view.owners.get(&partition).and_then(|o| o.member.as_ref());
    owner.is_some_and(|owner| owner != member && view.members.contains_key(owner))
}
