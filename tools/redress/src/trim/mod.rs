//! `redress log trim`: takes old blocks off the log, once nothing rests on them any more.
//!
//! Nothing is taken off that is not folded into a whole snapshot of every service, that is younger
//! than the days to keep, or that stands behind the registration of a case which is not archived.
//! What goes is in the archive, on the disk and read back, before it goes. So the work may end at
//! any moment, and be begun again.

mod carry_out;
mod limits;
mod open_cases;
mod plan;
mod show;
mod snapshots;
#[cfg(test)]
mod tests;

use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use redress_host::{Clock as _, SystemClock};
use redress_log::Installation as _;
use redress_log_nats::Broker;
use redress_wire::{Service, names};

use self::{
    limits::{Limits, Published, limits},
    open_cases::{OpenCases, open_cases},
    plan::{Plan, Rules, plan},
};
use crate::{
    args::{Global, TrimArgs},
    broker::{PATIENCE, reach},
    clients::Clients,
    commands::{Ending, aside},
    output::Output,
};

pub(crate) async fn run(args: &TrimArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let broker = reach(&global.nats, PATIENCE).await?;
    let clients = Clients::new(&global.at);
    let partitions = partitions(&broker).await?;
    // In this order: what is registered behind the snapshots is not taken off, so a case that the
    // list of open ones lacks has ended.
    let within = Duration::from_secs(args.wait);
    let log = broker.log();
    let newest = snapshots::fresh(&log, &clients, within, out).await?;
    let open = open_cases(&clients, partitions).await?;
    let waiting = waiting(&clients).await?;
    let days = SignedDuration::from_hours(24 * i64::from(args.keep_days));
    let keep_from = SystemClock.now().checked_sub(days);
    let rules = Rules {
        keep_from_us: keep_from.unwrap_or(Timestamp::MIN).as_microsecond(),
        keep_days: args.keep_days,
    };
    let published = Published::read(&log, &broker.feed(), partitions).await?;
    let mut plans = Vec::new();
    for partition in 0..partitions {
        let limits = if waiting.contains(&partition) {
            Limits::nothing("inputs are set aside: `redress aside`")
        } else {
            limits(&log, &published, &newest, partition).await?
        };
        plans.push(plan(&log, partition, &limits, &open, &rules).await?);
    }
    let Some(archive) = args.archive.as_deref().filter(|_| args.yes) else {
        show::plans(&plans, false, out)?;
        return Ok(Ending::Fine);
    };
    snapshots::check(&log, &newest, out).await?;
    for plan in &plans {
        carry_out::carry_out(&log, plan, archive).await?;
    }
    show::plans(&plans, true, out)?;
    Ok(Ending::Fine)
}

async fn partitions(broker: &Broker) -> anyhow::Result<u32> {
    let fixed = broker.installation().fact(names::PARTITIONS_KEY).await;
    let fixed = fixed.context("the number of partitions cannot be read")?;
    let Some(fixed) = fixed else {
        bail!("nothing was ever started on this broker: there is no log to trim");
    };
    fixed
        .parse()
        .with_context(|| format!("the number of partitions reads {fixed:?}"))
}

/// Partitions with inputs that could not be processed yet: they are facts that the rows lack.
async fn waiting(clients: &Clients) -> anyhow::Result<Vec<u32>> {
    let mut waiting = Vec::new();
    for service in Service::ALL {
        let entries = aside::entries(clients, service).await?;
        waiting.extend(entries.iter().map(|entry| entry.partition));
    }
    Ok(waiting)
}
