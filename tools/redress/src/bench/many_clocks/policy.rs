//! How soon another policy is in force, and how fast cases are moved to it.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use redress_complaint::ComplaintId;
use redress_wire::{
    Service,
    sla_monitor::{AdoptPolicyRequest, ExplainClocksRequest, ExplainClocksResponse},
};

use super::router::{Router, id_of};
use crate::{bench::rig::Rig, clients::Clients, output::moment};

/// Cases that are told to move.
const MOVED: u64 = 20_000;
const AT_ONCE: usize = 256;
const LOOK_EVERY: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(30);
const FILE: &str = "deadlines.toml";

/// What a new policy took.
#[derive(Clone, Copy, Debug)]
pub(in crate::bench) struct NewPolicy {
    /// From the written file to the first case under it; the folder is looked at every second.
    pub(in crate::bench) in_force_after: Duration,
    pub(in crate::bench) moved: u64,
    pub(in crate::bench) moved_in: Duration,
}

pub(super) async fn measure(rig: &Rig, router: &mut Router) -> anyhow::Result<NewPolicy> {
    let clients = rig.clients();
    let before = under(&clients, &id_of(0)).await?.unwrap_or_default().policy;
    let file = rig.dir.join("policy").join(FILE);
    let text = fs::read_to_string(&file)?;
    let written = Instant::now();
    fs::write(&file, text.replace("within = \"48h\"", "within = \"72h\""))?;
    loop {
        let id = router.cases(1, "normal", moment()).await?;
        if started_under(&clients, &id).await? != before {
            break;
        }
        anyhow::ensure!(
            written.elapsed() < PATIENCE,
            "the new policy is not in force"
        );
    }
    let in_force_after = written.elapsed();
    let still = under(&clients, &id_of(0)).await?.unwrap_or_default().policy;
    anyhow::ensure!(still == before, "a running case was moved by itself");
    let moving = Instant::now();
    adopt(&clients).await?;
    Ok(NewPolicy {
        in_force_after,
        moved: MOVED,
        moved_in: moving.elapsed(),
    })
}

/// The version that a case has come under.
async fn started_under(clients: &Clients, id: &ComplaintId) -> anyhow::Result<String> {
    let asked = Instant::now();
    loop {
        if let Some(found) = under(clients, id).await?.filter(|it| !it.policy.is_empty()) {
            return Ok(found.policy);
        }
        anyhow::ensure!(asked.elapsed() < PATIENCE, "a case has no clocks");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn under(
    clients: &Clients,
    id: &ComplaintId,
) -> anyhow::Result<Option<ExplainClocksResponse>> {
    let request = ExplainClocksRequest {
        name: id.to_string(),
        ..ExplainClocksRequest::default()
    };
    match clients.sla_monitor()?.explain_clocks(request).await {
        Ok(found) => Ok(Some(found.into_inner())),
        Err(status) if status.code() == tonic::Code::NotFound => Ok(None),
        Err(status) => Err(clients.explain(Service::SlaMonitor, &status)),
    }
}

async fn adopt(clients: &Clients) -> anyhow::Result<()> {
    let (moved, client) = (AtomicU64::new(0), clients.sla_monitor()?);
    stream::iter(0..MOVED)
        .map(|number| {
            let (moved, mut client) = (&moved, client.clone());
            async move {
                let request = AdoptPolicyRequest {
                    name: id_of(number).to_string(),
                    request_id: format!("bench-{number}"),
                };
                let answer = client.adopt_policy(request).await;
                answer.map_err(|status| clients.explain(Service::SlaMonitor, &status))?;
                moved.fetch_add(1, Ordering::Relaxed);
                anyhow::Ok(())
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    anyhow::ensure!(moved.into_inner() == MOVED, "not all cases were moved");
    Ok(())
}
