mod courier;
mod here;
mod owners;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use prost::Message;
use redress_log::{Peers, View};
use redress_wire::peer::{
    Redrive, RedriveOutcome, SetAsideQuery, SetAsideRow, SetAsideRows, SnapshotQuery, Status,
    StatusQuery, call::Body,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep},
};

use self::courier::Courier;
use crate::{
    Core, Refusal,
    node::Owned,
    request::{Change, Look, What},
    tasks::Tasks,
};

/// How long to wait before an owner that moved is looked for again.
const MOVING_PAUSE: Duration = Duration::from_millis(25);
/// A queue that is full is likely to have room after this long.
const FULL_PAUSE: Duration = Duration::from_millis(200);

/// The answer of a command that waits for its round.
pub type Awaited<C> = oneshot::Receiver<Result<<C as Core>::Answer, Refusal>>;

/// Reaches the owner of any partition, here or in another replica.
pub struct Handle<C: Core, P: Peers> {
    shared: Arc<Shared<C, P>>,
}

struct Shared<C: Core, P: Peers> {
    partitions: u32,
    member: String,
    changes: mpsc::Sender<Change<C>>,
    looks: mpsc::Sender<Look<C>>,
    owned: Owned,
    view: watch::Receiver<View>,
    peers: P,
    /// Takes changes to other replicas; it ends with the last handle.
    courier: Courier,
}

impl<C: Core, P: Peers> Clone for Handle<C, P> {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
        }
    }
}

impl<C: Core, P: Peers> Handle<C, P> {
    pub(crate) fn new(
        partitions: u32,
        member: String,
        (changes, looks): (mpsc::Sender<Change<C>>, mpsc::Sender<Look<C>>),
        owned: Owned,
        view: watch::Receiver<View>,
        peers: P,
        tasks: &Arc<dyn Tasks>,
    ) -> Self {
        let courier = Courier::start(C::SERVICE, peers.clone(), tasks);
        let shared = Shared {
            partitions,
            member,
            changes,
            looks,
            owned,
            view,
            peers,
            courier,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Id of this member.
    pub fn member(&self) -> &str {
        &self.shared.member
    }

    /// Number of partitions of the installation.
    pub fn partitions(&self) -> u32 {
        self.shared.partitions
    }

    /// Whether this replica owns the partition.
    pub fn owns(&self, partition: u32) -> bool {
        self.shared.owned.has(partition)
    }

    /// Why this release is too old for the log, if it met an event of a newer one.
    pub fn too_old(&self) -> Option<String> {
        self.shared.owned.too_old()
    }

    /// Decides a command at the partition's owner; the answer comes when its events are durable.
    ///
    /// Waits for room and for an owner that is moving, `patience` long at most.
    ///
    /// # Errors
    /// The core's refusal; `RESOURCE_EXHAUSTED` when there is no room in time; `UNAVAILABLE` when
    /// the owner cannot be reached in time — the command may have been carried out then.
    pub async fn command(
        &self,
        partition: u32,
        command: C::Command,
        traceparent: &str,
        patience: Duration,
    ) -> Result<C::Answer, Refusal> {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let answer = if self.owns(partition) {
                self.command_here(partition, command.clone(), traceparent.to_owned(), left)
                    .await
            } else {
                let body = Body::Command(command.encode_to_vec().into());
                self.ask_owner(partition, body, traceparent, left).await
            };
            match answer {
                Err(refusal) if refusal.is_moved() && Instant::now() < until => {
                    sleep(MOVING_PAUSE).await;
                }
                Err(refusal) if refusal.is_moved() => return Err(no_owner(partition)),
                answer => return answer,
            }
        }
    }

    /// Like [`command`](Self::command) for a partition that is owned here, without waiting for
    /// room: gives the answer to wait for. What has waited since it `arrived` counts when too much
    /// waits.
    ///
    /// # Errors
    /// The command back, if the partition is not owned here or there is no room.
    pub fn try_command_here(
        &self,
        partition: u32,
        command: C::Command,
        traceparent: String,
        arrived: Instant,
    ) -> Result<Awaited<C>, (C::Command, bool)> {
        if !self.owns(partition) {
            return Err((command, false));
        }
        let (reply, answer) = oneshot::channel();
        let what = What::Command(command, reply);
        let change = Change {
            partition,
            what,
            traceparent,
            arrived,
        };
        match self.shared.changes.try_send(change) {
            Ok(()) => Ok(answer),
            Err(
                mpsc::error::TrySendError::Full(change) | mpsc::error::TrySendError::Closed(change),
            ) => match change.what {
                What::Command(command, _) => Err((command, true)),
                What::KeepAside(..) | What::Redrive(..) => {
                    unreachable!("the change that was just made is a command")
                }
            },
        }
    }

    /// Keeps an input of a door that cannot be processed, with its reason.
    ///
    /// # Errors
    /// As for [`command`](Self::command).
    pub async fn keep_aside(
        &self,
        partition: u32,
        row: SetAsideRow,
        patience: Duration,
    ) -> Result<(), Refusal> {
        if self.owns(partition) {
            return self.keep_aside_here(partition, row, patience).await;
        }
        let answer: Nothing = self
            .ask_owner(partition, Body::KeepAside(row), "", patience)
            .await?;
        let Nothing {} = answer;
        Ok(())
    }

    /// Processes an input again that was set aside in some partition.
    ///
    /// # Errors
    /// `NOT_FOUND` if nothing set aside has this id; otherwise as for [`command`](Self::command).
    pub async fn redrive(
        &self,
        redrive: Redrive,
        patience: Duration,
    ) -> Result<RedriveOutcome, Refusal> {
        let asides = self.set_aside(usize::MAX >> 33).await?;
        let at = asides
            .iter()
            .find(|(_, rows)| rows.iter().any(|row| row.id == redrive.id))
            .map(|(partition, _)| *partition);
        let Some(partition) = at else {
            return Err(Refusal::not_found("nothing set aside has this id"));
        };
        if self.owns(partition) {
            return self.redrive_here(partition, redrive, patience).await;
        }
        self.ask_owner(partition, Body::Redrive(redrive), "", patience)
            .await
    }

    /// Asks all partitions.
    ///
    /// # Errors
    /// The core's refusal; `UNAVAILABLE` when a partition has no owner in time.
    pub async fn query_all(&self, query: &C::Query) -> Result<Vec<(u32, C::Found)>, Refusal> {
        let all = (0..self.shared.partitions).collect();
        self.gather(all, Body::Query(query.encode_to_vec().into()), |ids| {
            self.query_here(ids, query.clone())
        })
        .await
    }

    /// Asks one partition.
    ///
    /// # Errors
    /// As for [`query_all`](Self::query_all).
    pub async fn query_one(&self, partition: u32, query: &C::Query) -> Result<C::Found, Refusal> {
        let body = Body::Query(query.encode_to_vec().into());
        let found = self
            .gather(BTreeSet::from([partition]), body, |ids| {
                self.query_here(ids, query.clone())
            })
            .await?;
        found
            .into_iter()
            .next()
            .map(|(_, found)| found)
            .ok_or_else(|| no_owner(partition))
    }

    /// What is set aside, by partition.
    ///
    /// # Errors
    /// `UNAVAILABLE` when a partition has no owner in time.
    pub async fn set_aside(&self, limit: usize) -> Result<Vec<(u32, Vec<SetAsideRow>)>, Refusal> {
        let all = (0..self.shared.partitions).collect();
        let body = Body::SetAside(SetAsideQuery {
            limit: limit as u32,
        });
        let found = self.gather(all, body, |ids| async move {
            let found = self.set_aside_here(ids, limit).await;
            found
                .into_iter()
                .map(|(id, rows)| (id, Ok(SetAsideRows { rows })))
                .collect()
        });
        Ok(found
            .await?
            .into_iter()
            .map(|(id, found)| (id, found.rows))
            .collect())
    }

    /// Where every partition stands.
    ///
    /// # Errors
    /// `UNAVAILABLE` when a partition has no owner in time.
    pub async fn status(&self, with_state_hash: bool) -> Result<Vec<Status>, Refusal> {
        let all = (0..self.shared.partitions).collect();
        let body = Body::Status(StatusQuery { with_state_hash });
        let found = self.gather(all, body, |ids| async move {
            let found = self.status_here(ids, with_state_hash).await;
            found
                .into_iter()
                .map(|(id, status)| (id, Ok(status)))
                .collect()
        });
        Ok(found.await?.into_iter().map(|(_, status)| status).collect())
    }

    /// Has the owners of all partitions make snapshots of their rows; gives the places that they
    /// will stand at, or behind. They are made one after the other, while the work goes on.
    ///
    /// # Errors
    /// `UNAVAILABLE` when a partition has no owner in time.
    pub async fn snapshot(&self) -> Result<Vec<Status>, Refusal> {
        let all = (0..self.shared.partitions).collect();
        let found = self.gather(all, Body::Snapshot(SnapshotQuery {}), |ids| async move {
            let found = self.snapshot_here(ids).await;
            found
                .into_iter()
                .map(|(id, status)| (id, Ok(status)))
                .collect()
        });
        Ok(found.await?.into_iter().map(|(_, status)| status).collect())
    }
}

/// The empty answer of a change that only happens.
#[derive(Clone, PartialEq, prost::Message)]
struct Nothing {}

fn no_owner(partition: u32) -> Refusal {
    Refusal::unavailable(
        format!("partition {partition} has no owner right now"),
        FULL_PAUSE,
    )
}

fn stopping() -> Refusal {
    Refusal::unavailable(
        "this replica is stopping; it may have done it: send the same again",
        FULL_PAUSE,
    )
}
