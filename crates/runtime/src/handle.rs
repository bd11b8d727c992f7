use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::future::join_all;
use prost::Message;
use redress_log::{PeerError, Peers, View};
use redress_wire::peer::{
    Call, Redrive, RedriveOutcome, Reply, SetAsideQuery, SetAsideRow, SetAsideRows, Status,
    StatusQuery, call::Body, partition_reply::Outcome,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{sleep, timeout},
};

use crate::{
    Core, Refusal,
    node::Owned,
    request::{Change, Look, Reply as Answering, What},
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
    ) -> Self {
        let shared = Shared {
            partitions,
            member,
            changes,
            looks,
            owned,
            view,
            peers,
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
    /// room: gives the answer to wait for.
    ///
    /// # Errors
    /// The command back, if the partition is not owned here or there is no room.
    pub fn try_command_here(
        &self,
        partition: u32,
        command: C::Command,
        traceparent: String,
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
            arrived: Instant::now(),
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

    /// Asks the owners of `wanted` until each has answered once.
    async fn gather<T, F>(
        &self,
        mut wanted: BTreeSet<u32>,
        body: Body,
        here: impl Fn(Vec<u32>) -> F,
    ) -> Result<Vec<(u32, T)>, Refusal>
    where
        T: Message + Default,
        F: Future<Output = Vec<(u32, Result<T, Refusal>)>>,
    {
        let until = Instant::now() + Duration::from_secs(5);
        let mut gathered = BTreeMap::new();
        loop {
            let (local, remote) = self.by_owner(&wanted);
            let local = async {
                if local.is_empty() {
                    Vec::new()
                } else {
                    here(local).await
                }
            };
            let remote = remote
                .into_iter()
                .map(|(member, ids)| self.ask(member, ids, body.clone()));
            let (local, remote) = futures::join!(local, join_all(remote));
            for (id, found) in local.into_iter().chain(remote.into_iter().flatten()) {
                match found {
                    Ok(found) => {
                        wanted.remove(&id);
                        gathered.insert(id, found);
                    }
                    Err(refusal) if refusal.is_moved() => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            let Some(&missing) = wanted.first() else {
                return Ok(gathered.into_iter().collect());
            };
            if Instant::now() >= until {
                return Err(no_owner(missing));
            }
            sleep(MOVING_PAUSE).await;
        }
    }

    fn by_owner(&self, wanted: &BTreeSet<u32>) -> (Vec<u32>, BTreeMap<String, Vec<u32>>) {
        let view = self.shared.view.borrow();
        let mut local = Vec::new();
        let mut remote: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for &id in wanted {
            if self.owns(id) {
                local.push(id);
            } else if let Some(owner) = view.owners.get(&id).and_then(|o| o.member.clone())
                && owner != self.shared.member
            {
                remote.entry(owner).or_default().push(id);
            }
        }
        (local, remote)
    }

    async fn ask<T: Message + Default>(
        &self,
        member: String,
        partitions: Vec<u32>,
        body: Body,
    ) -> Vec<(u32, Result<T, Refusal>)> {
        let call = Call {
            partitions,
            body: Some(body),
            traceparent: String::new(),
        };
        let patience = Duration::from_secs(3);
        // What is not answered is asked for again by the caller.
        self.call(&member, &call, patience)
            .await
            .unwrap_or_default()
    }

    async fn ask_owner<T: Message + Default>(
        &self,
        partition: u32,
        body: Body,
        traceparent: &str,
        patience: Duration,
    ) -> Result<T, Refusal> {
        let owner = self
            .shared
            .view
            .borrow()
            .owners
            .get(&partition)
            .and_then(|o| o.member.clone());
        let Some(owner) = owner.filter(|owner| *owner != self.shared.member) else {
            return Err(Refusal::moved(partition));
        };
        let call = Call {
            partitions: vec![partition],
            body: Some(body),
            traceparent: traceparent.to_owned(),
        };
        match self.call(&owner, &call, patience).await {
            Ok(replies) => replies
                .into_iter()
                .next()
                .map_or(Err(Refusal::moved(partition)), |(_, r)| r),
            Err(PeerError::Absent(_)) => Err(Refusal::moved(partition)),
            Err(PeerError::NoAnswer(_)) => Err(Refusal::unavailable(
                "the replica that owns this did not answer; it may have done it: send the same again",
                FULL_PAUSE,
            )),
        }
    }

    async fn call<T: Message + Default>(
        &self,
        member: &str,
        call: &Call,
        patience: Duration,
    ) -> Result<Vec<(u32, Result<T, Refusal>)>, PeerError> {
        let body: Bytes = call.encode_to_vec().into();
        let answer = self
            .shared
            .peers
            .call(C::SERVICE, member, body, patience)
            .await?;
        let reply = Reply::decode(answer).map_err(|_| PeerError::NoAnswer(member.to_owned()))?;
        Ok(reply
            .replies
            .into_iter()
            .map(|reply| {
                let result = match reply.outcome {
                    Some(Outcome::Answer(body)) => T::decode(body).map_err(|_| {
                        Refusal::new(tonic::Code::Internal, "the owner's answer cannot be read")
                    }),
                    Some(Outcome::Refused(refused)) => Err(Refusal::from_wire(refused)),
                    None => Err(Refusal::moved(reply.partition)),
                };
                (reply.partition, result)
            })
            .collect())
    }

    // === this replica's own partitions ===

    pub(crate) async fn command_here(
        &self,
        partition: u32,
        command: C::Command,
        traceparent: String,
        patience: Duration,
    ) -> Result<C::Answer, Refusal> {
        self.change(
            partition,
            |reply| What::Command(command, reply),
            traceparent,
            patience,
        )
        .await
    }

    pub(crate) async fn keep_aside_here(
        &self,
        partition: u32,
        row: SetAsideRow,
        patience: Duration,
    ) -> Result<(), Refusal> {
        self.change(
            partition,
            |reply| What::KeepAside(row, reply),
            String::new(),
            patience,
        )
        .await
    }

    pub(crate) async fn redrive_here(
        &self,
        partition: u32,
        redrive: Redrive,
        patience: Duration,
    ) -> Result<RedriveOutcome, Refusal> {
        self.change(
            partition,
            |reply| What::Redrive(redrive, reply),
            String::new(),
            patience,
        )
        .await
    }

    async fn change<T>(
        &self,
        partition: u32,
        what: impl FnOnce(Answering<T>) -> What<C>,
        traceparent: String,
        patience: Duration,
    ) -> Result<T, Refusal> {
        if !self.owns(partition) {
            return Err(Refusal::moved(partition));
        }
        let (reply, answer) = oneshot::channel();
        let change = Change {
            partition,
            what: what(reply),
            traceparent,
            arrived: Instant::now(),
        };
        match timeout(patience, self.shared.changes.send(change)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(stopping()),
            Err(_) => return Err(Refusal::overloaded("too much at once", FULL_PAUSE)),
        }
        match timeout(patience.max(Duration::from_secs(1)), answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(stopping()),
            Err(_) => Err(Refusal::unavailable(
                "no answer in time; it may have been done: send the same again",
                FULL_PAUSE,
            )),
        }
    }

    pub(crate) async fn query_here(
        &self,
        partitions: Vec<u32>,
        query: C::Query,
    ) -> Vec<(u32, Result<C::Found, Refusal>)> {
        self.look(|reply| Look::Query(partitions, query, reply))
            .await
    }

    pub(crate) async fn set_aside_here(
        &self,
        partitions: Vec<u32>,
        limit: usize,
    ) -> Vec<(u32, Vec<SetAsideRow>)> {
        self.look(|reply| Look::SetAside(partitions, limit, reply))
            .await
    }

    pub(crate) async fn status_here(
        &self,
        partitions: Vec<u32>,
        with_state_hash: bool,
    ) -> Vec<(u32, Status)> {
        self.look(|reply| Look::Status(partitions, with_state_hash, reply))
            .await
    }

    async fn look<T>(&self, look: impl FnOnce(oneshot::Sender<Vec<T>>) -> Look<C>) -> Vec<T> {
        let (reply, answer) = oneshot::channel();
        if self.shared.looks.send(look(reply)).await.is_err() {
            return Vec::new();
        }
        answer.await.unwrap_or_default()
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
