//! Archives what goes, then takes it off.

use std::path::Path;

use redress_log::{Chain, EventLog, Reader as _};
use redress_log_archive::Writer;
use redress_wire::Service;

use super::Plan;

/// Sequences that are taken off at once.
const AT_ONCE: u64 = 50_000;

/// Writes what goes of a partition into the archive, and takes it off the log once all of it is on
/// the disk. Ended half way, it can be planned and carried out again.
///
/// # Errors
/// The log cannot be read or trimmed, or the archive cannot be written.
pub(crate) async fn carry_out(
    log: &impl EventLog,
    plan: &Plan,
    archive: &Path,
) -> anyhow::Result<()> {
    if plan.blocks == 0 {
        return Ok(());
    }
    keep(log, plan, archive).await?;
    let partition = plan.partition;
    for (&service, &below) in &plan.below {
        take_off(log, Chain::Blocks { partition, service }, below).await?;
    }
    Ok(())
}

/// Takes a chain's blocks off, some at a time: the broker does nothing else meanwhile.
async fn take_off(log: &impl EventLog, chain: Chain, below: u64) -> anyhow::Result<()> {
    while let Some(first) = log.first(chain).await?.filter(|it| it.sequence < below) {
        let taken = log.trim(chain, below.min(first.sequence + AT_ONCE)).await?;
        if taken == 0 {
            // Another trim was faster.
            return Ok(());
        }
    }
    Ok(())
}

async fn keep(log: &impl EventLog, plan: &Plan, archive: &Path) -> anyhow::Result<()> {
    let partition = plan.partition;
    let identity = log.identity(partition).await?;
    let mut writer = Writer::new(archive, partition, identity)?;
    let services: Vec<Service> = plan.below.keys().copied().collect();
    let mut reader = log.read(partition, &services, 1).await?;
    let (mut at, mut kept) = (0, 0);
    while at < plan.last {
        let stored = reader.next().await?;
        at = stored.sequence;
        if plan.takes(&stored) {
            kept += 1;
            writer = tokio::task::spawn_blocking(move || {
                writer.push(&stored)?;
                Ok::<_, anyhow::Error>(writer)
            })
            .await??;
        }
    }
    anyhow::ensure!(
        kept == plan.blocks,
        "partition {partition} has changed since it was planned ({kept} blocks instead of {}): \
         nothing was taken off, try again",
        plan.blocks
    );
    tokio::task::spawn_blocking(move || writer.finish()).await??;
    Ok(())
}
