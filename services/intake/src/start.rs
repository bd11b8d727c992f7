use std::time::Duration;

use clap::Args;
use redress_host::Phase;
use redress_runtime::Pace;
use redress_service::Wired;
use redress_wire::intake::intake_server::IntakeServer;
use tonic::service::Routes;

use crate::{
    IntakeCore,
    door::{desk::Desk, figures::Figures, grpc::IntakeCalls, inbox, requests},
    repeats,
};

/// Settings of intake alone.
#[derive(Clone, Debug, Args)]
pub struct IntakeArgs {
    /// Complaints from the inbox that are decided at once
    #[arg(long, value_name = "NUMBER", default_value = "512",
          value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub inbox_at_once: u16,
}

/// How rounds are paced: a customer's message waits 2 ms for company; a burst of 20,000 is queued.
pub fn pace() -> Pace {
    Pace {
        linger: Duration::from_millis(2),
        change_linger: Duration::from_millis(2),
        max_changes: 2_000,
        queue: 20_000,
        untold_most: Pace::UNTOLD_MOST,
    }
}

/// Opens the three doors and starts to look for repeats.
///
/// # Errors
/// None so far.
pub async fn doors(wired: Wired<IntakeCore, IntakeArgs>) -> anyhow::Result<Routes> {
    let Wired {
        host,
        handle,
        effects,
        broker,
        log,
        rules,
    } = wired;
    let figures = Figures::register(&host.metrics);
    let desk = Desk::new(
        handle.clone(),
        rules,
        host.clock.clone(),
        figures,
        (broker, log),
    );
    let at_once = host.settings.own.own.inbox_at_once.into();
    let (asked, stored) = (desk.clone(), desk.clone());
    host.lifecycle.spawn(Phase::Doors, "requests", |stop| {
        requests::serve(asked, stop)
    });
    host.lifecycle.spawn(Phase::Doors, "inbox", move |stop| {
        inbox::serve(stored, at_once, stop)
    });
    host.lifecycle.spawn(Phase::Work, "repeats", |stop| {
        repeats::run(handle, effects, stop)
    });
    Ok(Routes::new(IntakeServer::new(IntakeCalls::new(desk))))
}
