//! Gives the answers to NATS requests, in the order in which they come to be known.

use std::sync::Arc;

use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use futures::{StreamExt as _, stream::FuturesUnordered};
use prost::Message as _;
use redress_runtime::Refusal;
use redress_wire::{headers, intake::Answer};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tonic::Code;

use super::{
    answer::{Outcome, refusal_json},
    body::Format,
    desk::{Desk, registered},
    requests::{Asked, Awaited, forward},
};

/// Requests that are sent on because the partition moved away while they waited.
const MOVED_AT_ONCE: usize = 10_000;

/// Answers until there is nothing left to be answered.
pub(crate) async fn respond(
    desk: Desk,
    mut awaited: mpsc::Receiver<Awaited>,
    again: mpsc::WeakSender<Awaited>,
) {
    let moved = Arc::new(Semaphore::new(MOVED_AT_ONCE));
    let mut deciding = FuturesUnordered::new();
    let mut open = true;
    while open || !deciding.is_empty() {
        tokio::select! {
            Some((asked, answer)) = deciding.next(), if !deciding.is_empty() => {
                match settled(answer) {
                    Some(outcome) => give(&desk, asked, outcome).await,
                    None => send_on(&desk, &moved, &again, asked).await,
                }
            }
            next = awaited.recv(), if open => match next {
                Some(Awaited::Known(asked, outcome)) => give(&desk, asked, outcome).await,
                Some(Awaited::Owner(asked, answer)) => deciding.push(decided(asked, answer)),
                None => open = false,
            },
        }
    }
}

type Decided = Result<Result<Answer, Refusal>, oneshot::error::RecvError>;

async fn decided(
    asked: Asked,
    answer: oneshot::Receiver<Result<Answer, Refusal>>,
) -> (Asked, Decided) {
    let answer = answer.await;
    (asked, answer)
}

/// The outcome; nothing if the partition is not here any more.
fn settled(answer: Decided) -> Option<Result<Outcome, Refusal>> {
    match answer {
        Ok(Ok(answer)) => Some(registered(answer)),
        Ok(Err(refusal)) if refusal.code == Code::Aborted => None,
        Ok(Err(refusal)) => Some(Err(refusal)),
        Err(_) => None,
    }
}

/// The partition moved away while the request waited: its new owner is asked.
async fn send_on(
    desk: &Desk,
    places: &Arc<Semaphore>,
    again: &mpsc::WeakSender<Awaited>,
    asked: Asked,
) {
    let known = match again.upgrade() {
        Some(again) => forward(desk, places, &again, asked, None),
        // The door is closing; the sender's next attempt finds out what became of it.
        None => Some(Awaited::Known(asked, Err(closing()))),
    };
    if let Some(Awaited::Known(asked, outcome)) = known {
        give(desk, asked, outcome).await;
    }
}

fn closing() -> Refusal {
    let message = "this replica is stopping; it may have done it: send the same again";
    Refusal::unavailable(message, std::time::Duration::from_millis(200))
}

async fn give(desk: &Desk, asked: Asked, outcome: Result<Outcome, Refusal>) {
    asked.trace.note(&outcome);
    desk.figures.answered(&outcome);
    let format = Format::of(asked.sent().content_type).unwrap_or(Format::Json);
    if let Err(refusal) = &outcome {
        tracing::debug!(code = refusal.code_name(), "a submission is refused");
    }
    let Some(reply) = asked.message.reply else {
        return;
    };
    let (format, payload) = match (&outcome, format) {
        (Ok(outcome), Format::Json) => (None, outcome.to_json()),
        (Ok(outcome), Format::Protobuf) => (
            Some(Format::Protobuf),
            Bytes::from(outcome.to_wire().encode_to_vec()),
        ),
        // Refusals are JSON for all; who speaks protobuf is told so in the header.
        (Err(refusal), Format::Json) => (None, refusal_json(refusal)),
        (Err(refusal), Format::Protobuf) => (Some(Format::Json), refusal_json(refusal)),
    };
    send(desk.broker.client(), reply, format, payload).await;
}

async fn send(client: &Client, reply: async_nats::Subject, format: Option<Format>, payload: Bytes) {
    let sent = match format {
        None => client.publish(reply, payload).await,
        Some(format) => {
            let mut header = HeaderMap::new();
            header.insert(headers::CONTENT_TYPE, format.content_type());
            client.publish_with_headers(reply, header, payload).await
        }
    };
    if let Err(error) = sent {
        tracing::warn!(%error, "an answer cannot be sent; its sender will ask again");
    }
}
