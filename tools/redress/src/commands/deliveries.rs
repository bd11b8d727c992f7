//! `redress deliveries`.

use redress_wire::{
    Service,
    notifier::{Delivery, ListDeliveriesRequest, RetryDeliveryRequest},
};

use super::{Ending, list::Ended, pages::walk};
use crate::{
    args::{DeliveryArgs, Global},
    clients::Clients,
    lang::Lang,
    output::{Grid, Output, at, cell, message_to_json},
};

const DELIVERY: &str = "redress.notifier.v1.Delivery";

pub(crate) async fn run(
    args: &DeliveryArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    if let Some(id) = &args.retry {
        return retry(id, &clients, out).await;
    }
    let client = clients.notifier()?;
    let mut deliveries = Vec::new();
    let walked = walk(
        &args.page,
        async |page_size, page_token| {
            let request = ListDeliveriesRequest {
                page_size,
                page_token,
                name: args.name.clone().unwrap_or_default(),
                state: args.state.clone().unwrap_or_default(),
            };
            let page = client.clone().list_deliveries(request).await?.into_inner();
            Ok::<_, Ended>((page.deliveries, page.next_page_token))
        },
        |delivery: Delivery| {
            if out.json {
                return out
                    .object(&message_to_json(DELIVERY, &delivery))
                    .map_err(Ended::Output);
            }
            deliveries.push(delivery);
            Ok(())
        },
    )
    .await
    .map_err(|ended| ended.explain(&clients, Service::Notifier))?;
    if !out.json {
        out.line(&table(&deliveries, out).to_string())?;
        let more = if walked.more {
            out.pick("; more with --all", "；用 --all 显示全部")
        } else {
            ""
        };
        out.line(&format!(
            "{} {}{more}",
            walked.shown,
            out.pick("notifications", "条通知")
        ))?;
    }
    Ok(Ending::Fine)
}

async fn retry(id: &str, clients: &Clients, out: &Output) -> anyhow::Result<Ending> {
    let request = RetryDeliveryRequest {
        notification_id: id.to_owned(),
        request_id: uuid::Uuid::now_v7().to_string(),
    };
    let answer = clients.notifier()?.retry_delivery(request).await;
    let answer = answer.map_err(|status| clients.explain(Service::Notifier, &status))?;
    let delivery = answer.into_inner().delivery.unwrap_or_default();
    if out.json {
        out.object(&message_to_json(DELIVERY, &delivery))?;
    } else {
        out.line(&table(&[delivery], out).to_string())?;
    }
    Ok(Ending::Fine)
}

/// Deliveries as a table.
pub(crate) fn table(deliveries: &[Delivery], out: &Output) -> Grid {
    let labels = match out.lang {
        Lang::En => [
            "Notification",
            "By",
            "To",
            "State",
            "Tries",
            "Planned",
            "Finished or next",
            "Last error",
        ],
        Lang::Zh => [
            "通知",
            "方式",
            "收件方",
            "状态",
            "次数",
            "计划时间",
            "完成或下次",
            "最近错误",
        ],
    };
    let mut grid = out.grid(&labels);
    for one in deliveries {
        let end = one.finished_at.as_ref().or(one.next_attempt_at.as_ref());
        grid.row(vec![
            cell(&one.notification_id),
            cell(&one.means),
            cell(&one.recipient),
            cell(&one.state),
            cell(one.attempts),
            cell(at(one.planned_at.as_ref())),
            cell(at(end)),
            cell(&one.last_error),
        ]);
    }
    grid
}
