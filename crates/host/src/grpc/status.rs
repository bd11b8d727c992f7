//! Answers with details that a program can read (`google.rpc`).

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

/// `INVALID_ARGUMENT` with one violation per wrong field, as `(field, description)`; the message
/// names the first of them, for readers that look no further.
pub fn bad_request<F, D>(violations: impl IntoIterator<Item = (F, D)>) -> Status
where
    F: Into<String>,
    D: Into<String>,
{
    let violations: Vec<_> = violations
        .into_iter()
        .map(|(field, why)| FieldViolation::new(field, why))
        .collect();
    let message = match violations.as_slice() {
        [] => "the request is not valid".to_owned(),
        [only] => format!("{} {}", only.field, only.description),
        [first, rest @ ..] => {
            format!(
                "{} {}, and {} more",
                first.field,
                first.description,
                rest.len()
            )
        }
    };
    let details = ErrorDetails::with_bad_request(violations);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// `RESOURCE_EXHAUSTED` that asks to come again after `delay`.
pub fn retry_after(delay: Duration) -> Status {
    let message = format!("overloaded, try again in {} ms", delay.as_millis());
    let details = ErrorDetails::with_retry_info(Some(delay));
    Status::with_error_details(Code::ResourceExhausted, message, details)
}
