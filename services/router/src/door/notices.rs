//! Whom the notices of a recall have reached: notifier knows, and is asked.

use std::time::Duration;

use async_nats::{Client, Request};
use prost::Message as _;
use redress_wire::{
    names::RECALL_NOTICES_SUBJECT,
    notifier::{RecallNotices, RecallNoticesQuery, RecallNoticesReply},
};

/// Somebody looks at a recall and wants an answer, with or without this number.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks notifier about cases of a recall. `None`: it did not answer in time, or could not say.
pub(super) async fn ask(client: &Client, asked: RecallNoticesQuery) -> Option<RecallNotices> {
    let request = Request::new()
        .payload(asked.encode_to_vec().into())
        .timeout(Some(PATIENCE));
    let answer = client.send_request(RECALL_NOTICES_SUBJECT, request).await;
    let answer = answer
        .inspect_err(|error| tracing::debug!(%error, "notifier does not say whom it has told"))
        .ok()?;
    RecallNoticesReply::decode(answer.payload).ok()?.notices
}

/// Both together; what is not known of a part is not known of the whole.
pub(super) fn sum(
    all: Option<RecallNotices>,
    part: Option<RecallNotices>,
) -> Option<RecallNotices> {
    let (all, part) = (all?, part?);
    Some(RecallNotices {
        delivered: all.delivered + part.delivered,
        waiting: all.waiting + part.waiting,
        failed: all.failed + part.failed,
    })
}
