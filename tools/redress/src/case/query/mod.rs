//! Questions about cases.

mod alike;
mod eight_d;
mod follow;
mod next;
mod timeline;

use clap::{ArgGroup, Args, Subcommand};
use redress_wire::Service;
use tonic::Status;

use super::value::{Person, Words};
use crate::{args::PageArgs, clients::Clients, commands::Ending, output::Output};
pub(super) use eight_d::report as eight_d;
pub(super) use next::allowed;

/// What one may ask.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Ask {
    /// The whole story: who did what, when (案件时间线)
    #[command(after_help = "Examples:
  redress case timeline CF20260501001 --lang zh
  redress case timeline CF20260501001 --json | jq .event")]
    Timeline {
        /// Case number or complaint id
        #[arg(value_name = "CASE")]
        name: String,
    },
    /// What you may do next with it, and what is missing for the rest (下一步)
    #[command(after_help = "Example:
  redress case next CF20260501001 --as wang:handler")]
    Next {
        /// Case number or complaint id
        #[arg(value_name = "CASE")]
        name: String,
        /// Only what is allowed now
        #[arg(long)]
        allowed: bool,
    },
    /// Closed cases like this one or like a text, most alike first (案例库)
    #[command(after_help = "Examples:
  redress case similar CF20260501001
  redress case similar --text \"水壶漏电\" --product 水壶 --category product_quality")]
    Similar(SimilarArgs),
    /// All cases of a batch, an order, a customer or a recall, newest first (关联案件)
    #[command(after_help = "Examples:
  redress case related --batch B2404
  redress case related --customer-of CF20260501001 --all --json")]
    Related(RelatedArgs),
    /// Follow it: every further fact as it becomes durable (跟踪)
    #[command(after_help = "Example:
  redress case follow CF20260501001 --from 4")]
    Follow {
        /// Case number or complaint id
        #[arg(value_name = "CASE")]
        name: String,
        /// First version to show [default: from the beginning]
        #[arg(
            long,
            value_name = "VERSION",
            default_value_t = 0,
            hide_default_value = true
        )]
        from: u64,
    },
}

/// `redress case similar`.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["name", "text"]))]
pub(crate) struct SimilarArgs {
    /// A case to compare with
    #[arg(value_name = "CASE")]
    name: Option<String>,
    /// Or a text
    #[arg(long, short, value_name = "TEXT")]
    text: Option<Words>,
    /// Product (产品)
    #[arg(long, value_name = "PRODUCT", requires = "text")]
    product: Option<String>,
    /// Category (问题分类)
    #[arg(long, value_name = "ID", requires = "text")]
    category: Option<String>,
    /// How many at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(i32).range(1..=1000))]
    limit: i32,
}

/// `redress case related`.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("of").required(true)
    .args(["batch", "order", "customer_of", "recall"]))]
pub(crate) struct RelatedArgs {
    /// Of this batch (批号)
    #[arg(long, value_name = "NO")]
    batch: Option<String>,
    /// Of this order (订单号)
    #[arg(long, value_name = "NO")]
    order: Option<String>,
    /// Of the customer of this case
    #[arg(long, value_name = "CASE")]
    customer_of: Option<String>,
    /// Of the recall that this case leads
    #[arg(long, value_name = "CASE")]
    recall: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

pub(super) async fn run(
    clients: &Clients,
    ask: &Ask,
    actor: Option<&Person>,
    out: &Output,
) -> anyhow::Result<Ending> {
    match ask {
        Ask::Timeline { name } => timeline::run(clients, name, out).await,
        Ask::Next { name, allowed } => next::run(clients, name, actor, *allowed, out).await,
        Ask::Similar(args) => alike::similar(clients, args, out).await,
        Ask::Related(args) => alike::related(clients, args, out).await,
        Ask::Follow { name, from } => follow::run(clients, name, *from, out).await,
    }
    .map(|()| Ending::Fine)
}

/// What a failed question means.
fn explained(clients: &Clients) -> impl Fn(Status) -> anyhow::Error {
    |status| clients.explain(Service::Router, &status)
}
