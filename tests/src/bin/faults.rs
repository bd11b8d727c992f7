//! `make faults`: the fault run as a program. Its last line is one JSON object.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use redress_tests::{
    controls::{self, Without},
    faults::{Options, run},
};

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
    /// A control instead: go without something that a promise rests on; succeeds if it is caught
    #[arg(long, value_enum)]
    without: Option<Without>,
}

/// A control succeeds if the recorder sees the harm.
async fn control(without: Without) -> ExitCode {
    let found = controls::run(without).await;
    for broken in found.broken.iter().take(20) {
        println!("{:?}: {}", broken.promise, broken.how);
    }
    let (ok, broken) = (found.ok, found.broken.len());
    println!(
        "{{\"ok\":{ok},\"broken\":{broken},\"caught\":{}}}",
        broken > 0
    );
    if broken > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(without) = args.without {
        return control(without).await;
    }
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
