//! `redress replay`: a data file through the system, and where it went; an event log, and how the
//! lives of its cases went.

mod life;
mod outcome;
mod settled;

use std::time::{Duration, Instant};

use serde_json::json;

use super::Ending;
use crate::{
    args::{Global, ReplayArgs},
    broker::{PATIENCE, reach},
    clients::Clients,
    door::{Pace, Progress, send_over_nats},
    input::Item,
    output::Output,
    replay::{Rows, open},
};
use outcome::Outcomes;

/// A complaint that no answer comes for within this is told as unknown.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

pub(crate) async fn run(
    args: &ReplayArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    if let Some(kind) = args.kind.log() {
        return life::run(args, kind, global, out).await;
    }
    let source = open(&args.file, args.kind, &args.channel)?;
    if args.dry_run {
        return preview(source, args.limit, out);
    }
    let broker = reach(&global.nats, PATIENCE).await?;
    let clients = Clients::new(&global.at);
    let before = settled::figures(&clients).await?;
    let mut outcomes = Outcomes::default();
    let (mut empty, mut faults) = (0_u64, Vec::new());
    let jobs = items(source, args.limit, &mut empty, &mut faults).map(Item::into_job);
    let pace = Pace {
        rate: args.rate,
        in_flight: args.in_flight,
        patience: ANSWER_WITHIN,
    };
    let progress = Progress::new(out, args.limit.map(|limit| limit as u64));
    let started = Instant::now();
    send_over_nats(broker.client(), jobs, pace, |done| {
        outcomes.hear(done);
        progress.show(&outcomes.tally);
    })
    .await?;
    progress.finish();
    let answered_in = started.elapsed();
    let wanted = before.routed + outcomes.tally.registered + outcomes.tally.accepted;
    let patience = Duration::from_secs(args.wait);
    let after = settled::wait(&clients, wanted, patience, out).await?;
    let told = outcome::Report {
        outcomes,
        empty,
        broken: faults,
        answered_in,
        routed_in: started.elapsed(),
        all_routed: after.routed >= wanted,
        went: settled::difference(&before, &after),
    };
    if out.json {
        out.object(&told.json())?;
    } else {
        out.line(&told.page(out))?;
    }
    Ok(if told.is_fine() {
        Ending::Fine
    } else {
        Ending::Problems
    })
}

/// The complaints of the rows; counts those that say nothing, gathers what is broken.
fn items<'a>(
    rows: Rows,
    limit: Option<usize>,
    empty: &'a mut u64,
    broken: &'a mut Vec<String>,
) -> impl Iterator<Item = Item> + 'a {
    let items = rows.filter_map(move |row| match row {
        Ok(Some(item)) => Some(item),
        Ok(None) => {
            *empty += 1;
            None
        }
        Err(error) => {
            broken.push(error.to_string());
            None
        }
    });
    items.take(limit.unwrap_or(usize::MAX))
}

fn preview(rows: Rows, limit: Option<usize>, out: &Output) -> anyhow::Result<Ending> {
    let (mut empty, mut broken, mut count) = (0, Vec::new(), 0_u64);
    for item in items(rows, limit, &mut empty, &mut broken) {
        count += 1;
        let submission = serde_json::Value::Object(item.submission);
        out.object(&json!({"channel": item.channel, "submission": submission}))?;
    }
    eprintln!(
        "{count} complaints, {empty} rows say nothing, {} are broken",
        broken.len()
    );
    for error in &broken {
        out.complain(error);
    }
    Ok(if broken.is_empty() {
        Ending::Fine
    } else {
        Ending::Problems
    })
}
