//! What all doors share: the checks with the policy in force, the way to the owner, and the
//! inbox for when the owner is on the move.

use std::{sync::Arc, time::Duration};

use async_nats::{HeaderMap, jetstream};
use bytes::Bytes;
use jiff::Timestamp;
use redress_complaint::{ComplaintId, RawSubmission, partition_of};
use redress_host::{Clock, policy_dir::PolicyReceiver};
use redress_log_archive::Archived;
use redress_log_nats::{Broker, NatsLog, NatsPeers};
use redress_runtime::{Handle, Refusal};
use redress_wire::{
    headers,
    intake::{Answer, answer},
    names,
};
use tokio::time::timeout;
use tonic::Code;

use super::{
    answer::Outcome,
    body::{self, Format},
    check::{Checked, check},
    figures::Figures,
};
use crate::{IntakeCore, IntakeRules};

/// How long a caller that waits for an answer waits for an owner that moves. A planned hand-over
/// takes a tenth of that; a lease that runs out takes longer, and then the inbox takes over.
pub(crate) const OWNER_PATIENCE: Duration = Duration::from_millis(1_500);
/// How long the inbox may take to store what the owner could not be given.
const STORE_PATIENCE: Duration = Duration::from_secs(2);
/// When to come again after the inbox could not store either.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// What the doors hand submissions to; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) handle: Handle<IntakeCore, NatsPeers>,
    pub(crate) rules: PolicyReceiver<IntakeRules>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) figures: Figures,
    pub(crate) broker: Broker,
    pub(crate) log: Archived<NatsLog>,
    pub(crate) streams: jetstream::Context,
}

/// A submission as its channel sent it.
#[derive(Clone, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) channel: &'a str,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a Bytes,
}

impl Desk {
    /// A desk at a broker.
    pub fn new(
        handle: Handle<IntakeCore, NatsPeers>,
        rules: PolicyReceiver<IntakeRules>,
        clock: Arc<dyn Clock>,
        figures: Figures,
        (broker, log): (Broker, Archived<NatsLog>),
    ) -> Self {
        let streams = jetstream::new(broker.client().clone());
        Self {
            handle,
            rules,
            clock,
            figures,
            broker,
            log,
            streams,
        }
    }

    /// Reads and checks a body.
    pub(crate) fn check_body(
        &self,
        sent: &Sent<'_>,
        received_at: Timestamp,
    ) -> Result<Checked, Refusal> {
        let version = self.rules.borrow();
        check_body(sent, &version.policy, received_at)
    }

    /// Checks a submission that is read already.
    pub(crate) fn check(
        &self,
        channel: &str,
        raw: RawSubmission,
        received_at: Timestamp,
    ) -> Result<Checked, Refusal> {
        check(channel, raw, &self.rules.borrow().policy, received_at)
    }

    pub(crate) fn partition(&self, id: &ComplaintId) -> u32 {
        partition_of(id, self.handle.partitions())
    }

    /// Has a submission registered by its owner; if that one cannot be reached in time, the
    /// inbox keeps it and the outcome is "accepted".
    pub(crate) async fn submit(
        &self,
        checked: Checked,
        sent: &Sent<'_>,
        traceparent: &str,
        patience: Duration,
    ) -> Result<Outcome, Refusal> {
        let id = checked.id;
        let once = message_id(&checked);
        let patience = patience.min(OWNER_PATIENCE);
        match self.register(checked, traceparent, patience).await {
            Err(refusal) if refusal.code == Code::Unavailable => {
                tracing::debug!(reason = refusal.message, "a complaint goes to the inbox");
                self.leave_in_inbox(id, once, sent, traceparent).await
            }
            outcome => outcome,
        }
    }

    pub(crate) async fn register(
        &self,
        checked: Checked,
        traceparent: &str,
        patience: Duration,
    ) -> Result<Outcome, Refusal> {
        let partition = self.partition(&checked.id);
        let command = checked.into_command();
        let answer = self
            .handle
            .command(partition, command, traceparent, patience)
            .await;
        answer.and_then(registered)
    }

    async fn leave_in_inbox(
        &self,
        id: ComplaintId,
        once: String,
        sent: &Sent<'_>,
        traceparent: &str,
    ) -> Result<Outcome, Refusal> {
        let mut header = HeaderMap::new();
        header.insert("Nats-Msg-Id", once);
        if let Some(content_type) = sent.content_type {
            header.insert(headers::CONTENT_TYPE, content_type);
        }
        if !traceparent.is_empty() {
            header.insert(headers::TRACEPARENT, traceparent);
        }
        let subject = names::inbox_subject(sent.channel);
        let stored = async {
            let stored = self
                .streams
                .publish_with_headers(subject, header, sent.body.clone());
            stored.await?.await
        };
        match timeout(STORE_PATIENCE, stored).await {
            Ok(Ok(_)) => Ok(Outcome::Accepted(id)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the inbox does not take a complaint");
                Err(unreachable())
            }
            Err(_) => Err(unreachable()),
        }
    }
}

/// Reads and checks a body under some rules.
pub(crate) fn check_body(
    sent: &Sent<'_>,
    rules: &IntakeRules,
    received_at: Timestamp,
) -> Result<Checked, Refusal> {
    let format = Format::of(sent.content_type)?;
    let limits = &rules.policy.house().limits;
    let raw = body::read(sent.body, format, limits.body_bytes).map_err(body::refused)?;
    check(sent.channel, raw, rules, received_at)
}

/// The outcome in an owner's answer.
pub(crate) fn registered(answer: Answer) -> Result<Outcome, Refusal> {
    match answer.answer {
        Some(answer::Answer::Registration(registration)) => {
            tracing::debug!(complaint.number = registration.number, "answered");
            Ok(Outcome::Registered(registration))
        }
        _ => Err(Refusal::new(
            Code::Internal,
            "the owner's answer is no registration",
        )),
    }
}

/// The same submission sent again is stored once; the same request id with another body is
/// stored as well, to be refused where everybody can see it.
fn message_id(checked: &Checked) -> String {
    let digest = checked.register.body_digest.iter();
    let digest = digest.fold(0_u128, |digest, byte| digest << 8 | u128::from(*byte));
    format!("{}-{digest:032x}", checked.id)
}

fn unreachable() -> Refusal {
    Refusal::unavailable(
        "the complaint cannot be stored right now; send the same again",
        COME_AGAIN,
    )
}
