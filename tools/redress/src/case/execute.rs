//! One command: sent until it is answered, and told.

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use redress_wire::{
    Service,
    router::{CaseCommand, ExecuteRequest, ExecuteResponse, case_command::Command as Wish},
};
use serde_json::Value;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{names, query};
use crate::{
    clients::{Clients, refusal_text},
    commands::{Ending, localized},
    output::{Output, message_to_json},
};

/// A take-over of partitions is over by then.
const PATIENCE: Duration = Duration::from_secs(20);
const FIRST_PAUSE: Duration = Duration::from_millis(200);

pub(super) async fn run(
    clients: &Clients,
    command: CaseCommand,
    out: &Output,
) -> anyhow::Result<Ending> {
    let request_id = command.request_id.clone();
    let is_report = matches!(command.command, Some(Wish::CompileEightD(_)));
    let answer = send(clients, command, out).await?;
    // The command is done, so a report that cannot be had now is left out.
    let report = if is_report {
        query::eight_d(clients, &answer.number, out).await.ok()
    } else {
        None
    };
    if out.json {
        let mut json = message_to_json("redress.router.v1.ExecuteResponse", &answer);
        if let Value::Object(fields) = &mut json {
            fields.insert("requestId".to_owned(), request_id.into());
            fields.extend(report.map(|report| ("report".to_owned(), report.json())));
        }
        out.object(&json)?;
    } else {
        out.line(&told(&answer, out))?;
        if let Some(report) = report {
            out.line(&report.text(out))?;
        }
    }
    Ok(Ending::Fine)
}

fn told(answer: &ExecuteResponse, out: &Output) -> String {
    let state = out.bold(&names::state(&answer.state, out));
    let version = out.pick("version", "版本");
    let mut text = format!("{}: {state} ({version} {})", answer.number, answer.version);
    for missing in &answer.missing {
        text.push_str("\n  ");
        text.push_str(out.pick("still needed: ", "尚缺："));
        text.push_str(missing);
    }
    for note in &answer.notes {
        text.push_str("\n  ");
        text.push_str(note);
    }
    text
}

/// Sends the command, again with the same id where that may help, until it is answered.
pub(super) async fn send(
    clients: &Clients,
    command: CaseCommand,
    out: &Output,
) -> anyhow::Result<ExecuteResponse> {
    let client = clients.case_commands()?;
    let request = ExecuteRequest {
        command: Some(command),
    };
    let result = again(async || {
        let request = localized(request.clone(), out.lang);
        client.clone().execute(request).await
    })
    .await;
    let command = request.command.unwrap_or_default();
    match result {
        Ok(answer) => Ok(answer),
        Err(failure) => Err(explain(clients, &command, &failure, out).await),
    }
}

/// Why there is no answer, and whether an attempt may have reached the service.
#[derive(Debug)]
pub(super) struct Failure {
    status: Status,
    reached: bool,
}

/// Calls until there is an answer that a later call would not change, or patience ends.
pub(super) async fn again<T>(
    mut call: impl AsyncFnMut() -> Result<tonic::Response<T>, Status>,
) -> Result<T, Failure> {
    let started = Instant::now();
    let mut reached = false;
    for tries in 1.. {
        let status = match call().await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) => status,
        };
        reached |= status.code() != Code::Unavailable || status.source().is_none();
        let pause = (FIRST_PAUSE * tries).min(FIRST_PAUSE * 10);
        let over = started.elapsed() + pause > PATIENCE || !reached;
        if over || !may_change(&status) {
            return Err(Failure { status, reached });
        }
        tokio::time::sleep(pause).await;
    }
    unreachable!("tries are counted without an end")
}

fn may_change(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Cancelled
    )
}

/// What went wrong, and what may be done now.
pub(super) async fn explain(
    clients: &Clients,
    command: &CaseCommand,
    failure: &Failure,
    out: &Output,
) -> anyhow::Error {
    let Failure { status, reached } = failure;
    let text = refusal_text(status);
    match status.code() {
        // Most refusals end with what the case allows; the others with what the actor may do.
        Code::FailedPrecondition | Code::PermissionDenied if !says_what_is_possible(&text) => {
            let actor = command.actor.clone();
            let allowed = query::allowed(clients, &command.name, actor, out).await;
            anyhow::anyhow!("{text}{}", allowed.unwrap_or_default())
        }
        Code::Aborted if has_moved_on(status) => anyhow::anyhow!(
            "{text}; {} `redress case timeline {}`",
            out.pick(
                "somebody was faster: look at it again with",
                "案件已被他人更新，请先查看："
            ),
            command.name
        ),
        Code::FailedPrecondition
        | Code::PermissionDenied
        | Code::InvalidArgument
        | Code::NotFound
        | Code::Aborted
        | Code::AlreadyExists
        | Code::Unauthenticated => {
            anyhow::anyhow!("{text}")
        }
        _ if !reached => clients.explain(Service::Router, status),
        _ => anyhow::anyhow!(
            "{}; {} --request-id {}",
            clients.explain(Service::Router, status),
            out.pick(
                "it is not known whether it was done: send the same once more with",
                "尚不确定是否已执行，请用同一请求号重试："
            ),
            command.request_id
        ),
    }
}

/// Whether somebody else was faster; other conflicts say themselves what to do.
fn has_moved_on(status: &Status) -> bool {
    let info = status.get_details_error_info();
    info.is_none_or(|info| info.reason == "STALE_VERSION")
}

fn says_what_is_possible(text: &str) -> bool {
    text.contains("possible now:") || text.contains("当前可以")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn an_answer_tells_the_state_and_what_is_still_needed() {
        let answer = ExecuteResponse {
            number: "CF20260501001".to_owned(),
            version: 5,
            state: "verified".to_owned(),
            missing: vec!["5W1H: where, how many".to_owned()],
            notes: vec!["a clock is late".to_owned()],
            ..ExecuteResponse::default()
        };
        assert_eq!(
            told(&answer, &Output::plain(Lang::En)),
            "CF20260501001: verified (version 5)\n  still needed: 5W1H: where, how many\n  a clock \
             is late"
        );
        assert!(told(&answer, &Output::plain(Lang::Zh)).starts_with("CF20260501001: 已核实"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_change_is_tried_again_with_the_same_request() {
        let mut calls = 0;
        let answer = again(async || {
            calls += 1;
            if calls < 3 {
                return Err(Status::unavailable("taking over"));
            }
            Ok(tonic::Response::new(calls))
        });
        assert_eq!(answer.await.expect("an answer"), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final_at_once() {
        let mut calls = 0;
        let failure = again(async || {
            calls += 1;
            Err::<tonic::Response<()>, _>(Status::failed_precondition("no"))
        })
        .await
        .expect_err("refused");
        assert_eq!((calls, failure.reached), (1, true));
    }

    #[tokio::test]
    async fn a_failure_that_leaves_the_fate_open_names_the_request_id() {
        let clients = Clients::new(&crate::args::Addresses::default());
        let command = CaseCommand {
            request_id: "r-7".to_owned(),
            ..CaseCommand::default()
        };
        let failure = Failure {
            status: Status::deadline_exceeded("late"),
            reached: true,
        };
        let out = Output::plain(Lang::En);
        let text = explain(&clients, &command, &failure, &out)
            .await
            .to_string();
        assert!(text.ends_with("--request-id r-7"), "{text}");
    }
}
