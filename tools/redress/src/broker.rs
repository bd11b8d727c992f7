//! The connection to the broker, with an end to the waiting.

use std::time::Duration;

use anyhow::bail;
use redress_log_nats::{Broker, ConnectOptions, connect};

use crate::args::NatsArgs;

/// What commands wait for the broker, unless they say otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// Connects, or says within `patience` that nobody is there.
pub(crate) async fn reach(nats: &NatsArgs, patience: Duration) -> anyhow::Result<Broker> {
    let options = ConnectOptions {
        creds: nats.nats_creds.clone(),
        user: nats.nats_user.clone(),
        password: nats.nats_password.clone(),
        ca: nats.nats_ca.clone(),
        name: "redress command line".to_owned(),
        inbox_prefix: nats.nats_user.as_ref().map(|user| format!("_INBOX_{user}")),
        monitor_url: nats.nats_monitor_url.clone(),
        ..ConnectOptions::new(nats.url())
    };
    match tokio::time::timeout(patience, connect(&options)).await {
        Ok(connected) => Ok(connected?),
        Err(_) => bail!(
            "no broker lets us in at {}: start one with `redress up`, or say where it is with \
             --nats-url or REDRESS_NATS_URL (and who we are, with REDRESS_NATS_USER)",
            shown(nats.url())
        ),
    }
}

/// The address without a password that it may hold.
pub(crate) fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_address_is_not_shown() {
        assert_eq!(shown("nats://me:secret@host:4222"), "nats://host:4222");
        assert_eq!(shown("nats://host:4222"), "nats://host:4222");
    }
}
