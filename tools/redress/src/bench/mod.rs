//! `redress bench`: what this machine can do, with a broker and five services of its own.
//!
//! | figure      | how it is measured                                                            |
//! |-------------|-------------------------------------------------------------------------------|
//! | throughput  | closed loop; all that were answered, by the time until all of them are through   |
//! | latency     | open loop at 1,000/s, timed from when each complaint was due to be sent         |
//! | memory      | resident size of each process with 100,000 open cases                           |
//! | replay      | the router's store deleted; events folded until it has caught up                |
//! | clocks      | how late clocks fire with 100,000 armed, by analytics' own histogram            |
//! | cases       | commands on one case and over 10,000, and pages of lists, with many cases open  |
//! | scaling     | only when asked for: replicas, moves, restarts, sizes                               |
//! | simulate    | a changed policy tried on all of that log, by a process of its own              |
//! | ceiling     | the blocks of the throughput run, appended and read bare, without any work      |
//! | many-clocks | only if it is asked for: a million cases in one process, see [`many_clocks`]     |

mod append;
mod cases;
mod ceiling;
mod clocks;
mod file;
mod flow;
mod latency;
mod load;
mod many_clocks;
mod memory;
mod page;
mod replay;
mod rig;
mod scaling;
mod simulate;
mod stages;
mod throughput;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redress_log::Streams;

use crate::{commands::Ending, output::Output};
use page::Results;
use rig::Rig;

/// `redress bench`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress bench                              everything, with the texts of samples/
  redress bench --only throughput,ceiling --seconds 20
  redress bench --only cases --cases 1000000 --out BENCH.md
  redress bench --only simulate --cases 200000
  redress bench --only many-clocks --cases 1000000
  redress bench --text-file complaints.jsonl --out BENCH.md

Sections of the page that a run does not measure stay as they are. Build with --release first. It uses free ports and a temporary directory; nothing else should run
on the machine meanwhile. The last line is one JSON object.")]
pub(crate) struct BenchArgs {
    /// Seconds of each load
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(3..=3600))]
    pub(crate) seconds: u64,
    /// Real texts: JSON lines like those of samples/, or a folder of such files
    #[arg(long, value_name = "PATH", default_value = "samples")]
    pub(crate) text_file: PathBuf,
    /// The policy; a copy is used
    #[arg(
        long,
        env = "REDRESS_POLICY_DIR",
        value_name = "DIR",
        default_value = "policy"
    )]
    pub(crate) policy_dir: PathBuf,
    /// Only these figures
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FIGURE")]
    pub(crate) only: Vec<Figure>,
    /// Open cases for memory, replay, simulate and work on cases; half of them for clocks, since a
    /// case has two and more
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) cases: u64,
    /// Complaints under way at once in the throughput run: so many that two cores are busy and hardly
    /// anything piles up behind intake; more, and what is routed late costs more
    #[arg(long, value_name = "N", default_value_t = 640)]
    pub(crate) in_flight: usize,
    /// Write the page to this file as well
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Where the temporary directory is made [default: the system's]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Keep the temporary directory
    #[arg(long)]
    pub(crate) keep: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// Complaints a second, end to end.
    Throughput,
    /// Submit to answer at 1,000/s.
    Latency,
    /// Resident memory with many open cases.
    Memory,
    /// Folding a deleted store anew.
    Replay,
    /// How late clocks fire.
    Clocks,
    /// Another policy tried on the log.
    Simulate,
    /// The same flow of blocks without any work; needs the throughput run.
    Ceiling,
    /// Commands on cases and pages of work lists, with many cases open.
    Cases,
    /// What replicas, partitions and cases cost, and how long moves and restarts take: some minutes,
    /// and only when asked for.
    Scaling,
    /// A million cases with four clocks each; only if it is named.
    ManyClocks,
}

impl BenchArgs {
    fn wants(&self, figure: Figure) -> bool {
        self.only.is_empty() || self.only.contains(&figure)
    }
}

pub(crate) async fn run(args: &BenchArgs, out: &Output) -> anyhow::Result<Ending> {
    if cfg!(debug_assertions) {
        out.complain("this is a debug build: the figures say nothing; build with --release");
    }
    let texts = load::texts(&args.text_file)?;
    if args.only.contains(&Figure::Scaling) {
        return scale(args, &texts, out).await;
    }
    let mut results = Results {
        texts: texts.len(),
        ..Results::default()
    };
    one_installation(args, &texts, out, &mut results).await?;
    if args.wants(Figure::Clocks) {
        results.clocks = Some(clocks::measure(args, &texts, out).await?);
    }
    if args.only.contains(&Figure::ManyClocks) {
        results.many_clocks = Some(many_clocks::measure(args, out).await?);
    }
    if let (true, Some(flow)) = (args.wants(Figure::Ceiling), &results.flow) {
        out.say("ceiling: the same blocks, bare");
        results.ceiling = Some(ceiling::measure(args, flow, None).await?);
        results.one_stream = Some(ceiling::measure(args, flow, Some(Streams::ONE)).await?);
    }
    if args.wants(Figure::Cases) {
        results.cases_worked_on = Some(cases::measure(args, &texts, out).await?);
    }
    let page = results.page();
    if let Some(path) = &args.out {
        file::bring_in(path, &page, args.only.is_empty())?;
    }
    if out.json {
        out.object(&results.json())?;
    } else {
        out.line(page.trim_end())?;
    }
    Ok(Ending::Fine)
}

/// The section about scaling, alone; it takes its place in a page that is there.
async fn scale(args: &BenchArgs, texts: &[load::Text], out: &Output) -> anyhow::Result<Ending> {
    let scaling = scaling::measure(args, texts, out).await?;
    let section = scaling::section(&scaling);
    if let Some(path) = &args.out {
        file::bring_in(path, &section, false)?;
    }
    out.line(section.trim_end())?;
    Ok(Ending::Fine)
}

/// The figures that one installation gives one after the other.
async fn one_installation(
    args: &BenchArgs,
    texts: &[load::Text],
    out: &Output,
    results: &mut Results,
) -> anyhow::Result<()> {
    let wants = |figure| args.wants(figure);
    let loads = wants(Figure::Throughput) || wants(Figure::Ceiling);
    if !(loads
        || [
            Figure::Latency,
            Figure::Memory,
            Figure::Replay,
            Figure::Simulate,
        ]
        .into_iter()
        .any(wants))
    {
        return Ok(());
    }
    let mut rig = Rig::start(args, &args.policy_dir, out).await?;
    let mut load = load::Load::new(texts);
    if wants(Figure::Latency) {
        out.say("latency: 1,000 complaints a second");
        results.latency = Some(latency::measure(args, &rig, &mut load).await?);
    }
    if [Figure::Memory, Figure::Replay, Figure::Simulate]
        .into_iter()
        .any(wants)
    {
        out.say(&format!("up to {} open cases", args.cases));
        throughput::fill(args, &rig, &mut load).await?;
    }
    if wants(Figure::Memory) {
        results.memory = Some(memory::measure(&rig)?);
        results.cases = load.made;
    }
    if wants(Figure::Replay) {
        out.say("replay: the router's store is deleted");
        results.replay = Some(replay::measure(&mut rig).await?);
    }
    if loads {
        out.say("throughput: as many as it takes");
        let (throughput, flow) = throughput::measure(args, &rig, &mut load).await?;
        (results.throughput, results.flow) = (Some(throughput), Some(flow));
    }
    if wants(Figure::Simulate) {
        out.say("simulate: another policy on all of the log");
        results.simulated = Some(simulate::measure(&rig).await?);
    }
    rig.stop().await;
    Ok(())
}
