//! `redress aside`: what was set aside, and letting it be processed again.

use redress_wire::{
    Service,
    ops::{ListSetAsideRequest, RedriveRequest, SetAsideEntry},
};
use serde_json::json;
use tonic::Code;

use super::Ending;
use crate::{
    args::{AsideAction, AsideArgs, Global},
    clients::Clients,
    output::{Output, at, cell, message_to_json},
};

pub(crate) async fn run(args: &AsideArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    match &args.action {
        None => list(&clients, out).await,
        Some(AsideAction::Redrive { id, service }) => redrive(id, *service, &clients, out).await,
    }
}

/// All entries of a service.
pub(crate) async fn entries(
    clients: &Clients,
    service: Service,
) -> anyhow::Result<Vec<SetAsideEntry>> {
    let mut client = clients.ops(service)?;
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListSetAsideRequest {
            page_size: 1000,
            page_token,
        };
        let page = client.list_set_aside(request).await;
        let page = page
            .map_err(|status| clients.explain(service, &status))?
            .into_inner();
        entries.extend(page.entries);
        if page.next_page_token.is_empty() {
            return Ok(entries);
        }
        page_token = page.next_page_token;
    }
}

async fn list(clients: &Clients, out: &Output) -> anyhow::Result<Ending> {
    let labels = ["Service", "Id", "Time", "Source", "Reason"];
    let labels_zh = ["服务", "标识", "时间", "来源", "原因"];
    let mut grid = out.grid(&std::array::from_fn::<_, 5, _>(|i| {
        out.pick(labels[i], labels_zh[i])
    }));
    let (mut count, mut failed) = (0, false);
    for service in Service::ALL {
        let entries = match entries(clients, service).await {
            Ok(entries) => entries,
            Err(error) => {
                out.complain(&error.to_string());
                failed = true;
                continue;
            }
        };
        count += entries.len();
        for entry in entries {
            if out.json {
                let mut line = message_to_json("redress.ops.v1.SetAsideEntry", &entry);
                line["service"] = json!(service.name());
                out.object(&line)?;
            } else {
                let time = at(entry.time.as_ref());
                let cells = [
                    service.name(),
                    &entry.id,
                    &time,
                    &entry.source,
                    &entry.reason,
                ];
                grid.row(cells.map(cell).into());
            }
        }
    }
    if !out.json && count > 0 {
        out.line(&grid.to_string())?;
        out.line(out.pick(
            "mend the cause, then `redress aside redrive <id>`",
            "排除原因后执行 `redress aside redrive <标识>`",
        ))?;
    } else if !out.json {
        out.line(out.pick("nothing is set aside", "没有搁置的输入"))?;
    }
    Ok(if failed {
        Ending::Problems
    } else {
        Ending::Fine
    })
}

async fn redrive(
    id: &str,
    service: Option<Service>,
    clients: &Clients,
    out: &Output,
) -> anyhow::Result<Ending> {
    let services = service.map_or(Service::ALL.to_vec(), |one| vec![one]);
    for service in services {
        let request = RedriveRequest {
            id: id.to_owned(),
            request_id: uuid::Uuid::now_v7().to_string(),
        };
        let answer = match clients.ops(service)?.redrive(request).await {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::NotFound => continue,
            Err(status) => return Err(clients.explain(service, &status)),
        };
        if out.json {
            out.object(&json!({"service": service.name(), "id": id,
                "processed": answer.processed, "outcome": answer.outcome}))?;
        } else {
            out.line(&format!("{service}: {}", answer.outcome))?;
        }
        return Ok(if answer.processed {
            Ending::Fine
        } else {
            Ending::Problems
        });
    }
    anyhow::bail!("nothing set aside has the id {id}; see `redress aside`")
}
