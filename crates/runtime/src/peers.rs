//! Answers the calls of the service's other replicas.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::join_all;
use prost::Message;
use redress_log::{Handler, PeerError, Peers, Serving};
use redress_wire::peer::{
    Call, PartitionReply, Reply, SetAsideRows, call::Body, partition_reply::Outcome,
};

use crate::{Core, Handle, Refusal};

/// A forwarded change waits this long for its round: less than the caller waits for us.
const PATIENCE: Duration = Duration::from_secs(8);

/// Serves calls to this member until the guard is dropped.
///
/// # Errors
/// The members cannot be reached.
pub async fn serve_peers<C: Core, P: Peers>(
    handle: &Handle<C, P>,
    peers: &P,
) -> Result<Serving, PeerError> {
    let member = handle.member().to_owned();
    let handle = handle.clone();
    let handler: Handler = Arc::new(move |body: Bytes| {
        let handle = handle.clone();
        Box::pin(async move { answer(&handle, body).await.encode_to_vec().into() })
    });
    peers.serve(C::SERVICE, &member, handler).await
}

/// Several calls are begun in their order and answered when the last of them is.
async fn answer<C: Core, P: Peers>(handle: &Handle<C, P>, body: Bytes) -> Reply {
    let Ok(call) = Call::decode(body) else {
        return Reply::default();
    };
    match call.body {
        Some(Body::Calls(several)) => {
            let calls = several.calls.into_iter();
            let all = join_all(calls.map(|call| answer_one(handle, call))).await;
            Reply {
                replies: Vec::new(),
                all,
            }
        }
        _ => answer_one(handle, call).await,
    }
}

async fn answer_one<C: Core, P: Peers>(handle: &Handle<C, P>, call: Call) -> Reply {
    let partitions = call.partitions;
    let first = partitions.first().copied().unwrap_or_default();
    let one = |result: Result<Vec<u8>, Refusal>| of(vec![reply(first, result)]);
    match call.body {
        Some(Body::Command(body)) => one(match C::Command::decode(body) {
            Ok(command) => handle
                .command_here(first, command, call.traceparent, PATIENCE)
                .await
                .map(|answer| answer.encode_to_vec()),
            Err(_) => Err(unreadable()),
        }),
        Some(Body::KeepAside(row)) => one(handle
            .keep_aside_here(first, row, PATIENCE)
            .await
            .map(|()| Vec::new())),
        Some(Body::Redrive(redrive)) => one(handle
            .redrive_here(first, redrive, PATIENCE)
            .await
            .map(|outcome| outcome.encode_to_vec())),
        Some(Body::Query(body)) => match C::Query::decode(body) {
            Ok(query) => several(handle.query_here(partitions, query).await),
            Err(_) => one(Err(unreadable())),
        },
        Some(Body::Status(status)) => {
            let found = handle.status_here(partitions, status.with_state_hash).await;
            several(
                found
                    .into_iter()
                    .map(|(id, status)| (id, Ok(status)))
                    .collect(),
            )
        }
        Some(Body::Snapshot(_)) => {
            let found = handle.snapshot_here(partitions).await;
            let found = found.into_iter().map(|(id, status)| (id, Ok(status)));
            several(found.collect())
        }
        Some(Body::SetAside(query)) => {
            let found = handle
                .set_aside_here(partitions, query.limit as usize)
                .await;
            several(
                found
                    .into_iter()
                    .map(|(id, rows)| (id, Ok(SetAsideRows { rows })))
                    .collect(),
            )
        }
        Some(Body::Calls(_)) | None => Reply::default(),
    }
}

fn several<T: Message>(found: Vec<(u32, Result<T, Refusal>)>) -> Reply {
    let replies = found
        .into_iter()
        .map(|(id, found)| reply(id, found.map(|f| f.encode_to_vec())))
        .collect();
    of(replies)
}

fn of(replies: Vec<PartitionReply>) -> Reply {
    Reply {
        replies,
        all: Vec::new(),
    }
}

fn reply(partition: u32, result: Result<Vec<u8>, Refusal>) -> PartitionReply {
    let outcome = match result {
        Ok(answer) => Outcome::Answer(answer.into()),
        Err(refusal) => Outcome::Refused(refusal.to_wire()),
    };
    PartitionReply {
        partition,
        outcome: Some(outcome),
    }
}

fn unreadable() -> Refusal {
    Refusal::new(
        tonic::Code::Internal,
        "this replica does not understand the other's call; upgrade all replicas",
    )
}
