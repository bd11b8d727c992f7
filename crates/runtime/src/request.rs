use std::time::Duration;

use redress_wire::peer::{Redrive, RedriveOutcome, SetAsideRow, Status};
use tokio::{sync::oneshot, time::Instant};

use crate::{Core, Refusal};

/// A change that waited so long behind more than a round takes is told to come again. Less than a
/// caller waits for an owner in another replica (1.5 s), so that too much is said to be too much,
/// and not taken for an owner that is gone. Doors that queue before the rounds keep to it as well.
pub const WAIT_MOST: Duration = Duration::from_secs(1);

/// A change of one partition, decided in the next round.
pub(crate) struct Change<C: Core> {
    pub(crate) partition: u32,
    pub(crate) what: What<C>,
    pub(crate) traceparent: String,
    pub(crate) arrived: Instant,
}

pub(crate) type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

/// What is to be changed, and where the answer goes.
pub(crate) enum What<C: Core> {
    /// The service's own command.
    Command(C::Command, Reply<C::Answer>),
    /// Keep an input of a door that cannot be processed.
    KeepAside(SetAsideRow, Reply<()>),
    /// Process an input that was set aside.
    Redrive(Redrive, Reply<RedriveOutcome>),
}

impl<C: Core> What<C> {
    pub(crate) fn refuse(self, refusal: Refusal) {
        // A caller that no longer waits does not want the answer.
        match self {
            Self::Command(_, reply) => drop(reply.send(Err(refusal))),
            Self::KeepAside(_, reply) => drop(reply.send(Err(refusal))),
            Self::Redrive(_, reply) => drop(reply.send(Err(refusal))),
        }
    }
}

/// What was found in each partition.
pub(crate) type Found<C> = Vec<(u32, Result<<C as Core>::Found, Refusal>)>;

/// A look at several partitions; those not owned here are left out of the answer.
pub(crate) enum Look<C: Core> {
    Query(Vec<u32>, C::Query, oneshot::Sender<Found<C>>),
    SetAside(
        Vec<u32>,
        usize,
        oneshot::Sender<Vec<(u32, Vec<SetAsideRow>)>>,
    ),
    Status(Vec<u32>, bool, oneshot::Sender<Vec<(u32, Status)>>),
    /// Snapshots are to be made of the rows as they are now, which the answer tells.
    Snapshot(Vec<u32>, oneshot::Sender<Vec<(u32, Status)>>),
}
