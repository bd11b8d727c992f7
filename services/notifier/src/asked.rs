//! What other services ask over NATS: any replica answers, from the owners of all partitions.

use std::time::Duration;

use async_nats::{Client, Message};
use futures::StreamExt as _;
use prost::Message as _;
use redress_log::Peers;
use redress_runtime::Handle;
use redress_wire::{
    names::RECALL_NOTICES_SUBJECT,
    notifier::{Query, RecallNotices, RecallNoticesQuery, RecallNoticesReply, query::Query as Ask},
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::NotifierCore;

/// Replicas share the questions.
const QUEUE_GROUP: &str = "notifier";
/// Questions answered at once; the others wait in the connection.
const AT_ONCE: usize = 8;
/// Cases of one question at most.
const MOST_CASES: usize = 500;
/// Who asks waits about as long.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers questions until it is told to stop.
///
/// # Errors
/// The connection was closed for good.
pub(crate) async fn serve<P: Peers>(
    handle: Handle<NotifierCore, P>,
    client: Client,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let questions = client.queue_subscribe(RECALL_NOTICES_SUBJECT, QUEUE_GROUP.to_owned());
    let questions = questions.await?.take_until(stop.cancelled());
    let answer = |question| answer(&handle, &client, question);
    questions.for_each_concurrent(AT_ONCE, answer).await;
    client.flush().await?;
    Ok(())
}

async fn answer<P: Peers>(handle: &Handle<NotifierCore, P>, client: &Client, question: Message) {
    let Some(asker) = question.reply else {
        return;
    };
    let notices = match RecallNoticesQuery::decode(question.payload) {
        Ok(query) if query.complaint_ids.len() <= MOST_CASES => notices(handle, query).await,
        _ => None,
    };
    let reply = RecallNoticesReply { notices };
    if let Err(error) = client.publish(asker, reply.encode_to_vec().into()).await {
        tracing::debug!(%error, "a question about a recall could not be answered");
    }
}

/// The sum over all partitions; none if one of them cannot be asked, or its owner is of a release
/// that does not know.
async fn notices<P: Peers>(
    handle: &Handle<NotifierCore, P>,
    query: RecallNoticesQuery,
) -> Option<RecallNotices> {
    let query = Query {
        query: Some(Ask::Recall(query)),
    };
    let found = timeout(PATIENCE, handle.query_all(&query)).await.ok()?;
    let mut sum = RecallNotices::default();
    for (_, found) in found.ok()? {
        let part = found.recall?;
        sum.delivered += part.delivered;
        sum.waiting += part.waiting;
        sum.failed += part.failed;
    }
    Some(sum)
}
