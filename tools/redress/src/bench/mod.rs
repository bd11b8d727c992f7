//! bench
use crate::{commands::Ending, output::Output};
use clap::Args;
#[derive(Clone, Debug, Args)]
pub(crate) struct BenchArgs {}
pub(crate) async fn run(_: &BenchArgs, _: &Output) -> anyhow::Result<Ending> {
    Ok(Ending::Fine)
}
