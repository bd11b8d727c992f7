//! `redress`, the command line: runs the platform on one machine, hands complaints in, looks into
//! cases, deadlines and deliveries, says what is wrong with an installation, and measures it.
//!
//! It knows the outside of the platform only: subjects, gRPC calls, the pages of the admin ports.
//! `bench` alone appends to a log, to one of its own, to find the ceiling of the machine;
//! `policy simulate` and `policy shadow` read it, and `log trim` takes old blocks off it.

mod admin;
mod args;
mod bench;
mod broker;
mod case;
mod clients;
mod commands;
mod door;
mod input;
mod lang;
mod lifecycle;
mod output;
mod percentile;
mod replay;
mod simulate;
mod trim;
mod up;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command, LogAction, PolicyAction};
use commands::Ending;
use output::Output;

/// As in the services, see ADR 12: history is many small objects.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Built together with a service that speaks TLS, every HTTP client needs this choice.
    drop(rustls::crypto::ring::default_provider().install_default());
    let cli = Cli::parse();
    let log = tracing_subscriber::EnvFilter::try_from_env("REDRESS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(log)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let out = Output::new(&cli.global);
    let ended = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(&cli, &out)));
    match ended {
        Ok(Ending::Fine) => ExitCode::SUCCESS,
        Ok(Ending::Problems) => ExitCode::from(1),
        Err(error) if output::reader_left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            out.complain(&format!("{error:#}"));
            ExitCode::from(if error.is::<commands::Usage>() { 2 } else { 1 })
        }
    }
}

async fn run(cli: &Cli, out: &Output) -> anyhow::Result<Ending> {
    let global = &cli.global;
    match &cli.command {
        Command::Up(args) => up::run(args, global, out).await,
        Command::Provision(args) => commands::provision::run(args, global, out).await,
        Command::Submit(args) => commands::submit::run(args, global, out).await,
        Command::Show(args) => commands::show::run(args, global, out).await,
        Command::Case(args) => case::run(args, global, out).await,
        Command::List(args) => commands::list::run(args, global, out).await,
        Command::Due(args) => commands::clocks::due(args, global, out).await,
        Command::Late(args) => commands::clocks::late(args, global, out).await,
        Command::Sla(args) => commands::sla::run(args, global, out).await,
        Command::Deliveries(args) => commands::deliveries::run(args, global, out).await,
        Command::Aside(args) => commands::aside::run(args, global, out).await,
        Command::Status(args) => commands::status::run(args, global, out).await,
        Command::Watch(args) => commands::watch::run(args, global, out).await,
        Command::Replay(args) => commands::replay::run(args, global, out).await,
        Command::Bench(args) => bench::run(args, out).await,
        Command::Log(args) => match &args.action {
            LogAction::Trim(args) => trim::run(args, global, out).await,
        },
        Command::Policy(args) => match &args.action {
            PolicyAction::Check { dir, pack } => commands::policy::check(dir, pack, out),
            PolicyAction::Simulate(args) => simulate::run(args, global, out).await,
            PolicyAction::Shadow(args) => simulate::shadow(args, global, out).await,
        },
        Command::Calendar(args) => commands::calendar::run(args, out),
        Command::Doctor(args) => commands::doctor::run(args, global, out).await,
        Command::Completions(args) => commands::completions::run(args),
    }
}
