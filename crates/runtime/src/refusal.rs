use std::time::Duration;

use redress_wire::peer;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// Why something was refused, and what the caller can do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Canonical gRPC code.
    pub code: Code,
    /// What is wrong, in one sentence, without personal data.
    pub message: String,
    /// What is wrong with which field.
    pub violations: Vec<Violation>,
    /// When it makes sense to try again unchanged.
    pub retry_after: Option<Duration>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request, for instance `customer.phone`.
    pub field: String,
    /// What it must be.
    pub description: String,
}

impl Refusal {
    /// A refusal with a code and a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            violations: Vec::new(),
            retry_after: None,
        }
    }

    /// The request is wrong in the fields named.
    pub fn invalid(message: impl Into<String>, violations: Vec<Violation>) -> Self {
        Self {
            violations,
            ..Self::new(Code::InvalidArgument, message)
        }
    }

    /// There is no such thing.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(Code::NotFound, what)
    }

    /// Too much at once: the same again after a while.
    pub fn overloaded(message: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(Code::ResourceExhausted, message)
        }
    }

    /// Not possible right now: the same again after a while.
    pub fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(Code::Unavailable, message)
        }
    }

    /// The partition is not here (any more): ask its owner.
    pub(crate) fn moved(partition: u32) -> Self {
        Self::new(
            Code::Aborted,
            format!("partition {partition} is not owned here"),
        )
    }

    /// Whether another replica may know better.
    pub(crate) fn is_moved(&self) -> bool {
        self.code == Code::Aborted
    }

    /// Canonical name of the code, for instance `INVALID_ARGUMENT`.
    pub fn code_name(&self) -> &'static str {
        match self.code {
            Code::Ok => "OK",
            Code::Cancelled => "CANCELLED",
            Code::Unknown => "UNKNOWN",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code::NotFound => "NOT_FOUND",
            Code::AlreadyExists => "ALREADY_EXISTS",
            Code::PermissionDenied => "PERMISSION_DENIED",
            Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Code::FailedPrecondition => "FAILED_PRECONDITION",
            Code::Aborted => "ABORTED",
            Code::OutOfRange => "OUT_OF_RANGE",
            Code::Unimplemented => "UNIMPLEMENTED",
            Code::Internal => "INTERNAL",
            Code::Unavailable => "UNAVAILABLE",
            Code::DataLoss => "DATA_LOSS",
            Code::Unauthenticated => "UNAUTHENTICATED",
        }
    }

    pub(crate) fn to_wire(&self) -> peer::Refused {
        peer::Refused {
            code: self.code as i32,
            message: self.message.clone(),
            fields: self
                .violations
                .iter()
                .map(|v| peer::RefusedField {
                    field: v.field.clone(),
                    description: v.description.clone(),
                })
                .collect(),
            retry_after_ms: self.retry_after.map_or(0, |d| d.as_millis() as u32),
        }
    }

    pub(crate) fn from_wire(refused: peer::Refused) -> Self {
        Self {
            code: Code::from(refused.code),
            message: refused.message,
            violations: refused
                .fields
                .into_iter()
                .map(|f| Violation {
                    field: f.field,
                    description: f.description,
                })
                .collect(),
            retry_after: (refused.retry_after_ms > 0)
                .then(|| Duration::from_millis(refused.retry_after_ms.into())),
        }
    }
}

/// The one place where refusals become gRPC statuses, with `google.rpc` details.
impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let mut details = ErrorDetails::new();
        for violation in refusal.violations {
            details.add_bad_request_violation(violation.field, violation.description);
        }
        if let Some(delay) = refusal.retry_after {
            details.set_retry_info(Some(delay));
        }
        Self::with_error_details(refusal.code, refusal.message, details)
    }
}
