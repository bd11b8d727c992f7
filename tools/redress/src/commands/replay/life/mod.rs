//! `redress replay --as servicenow|bpi13|helpdesk`: the lives of a log's cases through the system.

mod check;
mod lane;
mod report;
mod routed;

use std::{
    cell::Cell,
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{super::Ending, ANSWER_WITHIN};
use crate::{
    args::{Global, ReplayArgs},
    case::many::carry_out,
    clients::Clients,
    commands::policy,
    door::{Outcome, Pace, Progress, send_over_grpc},
    input::Item,
    lifecycle::{House, LogCase, LogKind, Tally},
    output::{Output, moment},
};
use lane::CaseLane;
use lane::Life as Ended;
use report::{Report, difference};

pub(super) async fn run(
    args: &ReplayArgs,
    kind: LogKind,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let mut cases = kind.read(&args.file)?;
    cases.truncate(args.limit.unwrap_or(usize::MAX));
    let house = Arc::new(House::of(&policy::load(&args.policy_dir)?)?);
    if args.dry_run {
        return lane::preview(cases, kind, &house, out);
    }
    let clients = Clients::new(&global.at);
    routed::somebody_is_there(&clients).await?;
    let mut report = Report::new(log_counts(&cases), args.explain);
    let started = Instant::now();
    let (lodged, lost) = lodge(&clients, cases, kind, args, out).await?;
    for trouble in lost {
        report.trouble(&trouble);
    }
    tell(&format!(
        "{} cases lodged in {:.1} s",
        lodged.len(),
        secs(started)
    ));
    let wait = Duration::from_secs(args.wait);
    let lives = routed::all(&clients, lodged, wait).await?;
    let lives = lives.into_iter().map(|(case, id, routed)| {
        let pilot = crate::lifecycle::Pilot::new(&house, routed, moment());
        CaseLane::new(kind, case, id, pilot)
    });
    tell(&format!("all routed after {:.1} s", secs(started)));
    let ended = work(&clients, lives, args, out, &mut report).await;
    report.took(started.elapsed());
    if args.verify {
        check::all(&clients, &report.ended, &mut report.differences).await?;
    }
    out.object(&report.json())?;
    ended?;
    Ok(if report.is_fine() {
        Ending::Fine
    } else {
        Ending::Problems
    })
}

/// Carries the commands of all cases out.
async fn work(
    clients: &Clients,
    lives: impl Iterator<Item = CaseLane>,
    args: &ReplayArgs,
    out: &Output,
    report: &mut Report,
) -> anyhow::Result<()> {
    let every = Duration::from_secs(5);
    let (done, told) = (Cell::new(0_u64), Cell::new(Instant::now()));
    let all = report.log.cases;
    carry_out(clients, lives, (args.in_flight, out.lang), |lane| {
        done.set(done.get() + 1);
        if told.get().elapsed() > every && !out.json {
            told.set(Instant::now());
            tell(&format!("{} of {all} cases", done.get()));
        }
        report.hear(lane.ended());
    })
    .await
}

/// What the log says of itself.
fn log_counts(cases: &[LogCase]) -> Tally {
    let mut log = Tally::default();
    for case in cases {
        log += case.counts;
    }
    log
}

/// Lodges a complaint for each case: those that were taken with their ids, and what is wrong with
/// the others.
async fn lodge(
    clients: &Clients,
    cases: Vec<LogCase>,
    kind: LogKind,
    args: &ReplayArgs,
    out: &Output,
) -> anyhow::Result<(Vec<(LogCase, String)>, Vec<String>)> {
    let jobs: Vec<_> = cases
        .iter()
        .map(|case| item(case, kind).into_job())
        .collect();
    let pace = Pace {
        rate: args.rate,
        in_flight: args.in_flight,
        patience: ANSWER_WITHIN,
    };
    let progress = Progress::new(out, Some(cases.len() as u64));
    let mut tally = crate::door::Tally::default();
    let (mut ids, mut lost) = (BTreeMap::new(), Vec::new());
    send_over_grpc(clients, jobs.into_iter(), pace, |done| {
        tally.add(&done.outcome);
        progress.show(&tally);
        match &done.outcome {
            Outcome::Refused(_) | Outcome::Unknown(_) => {
                let why = done.outcome.trouble().unwrap_or_default();
                lost.push(difference(&done.place, 0, "lodging", &why));
            }
            taken => {
                let id = taken.answer().map(|answer| answer.complaint_id.clone());
                ids.insert(done.place, id.unwrap_or_default());
            }
        }
    })
    .await?;
    progress.finish();
    let lodged = cases.into_iter().filter_map(|case| {
        let id = ids.remove(&case.id)?;
        Some((case, id))
    });
    Ok((lodged.collect(), lost))
}

fn item(case: &LogCase, kind: LogKind) -> Item {
    let mut submission = case.submission.clone();
    let request_id = format!("{}-{}", kind.prefix(), case.id);
    submission.insert("requestId".to_owned(), request_id.into());
    Item {
        channel: case.channel.clone(),
        submission,
        place: case.id.clone(),
    }
}

fn secs(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

/// Progress goes to standard error: the result alone is on standard output.
fn tell(text: &str) {
    eprintln!("{text}");
}
