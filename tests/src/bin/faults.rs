//! `make faults`: the fault run as a program. Its last line is one JSON object.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use redress_tests::faults::{Options, run};

/// Puts faults into a running platform under load and judges what is left of its promises.
#[derive(Debug, Parser)]
struct Args {
    /// How long faults are put in, in seconds
    #[arg(long, default_value_t = 300)]
    duration: u64,
    /// What the faults are drawn from: the same seed puts in the same ones
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Replicas of each service at the start
    #[arg(long, default_value_t = 2)]
    replicas: usize,
    /// Flip bytes on the brokers' disks as well: shows what is then noticed
    #[arg(long)]
    damage_brokers: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let options = Options {
        duration: Duration::from_secs(args.duration),
        seed: args.seed,
        replicas: args.replicas.max(1),
        damage_brokers: args.damage_brokers,
    };
    let figures = run(options).await;
    println!("{figures}");
    println!("{}", figures.line());
    if figures.is_clean() {
        ExitCode::SUCCESS
    } else {
        eprintln!(
            "run again with: make faults DURATION={} SEED={}",
            args.duration, args.seed
        );
        ExitCode::FAILURE
    }
}
