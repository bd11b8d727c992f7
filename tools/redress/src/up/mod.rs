//! `redress up`: everything on one machine, for development.
//!
//! The broker and the services are children of this process, each in a process group of its own,
//! so that Ctrl-C reaches only us and everything is stopped in order. If this process is killed
//! with -9 the children go on; the next start finds their ports taken and names them.

mod broker;
mod child;
mod lock;
mod plan;
mod ports;
mod ready;
mod samples;
mod services;
mod supervise;
mod tell;

use std::time::Duration;

use anyhow::Context as _;
use redress_log_nats::{Provisioning, provision};
use tokio::sync::watch;

use crate::{
    args::{Global, UpArgs},
    broker::reach,
    commands::{Ending, policy, provision::PARTITIONS},
    output::Output,
};

pub(crate) use broker::{BrokerConfig, nats_server, ready as broker_ready, start as start_broker};
pub(crate) use child::Child;
pub(crate) use plan::{Plan, programs};
pub(crate) use ports::free_port;
pub(crate) use ready::wait_until_ready;
pub(crate) use services::{ServiceSettings, start as start_service};

/// How long the processes may take to stop before they are killed.
pub(crate) const STOP_WITHIN: Duration = Duration::from_secs(20);
const BROKER_WITHIN: Duration = Duration::from_secs(30);

/// Runs everything until Ctrl-C or SIGTERM.
pub(crate) async fn run(args: &UpArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    policy::load(&args.policy_dir).context("the policy is refused; nothing was started")?;
    let plan = Plan::new(args, global)?;
    let _lock = lock::take(&plan.data_dir)?;
    plan.check_ports()?;
    let mut running = Running::default();
    let stop = stop_signals()?;
    let ending = tokio::select! {
        ending = start_and_supervise(&plan, args, global, out, &mut running) => ending,
        () = asked(stop.clone(), 1) => Ok(Ending::Fine),
    };
    running.stop(out, stop).await;
    ending
}

/// Everything that was started.
#[derive(Default)]
struct Running {
    broker: Option<Child>,
    services: Vec<Child>,
}

impl Running {
    /// Services first, since they finish their rounds with the broker; then the broker.
    async fn stop(&mut self, out: &Output, signals: watch::Receiver<u32>) {
        if self.services.is_empty() && self.broker.is_none() {
            return;
        }
        out.say(out.pick(
            "stopping; Ctrl-C again kills",
            "正在停止；再按一次 Ctrl-C 强制结束",
        ));
        let gently = async {
            for service in &mut self.services {
                service.terminate();
            }
            for service in &mut self.services {
                service.ended_within(STOP_WITHIN).await;
            }
            if let Some(broker) = &mut self.broker {
                broker.terminate();
                broker.ended_within(STOP_WITHIN).await;
            }
        };
        let killed = tokio::select! {
            () = gently => false,
            () = asked(signals, 2) => true,
        };
        for child in self.services.iter_mut().chain(&mut self.broker) {
            child.kill().await;
        }
        out.say(if killed {
            "killed"
        } else {
            out.pick("stopped", "已停止")
        });
    }
}

async fn start_and_supervise(
    plan: &Plan,
    args: &UpArgs,
    global: &Global,
    out: &Output,
    running: &mut Running,
) -> anyhow::Result<Ending> {
    if let Some(config) = &plan.broker {
        running.broker = Some(start_broker(config)?);
        if let Some(child) = &mut running.broker {
            broker::ready(child, config, BROKER_WITHIN).await?;
        }
        out.say(&format!(
            "{} nats://{}",
            out.pick("broker at", "消息服务"),
            config.client
        ));
    }
    let nats = global
        .nats
        .at(plan.nats_url.clone(), plan.monitor_url.clone());
    let broker = reach(&nats, BROKER_WITHIN).await?;
    let wanted = Provisioning {
        streams: args.streams,
        partitions: Some(args.partitions.unwrap_or(PARTITIONS)),
        ..Provisioning::default()
    };
    provision(&broker, &wanted).await?;
    for settings in &plan.services {
        running.services.push(start_service(settings)?);
    }
    wait_until_ready(&mut running.services, &plan.at, out).await?;
    tell::where_things_are(plan, out)?;
    let sending = samples::send(args, &nats, out);
    let watching = supervise::keep_running(running, plan, out);
    let (sent, watched) = tokio::join!(sending, watching);
    sent.and(watched)
}

/// Counts Ctrl-C and SIGTERM from here on.
fn stop_signals() -> anyhow::Result<watch::Receiver<u32>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (counted, count) = watch::channel(0);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            counted.send_modify(|count| *count += 1);
        }
    });
    Ok(count)
}

/// Waits until we were asked to stop this many times.
async fn asked(mut signals: watch::Receiver<u32>, times: u32) {
    if signals.wait_for(|count| *count >= times).await.is_err() {
        std::future::pending::<()>().await;
    }
}
