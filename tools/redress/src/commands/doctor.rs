//! `redress doctor`: what is wrong with an installation, and what to do.

use std::{collections::BTreeMap, path::Path, process::Command};

use redress_log::{EventLog as _, Installation as _, Streams};
use redress_log_nats::{Broker, check_provisioned};
use redress_wire::{Service, analytics::GetFiguresRequest, names, notifier::ListDeliveriesRequest};

use super::{
    Ending,
    apart::Clocks,
    aside,
    findings::{Findings, Level},
    policy, status,
};
use crate::{
    admin,
    args::{DoctorArgs, Global},
    broker::{PATIENCE, reach, shown},
    clients::Clients,
    output::{Output, moment},
};

/// Blocks not yet folded; more than a burst leaves behind for seconds.
const BACKLOG_REMARK: f64 = 10_000.0;
/// Free space below which a data directory needs attention.
const DISK_PROBLEM_MIB: u64 = 512;
const DISK_REMARK_MIB: u64 = 5 * 1024;

pub(crate) async fn run(
    args: &DoctorArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let mut found = Findings::new(out);
    let clients = Clients::new(&global.at);
    let partitions = broker(global, &mut found).await?;
    let mut alive = Vec::new();
    for service in Service::ALL {
        if service_pages(service, global, &mut found).await? {
            alive.push(service);
        }
    }
    for service in &alive {
        owners(*service, partitions, &clients, &mut found).await?;
        set_aside(*service, &clients, &mut found).await?;
    }
    if alive.contains(&Service::Notifier) {
        given_up(&clients, &mut found).await?;
    }
    if alive.contains(&Service::Analytics) {
        figures(&clients, &mut found).await?;
    }
    policy_files(&args.policy_dir, &mut found)?;
    policy_versions(&alive, global, &mut found).await?;
    disk(&args.data_dir, &mut found)?;
    Ok(if found.worst == Level::Problem {
        Ending::Problems
    } else {
        Ending::Fine
    })
}

/// The broker and its streams; gives the installation's number of partitions.
async fn broker(global: &Global, found: &mut Findings<'_>) -> anyhow::Result<Option<u32>> {
    let broker = match reach(&global.nats, PATIENCE).await {
        Ok(broker) => broker,
        Err(error) => {
            found.problem("broker", error.to_string())?;
            return Ok(None);
        }
    };
    let version = broker.client().server_info().version;
    match broker.check().await {
        Ok(()) => {
            let at = shown(global.nats.url());
            found.fine(
                "broker",
                format!("{at}, version {version}, syncs every write"),
            )?;
        }
        Err(fault) => found.problem("broker", fault.to_string())?,
    }
    broker_time(&broker, found).await?;
    match check_provisioned(&broker).await {
        Ok(()) => found.fine("streams", "all there, as they should be")?,
        Err(error) => {
            found.problem("streams", error.to_string())?;
            return Ok(None);
        }
    }
    log_space(&broker, found).await?;
    match broker.installation().fact(names::PARTITIONS_KEY).await {
        Ok(Some(partitions)) => {
            found.fine(
                "partitions",
                format!("{partitions}, fixed for this installation"),
            )?;
            Ok(partitions.parse().ok())
        }
        Ok(None) => {
            found.remark(
                "partitions",
                "not fixed yet: the first service to start fixes them",
            )?;
            Ok(None)
        }
        Err(error) => {
            found.problem("partitions", error.to_string())?;
            Ok(None)
        }
    }
}

/// The broker's clock, and ours.
async fn broker_time(broker: &Broker, found: &mut Findings<'_>) -> anyhow::Result<()> {
    let asked = moment();
    let Some(told) = broker.time().await else {
        return Ok(found.remark("clock", "the broker does not tell its time: not compared")?);
    };
    let looks = (asked, moment());
    Ok(Clocks { found }.told("the broker", told, looks)?)
}

/// How full the log is, each of its streams by itself.
async fn log_space(broker: &Broker, found: &mut Findings<'_>) -> anyhow::Result<()> {
    let Ok(streams) = broker.log().streams().await else {
        return Ok(());
    };
    for stream in 0..streams.count() {
        let about = if streams == Streams::ONE {
            "log".to_owned()
        } else {
            format!("log {} of {streams}", stream + 1)
        };
        stream_space(broker, &about, &names::log_stream(stream), found).await?;
    }
    Ok(())
}

async fn stream_space(
    broker: &Broker,
    about: &str,
    stream: &str,
    found: &mut Findings<'_>,
) -> anyhow::Result<()> {
    let context = async_nats::jetstream::new(broker.client().clone());
    let Ok(stream) = context.get_stream(stream).await else {
        return Ok(());
    };
    let info = stream.cached_info();
    let (bytes, most) = (info.state.bytes, info.config.max_bytes.max(1) as u64);
    let text = format!(
        "{} messages, {} of {} MiB",
        info.state.messages,
        bytes >> 20,
        most >> 20
    );
    let share = bytes as f64 / most as f64;
    if share > 0.9 {
        let todo = "it refuses new entries when full: `redress provision --log-max-bytes`";
        found.problem(about, format!("{text}; {todo}"))?;
    } else {
        found.fine(about, text)?;
    }
    Ok(())
}

/// Readiness and backlog; false when nobody answers.
async fn service_pages(
    service: Service,
    global: &Global,
    found: &mut Findings<'_>,
) -> anyhow::Result<bool> {
    let (name, address) = (service.name(), global.at.admin(service));
    let asked = moment();
    let Some(state) = admin::readiness(address).await else {
        let upper = name.to_uppercase().replace('-', "_");
        let todo = format!("start it, or say where it is with REDRESS_{upper}_ADMIN_ADDR");
        found.problem(name, format!("does not answer at {address}: {todo}"))?;
        return Ok(false);
    };
    let looks = (asked, moment());
    let metrics = admin::metrics(address).await.unwrap_or_default();
    let figure = |name: &str| metrics.get(name).copied().unwrap_or_default();
    let mut clocks = Clocks { found };
    if let Some(told) = state.time {
        clocks.told(name, told, looks)?;
    }
    clocks.of_service(name, figure)?;
    let (mib, backlog) = (
        figure("process_resident_memory_bytes") / f64::from(1 << 20),
        figure("redress_backlog"),
    );
    if !state.ready {
        found.problem(name, format!("not ready: {}", state.reasons()))?;
    } else if backlog > BACKLOG_REMARK {
        let todo = "it should shrink; if it grows, start another replica";
        found.remark(
            name,
            format!("ready, but {backlog} messages behind: {todo}"),
        )?;
    } else {
        found.fine(name, format!("ready, {mib:.0} MiB, backlog {backlog}"))?;
    }
    // What is remarked of the clock was said with its figures.
    for note in state.notes.into_iter().filter(|note| note.about != "clock") {
        let text = format!("{}: {}", note.about, note.reason);
        // A service that runs on an older policy than its files decides by other rules than its
        // house believes; other remarks may be intended.
        if note.about == "policy" {
            found.problem(name, text)?;
        } else {
            found.remark(name, text)?;
        }
    }
    Ok(true)
}

/// Every partition has an owner, and all agree how many there are.
async fn owners(
    service: Service,
    partitions: Option<u32>,
    clients: &Clients,
    found: &mut Findings<'_>,
) -> anyhow::Result<()> {
    let status = match status::of(clients, service, false).await {
        Ok(status) => status,
        Err(error) => return Ok(found.problem(service.name(), error.to_string())?),
    };
    let without: Vec<String> = status
        .iter()
        .filter(|one| one.owner.is_empty())
        .map(|one| one.partition.to_string())
        .collect();
    let count = status.len() as u32;
    if partitions.is_some_and(|fixed| fixed != count) {
        let fixed = partitions.unwrap_or_default();
        let todo = "remove REDRESS_PARTITIONS from its settings and start it again";
        found.problem(
            service.name(),
            format!("has {count} partitions instead of {fixed}: {todo}"),
        )?;
    }
    if !without.is_empty() {
        let (list, todo) = (
            without.join(", "),
            "a replica should take them within the lease time",
        );
        found.problem(
            service.name(),
            format!("nobody owns partition {list}: {todo}"),
        )?;
    }
    Ok(())
}

async fn set_aside(
    service: Service,
    clients: &Clients,
    found: &mut Findings<'_>,
) -> anyhow::Result<()> {
    match aside::entries(clients, service).await {
        Ok(entries) if entries.is_empty() => Ok(()),
        Ok(entries) => {
            let todo = "see `redress aside`, mend the cause, then redrive";
            Ok(found.problem(
                service.name(),
                format!("{} inputs set aside: {todo}", entries.len()),
            )?)
        }
        Err(error) => Ok(found.problem(service.name(), error.to_string())?),
    }
}

async fn given_up(clients: &Clients, found: &mut Findings<'_>) -> anyhow::Result<()> {
    let request = ListDeliveriesRequest {
        page_size: 1000,
        state: "given_up".to_owned(),
        ..ListDeliveriesRequest::default()
    };
    let page = match clients.notifier()?.list_deliveries(request).await {
        Ok(page) => page.into_inner(),
        Err(status) => {
            let error = clients.explain(Service::Notifier, &status);
            return Ok(found.problem("deliveries", error.to_string())?);
        }
    };
    let more = if page.next_page_token.is_empty() {
        ""
    } else {
        "more than "
    };
    match page.deliveries.first() {
        None => found.fine("deliveries", "none given up")?,
        Some(newest) => found.problem(
            "deliveries",
            format!(
                "{more}{} given up, the newest with {:?}: see `redress deliveries --state \
                 given_up`, mend the cause, then `--retry`",
                page.deliveries.len(),
                newest.last_error
            ),
        )?,
    }
    Ok(())
}

async fn figures(clients: &Clients, found: &mut Findings<'_>) -> anyhow::Result<()> {
    let request = GetFiguresRequest::default();
    match clients.analytics()?.get_figures(request).await {
        Ok(figures) => {
            let figures = figures.into_inner();
            let (all, running) = (figures.complaints, figures.clocks_running);
            Ok(found.fine(
                "figures",
                format!("{all} complaints, {running} clocks running"),
            )?)
        }
        Err(status) => {
            let error = clients.explain(Service::Analytics, &status);
            Ok(found.problem("figures", error.to_string())?)
        }
    }
}

fn policy_files(dir: &Path, found: &mut Findings<'_>) -> anyhow::Result<()> {
    if !dir.is_dir() {
        let text = format!(
            "no policy at {}: not checked; give --policy-dir",
            dir.display()
        );
        return Ok(found.remark("policy", text)?);
    }
    match policy::load(dir) {
        Ok(policy) => {
            let version = policy.version();
            found.fine(
                "policy",
                format!("{} is valid, version {version}", dir.display()),
            )?;
            for remark in policy::remarks(&policy) {
                found.remark("policy", remark)?;
            }
        }
        Err(error) => {
            let first = format!("{error:#}")
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            found.problem(
                "policy",
                format!("{first}; see `redress policy check {}`", dir.display()),
            )?;
        }
    }
    Ok(())
}

/// All services decide by the same version, as their metrics tell.
async fn policy_versions(
    alive: &[Service],
    global: &Global,
    found: &mut Findings<'_>,
) -> anyhow::Result<()> {
    let mut versions: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for service in alive {
        let page = admin::metrics(global.at.admin(*service))
            .await
            .unwrap_or_default();
        if let Some(version) = page.get("redress_policy_version") {
            let version = format!("{:012x}", *version as u64);
            versions.entry(version).or_default().push(service.name());
        }
    }
    match versions.len() {
        0 => Ok(()),
        1 => Ok(found.fine("policy", "all services decide by the same version")?),
        _ => {
            let by = versions
                .iter()
                .map(|(version, by)| format!("{version} ({})", by.join(", ")));
            let by = by.collect::<Vec<_>>().join(", ");
            let todo = "give all of them the same files";
            Ok(found.problem("policy", format!("services differ: {by}; {todo}"))?)
        }
    }
}

/// Free space where the stores are, as `df` tells.
fn disk(dir: &Path, found: &mut Findings<'_>) -> anyhow::Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    let answer = Command::new("df").args(["-Pm", "--"]).arg(dir).output();
    let text = answer.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned());
    let free = text.ok().and_then(|text| free_mib(&text));
    let shown = dir.display();
    match free {
        None => found.remark("disk", format!("the free space of {shown} is not known"))?,
        Some(mib) if mib < DISK_PROBLEM_MIB => {
            let todo = "make room: a full disk stops the log";
            found.problem("disk", format!("{shown} has {mib} MiB left; {todo}"))?;
        }
        Some(mib) if mib < DISK_REMARK_MIB => {
            found.remark("disk", format!("{shown} has {mib} MiB left"))?;
        }
        Some(mib) => found.fine("disk", format!("{shown} has {} GiB left", mib >> 10))?,
    }
    Ok(())
}

/// The fourth column of the last line.
fn free_mib(df: &str) -> Option<u64> {
    df.lines().last()?.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_space_is_read_from_df() {
        let df =
            "Filesystem 1048576-blocks Used Available Capacity Mounted on\n/dev/x 100 40 60 40% /";
        assert_eq!(free_mib(df), Some(60));
        assert_eq!(free_mib(""), None);
    }
}
