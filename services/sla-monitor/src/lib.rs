//! Keeps the deadlines of cases.
//!
//! A routed case runs under the clocks that the policy in force has for it (`ClocksStarted`), and
//! stays under that version: its files are kept in the log (`ClockRulesKept`). A clock warns at its
//! points (`ClockWarned`), breaches at its end (`ClockBreached`), climbs its ladder before and after
//! (`ClockEscalated`) and stops when what it measures has happened (`ClockStopped`). What router
//! tells of the life of the case starts, stops, pauses, resumes and moves clocks.
//!
//! Promises: a point fires once, by a timer and not by looking at all cases; a stopped clock is
//! silent for ever; deadlines are in the log, so that a change of policy, a restart or another
//! owner moves none of them.
//!
//! After a pause of the service, what is past fires late but once. A warning whose breach is due
//! too is skipped: it would tell people to hurry for what is already late. Of several steps of a
//! ladder the last one tells people, those before are only recorded.
//!
//! It does not know by what means people are told, and nothing about customers.

mod agenda;
mod archive;
mod cases;
mod clock;
mod command;
mod core;
mod explain;
mod fire;
mod fold;
mod grpc;
mod ladder;
mod life;
mod numbers;
mod page;
mod query;
mod record;
mod rows;
mod rulebook;
mod start;
mod view;

use redress_host::{policy_dir::Files, settings::Nothing};
use redress_log_nats::NatsPeers;
use redress_policy::PolicyErrors;
use redress_service::Wired;
use redress_wire::sla_monitor::sla_monitor_server::SlaMonitorServer;
use tonic::service::Routes;

pub use self::{
    core::SlaMonitorCore,
    page::{DuePage, page_of},
    rulebook::Rulebook,
    view::{case_view, clock_state},
};

/// The rules of a version of the policy.
///
/// # Errors
/// All faults of the files.
pub fn parse_rules(files: &Files) -> Result<Rulebook, PolicyErrors> {
    Rulebook::parse(files)
}

/// The service's gRPC door.
///
/// # Errors
/// None; the signature is that of all services.
#[expect(clippy::unused_async, reason = "as every service's")]
pub async fn doors(wired: Wired<SlaMonitorCore, Nothing>) -> anyhow::Result<Routes> {
    let door: grpc::Door<NatsPeers> = grpc::Door::new(wired.handle, wired.rules);
    Ok(Routes::new(SlaMonitorServer::new(door)))
}
