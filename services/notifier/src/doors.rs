use std::sync::Arc;

use redress_host::Phase;
use redress_service::Wired;
use redress_wire::notifier::notifier_server::NotifierServer;
use tonic::service::Routes;
use tracing::warn;

use crate::{Door, NotifierArgs, NotifierCore, Secrets, Sender, SenderMetrics, asked};

/// What `/readyz` says while mails wait.
const NO_MAIL: &str = "no mail server is set (REDRESS_SMTP_URL); mails wait until there is one";

/// The service's gRPC routes; starts the sender.
///
/// # Errors
/// The mail settings or the system's certificates cannot be used.
pub async fn doors(wired: Wired<NotifierCore, NotifierArgs>) -> anyhow::Result<Routes> {
    let Wired {
        host,
        handle,
        effects,
        broker,
        ..
    } = wired;
    let settings = &host.settings.own.own;
    let mail = settings.mail();
    if mail.is_none() {
        warn!("{NO_MAIL}");
        host.readiness.note("mail", Some(NO_MAIL.to_owned()));
    }
    let secrets: Secrets = Arc::new(|variable| std::env::var(variable).ok());
    let metrics = SenderMetrics::register(&host.metrics);
    let sender = Sender::new(
        mail,
        settings.webhooks(),
        secrets,
        host.clock.clone(),
        metrics,
    )?;
    let (sender, reports) = (Arc::new(sender), handle.clone());
    // With the doors: it drains while the processor still records what came of it.
    host.lifecycle.spawn(Phase::Doors, "sender", move |stop| {
        sender.run(reports, effects, stop)
    });
    let (asked, client) = (handle.clone(), broker.client().clone());
    host.lifecycle.spawn(Phase::Doors, "asked", move |stop| {
        asked::serve(asked, client, stop)
    });
    Ok(Routes::new(NotifierServer::new(Door::new(handle))))
}
