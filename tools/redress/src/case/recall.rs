//! `redress case recall`: one batch, all its cases.

use clap::Subcommand;
use redress_wire::{
    Service,
    router::{CaseCommand, GetRecallRequest, GetRecallResponse, RunRecallRequest},
};

use super::{
    CaseArgs,
    command::Part,
    execute::{self, again},
    value::Words,
};
use crate::{
    clients::Clients,
    commands::{Ending, localized},
    output::{Output, cell, message_to_json},
};

/// What to do with a recall.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum RecallAction {
    /// Open the recall of a batch and tell the customers of all its cases first; once more takes
    /// in the cases that have come since (启动召回)
    #[command(after_help = "Example:
  redress case recall open CF20260501001 --text \"请立即停止使用，可免费更换\" --as zhao:executive")]
    Open {
        /// The case that leads it
        #[arg(value_name = "CASE")]
        name: String,
        /// Batch (批号) [default: the case's own]
        #[arg(long = "batch", value_name = "NO")]
        batch_no: Option<String>,
        /// What the customers are told
        #[arg(long, short, value_name = "TEXT")]
        text: Words,
    },
    /// How far it has come: affected, taken in, told, finished (召回进度)
    ///
    /// The customer of every case that is taken in is told. Told are those whose notice has been
    /// delivered; who cannot be reached has to be called: `redress deliveries` names the cases.
    #[command(after_help = "Example:
  redress case recall status CF20260501001")]
    Status {
        /// The case that leads it
        #[arg(value_name = "CASE")]
        name: String,
    },
    #[command(flatten)]
    Part(Part),
}

pub(super) async fn run(
    clients: &Clients,
    action: &RecallAction,
    args: &CaseArgs,
    out: &Output,
) -> anyhow::Result<Ending> {
    match action {
        RecallAction::Part(part) => execute::run(clients, args.wish()?.command(part)?, out).await,
        RecallAction::Status { name } => status(clients, name, out).await,
        RecallAction::Open {
            name,
            batch_no,
            text,
        } => {
            let wish = args.wish()?;
            let request = RunRecallRequest {
                name: name.clone(),
                request_id: wish.request_id,
                actor: Some(wish.actor.actor()),
                batch_no: batch_no.clone().unwrap_or_default(),
                text: text.0.clone(),
            };
            open(clients, request, out).await
        }
    }
}

async fn open(
    clients: &Clients,
    request: RunRecallRequest,
    out: &Output,
) -> anyhow::Result<Ending> {
    let client = clients.case_commands()?;
    let answer = again(async || {
        let request = localized(request.clone(), out.lang);
        client.clone().run_recall(request).await
    })
    .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            // As a command on the leading case, for what may be done instead.
            let command = CaseCommand {
                name: request.name,
                request_id: request.request_id,
                actor: request.actor,
                ..CaseCommand::default()
            };
            return Err(execute::explain(clients, &command, &failure, out).await);
        }
    };
    if out.json {
        let name = "redress.router.v1.RunRecallResponse";
        out.object(&message_to_json(name, &answer))?;
    } else {
        out.line(&format!(
            "{}: {} {}, {} {}",
            answer.number,
            answer.affected,
            out.pick("cases affected", "件受影响"),
            answer.joined,
            out.pick("taken in now", "件本次并入")
        ))?;
    }
    Ok(Ending::Fine)
}

async fn status(clients: &Clients, name: &str, out: &Output) -> anyhow::Result<Ending> {
    let request = GetRecallRequest {
        name: name.to_owned(),
    };
    let answer = clients
        .case_queries()?
        .get_recall(localized(request, out.lang))
        .await
        .map_err(|status| clients.explain(Service::Router, &status))?
        .into_inner();
    if out.json {
        let name = "redress.router.v1.GetRecallResponse";
        out.object(&message_to_json(name, &answer))?;
    } else {
        out.line(&page(&answer, out))?;
    }
    Ok(Ending::Fine)
}

fn page(it: &GetRecallResponse, out: &Output) -> String {
    let closed = if it.closed {
        out.pick("closed", "已结束")
    } else {
        out.pick("running", "进行中")
    };
    let notices = |count: u64| {
        if it.told_unknown {
            out.pick(
                "not known: notifier does not answer",
                "未知：notifier 无应答",
            )
            .to_owned()
        } else {
            count.to_string()
        }
    };
    let mut grid = out.grid(&[]);
    for (en, zh, value) in [
        ("Recall", "召回", it.number.clone()),
        ("Batch", "批号", it.batch_no.clone()),
        ("State", "状态", closed.to_owned()),
        ("Affected", "受影响", it.affected.to_string()),
        ("Taken in", "已并入", it.joined.to_string()),
        ("Told", "已告知", notices(it.told)),
        ("Being told", "告知中", notices(it.telling)),
        ("Not reached", "未能告知", notices(it.unreached)),
        ("Finished", "已结案", it.finished.to_string()),
        ("Not taken in yet", "尚未并入", it.outside.to_string()),
    ] {
        grid.row(vec![cell(out.pick(en, zh)), cell(value)]);
    }
    grid.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_recall_says_how_far_it_has_come() {
        let it = GetRecallResponse {
            number: "CF20260501001".to_owned(),
            affected: 240,
            joined: 200,
            outside: 3,
            told: 180,
            telling: 5,
            unreached: 15,
            ..GetRecallResponse::default()
        };
        let page = page(&it, &Output::plain(Lang::En));
        assert!(row(&page, "Taken in").contains("200"));
        assert!(row(&page, "Told").contains("180"));
        assert!(row(&page, "Not reached").contains("15"));
        assert!(row(&page, "Not taken in yet").contains('3'));
        assert!(row(&page, "State").contains("running"));
    }

    #[test]
    fn what_notifier_does_not_say_is_not_made_up() {
        let it = GetRecallResponse {
            joined: 200,
            told_unknown: true,
            ..GetRecallResponse::default()
        };
        let page = page(&it, &Output::plain(Lang::En));
        for label in ["Told", "Being told", "Not reached"] {
            assert!(row(&page, label).contains("not known"), "{page}");
        }
    }

    fn row<'p>(page: &'p str, label: &str) -> &'p str {
        let mut lines = page.lines();
        lines.find(|line| line.contains(label)).expect("a row")
    }
}
