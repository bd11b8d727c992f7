//! Starts that must not go well, and what they say.

use std::{collections::BTreeMap, time::Duration};

use redress_testkit::{NatsServer, Options, ServiceProcess, eventually, free_port};
use redress_tests::platform::{Plan, Platform};
use redress_wire::Service;

const SOON: Duration = Duration::from_secs(30);

fn settings(dir: &std::path::Path, nats_url: &str) -> BTreeMap<String, String> {
    let policy = redress_testkit::workspace_root().join("policy");
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    BTreeMap::from([
        ("REDRESS_NATS_URL".to_owned(), nats_url.to_owned()),
        ("REDRESS_DATA_DIR".to_owned(), text(&dir.join("data"))),
        (
            "REDRESS_GRPC_ADDR".to_owned(),
            format!("127.0.0.1:{}", free_port()),
        ),
        ("REDRESS_POLICY_DIR".to_owned(), text(&policy)),
        ("REDRESS_LOG_FORMAT".to_owned(), "text".to_owned()),
    ])
}

fn start(dir: &std::path::Path, settings: BTreeMap<String, String>) -> ServiceProcess {
    ServiceProcess::start(
        "router",
        dir,
        &format!("127.0.0.1:{}", free_port()),
        settings,
    )
}

/// Waits until the process has ended by itself; gives what it printed.
async fn ended(process: &mut ServiceProcess) -> String {
    eventually("the process to end", SOON, async || {
        (!process.is_running()).then_some(())
    })
    .await;
    process.process().output()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_broker_a_service_waits_says_so_and_is_not_ready() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let process = start(
        dir.path(),
        settings(dir.path(), &format!("nats://127.0.0.1:{port}")),
    );
    let url = format!("127.0.0.1:{port}");
    eventually("the reason on /readyz", SOON, async || {
        let page = process.page("readyz").await?;
        (page.contains("broker") && page.contains(&url)).then_some(())
    })
    .await;
    assert!(!process.is_ready().await);
    assert!(process.page("livez").await.is_some(), "it lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_without_the_sync_setting_keeps_a_service_out_of_service() {
    let dir = tempfile::tempdir().unwrap();
    let nats = NatsServer::start(Options {
        sync_always: false,
        ..Options::default()
    })
    .await;
    let options = redress_log_nats::ConnectOptions::new(nats.url());
    let broker = redress_log_nats::connect(&options).await.unwrap();
    redress_log_nats::provision(&broker, &redress_log_nats::Provisioning::default())
        .await
        .unwrap();
    let mut settings = settings(dir.path(), &nats.url());
    settings.insert("REDRESS_NATS_MONITOR_URL".to_owned(), nats.monitor_url());
    let process = start(dir.path(), settings.clone());
    eventually("the reason on /readyz", SOON, async || {
        process
            .page("readyz")
            .await?
            .contains("sync_interval")
            .then_some(())
    })
    .await;
    drop(process);
    settings.insert("REDRESS_TOLERATE_NO_SYNC".to_owned(), "true".to_owned());
    settings.insert(
        "REDRESS_DATA_DIR".to_owned(),
        dir.path().join("2").display().to_string(),
    );
    let mut process = start(dir.path(), settings);
    process.wait_ready(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_number_of_partitions_and_a_data_directory_in_use_are_refused() {
    let platform = Platform::start(Plan::default(), |_| {}).await;
    let router = platform
        .services
        .iter()
        .find(|r| r.service == Service::Router)
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut base = settings(dir.path(), &platform.nats.url());
    base.insert(
        "REDRESS_NATS_MONITOR_URL".to_owned(),
        platform.nats.monitor_url(),
    );

    let mut other = base.clone();
    other.insert("REDRESS_PARTITIONS".to_owned(), "32".to_owned());
    let said = ended(&mut start(dir.path(), other)).await;
    assert!(
        said.contains("REDRESS_PARTITIONS") && said.contains('8'),
        "{said}"
    );

    let second = tempfile::tempdir().unwrap();
    base.insert(
        "REDRESS_DATA_DIR".to_owned(),
        router.data.display().to_string(),
    );
    let said = ended(&mut start(second.path(), base)).await;
    assert!(
        said.contains("in use") && said.contains("REDRESS_DATA_DIR"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_policy_ends_the_start_with_file_line_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("policy");
    redress_tests::policy::copy(&policy);
    redress_tests::policy::replace(
        &policy,
        "deadlines.toml",
        "within = \"2h\"",
        "within = \"2x\"",
    );
    let mut settings = settings(dir.path(), "nats://127.0.0.1:1");
    settings.insert(
        "REDRESS_POLICY_DIR".to_owned(),
        policy.display().to_string(),
    );
    let said = ended(&mut start(dir.path(), settings)).await;
    assert!(said.contains("deadlines.toml:"), "{said}");
}
