//! Complaints over gRPC, several at once.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use redress_wire::{
    Service,
    intake::{
        Submission, SubmitRequest, SubmitResponse, SubmitStatus, intake_client::IntakeClient,
    },
};
use serde_json::Value;
use tonic::{Code, Status, transport::Channel};
use tonic_types::StatusExt as _;

use super::{Answer, Done, Job, Outcome, Pace, Refusal, answer::Violation};
use crate::{clients::Clients, output::message_from_json};

const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Sends all jobs; `on_done` hears of each one, in the order of the answers.
pub(crate) async fn send_over_grpc(
    clients: &Clients,
    jobs: impl Iterator<Item = Job>,
    pace: Pace,
    mut on_done: impl FnMut(Done),
) -> anyhow::Result<()> {
    let client = clients.intake()?;
    let started = Instant::now();
    let paced = stream::iter(jobs.enumerate()).then(|(index, job)| async move {
        if let Some(rate) = pace.rate {
            let due = started + Duration::from_secs_f64(index as f64 / rate.max(0.001));
            tokio::time::sleep_until(due.into()).await;
        }
        job
    });
    let sending = paced.map(|job| send(clients, client.clone(), job, pace.patience));
    let mut sending = std::pin::pin!(sending.buffer_unordered(pace.in_flight.max(1)));
    while let Some(done) = sending.next().await {
        on_done(done);
    }
    Ok(())
}

async fn send(
    clients: &Clients,
    mut client: IntakeClient<Channel>,
    job: Job,
    patience: Duration,
) -> Done {
    let started = Instant::now();
    let submission = match submission(&job.body) {
        Ok(submission) => submission,
        Err(reason) => {
            let refusal = Refusal {
                code: "INVALID_ARGUMENT".to_owned(),
                message: format!("is no submission: {reason}"),
                ..Refusal::default()
            };
            return job.done(Outcome::Refused(refusal), started.elapsed());
        }
    };
    let request = SubmitRequest {
        channel: job.channel.clone(),
        submission: Some(submission),
    };
    for tries in 1.. {
        let (trouble, asked) = match client.submit(request.clone()).await {
            Ok(response) => return job.done(taken(response.into_inner()), started.elapsed()),
            Err(status) if is_for_now(&status) => {
                let delay = status
                    .get_details_retry_info()
                    .and_then(|info| info.retry_delay);
                (clients.explain(Service::Intake, &status).to_string(), delay)
            }
            Err(status) => {
                return job.done(Outcome::Refused(refusal(&status)), started.elapsed());
            }
        };
        let pause = asked
            .unwrap_or_default()
            .max((FIRST_PAUSE * tries).min(FIRST_PAUSE * 10));
        if started.elapsed() + pause > patience {
            return job.done(Outcome::Unknown(trouble), started.elapsed());
        }
        tokio::time::sleep(pause).await;
    }
    unreachable!("tries are counted without an end")
}

fn is_for_now(status: &Status) -> bool {
    let code = status.code();
    matches!(
        code,
        Code::Unavailable
            | Code::ResourceExhausted
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::Cancelled
    )
}

fn taken(response: SubmitResponse) -> Outcome {
    let status = response.status();
    let SubmitResponse {
        complaint_id,
        number,
        respond_by,
        ..
    } = response;
    let answer = Answer {
        complaint_id,
        number,
        respond_by: respond_by.map(|time| time.to_string()).unwrap_or_default(),
    };
    match status {
        SubmitStatus::Duplicate => Outcome::Duplicate(answer),
        SubmitStatus::Accepted => Outcome::Accepted(answer),
        SubmitStatus::Registered => Outcome::Registered(answer),
        SubmitStatus::Unspecified => Outcome::Unknown("the answer has no status".to_owned()),
    }
}

fn refusal(status: &Status) -> Refusal {
    let fields = status
        .get_details_bad_request()
        .map(|bad| bad.field_violations);
    let violations = fields.unwrap_or_default().into_iter();
    let name = format!("{:?}", status.code());
    Refusal {
        code: shouting(&name),
        message: status.message().to_owned(),
        violations: violations
            .map(|one| Violation {
                field: one.field,
                description: one.description,
            })
            .collect(),
        retry_after_ms: 0,
    }
}

/// `InvalidArgument` as the contract writes it: `INVALID_ARGUMENT`.
fn shouting(name: &str) -> String {
    let mut code = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            code.push('_');
        }
        code.push(letter.to_ascii_uppercase());
    }
    code
}

/// The JSON of the contract as the schema has it, where enumerations have prefixes.
fn submission(body: &[u8]) -> anyhow::Result<Submission> {
    let mut json: Value = serde_json::from_slice(body)?;
    for (field, before) in [("kind", "KIND_"), ("wish", "WISH_")] {
        if let Some(word) = json.get_mut(field) {
            prefix(word, before);
        }
    }
    if let Some(word) = json.pointer_mut("/customer/preferredContact") {
        prefix(word, "CONTACT_MEANS_");
    }
    message_from_json("redress.intake.v1.Submission", json)
}

fn prefix(word: &mut Value, prefix: &str) {
    if let Value::String(word) = word
        && !word.is_empty()
        && !word.starts_with(prefix)
    {
        *word = format!("{prefix}{}", word.to_uppercase());
    }
}

#[cfg(test)]
mod tests {
    use redress_wire::intake::{ContactMeans, Kind};

    use super::*;

    #[test]
    fn the_json_of_the_contract_becomes_the_message() {
        let body = br#"{"requestId":"1","kind":"SUGGESTION","description":"x",
                        "customer":{"preferredContact":"SMS"},"occurredAt":"2026-05-01T00:00:00Z"}"#;
        let submission = submission(body).expect("it is one");
        assert_eq!(submission.kind(), Kind::Suggestion);
        let customer = submission.customer.expect("there is one");
        assert_eq!(customer.preferred_contact(), ContactMeans::Sms);
    }

    #[test]
    fn codes_are_written_as_in_the_contract() {
        assert_eq!(shouting("InvalidArgument"), "INVALID_ARGUMENT");
    }
}
