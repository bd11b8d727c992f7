//! The feed for outside subscribers: which events it has, and what it says of them.
//!
//! What it says is defined in `proto/redress/feed`, apart from the log's own messages, so that it
//! can be read without knowing the platform, and holds no personal data: neither who the customer
//! is nor anything that anybody wrote about the case.

mod case;
mod clocks;
mod notices;
mod registration;

use prost::Message;
use uuid::Uuid;

pub use crate::redress::feed::v1::*;
use crate::{
    Payload, Service,
    event::{cloud_id, cloud_source, cloud_type},
    headers::{self, cloud},
    log::Event,
    names::feed_subject,
};

/// The events that the feed can have, in the words that end their subjects.
pub const EVENTS: [&str; 66] = [
    "complaint_registered",
    "repeat_linked",
    "case_routed",
    "case_assigned",
    "case_accepted",
    "case_transferred_up",
    "joint_handling_started",
    "case_verified",
    "finding_recorded",
    "root_cause_recorded",
    "five_w_one_h_recorded",
    "responsibility_assessed",
    "investigation_completed",
    "plan_proposed",
    "approval_given",
    "approval_refused",
    "approver_recused",
    "approval_escalated",
    "plan_approved",
    "plan_offered",
    "consent_given",
    "consent_refused",
    "declared_unmeetable",
    "step_executed",
    "plan_executed",
    "proof_attached",
    "result_confirmed",
    "satisfaction_recorded",
    "case_closed",
    "case_reopened",
    "case_held",
    "case_resumed",
    "case_extended",
    "extension_requested",
    "extension_escalated",
    "extension_approved",
    "extension_refused",
    "case_withdrawn",
    "case_rejected",
    "triage_corrected",
    "case_merged",
    "note_added",
    "case_archived",
    "corrective_action_recorded",
    "corrective_action_verified",
    "measure_recorded",
    "eight_d_compiled",
    "command_refused",
    "recall_opened",
    "recall_joined",
    "recall_closed",
    "clocks_started",
    "clock_stopped",
    "clock_warned",
    "clock_breached",
    "clock_paused",
    "clock_resumed",
    "clock_moved",
    "clock_escalated",
    "escalation_acknowledged",
    "notification_planned",
    "notification_attempted",
    "notification_delivered",
    "notification_given_up",
    "notification_retried",
    "notification_dropped",
];

/// One event as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// `redress.events.<service>.<event>`.
    pub subject: String,
    /// CloudEvents attributes and the trace context.
    pub headers: Vec<(&'static str, String)>,
    /// Protobuf.
    pub payload: Vec<u8>,
}

/// What the feed says of an event: the message and its name; `None` if it is not for outsiders.
struct Said {
    schema: &'static str,
    payload: Vec<u8>,
}

impl Said {
    fn of(schema: &'static str, message: &impl Message) -> Self {
        let payload = message.encode_to_vec();
        Self { schema, payload }
    }
}

/// An event of the log as the feed has it, if it is one for outsiders and is wanted.
pub fn publish(
    (service, partition, height, index): (Service, u32, u64, usize),
    event: &Event,
    wanted: &dyn Fn(&str) -> bool,
) -> Option<Published> {
    let payload = event.payload.as_ref()?;
    let cloud_type = cloud_type(payload);
    let name = event_name(cloud_type);
    if !wanted(&name) {
        return None;
    }
    let Said { schema, payload } = said(payload)?;
    let mut headers = vec![
        (cloud::SPEC_VERSION, "1.0".to_owned()),
        (cloud::ID, cloud_id(service, partition, height, index)),
        (cloud::SOURCE, cloud_source(service, partition)),
        (cloud::TYPE, cloud_type.to_owned()),
        (cloud::TIME, event.time().to_string()),
        (cloud::DATA_SCHEMA, schema.to_owned()),
        (headers::CONTENT_TYPE, headers::PROTOBUF[0].to_owned()),
    ];
    if let Some(id) = complaint_id(&event.complaint_id) {
        headers.push((cloud::SUBJECT, id));
    }
    if !event.traceparent.is_empty() {
        headers.push((headers::TRACEPARENT, event.traceparent.clone()));
    }
    Some(Published {
        subject: feed_subject(service, &name),
        headers,
        payload,
    })
}

fn said(payload: &Payload) -> Option<Said> {
    registration::said(payload)
        .or_else(|| case::said(payload))
        .or_else(|| clocks::said(payload))
        .or_else(|| notices::said(payload))
}

/// `case_closed` of `redress.router.v1.CaseClosed`.
fn event_name(cloud_type: &str) -> String {
    let message = cloud_type.rsplit('.').next().unwrap_or_default();
    let mut name = String::with_capacity(message.len() + 4);
    for letter in message.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn complaint_id(bytes: &[u8]) -> Option<String> {
    let id = Uuid::from_slice(bytes).ok()?;
    Some(id.hyphenated().to_string())
}

/// A time that may be absent: 0 is none.
fn time(micros: i64) -> Option<prost_types::Timestamp> {
    (micros != 0).then(|| crate::event::proto_time(micros))
}
