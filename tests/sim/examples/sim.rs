//! Runs many seeds: `make sim SEEDS=2000 FROM=1`, or kills every service at every await of a calm
//! run: `make sim-awaits`. The last line is one JSON object.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use redress_sim::{Control, Report, Setting, run_as};
use redress_wire::Service;

/// Lines of a failing run's event log that are shown; all of them are in its file.
const SHOWN_LINES: usize = 40;
/// Failing runs that are shown.
const SHOWN_RUNS: usize = 5;
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

#[derive(Parser)]
struct Args {
    /// How many seeds to run
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Runs at once, each on a thread of its own
    #[arg(long)]
    threads: Option<usize>,
    /// Something to switch off, which must be seen: fence-off, feed-fence-off, answer-before-commit,
    /// store-before-log, lease-ignored, lease-ignored-fence-off, damaged-block, chain-off;
    /// lease-ignored-in-storm must not lead to anything wrong
    #[arg(long, default_value = "none", value_parser = control)]
    control: Control,
    /// Instead of seeds: kills each service at every await of a calm run, one in each run
    #[arg(long)]
    awaits: bool,
    /// Kills this service at the await that --poll says, in the calm run of that seed
    #[arg(long, requires = "poll")]
    service: Option<Service>,
    /// The await to kill a service at
    #[arg(long, requires = "service")]
    poll: Option<u64>,
    /// Where event logs of failing runs go; of a single run its log, whatever became of it
    #[arg(long, default_value = "target/sim")]
    logs: PathBuf,
}

/// One run of many.
struct Job {
    seed: u64,
    setting: Setting,
    name: String,
    again: String,
}

impl Job {
    fn seed(seed: u64, control: Control) -> Self {
        let known = Control::ALL.iter().find(|(_, known)| *known == control);
        let (setting, name, more) = match known {
            Some((name, _)) if control != Control::None => (
                Setting::controlled(seed, control),
                format!("{name}-{seed}"),
                format!(" CONTROL={name}"),
            ),
            _ => (Setting::of(seed), format!("seed-{seed}"), String::new()),
        };
        Self {
            seed,
            setting,
            name,
            again: format!("make sim SEEDS=1 FROM={seed}{more}"),
        }
    }

    fn death(service: Service, poll: u64) -> Self {
        Self {
            seed: poll,
            setting: Setting::dying_at(service, poll),
            name: format!("{service}-{poll}"),
            again: format!("make sim-awaits SERVICE={service} POLL={poll}"),
        }
    }
}

/// What is still to be run.
#[derive(Default)]
struct Plan {
    next: AtomicU64,
    /// Services that are not killed any more: they have no further await.
    outlived: [AtomicBool; 5],
}

impl Plan {
    fn next(&self, args: &Args) -> Option<(usize, Job)> {
        loop {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            if let (Some(service), Some(poll)) = (args.service, args.poll) {
                return (n == 0).then(|| (0, Job::death(service, poll)));
            }
            if !args.awaits {
                let job = || (0, Job::seed(args.from + n, args.control));
                return (n < args.seeds).then(job);
            }
            let of = (n % 5) as usize;
            if !self.outlived[of].load(Ordering::Relaxed) {
                return Some((of, Job::death(Service::ALL[of], n / 5 + 1)));
            }
            if self
                .outlived
                .iter()
                .all(|over| over.load(Ordering::Relaxed))
            {
                return None;
            }
        }
    }
}

#[derive(Default)]
struct Sum {
    runs: u64,
    steps: u64,
    crashes: u64,
    failed: u64,
    /// How often callers were told what.
    told: BTreeMap<&'static str, u64>,
}

impl Sum {
    fn add(&mut self, report: &Report) {
        self.runs += 1;
        self.steps += report.steps;
        self.crashes += report.crashes;
        self.failed += u64::from(!report.broken.is_empty());
        for (&what, count) in &report.told {
            *self.told.entry(what).or_default() += count;
        }
    }

    fn json(&self, seconds: f64) -> String {
        let told = self.told.iter();
        let told: Vec<String> = told.map(|(what, n)| format!("\"{what}\": {n}")).collect();
        format!(
            "{{\"seeds\": {}, \"failed\": {}, \"steps\": {}, \"crashes\": {}, {}, \
             \"seconds\": {seconds:.1}, \"seeds_per_s\": {:.1}}}",
            self.runs,
            self.failed,
            self.steps,
            self.crashes,
            told.join(", "),
            self.runs as f64 / seconds,
        )
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let threads = args
        .threads
        .or_else(|| thread::available_parallelism().ok().map(usize::from))
        .unwrap_or(1);
    // What panics in a run is part of its verdict.
    std::panic::set_hook(Box::new(|_| {}));
    let (plan, sum, over) = (
        Plan::default(),
        Mutex::new(Sum::default()),
        AtomicBool::new(false),
    );
    let began = Instant::now();
    thread::scope(|scope| {
        let telling = scope.spawn(|| tell(&sum, &over, began));
        let working: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| work(&args, &plan, &sum)))
            .collect();
        for worker in working {
            worker.join().expect("a panic in a run is caught there");
        }
        over.store(true, Ordering::Relaxed);
        telling.thread().unpark();
    });
    let sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{}", sum.json(began.elapsed().as_secs_f64()));
    if sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn control(name: &str) -> Result<Control, String> {
    let known = Control::ALL.into_iter().find(|(known, _)| *known == name);
    known
        .map(|(_, control)| control)
        .ok_or_else(|| format!("there is no control {name}"))
}

fn work(args: &Args, plan: &Plan, sum: &Mutex<Sum>) {
    let is_single = args.service.is_some() || (args.seeds == 1 && !args.awaits);
    while let Some((of, job)) = plan.next(args) {
        let report = run_as(job.seed, &job.setting);
        if args.awaits && report.crashes == 0 {
            plan.outlived[of].store(true, Ordering::Relaxed);
        }
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.add(&report);
        if !report.broken.is_empty() {
            if sum.failed <= SHOWN_RUNS as u64 {
                show(args, &job, &report);
            }
        } else if is_single {
            println!("told {:?}, hash {}", report.told, report.hash);
            keep(args, &job, &report);
        }
    }
}

fn show(args: &Args, job: &Job, report: &Report) {
    let lines: Vec<&str> = report.log.lines().collect();
    let from = lines.len().saturating_sub(SHOWN_LINES);
    println!(
        "{} FAILED; its last {} events:",
        job.name,
        lines.len() - from
    );
    for line in &lines[from..] {
        println!("    {line}");
    }
    for broken in report.broken.iter().take(10) {
        println!("  {:?}: {}", broken.promise, broken.seen);
    }
    keep(args, job, report);
    println!("  again: {}", job.again);
}

fn keep(args: &Args, job: &Job, report: &Report) {
    let path = args.logs.join(format!("{}.log", job.name));
    let written = fs::create_dir_all(&args.logs).and_then(|()| fs::write(&path, &report.log));
    match written {
        Ok(()) => println!("  event log: {}", path.display()),
        Err(error) => println!("  event log: {} cannot be written: {error}", path.display()),
    }
}

fn tell(sum: &Mutex<Sum>, over: &AtomicBool, began: Instant) {
    let mut told = Instant::now();
    while !over.load(Ordering::Relaxed) {
        thread::park_timeout(PROGRESS_EVERY);
        if told.elapsed() < PROGRESS_EVERY {
            continue;
        }
        told = Instant::now();
        let sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        println!(
            "{} runs in {} s: {} steps, {} crashes, {} failed",
            sum.runs,
            began.elapsed().as_secs(),
            sum.steps,
            sum.crashes,
            sum.failed
        );
    }
}
