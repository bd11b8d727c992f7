//! A refusal of a case, in the caller's words.

use redress_wire::router::{CaseRefused, ExecuteRefusal, Words};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::locale::Speech;

/// Who names the reasons in `ErrorInfo`.
const DOMAIN: &str = "router.redress";

/// The one place where a case's refusals become gRPC statuses, with `google.rpc` details.
pub(super) fn status(refused: &CaseRefused, speech: Speech) -> Status {
    let message = message(refused, speech);
    let code = code(refused);
    let mut details = ErrorDetails::new();
    let reason = refused.reason.to_uppercase();
    details.set_error_info(reason.clone(), DOMAIN, metadata(refused));
    match code {
        Code::InvalidArgument if !refused.field.is_empty() => {
            details.add_bad_request_violation(&refused.field, &message);
        }
        Code::FailedPrecondition if refused.missing.is_empty() => {
            details.add_precondition_failure_violation(reason, &refused.command, &message);
        }
        Code::FailedPrecondition => {
            for missing in &refused.missing {
                let missing = spoken(missing, speech);
                details.add_precondition_failure_violation(&reason, &refused.command, missing);
            }
        }
        _ => {}
    }
    Status::with_error_details(code, message, details)
}

/// The same among many.
pub(super) fn one_of_many(refused: &CaseRefused, speech: Speech) -> ExecuteRefusal {
    let named = redress_runtime::Refusal::new(code(refused), message(refused, speech));
    ExecuteRefusal {
        code: named.code_name().to_owned(),
        message: named.message,
    }
}

pub(super) fn spoken(words: &Words, speech: Speech) -> String {
    speech.pick(&words.zh, &words.en).to_owned()
}

fn message(refused: &CaseRefused, speech: Speech) -> String {
    refused
        .sentence
        .as_ref()
        .map_or_else(|| refused.reason.clone(), |words| spoken(words, speech))
}

fn code(refused: &CaseRefused) -> Code {
    Code::from(refused.code as i32)
}

/// What programs need to go on: the version to expect next, the state, and what is possible.
fn metadata(refused: &CaseRefused) -> std::collections::HashMap<String, String> {
    let known = [
        ("state", refused.state.clone()),
        ("command", refused.command.clone()),
        ("allowed_now", refused.allowed_now.join(",")),
    ];
    let version = (refused.version > 0).then(|| ("version", refused.version.to_string()));
    known
        .into_iter()
        .chain(version)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
