//! Says where things are and what to try next.

use std::{fmt::Write as _, fs};

use redress_wire::Service;

use super::Plan;
use crate::{broker::shown, output::Output};

/// A page for people, or one JSON object for programs; and a file of variables for shells.
pub(super) fn where_things_are(plan: &Plan, out: &Output) -> anyhow::Result<()> {
    let variables = variables(plan);
    let file = plan.data_dir.join("env");
    fs::write(&file, &variables)?;
    if out.json {
        let services = Service::ALL.map(|service| {
            serde_json::json!({"service": service.name(), "grpc": plan.at.grpc(service),
                               "admin": plan.at.admin(service)})
        });
        return Ok(out.object(
            &serde_json::json!({"ready": true, "nats": shown(&plan.nats_url),
            "services": services, "dataDir": plan.data_dir}),
        )?);
    }
    out.line(&format!(
        "\n{}\n",
        out.bold(out.pick("Redress is ready.", "Redress 已就绪。"))
    ))?;
    let labels = ["", "gRPC", out.pick("health and metrics", "健康与指标")];
    let mut grid = out.grid(&labels);
    for service in Service::ALL {
        let admin = format!("http://{}/readyz", plan.at.admin(service));
        let cells = [service.name(), plan.at.grpc(service), &admin];
        grid.row(cells.map(comfy_table::Cell::new).into());
    }
    out.line(&grid.to_string())?;
    out.line(&format!("\nNATS  {}", shown(&plan.nats_url)))?;
    let logs = plan.data_dir.join("logs");
    out.line(&format!(
        "{}  {}\n",
        out.pick("logs", "日志"),
        logs.display()
    ))?;
    out.line(out.pick("Try, in another terminal:", "在另一个终端里试试："))?;
    if plan.offset != 0 || plan.broker.is_none() {
        out.line(&format!("  . {}", file.display()))?;
    }
    for hint in [
        "redress submit --channel web --text \"水壶漏电，请尽快处理\" --product 水壶",
        "redress list",
        "redress show CF…",
        "redress watch",
    ] {
        out.line(&format!("  {hint}"))?;
    }
    Ok(out.line("")?)
}

/// What a shell needs so that `redress` finds this installation.
fn variables(plan: &Plan) -> String {
    let mut text = format!("export REDRESS_NATS_URL='{}'\n", plan.nats_url);
    if let Some(url) = &plan.monitor_url {
        let _ = writeln!(text, "export REDRESS_NATS_MONITOR_URL='{url}'");
    }
    for service in Service::ALL {
        let name = service.name().to_uppercase().replace('-', "_");
        let (grpc, admin) = (plan.at.grpc(service), plan.at.admin(service));
        let _ = writeln!(text, "export REDRESS_{name}_ADDR='{grpc}'");
        let _ = writeln!(text, "export REDRESS_{name}_ADMIN_ADDR='{admin}'");
    }
    text
}
