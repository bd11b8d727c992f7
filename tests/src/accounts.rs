//! The shipped accounts, with passwords made up.

use std::{collections::BTreeMap, fmt::Write as _, process::Output};

use async_nats::{Client, ConnectOptions, Event};
use redress_testkit::{NatsServer, binary, workspace_root};
use redress_wire::Service;
use tokio::sync::mpsc;

use crate::platform::Plan;

/// The user that makes streams.
pub const PROVISION: &str = "provision";
/// Nobody listens there.
const NO_MONITORING: &str = "http://127.0.0.1:9";
/// The users beside those of the services.
const OTHERS: [&str; 4] = ["sys", PROVISION, "adapter", "cli"];

/// The password of a user.
pub fn password(user: &str) -> String {
    format!("secret-of-{user}")
}

/// What the shipped accounts ask for in the broker's environment.
pub fn passwords() -> BTreeMap<String, String> {
    let users = Service::ALL.map(Service::name).into_iter().chain(OTHERS);
    let setting = |user: &str| {
        let name = user.to_uppercase().replace('-', "_");
        (format!("NATS_{name}_PASSWORD"), password(user))
    };
    users.map(setting).collect()
}

/// `deploy/nats-accounts.conf`, as it stands, behind the passwords that it asks for.
///
/// # Panics
/// If it cannot be read.
pub fn broker_config() -> String {
    let mut config = String::new();
    for (name, password) in passwords() {
        writeln!(config, "{name}: \"{password}\"").expect("a string grows");
    }
    let shipped = workspace_root().join("deploy/nats-accounts.conf");
    config + &std::fs::read_to_string(shipped).expect("the shipped accounts")
}

/// What a service needs to be let in.
pub fn settings(service: Service) -> [(String, String); 3] {
    let user = service.name();
    [
        ("REDRESS_NATS_USER", user.to_owned()),
        ("REDRESS_NATS_PASSWORD", password(user)),
        ("REDRESS_NATS_MONITOR_URL", NO_MONITORING.to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
}

/// Runs `redress provision` as an operator does.
///
/// # Panics
/// If it fails; with what it printed.
pub async fn provision(nats: &NatsServer, plan: &Plan) {
    let (partitions, streams) = (plan.partitions.to_string(), plan.streams.to_string());
    let numbers = ["--partitions", &partitions, "--streams", &streams];
    let arguments = [&["provision"], &numbers[..]].concat();
    let ran = redress(nats, PROVISION, &arguments).await;
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "redress provision: {said}");
}

/// Runs the command line as a user of the broker.
///
/// # Panics
/// If it cannot be started.
pub async fn redress(nats: &NatsServer, user: &str, arguments: &[&str]) -> Output {
    redress_at(&nats.url(), user, arguments).await
}

/// The same with a broker, or several, at these addresses.
///
/// # Panics
/// If it cannot be started.
pub async fn redress_at(nats_url: &str, user: &str, arguments: &[&str]) -> Output {
    tokio::process::Command::new(binary("redress"))
        .args(arguments)
        .env("REDRESS_NATS_URL", nats_url)
        .env("REDRESS_NATS_MONITOR_URL", NO_MONITORING)
        .env("REDRESS_NATS_USER", user)
        .env("REDRESS_NATS_PASSWORD", password(user))
        .output()
        .await
        .expect("a program that starts")
}

/// What the broker refused to anybody so far, in its own words.
pub fn violations(nats: &NatsServer) -> Vec<String> {
    let log = nats.process().output();
    let lines = log.lines().filter(|line| line.contains("Violation"));
    lines.map(str::to_owned).collect()
}

/// Connects as a user; what the broker refuses it to do comes out of the receiver.
///
/// # Panics
/// If the broker does not let it in.
pub async fn connect_as(
    nats: &NatsServer,
    user: &str,
) -> (Client, mpsc::UnboundedReceiver<String>) {
    let (refused, refusals) = mpsc::unbounded_channel();
    let client = ConnectOptions::with_user_and_password(user.to_owned(), password(user))
        .custom_inbox_prefix(format!("_INBOX_{user}"))
        .event_callback(move |event| {
            if let Event::ServerError(error) = event {
                // The test may have seen enough and be gone.
                drop(refused.send(error.to_string()));
            }
            std::future::ready(())
        })
        .connect(nats.url())
        .await
        .expect("a shipped user may connect");
    (client, refusals)
}
