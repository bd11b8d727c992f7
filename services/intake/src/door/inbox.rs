//! The door for adapters that do not wait: complaints stored in the inbox stream.
//!
//! A complaint leaves the inbox when it is registered, or set aside with the reason why it cannot
//! be. What only cannot be done right now comes again.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{
    AckKind,
    consumer::{Consumer, pull},
    message::Message,
};
use futures::{FutureExt as _, StreamExt as _};
use jiff::Timestamp;
use redress_complaint::{ComplaintId, partition_of};
use redress_runtime::Refusal;
use redress_wire::{headers, names, peer::SetAsideRow};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use super::{
    body::{self, Format},
    desk::{Desk, Sent},
    requests::header,
    trace::Trace,
};
use crate::revive::SOURCE;

/// How long a complaint from the inbox waits for its owner: well below the 10 s after which the
/// broker gives it to another replica.
const PATIENCE: Duration = Duration::from_secs(4);
/// Pause before the inbox is opened again, and after what cannot be done right now.
const PAUSE: Duration = Duration::from_secs(1);
/// The broker says that it is still there this often.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long one request for more stands at the broker.
const EXPIRES: Duration = Duration::from_secs(30);

/// Takes complaints from the inbox, `at_once` at a time, until it is told to stop.
///
/// # Errors
/// None: what goes wrong is tried again.
pub async fn serve(desk: Desk, at_once: usize, stop: CancellationToken) -> anyhow::Result<()> {
    let mut work = JoinSet::new();
    while !stop.is_cancelled() {
        match open(&desk, at_once).await {
            Ok(messages) => read(&desk, messages, at_once, &mut work, &stop).await,
            Err(error) => tracing::warn!(%error, "the inbox cannot be read; it is tried again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(PAUSE) => {}
        }
    }
    while work.join_next().await.is_some() {}
    Ok(())
}

async fn open(desk: &Desk, at_once: usize) -> Result<pull::Stream, async_nats::Error> {
    let consumer: Consumer<pull::Config> = desk
        .streams
        .get_consumer_from_stream(names::INBOX_CONSUMER, names::INBOX_STREAM)
        .await?;
    let messages = consumer.stream().max_messages_per_batch(at_once);
    Ok(messages
        .heartbeat(HEARTBEAT)
        .expires(EXPIRES)
        .messages()
        .await?)
}

/// Reads until the stream of messages breaks off or the door closes.
async fn read(
    desk: &Desk,
    mut messages: pull::Stream,
    at_once: usize,
    work: &mut JoinSet<()>,
    stop: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(at_once));
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = work.join_next(), if !work.is_empty() => continue,
            next = next(&mut messages, &places) => next,
        };
        match next {
            Some((Ok(message), place)) => {
                let desk = desk.clone();
                work.spawn(async move {
                    process(&desk, &message).await;
                    drop(place);
                });
            }
            Some((Err(error), _)) => {
                tracing::debug!(%error, "the inbox is opened again");
                return;
            }
            None => return,
        }
    }
    // What was fetched and not begun goes to another replica at once.
    while let Some(Some(Ok(message))) = messages.next().now_or_never() {
        settle(&message, AckKind::Nak(None)).await;
    }
}

type Next = Result<Message, pull::MessagesError>;

/// The next message, once there is a place for it.
async fn next(
    messages: &mut pull::Stream,
    places: &Arc<Semaphore>,
) -> Option<(Next, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let message = messages.next().await?;
    Some((message, place))
}

async fn process(desk: &Desk, message: &Message) {
    desk.figures.came("inbox");
    let trace = Trace::of(header(message, headers::TRACEPARENT), "inbox");
    let sent = Sent {
        channel: names::channel_of(&message.subject),
        content_type: header(message, headers::CONTENT_TYPE),
        body: &message.payload,
    };
    let received_at = received_at(message, desk.clock.now());
    let outcome = match desk.check_body(&sent, received_at) {
        Ok(checked) => desk.register(checked, &trace.parent, PATIENCE).await,
        Err(refusal) => Err(refusal),
    };
    trace.note(&outcome);
    desk.figures.answered(&outcome);
    match outcome {
        Ok(_) => settle(message, AckKind::Ack).await,
        Err(refusal) if passes(&refusal) => {
            let pause = refusal.retry_after.unwrap_or(PAUSE);
            settle(message, AckKind::Nak(Some(pause))).await;
        }
        Err(refusal) => set_aside(desk, message, &sent, &refusal, received_at).await,
    }
}

/// When the broker got it: that is when the platform got it.
fn received_at(message: &Message, now: Timestamp) -> Timestamp {
    let published = message
        .info()
        .ok()
        .map(|info| info.published.unix_timestamp_nanos());
    let published = published.and_then(|nanos| Timestamp::from_nanosecond(nanos).ok());
    published.map_or(now, |published| published.min(now))
}

/// Whether the same may succeed later without anybody doing anything.
fn passes(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        Code::Unavailable | Code::ResourceExhausted | Code::Aborted
    )
}

async fn set_aside(
    desk: &Desk,
    message: &Message,
    sent: &Sent<'_>,
    refusal: &Refusal,
    received_at: Timestamp,
) {
    let row = aside(message, sent, refusal, received_at, desk);
    let partition = match ComplaintId::try_from(row.complaint_id.as_slice()) {
        Ok(id) => desk.partition(&id),
        Err(_) => whose(&row.id, desk.handle.partitions()),
    };
    match desk.handle.keep_aside(partition, row, PATIENCE).await {
        Ok(()) => settle(message, AckKind::Ack).await,
        Err(refusal) => {
            tracing::warn!(
                reason = refusal.message,
                "a refused complaint cannot be set aside yet"
            );
            settle(message, AckKind::Nak(Some(PAUSE))).await;
        }
    }
}

/// Some owner for what nobody can tell whose it is.
fn whose(id: &[u8], partitions: u32) -> u32 {
    ComplaintId::try_from(id).map_or(0, |id| partition_of(&id, partitions))
}

fn aside(
    message: &Message,
    sent: &Sent<'_>,
    refusal: &Refusal,
    received_at: Timestamp,
    desk: &Desk,
) -> SetAsideRow {
    let info = message.info().ok();
    // Time as well: a stream that was made anew counts from one again.
    let place = info.map(|info| (info.stream_sequence, info.published.unix_timestamp_nanos()));
    let (sequence, published) = place.unwrap_or_default();
    let id = blake3::hash(format!("{SOURCE}{sequence}/{published}").as_bytes());
    SetAsideRow {
        id: id.as_bytes()[..16].to_vec(),
        source: format!("{SOURCE}{}", sent.channel),
        reason: format!("{}: {}", refusal.code_name(), refusal.message),
        time_us: received_at.as_microsecond(),
        content_type: sent.content_type.unwrap_or_default().to_owned(),
        input: sent.body.to_vec(),
        complaint_id: complaint_id(desk, sent).unwrap_or_default(),
    }
}

/// The complaint that a refused submission names, if so much of it can be read.
fn complaint_id(desk: &Desk, sent: &Sent<'_>) -> Option<Vec<u8>> {
    let format = Format::of(sent.content_type).ok()?;
    let most = desk.rules.borrow().policy.policy.house().limits.body_bytes;
    let raw = body::read(sent.body, format, most).ok()?;
    let request_id = raw.request_id?;
    let request_id = request_id.trim();
    let plain = !request_id.is_empty() && !request_id.contains(char::is_control);
    plain.then(|| {
        ComplaintId::of(sent.channel, request_id)
            .as_bytes()
            .to_vec()
    })
}

async fn settle(message: &Message, how: AckKind) {
    if let Err(error) = message.ack_with(how).await {
        // It comes again, and is recognised.
        tracing::debug!(%error, "the inbox does not know yet what became of a complaint");
    }
}
