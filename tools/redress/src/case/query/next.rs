//! `redress case next`: what the actor may do, and what is missing for the rest.

use redress_wire::router::{Actor, GetNextStepsRequest, GetNextStepsResponse, NextStep};

use super::explained;
use crate::{
    case::{names, value::Person},
    clients::Clients,
    commands::localized,
    output::{Output, cell, message_to_json},
};

pub(super) async fn run(
    clients: &Clients,
    name: &str,
    actor: Option<&Person>,
    only_allowed: bool,
    out: &Output,
) -> anyhow::Result<()> {
    let actor = actor.map(Person::actor);
    let mut answer = ask(clients, name, actor, out)
        .await
        .map_err(explained(clients))?;
    if only_allowed {
        answer.steps.retain(|step| step.allowed);
    }
    if out.json {
        let name = "redress.router.v1.GetNextStepsResponse";
        return Ok(out.object(&message_to_json(name, &answer))?);
    }
    Ok(out.line(&page(name, &answer, out))?)
}

async fn ask(
    clients: &Clients,
    name: &str,
    actor: Option<Actor>,
    out: &Output,
) -> Result<GetNextStepsResponse, tonic::Status> {
    let request = GetNextStepsRequest {
        name: name.to_owned(),
        actor,
    };
    let client = clients.case_queries();
    let mut client = client.map_err(|error| tonic::Status::invalid_argument(error.to_string()))?;
    let answer = client.get_next_steps(localized(request, out.lang)).await;
    answer.map(tonic::Response::into_inner)
}

/// What is allowed now, for the end of a refusal; `None` if that cannot be learnt.
pub(in crate::case) async fn allowed(
    clients: &Clients,
    name: &str,
    actor: Option<Actor>,
    out: &Output,
) -> Option<String> {
    let who = actor
        .as_ref()
        .map_or_else(String::new, |actor| actor.id.clone());
    let answer = ask(clients, name, actor, out).await.ok()?;
    Some(summary(&who, &answer, out))
}

fn summary(who: &str, answer: &GetNextStepsResponse, out: &Output) -> String {
    let steps = answer.steps.iter().filter(|step| step.allowed);
    let words: Vec<&str> = steps.map(|step| names::typed(&step.command)).collect();
    let state = names::state(&answer.state, out);
    if words.is_empty() {
        let nothing = out.pick("may do nothing with it now", "目前无可执行操作");
        return format!("\n  {state}: {who} {nothing}");
    }
    let may = out.pick("may now", "目前可执行");
    format!("\n  {state}: {who} {may}: {}", words.join(", "))
}

fn page(name: &str, answer: &GetNextStepsResponse, out: &Output) -> String {
    let mut grid = out.grid(&[
        out.pick("Command", "操作"),
        out.pick("Now", "可否"),
        out.pick("Why not, what is missing", "原因与缺项"),
    ]);
    let (may, not): (Vec<_>, Vec<_>) = answer.steps.iter().partition(|step| step.allowed);
    for step in may.into_iter().chain(not) {
        let now = if step.allowed {
            out.pick("yes", "可")
        } else {
            out.pick("no", "否")
        };
        let command = names::command(&step.command, out);
        grid.row(vec![cell(command), cell(now), cell(why(step))]);
    }
    let version = out.pick("version", "版本");
    let state = names::state(&answer.state, out);
    format!("{name}: {state} ({version} {})\n{grid}", answer.version)
}

fn why(step: &NextStep) -> String {
    let missing = step.missing.join("; ");
    match (step.reason.as_str(), missing.as_str()) {
        (reason, "") => reason.to_owned(),
        ("", missing) => missing.to_owned(),
        // Some reasons end with what is missing.
        (reason, missing) if reason.contains(missing) => reason.to_owned(),
        (reason, missing) => format!("{reason}: {missing}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn answer() -> GetNextStepsResponse {
        let step = |command: &str, allowed, reason: &str, missing: &[&str]| NextStep {
            command: command.to_owned(),
            allowed,
            reason: reason.to_owned(),
            missing: missing.iter().map(|it| (*it).to_owned()).collect(),
        };
        GetNextStepsResponse {
            state: "verified".to_owned(),
            version: 4,
            steps: vec![
                step("propose_plan", false, "not yet", &["5W1H: where"]),
                step("record_finding", true, "", &[]),
                step("add_note", true, "", &[]),
            ],
        }
    }

    #[test]
    fn a_refusal_ends_with_what_is_allowed_as_it_is_typed() {
        let out = Output::plain(Lang::En);
        let text = summary("wang", &answer(), &out);
        assert_eq!(text, "\n  verified: wang may now: finding, note");
        let none = GetNextStepsResponse::default();
        assert!(summary("wang", &none, &out).ends_with("wang may do nothing with it now"));
    }

    #[test]
    fn what_is_allowed_comes_first_and_what_is_missing_is_named() {
        let text = page("CF1", &answer(), &Output::plain(Lang::En));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "CF1: verified (version 4)");
        assert!(
            lines[2].contains("finding") && lines[2].contains("yes"),
            "{text}"
        );
        assert!(lines[4].contains("not yet: 5W1H: where"), "{text}");
    }
}
