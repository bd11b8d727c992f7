//! Sends sample complaints at a gentle rate.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Context as _;

use crate::{
    args::{NatsArgs, UpArgs},
    broker::reach,
    commands::Ending,
    door::{Pace, Progress, Tally, send_over_nats},
    input,
    output::Output,
};

const PATIENCE: Duration = Duration::from_mins(1);

/// Sends the samples, if asked to; a sample that is refused does not end `up`.
pub(super) async fn send(args: &UpArgs, nats: &NatsArgs, out: &Output) -> anyhow::Result<Ending> {
    let Some(folder) = &args.samples else {
        return Ok(Ending::Fine);
    };
    let files = files(folder)?;
    let mut items = Vec::new();
    for file in &files {
        items.extend(input::open(file, None)?.collect::<Result<Vec<_>, _>>()?);
    }
    let broker = reach(nats, PATIENCE).await?;
    let progress = Progress::new(out, Some(items.len() as u64));
    let mut tally = Tally::default();
    let pace = Pace {
        rate: Some(args.rate),
        in_flight: 32,
        patience: PATIENCE,
    };
    let jobs = items.into_iter().map(input::Item::into_job);
    send_over_nats(broker.client(), jobs, pace, |done| {
        if let Some(reason) = done.outcome.trouble() {
            out.complain(&format!("sample {}: {reason}", done.request_id));
        }
        tally.add(&done.outcome);
        progress.show(&tally);
    })
    .await?;
    progress.finish();
    let text = out.pick("samples are in", "样例已提交");
    out.say(&format!("{text}: {}; `redress list`", tally.in_words(out)));
    Ok(Ending::Fine)
}

/// The lines of both languages, in the order of their names.
fn files(folder: &std::path::Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| {
        format!(
            "{} cannot be read: give --samples a folder",
            folder.display()
        )
    })?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    anyhow::ensure!(
        !files.is_empty(),
        "{} holds no *.jsonl file",
        folder.display()
    );
    Ok(files)
}
