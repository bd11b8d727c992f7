//! The broker that `up` and `bench` start for themselves.

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use tokio::process::Command;

use super::Child;

/// The shipped configuration; only addresses, the folder and the accounts differ here.
const SHIPPED: &str = include_str!("../../../../deploy/nats-server.conf");
/// What was written or read in the last seconds stays in the broker's memory, so it grows with the
/// load. With this bound, which is soft, it lets go of that earlier: in `tests/overload.rs` it had
/// 755 MiB at most instead of 956, and 523 with 512 MiB, for 88,861 answers instead of 100,403, and
/// 80,833.
const MEMORY: (&str, &str) = ("GOMEMLIMIT", "768MiB");
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A broker to start.
#[derive(Clone, Debug)]
pub(crate) struct BrokerConfig {
    pub(crate) program: PathBuf,
    /// Streams and configuration.
    pub(crate) dir: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) client: SocketAddr,
    pub(crate) monitor: SocketAddr,
}

/// Starts the broker.
pub(crate) fn start(config: &BrokerConfig) -> anyhow::Result<Child> {
    fs::create_dir_all(&config.dir)
        .with_context(|| format!("{} cannot be made", config.dir.display()))?;
    let file = config.dir.join("nats-server.conf");
    fs::write(&file, configuration(config))
        .with_context(|| format!("{} cannot be written", file.display()))?;
    let mut command = Command::new(&config.program);
    command.arg("--config").arg(&file);
    if env::var_os(MEMORY.0).is_none() {
        command.env(MEMORY.0, MEMORY.1);
    }
    Child::start("nats-server", command, &config.log)
}

/// Waits until the broker's streams are ready.
pub(crate) async fn ready(
    child: &mut Child,
    config: &BrokerConfig,
    within: Duration,
) -> anyhow::Result<()> {
    let health = format!("http://{}/healthz", config.monitor);
    let wait = async {
        loop {
            if let Some(status) = child.ended() {
                bail!(
                    "the broker ended ({status}); its last words:\n{}",
                    child.last_lines()
                );
            }
            let answer = reqwest::get(&health).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    match tokio::time::timeout(within, wait).await {
        Ok(ready) => ready,
        Err(_) => bail!(
            "the broker is not ready after {within:?}; see {}",
            config.log.display()
        ),
    }
}

/// The shipped configuration for this machine alone.
fn configuration(config: &BrokerConfig) -> String {
    let mut text = String::from("# Made by `redress` from deploy/nats-server.conf.\n");
    for line in SHIPPED.lines() {
        let key = line.trim_start();
        let indent = &line[..line.len() - key.len()];
        let ours = match key.split([':', ' ']).next().unwrap_or_default() {
            "listen" => format!("listen: \"{}\"", config.client),
            "http" => format!("http: \"{}\"", config.monitor),
            "store_dir" => format!("store_dir: {:?}", config.dir.display().to_string()),
            // Accounts and their passwords are for machines that others reach.
            "include" => String::new(),
            _ => key.to_owned(),
        };
        text.push_str(indent);
        text.push_str(&ours);
        text.push('\n');
    }
    text
}

/// The broker's program: `REDRESS_NATS_SERVER`, in `PATH`, or where `make setup` puts it.
pub(crate) fn nats_server() -> anyhow::Result<PathBuf> {
    if let Some(path) = env::var_os("REDRESS_NATS_SERVER").filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        if path.is_file() {
            return Ok(path);
        }
        bail!(
            "REDRESS_NATS_SERVER is {}, where no program is",
            path.display()
        );
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let here = env::current_exe().ok();
    let beside = here.iter().flat_map(|exe| exe.ancestors().skip(1).take(3));
    let tools = beside
        .map(|folder| folder.join(".tools/bin"))
        .chain([".tools/bin".into()]);
    let found = env::split_paths(&path)
        .chain(tools)
        .map(|folder| folder.join("nats-server"))
        .find(|file| is_program(file));
    found.context(
        "there is no nats-server: run `make setup`, put it into PATH, name it with \
         REDRESS_NATS_SERVER, or use a broker that runs elsewhere with REDRESS_NATS_URL",
    )
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_configuration_is_adapted_not_replaced() {
        let config = BrokerConfig {
            program: "nats-server".into(),
            dir: "/data/with space".into(),
            log: "/data/log".into(),
            client: "127.0.0.1:5222".parse().expect("an address"),
            monitor: "127.0.0.1:9222".parse().expect("an address"),
        };
        let text = configuration(&config);
        assert!(text.contains("\nlisten: \"127.0.0.1:5222\"\n"), "{text}");
        assert!(text.contains("\nhttp: \"127.0.0.1:9222\"\n"), "{text}");
        assert!(
            text.contains("    store_dir: \"/data/with space\"\n"),
            "{text}"
        );
        assert!(text.contains("    sync_interval: always\n"), "{text}");
        assert!(text.contains("max_inflight_per_stream"), "{text}");
        assert!(!text.contains("\ninclude"), "{text}");
    }
}
