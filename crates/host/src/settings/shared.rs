//! The settings that all five services share.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::value::{self, Secret};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line, for collectors.
    Json,
    /// For people.
    Text,
}

/// The settings that all five services share. Defaults suit one machine.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Shared by all services")]
pub struct Shared {
    /// Broker addresses, separated by commas
    #[arg(long, value_name = "URL", default_value = "nats://127.0.0.1:4222",
          value_parser = value::nats_url)]
    pub nats_url: String,
    /// Credentials file (JWT and seed) for the broker
    #[arg(long, value_name = "FILE", conflicts_with = "nats_user")]
    pub nats_creds: Option<PathBuf>,
    /// Broker account of this service, with a password
    #[arg(long, value_name = "NAME", value_parser = value::not_empty)]
    pub nats_user: Option<String>,
    /// Password of the broker account
    #[arg(long, value_name = "PASSWORD", value_parser = value::secret)]
    pub nats_password: Option<Secret>,
    /// Certificates (PEM) that the broker's must be signed by; when set, TLS is demanded
    #[arg(long, value_name = "FILE")]
    pub nats_ca: Option<PathBuf>,
    /// Where this replica keeps its stores; each service uses a folder of its own in it
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// Where gRPC listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", value_parser = value::address)]
    pub grpc_addr: SocketAddr,
    /// Where /livez, /readyz and /metrics are served; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", value_parser = value::address)]
    pub admin_addr: SocketAddr,
    /// For tests of a machine's clock that is set only: a file that says by how many seconds
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, value_name = "FILE")]
    pub test_clock: Option<PathBuf>,
    /// Directory of the policy files, read with its sub-directories
    #[arg(long, value_name = "DIR", default_value = "policy")]
    pub policy_dir: PathBuf,
    /// Number of partitions, 1 to 256; counts on the first start of an installation only
    #[arg(long, value_name = "NUMBER", value_parser = value::partitions)]
    pub partitions: Option<u32>,
    /// Copies of each stream in the broker's cluster: 1, 3 or 5
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = value::replicas)]
    pub replicas: usize,
    /// Log filter, such as `info` or `warn,redress_runtime=debug`
    #[arg(long, value_name = "FILTER", default_value = "info", value_parser = value::log_filter)]
    pub log: String,
    /// How log lines are written [default: text on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Collector that takes traces over OTLP/gRPC; no traces are sent when unset
    #[arg(long, value_name = "URL", value_parser = value::http_url)]
    pub otlp_endpoint: Option<String>,
    /// Name of this instance in logs and traces [default: one is made up at start]
    #[arg(long, value_name = "NAME", value_parser = value::instance)]
    pub instance: Option<String>,
    /// Accept a broker without `sync_interval: always`: replicas on separate machines stand in
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true",
          action = clap::ArgAction::Set, value_parser = value::yes_or_no)]
    pub tolerate_no_sync: bool,
    /// How long a commit round waits for company, in milliseconds, 0 to 1000
    #[arg(long, value_name = "MS", value_parser = value::linger_ms)]
    pub linger_ms: Option<u32>,
    /// Memory for the store's page cache, in MiB, 1 to 65536
    #[arg(long, value_name = "MIB", default_value = "8", value_parser = value::cache_mib)]
    pub sled_cache_mib: u32,
}

impl Shared {
    /// The chosen log format, or the one that suits where the log goes.
    pub fn log_format(&self) -> LogFormat {
        self.log_format.unwrap_or_else(|| {
            if std::io::stderr().is_terminal() {
                LogFormat::Text
            } else {
                LogFormat::Json
            }
        })
    }
}
