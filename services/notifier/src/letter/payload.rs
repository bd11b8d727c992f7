//! The body of a webhook, after Standard Webhooks: thin, typed, without personal data.

use redress_wire::{
    event::timestamp,
    notifier::{CaseRow, DeliveryRow},
};
use serde::Serialize;

use super::text::shortened;

/// Characters of the text that are sent at most: with every character escaped or of four bytes
/// the whole stays under the 20 kB that Standard Webhooks advises.
const LONGEST_TEXT: usize = 3_000;

#[derive(Serialize)]
struct Body<'a> {
    /// `case.assignment`, `case.warning`, `case.breach`, or `case.` and the policy's occasion.
    r#type: String,
    /// When the occasion was recorded.
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    notification_id: &'a str,
    number: &'a str,
    channel: &'a str,
    kind: &'a str,
    category: &'a str,
    urgency: &'a str,
    severity: &'a str,
    wide_impact: bool,
    department: &'a str,
    handler: &'a str,
    registered_at: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    clock: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    step: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    level: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    by: &'a str,
    /// The template's words, for people.
    subject: String,
    text: String,
}

pub(crate) fn of(case: &CaseRow, delivery: &DeliveryRow, (subject, text): (&str, &str)) -> String {
    let time = |micros| timestamp(micros).to_string();
    let body = Body {
        r#type: format!("case.{}", delivery.cause),
        timestamp: time(delivery.planned_at_us),
        data: Data {
            notification_id: &delivery.notification_id,
            number: &case.number,
            channel: &case.channel,
            kind: &case.kind,
            category: &delivery.category,
            urgency: &delivery.urgency,
            severity: &case.severity,
            wide_impact: case.wide_impact,
            department: &delivery.department,
            handler: &delivery.handler,
            registered_at: time(case.registered_at_us),
            clock: &delivery.clock,
            due_at: delivery.due_at_us.map(time),
            step: &delivery.step,
            level: &delivery.level,
            plan: Some(delivery.plan).filter(|plan| *plan > 0),
            by: &delivery.by,
            subject: shortened(subject, LONGEST_TEXT / 10),
            text: shortened(text, LONGEST_TEXT),
        },
    };
    serde_json::to_string(&body).expect("texts, numbers and truth values are always JSON")
}
