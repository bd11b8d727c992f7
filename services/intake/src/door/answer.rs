//! Answers as the contract shows them, in JSON and in the schema.

use std::time::Duration;

use bytes::Bytes;
use redress_complaint::ComplaintId;
use redress_runtime::Refusal;
use redress_wire::{
    event::{proto_time, timestamp},
    intake::{Refusal as WireRefusal, Registration, SubmitResponse, SubmitStatus, Violation},
};
use serde::Serialize;

/// What became of a submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Durable and numbered, now or before.
    Registered(Registration),
    /// Durable; its number follows.
    Accepted(ComplaintId),
}

impl Outcome {
    /// As the counters call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Registered(registration) if registration.duplicate => "duplicate",
            Self::Registered(_) => "registered",
            Self::Accepted(_) => "accepted",
        }
    }

    fn id(&self) -> String {
        match self {
            Self::Registered(registration) => id(&registration.complaint_id),
            Self::Accepted(id) => id.to_string(),
        }
    }

    /// The answer of the schema.
    pub fn to_wire(&self) -> SubmitResponse {
        let complaint_id = self.id();
        match self {
            Self::Registered(registration) => SubmitResponse {
                complaint_id,
                number: registration.number.clone(),
                status: if registration.duplicate {
                    SubmitStatus::Duplicate.into()
                } else {
                    SubmitStatus::Registered.into()
                },
                respond_by: Some(proto_time(registration.respond_by_us)),
            },
            Self::Accepted(_) => SubmitResponse {
                complaint_id,
                status: SubmitStatus::Accepted.into(),
                ..SubmitResponse::default()
            },
        }
    }

    /// `{"complaintId": …, "number": …, "status": …, "respondBy": …}`; an accepted submission has
    /// neither number nor time yet.
    pub fn to_json(&self) -> Bytes {
        let complaint_id = self.id();
        let answer = match self {
            Self::Registered(registration) => JsonAnswer {
                complaint_id,
                number: Some(&registration.number),
                status: if registration.duplicate {
                    "DUPLICATE"
                } else {
                    "REGISTERED"
                },
                respond_by: Some(timestamp(registration.respond_by_us).to_string()),
            },
            Self::Accepted(_) => JsonAnswer {
                complaint_id,
                number: None,
                status: "ACCEPTED",
                respond_by: None,
            },
        };
        json(&answer)
    }
}

/// A complaint's id as people see it.
pub(crate) fn id(bytes: &[u8]) -> String {
    ComplaintId::try_from(bytes)
        .map(|id| id.to_string())
        .unwrap_or_default()
}

/// `{"error": {"code": …, "message": …, "violations": […], "retryDelay": "0.200s"}}`.
pub fn refusal_json(refusal: &Refusal) -> Bytes {
    let violations = refusal.violations.iter();
    json(&JsonRefusal {
        error: JsonError {
            code: refusal.code_name(),
            message: &refusal.message,
            violations: violations
                .map(|v| JsonViolation {
                    field: &v.field,
                    description: &v.description,
                })
                .collect(),
            retry_delay: refusal.retry_after.map(duration),
        },
    })
}

/// A refusal among the results of a bulk call.
pub fn refusal_wire(refusal: &Refusal) -> WireRefusal {
    let violations = refusal.violations.iter();
    WireRefusal {
        code: refusal.code_name().to_owned(),
        message: refusal.message.clone(),
        violations: violations
            .map(|v| Violation {
                field: v.field.clone(),
                description: v.description.clone(),
            })
            .collect(),
        retry_after_ms: refusal
            .retry_after
            .map_or(0, |delay| delay.as_millis() as u32),
    }
}

/// As the standard JSON mapping writes a `google.protobuf.Duration`.
fn duration(delay: Duration) -> String {
    format!("{}.{:03}s", delay.as_secs(), delay.subsec_millis())
}

fn json(value: &impl Serialize) -> Bytes {
    // Structs of strings are always JSON.
    serde_json::to_vec(value).unwrap_or_default().into()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonAnswer<'a> {
    complaint_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    respond_by: Option<String>,
}

#[derive(Serialize)]
struct JsonRefusal<'a> {
    error: JsonError<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonError<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<JsonViolation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_delay: Option<String>,
}

#[derive(Serialize)]
struct JsonViolation<'a> {
    field: &'a str,
    description: &'a str,
}
