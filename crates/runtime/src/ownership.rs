//! Who owns what: keeps this member's lease, claims the partitions assigned to it, and gives up
//! those assigned to others.
//!
//! Leases only decide who tries. What keeps two owners of a partition apart is the fence of the
//! log, so a member that was paused beyond its lease does no harm when it wakes up.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use redress_log::{ClaimError, Membership, MembershipError, View};
use redress_wire::Service;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    assign,
    halt::Halt,
    node::{Control, Lost},
    standing::{able, stepped_back},
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

/// Partitions that are not claimed, since they would only be lost again.
#[derive(Debug, Default)]
struct Shut {
    /// The log is damaged there, since when.
    damaged: BTreeMap<u32, Instant>,
    /// A newer release wrote there; for good, for a process does not get newer.
    too_new: BTreeSet<u32>,
}

impl Shut {
    fn has(&self, id: u32) -> bool {
        self.damaged.contains_key(&id) || self.too_new.contains(&id)
    }
}

impl<M: Membership> Ownership<M> {
    /// Runs until `stop`; then gives everything up in good order.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut held: BTreeMap<u32, u64> = BTreeMap::new();
        let mut shut = Shut::default();
        let mut renewed = None::<Instant>;
        while !stop.is_cancelled() {
            if renewed.is_none_or(|at| at.elapsed() >= self.renew_every) {
                match self.renew(&shut).await {
                    Ok(()) => renewed = Some(Instant::now()),
                    Err(fault) => warn!(%fault, "the lease could not be renewed"),
                }
            }
            let view = self.view.borrow_and_update().clone();
            shut.damaged
                .retain(|_, since| since.elapsed() < DAMAGED_PAUSE);
            self.settle(&view, &mut held, &shut).await;
            let due = renewed.map_or(self.renew_every / 4, |at| {
                self.renew_every.saturating_sub(at.elapsed())
            });
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(lost) = self.lost.recv() => {
                    let revision = held.remove(&lost.partition);
                    if self.shut(&mut shut, lost, revision).await {
                        renewed = None;
                    }
                }
                changed = self.view.changed() => {
                    if changed.is_err() { sleep(due).await; }
                }
                () = sleep(due) => {}
            }
        }
        self.give_up(held, &shut).await;
    }

    /// Renews the lease, and the note beside it that this member stepped back.
    async fn renew(&self, shut: &Shut) -> Result<(), MembershipError> {
        if !shut.too_new.is_empty() {
            let note = stepped_back(&self.member);
            self.membership.renew(self.service, &note).await?;
        }
        self.membership.renew(self.service, &self.member).await
    }

    /// Notes that a partition would only be lost again, and gives it up to whoever is newer. Tells
    /// whether this member has just stepped back.
    async fn shut(&self, shut: &mut Shut, lost: Lost, revision: Option<u64>) -> bool {
        let id = lost.partition;
        match lost.halt {
            None => false,
            Some(Halt::Damaged(_)) => {
                shut.damaged.insert(id, Instant::now());
                false
            }
            Some(Halt::TooNew(why)) => {
                let is_first = shut.too_new.is_empty();
                if is_first {
                    error!(why, "this release is too old for the log: it steps back");
                }
                shut.too_new.insert(id);
                if let Some(revision) = revision
                    && let Err(fault) = self.membership.release(self.service, id, revision).await
                {
                    warn!(partition = id, %fault, "the claim could not be given up");
                }
                is_first
            }
        }
    }

    /// Claims what is assigned here and free; lets go what is assigned elsewhere or was taken.
    async fn settle(&mut self, view: &View, held: &mut BTreeMap<u32, u64>, shut: &Shut) {
        if !view.members.contains(&self.member) {
            return;
        }
        let able = able(&view.members);
        let assigned = assign(&able, self.partitions);
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
            if !held.contains_key(&id) && !shut.has(id) {
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

    async fn give_up(&self, held: BTreeMap<u32, u64>, shut: &Shut) {
        for (id, revision) in held {
            self.let_go(id).await;
            if let Err(fault) = self.membership.release(self.service, id, revision).await {
                warn!(partition = id, %fault, "the claim could not be given up");
            }
        }
        let note = (!shut.too_new.is_empty()).then(|| stepped_back(&self.member));
        for name in note.iter().chain([&self.member]) {
            if let Err(fault) = self.membership.leave(self.service, name).await {
                warn!(%fault, "the lease ends by itself");
            }
        }
    }
}
