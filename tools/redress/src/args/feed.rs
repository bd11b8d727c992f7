//! What the commands understand that hand complaints in.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the texts of --help"
)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `redress submit`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress submit --channel web --text \"水壶漏电\" --product 水壶 --name 张三 --phone 13800000000
  echo \"The kettle sparks\" | redress submit --channel email --text -
  redress submit --channel app complaint.json
  redress submit samples/complaints.zh.jsonl           lines of {\"channel\": …, \"submission\": {…}}
  redress submit --channel letter letters.csv          header names = JSON fields: requestId,
                                                       description, customer.name or name, extra.x

A complaint without requestId gets one (UUID v7), which is printed. Sending the same file twice
registers nothing twice.")]
pub(crate) struct SubmitArgs {
    /// Files: .json, .jsonl, .csv, each also with .gz; `-` reads JSON lines from standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Channel (渠道), where the input does not say
    #[arg(long, short, value_name = "CHANNEL")]
    pub(crate) channel: Option<String>,
    /// The customer's own words (投诉内容); `-` reads standard input
    #[arg(long, short, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// Idempotency key [default: a new UUID]
    #[arg(long, value_name = "ID", requires = "text")]
    pub(crate) request_id: Option<String>,
    /// COMPLAINT, SUGGESTION, OBJECTION, PARTNER_RELAY
    #[arg(long, value_name = "KIND", requires = "text")]
    pub(crate) kind: Option<String>,
    /// Customer's name (姓名)
    #[arg(long, value_name = "NAME", requires = "text")]
    pub(crate) name: Option<String>,
    /// Customer's phone (电话)
    #[arg(long, value_name = "PHONE", requires = "text")]
    pub(crate) phone: Option<String>,
    /// Customer's email (邮箱)
    #[arg(long, value_name = "EMAIL", requires = "text")]
    pub(crate) email: Option<String>,
    /// Customer's language, such as zh-CN
    #[arg(long, value_name = "LOCALE", requires = "text")]
    pub(crate) locale: Option<String>,
    /// Customer's tier (客户级别), one of those of house.toml
    #[arg(long, value_name = "TIER", requires = "text")]
    pub(crate) tier: Option<String>,
    /// Product (产品)
    #[arg(long, value_name = "PRODUCT", requires = "text")]
    pub(crate) product: Option<String>,
    /// Model (型号)
    #[arg(long, value_name = "MODEL", requires = "text")]
    pub(crate) model: Option<String>,
    /// Order number (订单号)
    #[arg(long, value_name = "NO", requires = "text")]
    pub(crate) order_no: Option<String>,
    /// Batch number (批号)
    #[arg(long, value_name = "NO", requires = "text")]
    pub(crate) batch_no: Option<String>,
    /// Wish (诉求): REFUND, EXCHANGE, REPAIR, REISSUE, COMPENSATION, APOLOGY, SERVICE_UPGRADE, FIX
    #[arg(long, value_name = "WISH", requires = "text")]
    pub(crate) wish: Option<String>,
    /// Where it happened
    #[arg(long, value_name = "PLACE", requires = "text")]
    pub(crate) place: Option<String>,
    /// When it happened, RFC 3339
    #[arg(long, value_name = "TIME", requires = "text")]
    pub(crate) occurred_at: Option<String>,
    /// Which door to use
    #[arg(long, value_enum, default_value = "nats")]
    pub(crate) via: Via,
    /// Complaints under way at once
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) concurrency: usize,
    /// Complaints a second [default: as fast as they are answered]
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<f64>,
    /// Seconds after which a complaint without an answer is given up as unknown
    #[arg(long, value_name = "S", default_value_t = 30)]
    pub(crate) patience: u64,
}

/// A door for complaints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    /// Request over NATS: the answer comes when it is registered.
    Nats,
    /// gRPC.
    Grpc,
    /// Leave it in the inbox: durable, registered later.
    Inbox,
}

/// `redress replay`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress replay complaints.csv.gz
  redress replay messages.csv.gz --as zh-gov --rate 500 --limit 2000
  redress replay incidents.csv.gz --as servicenow --explain

The columns are found by the names in the header: the text (narrative, body, content, text,
complaint, description, with title), the channel, kind, product, date and id. A row without a text
gets one composed of its labels. Rows keep their ids, so a second replay registers nothing twice.

An event log (servicenow, bpi13, helpdesk) is a life for each case: every one is lodged, and its
events are carried out as commands, in order for each case, many cases side by side. One line of
JSON tells what the system answered (cases, events, reassigned, reopened, resolved, refused,
seconds) and what the log itself counts; differences go to standard error. See docs/lifecycles.md.")]
pub(crate) struct ReplayArgs {
    /// .csv or .jsonl, each also with .gz
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// How to read it; the kind of data also names the ids
    #[arg(long = "as", value_enum, default_value = "auto", value_name = "KIND")]
    pub(crate) kind: crate::replay::DataKind,
    /// Complaints a second [default: as fast as they are answered]
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<f64>,
    /// How many rows at most; of an event log, how many cases
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Complaints under way at once; of an event log, cases
    #[arg(long, value_name = "N", default_value_t = 512)]
    pub(crate) in_flight: usize,
    /// Channel of rows that say none
    #[arg(long, value_name = "CHANNEL", default_value = "web")]
    pub(crate) channel: String,
    /// Show what would be sent, send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Seconds to wait for all to be routed after the last answer
    #[arg(long, value_name = "S", default_value_t = 120)]
    pub(crate) wait: u64,
    /// Tell every difference from an event log, not only the first ones
    #[arg(long)]
    pub(crate) explain: bool,
    /// Afterwards compare an event log with the timelines of all its cases
    #[arg(long)]
    pub(crate) verify: bool,
    /// The policy that runs: whose people play an event log's parts
    #[arg(
        long,
        env = "REDRESS_POLICY_DIR",
        value_name = "DIR",
        default_value = "policy"
    )]
    pub(crate) policy_dir: PathBuf,
}
