//! `make overload`: several times more than the platform can take. The last line is one JSON object.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use redress_tests::overload::{Options, run};

/// Finds the rate that the platform sustains, sends several times as much, and judges.
#[derive(Debug, Parser)]
struct Args {
    /// How long there is too much, in seconds
    #[arg(long, default_value_t = 60)]
    duration: u64,
    /// How many times too much
    #[arg(long, default_value_t = 5.0)]
    factor: f64,
    /// How long the calm before and after is looked at, in seconds
    #[arg(long, default_value_t = 15)]
    calm: u64,
    /// Replicas of intake
    #[arg(long, default_value_t = 1)]
    intakes: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let options = Options {
        calm: Duration::from_secs(args.calm),
        flood: Duration::from_secs(args.duration),
        factor: args.factor,
        intakes: args.intakes.max(1),
    };
    let figures = run(options).await;
    println!("{figures}");
    for broken in figures.broken.iter().take(20) {
        println!("{broken:?}");
    }
    println!("{}", figures.line());
    if figures.is_clean() && figures.recovered_after().is_some() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
