//! `redress policy simulate`.

use std::time::Instant;

use anyhow::Context as _;

use super::{
    desk, html,
    parallel::{Job, replay},
    show,
    sides::Policies,
    source::Source,
    subject::Subject,
    window::window,
};
use crate::{
    args::{Global, SimulateArgs},
    commands::Ending,
    output::{Output, moment},
};

pub(crate) async fn run(
    args: &SimulateArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    if let Some(history) = &args.from_file {
        return desk::run(args, history, out);
    }
    let (against, candidate) = (args.against.as_deref(), args.policy.as_deref());
    let policies = Policies::read(against, candidate, &args.pack)?;
    let subject = from_log(args, policies, global, out).await?;
    tell(&subject, args, out)?;
    Ok(Ending::Fine)
}

/// Replays the log.
async fn from_log(
    args: &SimulateArgs,
    policies: Policies,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Subject> {
    let zone = &policies.sides.today.policy().house().time_zone;
    let window = window(args.since.as_deref(), args.until.as_deref(), moment(), zone)?;
    let source = Source::open(&global.nats).await?;
    let started = Instant::now();
    let job = Job {
        sides: policies.sides.clone(),
        window,
        nats: global.nats.clone(),
        from: source.starts(window.since).await?,
        partitions: source.partitions,
        workers: args.workers.unwrap_or_else(processors),
    };
    let (report, events) = replay(job, out).await?;
    Ok(Subject {
        report,
        sides: policies.sides,
        dirs: policies.dirs,
        window,
        history: out.pick("the log", "事件日志").to_owned(),
        events,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Shows a report in the forms that were asked for.
pub(crate) fn tell(subject: &Subject, args: &SimulateArgs, out: &Output) -> anyhow::Result<()> {
    if let Some(file) = &args.html {
        let page = html::page(subject, out.lang);
        std::fs::write(file, page)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if out.json {
        out.object(&show::json(subject))?;
    } else {
        show::tables(subject, out)?;
        if let Some(file) = &args.html {
            let words = out.pick("With charts:", "图表页面：");
            out.line(&format!("{words} {}", file.display()))?;
        }
    }
    Ok(())
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
