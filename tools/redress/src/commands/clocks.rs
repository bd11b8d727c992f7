//! `redress due` and `redress late`.

use redress_wire::{
    Service,
    sla_monitor::{ClockView, ListDueRequest, ListLateRequest},
};

use super::{Ending, list::Ended, pages::walk};
use crate::{
    args::{ClockArgs, Global},
    clients::Clients,
    lang::Lang,
    output::{Grid, Output, cell, due as due_text, message_to_json, moment},
};

/// Running clocks, the next to end first.
pub(crate) async fn due(args: &ClockArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let client = clients.sla_monitor()?;
    show(args, out, &clients, async |page_size, page_token| {
        let department = args.department.clone().unwrap_or_default();
        let request = ListDueRequest {
            page_size,
            page_token,
            department,
        };
        let page = client.clone().list_due(request).await?.into_inner();
        Ok((page.clocks, page.next_page_token))
    })
    .await
}

/// Clocks past their end.
pub(crate) async fn late(
    args: &ClockArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let client = clients.sla_monitor()?;
    show(args, out, &clients, async |page_size, page_token| {
        let department = args.department.clone().unwrap_or_default();
        let request = ListLateRequest {
            page_size,
            page_token,
            department,
        };
        let page = client.clone().list_late(request).await?.into_inner();
        Ok((page.clocks, page.next_page_token))
    })
    .await
}

async fn show(
    args: &ClockArgs,
    out: &Output,
    clients: &Clients,
    page: impl AsyncFnMut(i32, String) -> Result<(Vec<ClockView>, String), Ended>,
) -> anyhow::Result<Ending> {
    let mut clocks = Vec::new();
    let walked = walk(&args.page, page, |clock: ClockView| {
        if out.json {
            let json = message_to_json("redress.sla_monitor.v1.ClockView", &clock);
            out.object(&json).map_err(Ended::Output)
        } else {
            clocks.push(clock);
            Ok(())
        }
    })
    .await
    .map_err(|ended| ended.explain(clients, Service::SlaMonitor))?;
    if !out.json {
        out.line(&table(&clocks, out, true).to_string())?;
        let more = if walked.more {
            out.pick("; more with --all", "；用 --all 显示全部")
        } else {
            ""
        };
        out.line(&format!(
            "{} {}{more}",
            walked.shown,
            out.pick("clocks", "个时限")
        ))?;
    }
    Ok(Ending::Fine)
}

/// Clocks as a table, with their cases or of one case.
pub(crate) fn table(clocks: &[ClockView], out: &Output, with_case: bool) -> Grid {
    let mut labels = match out.lang {
        Lang::En => vec![
            "Number",
            "Department",
            "Clock",
            "State",
            "Due",
            "Counted in",
        ],
        Lang::Zh => vec!["编号", "部门", "时限", "状态", "到期", "计时方式"],
    };
    if !with_case {
        labels.drain(..2);
    }
    let mut grid = out.grid(&labels);
    let now = moment();
    for clock in clocks {
        let mut cells = vec![cell(&clock.number), cell(&clock.department)];
        if !with_case {
            cells.clear();
        }
        let runs = matches!(clock.state.as_str(), "running" | "breached");
        let end = if runs {
            due_text(out, clock.due_at.as_ref(), now)
        } else {
            crate::output::at(clock.due_at.as_ref())
        };
        cells.extend([
            cell(&clock.clock),
            cell(&clock.state),
            cell(end),
            cell(&clock.unit),
        ]);
        grid.row(cells);
    }
    grid
}
