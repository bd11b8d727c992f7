//! What is asked of this replica's own partitions.

use std::time::Duration;

use redress_log::Peers;
use redress_wire::peer::{Redrive, RedriveOutcome, SetAsideRow, Status};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{FULL_PAUSE, Handle, stopping};
use crate::{
    Core, Refusal,
    request::{Change, Look, Reply as Answering, What},
};

impl<C: Core, P: Peers> Handle<C, P> {
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

    pub(crate) async fn snapshot_here(&self, partitions: Vec<u32>) -> Vec<(u32, Status)> {
        self.look(|reply| Look::Snapshot(partitions, reply)).await
    }

    async fn look<T>(&self, look: impl FnOnce(oneshot::Sender<Vec<T>>) -> Look<C>) -> Vec<T> {
        let (reply, answer) = oneshot::channel();
        if self.shared.looks.send(look(reply)).await.is_err() {
            return Vec::new();
        }
        answer.await.unwrap_or_default()
    }
}
