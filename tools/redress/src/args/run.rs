//! What `up` and `provision` understand.

use std::path::PathBuf;

use clap::Args;
use redress_log::Streams;

/// `redress up`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress up                                  everything on the usual ports, data in .redress/
  redress up --samples samples/ --rate 20     and sample complaints, 20 a second
  redress up --data-dir /tmp/r --port-offset 1000 --mail smtp://127.0.0.1:1025
  REDRESS_NATS_URL=nats://broker:4222 redress up     with a broker that runs already

Ctrl-C stops everything in order; a second one kills. If `up` itself is killed with -9, the
processes it started go on: the next `redress up` names them.")]
pub(crate) struct UpArgs {
    /// Submit the complaints of these *.jsonl files
    #[arg(long, value_name = "DIR")]
    pub(crate) samples: Option<PathBuf>,
    /// Where everything is kept: streams, stores, logs
    #[arg(
        long,
        env = "REDRESS_DATA_DIR",
        value_name = "DIR",
        default_value = ".redress"
    )]
    pub(crate) data_dir: PathBuf,
    /// The policy
    #[arg(
        long,
        env = "REDRESS_POLICY_DIR",
        value_name = "DIR",
        default_value = "policy"
    )]
    pub(crate) policy_dir: PathBuf,
    /// Sample complaints a second
    #[arg(long, value_name = "N", default_value_t = 10.0)]
    pub(crate) rate: f64,
    /// Mail server that acknowledgements are handed to
    #[arg(long, value_name = "URL")]
    pub(crate) mail: Option<String>,
    /// Added to every usual port: 4222, 8222, 50051 to 50055, 9101 to 9105
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port_offset: u16,
    /// Partitions, on the first start only
    #[arg(long, env = "REDRESS_PARTITIONS", value_name = "N")]
    pub(crate) partitions: Option<u32>,
    /// Streams that the partitions are spread over, 1 to 8, on the first start only [default: one
    /// for each partition, as far as they go]
    #[arg(long, env = "REDRESS_STREAMS", value_name = "N", value_parser = streams)]
    pub(crate) streams: Option<Streams>,
}

/// `redress provision`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Run it as often as you like: what is there is checked and adapted, never emptied."
)]
pub(crate) struct ProvisionArgs {
    /// Copies of each message on the broker's servers: 1, 3 or 5
    #[arg(long, env = "REDRESS_REPLICAS", value_name = "N", default_value = "1",
          value_parser = ["1", "3", "5"])]
    pub(crate) replicas: String,
    /// Bytes that the log may take, over all its streams [default: 64 GiB, or less on a small disk]
    #[arg(long, value_name = "BYTES")]
    pub(crate) log_max_bytes: Option<u64>,
    /// Bytes that complaints waiting in the inbox may take [default: 4 GiB]
    #[arg(long, value_name = "BYTES")]
    pub(crate) inbox_max_bytes: Option<u64>,
    /// Partitions, 1 to 256; fixed by the first run for good [default: 8]
    #[arg(long, env = "REDRESS_PARTITIONS", value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) partitions: Option<u32>,
    /// Streams that the partitions are spread over, 1 to 8, so that commits do not queue behind each
    /// other; fixed by the first run for good [default: one for each partition as far as they go; 1
    /// with several copies]
    #[arg(long, env = "REDRESS_STREAMS", value_name = "N", value_parser = streams)]
    pub(crate) streams: Option<Streams>,
    /// Seconds to wait for the broker
    #[arg(long, value_name = "S", default_value_t = 60)]
    pub(crate) wait: u64,
}

fn streams(text: &str) -> Result<Streams, String> {
    let streams = text.parse().ok().and_then(Streams::new);
    streams.ok_or_else(|| format!("must be a whole number from 1 to {}", Streams::MOST))
}
