//! Decides where a complaint goes, and finds cases.
//!
//! Every registered complaint is triaged once by the policy in force and recorded as `CaseRouted`:
//! category, urgency, severity, impact, department, handler, order of work, and by which rules.
//! Cases are found by id or number and listed in the order of work, by due time or newest first.
//!
//! Promises: a complaint is routed exactly once; the same policy and text give the same routing on
//! every replica; a page goes on where the one before ended, whatever changed meanwhile.
//!
//! It does not know how long anything may take (that is sla-monitor's; router only folds the
//! running clocks' ends), who is told, or what the customer is called: the text is looked at for
//! triage and not kept.

mod casebook;
mod core;
mod door;
mod fold;
mod life;
mod locale;
mod marks;
mod names;
mod page;
mod query;
mod react;
mod recent;
mod related;
mod rows;
mod story;
mod view;
mod wire;
mod worklist;

use std::sync::Arc;

use redress_host::{policy_dir::Files, settings::Nothing};
use redress_log_nats::NatsPeers;
use redress_policy::{Policy, PolicyErrors};
use redress_service::Wired;
use redress_triage::Triage;
use redress_wire::router::{
    case_commands_server::CaseCommandsServer, case_queries_server::CaseQueriesServer,
    router_server::RouterServer,
};
use tonic::service::Routes;

use self::door::Desk;

pub use self::{
    core::RouterCore,
    locale::Speech,
    page::{Page, filled, page_of, places_of, unread},
    view::case_view,
};

/// The rules of a version of the policy, compiled.
///
/// # Errors
/// All faults of the files.
pub fn parse_rules(files: &Files) -> Result<Triage, PolicyErrors> {
    Policy::parse(files).map(|policy| Triage::new(Arc::new(policy)))
}

/// The service's gRPC doors.
///
/// # Errors
/// None; the signature is that of all services.
#[expect(clippy::unused_async, reason = "as every service's")]
pub async fn doors(wired: Wired<RouterCore, Nothing>) -> anyhow::Result<Routes> {
    let stopping = wired.host.lifecycle.stopping();
    let log = wired.broker.log();
    let nats = wired.broker.client().clone();
    let desk: Desk<NatsPeers> = Desk::new(wired.handle, wired.rules, log, stopping, nats);
    Ok(Routes::new(RouterServer::new(desk.clone()))
        .add_service(CaseCommandsServer::new(desk.clone()))
        .add_service(CaseQueriesServer::new(desk)))
}
