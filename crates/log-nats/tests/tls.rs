//! TLS to the broker, with certificates made as deploy/tls/make-certificates makes them.

use std::{path::Path, process::Command, time::Duration};

use redress_log_nats::{ConnectOptions, connect};
use redress_testkit::{NatsServer, Options, workspace_root};
use tempfile::TempDir;

fn certificates() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let script = workspace_root().join("deploy/tls/make-certificates");
    let made = Command::new(script).arg(folder.path()).output();
    let made = made.expect("the script runs");
    assert!(made.status.success(), "{made:?}");
    folder
}

async fn broker(certificates: &Path) -> NatsServer {
    let file = |name| certificates.join(name).display().to_string();
    let extra = format!(
        "tls {{ cert_file: {:?}, key_file: {:?} }}\n",
        file("nats.pem"),
        file("nats.key")
    );
    let options = Options {
        extra,
        ..Options::default()
    };
    NatsServer::start(options).await
}

fn trusting(nats: &NatsServer, certificates: &Path) -> ConnectOptions {
    ConnectOptions {
        ca: Some(certificates.join("ca.pem")),
        monitor_url: Some(nats.monitor_url()),
        ..ConnectOptions::new(nats.url())
    }
}

#[tokio::test]
async fn who_trusts_the_authority_is_connected() {
    let ours = certificates();
    let nats = broker(ours.path()).await;
    let broker = connect(&trusting(&nats, ours.path())).await;
    let checked = broker.expect("a connection").check().await;
    assert_eq!(checked, Ok(()));
}

#[tokio::test]
async fn a_broker_of_another_authority_is_not_talked_to() {
    let (ours, theirs) = (certificates(), certificates());
    let nats = broker(theirs.path()).await;
    let options = trusting(&nats, ours.path());
    let connected = tokio::time::timeout(Duration::from_secs(3), connect(&options)).await;
    assert!(
        connected.is_err(),
        "it is waited for, as one that is not there"
    );
}

#[tokio::test]
async fn a_broker_without_tls_is_not_talked_to_when_tls_is_demanded() {
    let ours = certificates();
    let nats = NatsServer::start(Options::default()).await;
    let options = trusting(&nats, ours.path());
    let connected = tokio::time::timeout(Duration::from_secs(3), connect(&options)).await;
    assert!(connected.is_err());
}
