use std::{sync::Arc, time::Duration};

use redress_host::{Clock, RuntimeMetrics, policy_dir::PolicyReceiver};
use redress_log::{EventLog, Membership, MembershipError, Peers};
use redress_store::Store;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Core, Handle, Pace,
    node::{Node, NodeParts},
    ownership::Ownership,
    serve_peers,
    tasks::{Ends, Tasks, TokioTasks},
};

/// What a processor is made of.
pub struct Parts<C: Core, L: EventLog, M: Membership, P: Peers> {
    /// The log.
    pub log: L,
    /// Members and owners.
    pub membership: M,
    /// The way to the other replicas.
    pub peers: P,
    /// Where rows are kept.
    pub store: Arc<dyn Store>,
    /// Id of this member, new at every start.
    pub member: String,
    /// A name that outlasts restarts, as the store does: partitions are assigned by it.
    pub seat: String,
    /// Whether this member folds along the partitions that it would get if their owner vanished, so
    /// that taking them over needs no long replay.
    pub stands_by: bool,
    /// Number of partitions of the installation.
    pub partitions: u32,
    /// The policy in force.
    pub rules: PolicyReceiver<C::Rules>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The figures.
    pub metrics: RuntimeMetrics,
    /// How rounds are paced.
    pub pace: Pace,
    /// How often the lease is renewed: a third of its time.
    pub renew_every: Duration,
}

/// A core at work: its node, its ownership, and the calls of other replicas.
pub struct Processor<C: Core, P: Peers> {
    /// Reaches the owner of any partition.
    pub handle: Handle<C, P>,
    /// Work in the outside world, by partition.
    pub effects: mpsc::UnboundedReceiver<(u32, C::Effect)>,
    tasks: Ends,
    stop: CancellationToken,
}

impl<C: Core, P: Peers> Processor<C, P> {
    /// Starts to take part in the service.
    ///
    /// # Errors
    /// The store of leases cannot be reached.
    pub async fn start<L: EventLog, M: Membership>(
        parts: Parts<C, L, M, P>,
    ) -> Result<Self, MembershipError> {
        Self::start_on(parts, Arc::new(TokioTasks)).await
    }

    /// Starts to take part in the service, with its tasks where `tasks` runs them.
    ///
    /// # Errors
    /// The store of leases cannot be reached.
    pub async fn start_on<L: EventLog, M: Membership>(
        parts: Parts<C, L, M, P>,
        tasks: Arc<dyn Tasks>,
    ) -> Result<Self, MembershipError> {
        let stop = CancellationToken::new();
        let let_go = CancellationToken::new();
        let (effects_tx, effects) = mpsc::unbounded_channel();
        let view = parts.membership.watch(C::SERVICE).await?;
        let (node, doors) = Node::<C, L>::new(NodeParts {
            log: parts.log,
            store: parts.store,
            member: parts.member.clone(),
            rules: parts.rules,
            clock: parts.clock,
            metrics: parts.metrics.clone(),
            pace: parts.pace,
            effects: effects_tx,
            tasks: tasks.clone(),
        });
        let handle = Handle::new(
            parts.partitions,
            parts.member.clone(),
            (doors.changes, doors.looks),
            doors.owned,
            view.clone(),
            parts.peers.clone(),
            &tasks,
        );
        let serving = serve_peers(&handle, &parts.peers)
            .await
            .map_err(|fault| MembershipError(fault.to_string()))?;
        let ownership = Ownership {
            service: C::SERVICE,
            member: parts.member,
            partitions: parts.partitions,
            membership: parts.membership,
            view,
            renew_every: parts.renew_every,
            stands_by: parts.stands_by,
            control: doors.control,
            tidings: doors.tidings,
            metrics: parts.metrics,
        };
        let (seat, mut running) = (parts.seat, Ends::new());
        let (asked, after_let_go) = (stop.clone(), let_go.clone());
        running.spawn(&tasks, async move {
            ownership.run(seat, asked).await;
            drop(serving);
            // Partitions were let go one by one; now the node has nothing left to do.
            let_go.cancel();
        });
        running.spawn(&tasks, node.run(after_let_go));
        Ok(Self {
            handle,
            effects,
            tasks: running,
            stop,
        })
    }

    /// Gives every partition up in good order and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.all().await;
    }

    /// Splits off the receiver of effects, for the service's own task.
    pub fn take_effects(&mut self) -> mpsc::UnboundedReceiver<(u32, C::Effect)> {
        let (_, none) = mpsc::unbounded_channel();
        std::mem::replace(&mut self.effects, none)
    }

    /// Waits until a task of the processor ends, which it does not do by itself.
    pub async fn failed(&mut self) {
        self.tasks.first().await;
    }
}
