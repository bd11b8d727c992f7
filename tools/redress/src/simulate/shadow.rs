//! `redress policy shadow`: a candidate runs beside the policy in force and only reports.

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use redress_policy::LevelId;
use redress_runtime::Block;
use redress_what_if::{Difference, FiredPoint, Pair, Report, Routing, Shadow, Told};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{decode, show::delta_json, sides::Policies, source::Source, window::instant};
use crate::{
    args::{Global, ShadowArgs},
    commands::Ending,
    output::{Output, moment},
};

/// Blocks read ahead of the comparison.
const AHEAD: usize = 256;
/// How often it is looked whether something fires. Differences are for people.
const TICK: Duration = Duration::from_secs(1);
/// What the readers may take to leave.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

pub(crate) async fn run(
    args: &ShadowArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let policies = Policies::read(Some(&args.against), Some(&args.policy), &[])?;
    let zone = &policies.sides.today.policy().house().time_zone;
    let now = moment();
    let since = args.since.as_deref();
    let since = since.map_or(Ok(now), |text| instant(text, now, zone))?;
    let source = Source::open(&global.nats).await?;
    let (mut readers, blocks) = follow(&source, since).await?;
    let mut watch = Watch {
        shadow: Shadow::new(&policies.sides, since, args.most_cases),
        out,
        differences: 0,
        events: 0,
    };
    eprintln!(
        "{} {} ({}) → {} ({}), {} {since}",
        out.pick("comparing", "对比"),
        policies.dirs.today,
        policies.sides.today.policy().version(),
        policies.dirs.candidate,
        policies.sides.candidate.policy().version(),
        out.pick("complaints from", "投诉登记时间起")
    );
    let ended = watch.follow(args, blocks).await;
    // Nobody takes their blocks any more: they leave, and leave nothing behind.
    let left = async { while readers.join_next().await.is_some() {} };
    drop(tokio::time::timeout(LEAVE_WITHIN, left).await);
    watch.summary(true)?;
    ended.map(|()| Ending::Fine)
}

/// Reads all partitions into one queue.
async fn follow(
    source: &Source,
    since: Timestamp,
) -> anyhow::Result<(JoinSet<()>, mpsc::Receiver<anyhow::Result<Block>>)> {
    let from = source.starts(since).await?;
    let (sender, blocks) = mpsc::channel(AHEAD);
    let mut readers = JoinSet::new();
    for (partition, from) in (0..).zip(from) {
        let mut reading = source.follow(partition, from).await?;
        let sender = sender.clone();
        readers.spawn(async move {
            loop {
                let block = tokio::select! {
                    block = reading.wait() => block,
                    () = sender.closed() => break,
                };
                let faulty = block.is_err();
                if sender.send(block).await.is_err() || faulty {
                    break;
                }
            }
            reading.close().await;
        });
    }
    Ok((readers, blocks))
}

/// The comparison, and what was said so far.
struct Watch<'a> {
    shadow: Shadow<'a>,
    out: &'a Output,
    differences: u64,
    events: u64,
}

impl Watch<'_> {
    /// Until somebody ends it, or the time is up.
    async fn follow(
        &mut self,
        args: &ShadowArgs,
        mut blocks: mpsc::Receiver<anyhow::Result<Block>>,
    ) -> anyhow::Result<()> {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut totals = interval(Duration::from_secs(args.totals.max(1)));
        totals.set_missed_tick_behavior(MissedTickBehavior::Delay);
        totals.tick().await;
        let far = Duration::from_secs(args.seconds.unwrap_or(10 * 365 * 86_400));
        let end = Instant::now() + far;
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                .context("signals cannot be waited for")?;
        loop {
            tokio::select! {
                block = blocks.recv() => match block {
                    Some(block) => self.take(&block?)?,
                    None => anyhow::bail!("the log is not followed any more"),
                },
                _ = tick.tick() => self.tick()?,
                _ = totals.tick(), if args.totals > 0 => self.summary(false)?,
                _ = tokio::signal::ctrl_c() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
                () = sleep_until(end) => return Ok(()),
            }
        }
    }

    fn take(&mut self, block: &Block) -> anyhow::Result<()> {
        self.events += block.content.events.len() as u64;
        let mut told = Vec::new();
        for event in &block.content.events {
            let over = decode::tell(event, &mut |id, happening| {
                told.extend(self.shadow.tell(id, happening));
            });
            if let Some(id) = over {
                self.shadow.end(id);
            }
        }
        self.say(&told)
    }

    fn tick(&mut self) -> anyhow::Result<()> {
        let told = self.shadow.tick(moment());
        self.say(&told)
    }

    fn say(&mut self, told: &[Told]) -> anyhow::Result<()> {
        self.differences += told.len() as u64;
        for one in told {
            self.out.object(&line(one))?;
        }
        Ok(())
    }

    /// The running totals; at the end, for programs, as a last line.
    fn summary(&mut self, last: bool) -> anyhow::Result<()> {
        let report = self.shadow.report(moment());
        let total = report.total();
        let summary = json!({
            "summary": {
                "at": moment().to_string(),
                "events": self.events,
                "differences": self.differences,
                "cases": report.cases,
                "open": self.shadow.open(),
                "leftOut": self.shadow.left_out(),
                "total": delta_json(&total),
                "routing": moves(&report),
            },
        });
        if last && self.out.json {
            self.out.object(&summary)?;
        } else {
            eprintln!("{}", words(&report, self, self.out));
        }
        Ok(())
    }
}

fn moves(report: &Report) -> Value {
    let moves = report.moves.iter().map(
        |(it, count)| json!({"axis": it.axis.name(), "from": it.from, "to": it.to, "cases": count}),
    );
    moves.collect()
}

fn words(report: &Report, watch: &Watch<'_>, out: &Output) -> String {
    let total = report.total();
    let mut parts = vec![format!(
        "{} {}, {} {}, {} {}",
        watch.events,
        out.pick("events", "个事件"),
        report.cases,
        out.pick("cases", "个案件"),
        watch.differences,
        out.pick("differences", "处差异"),
    )];
    for (name, delta) in total.deltas() {
        if !delta.is_nothing() {
            let (en, zh) = super::subject::label(name);
            parts.push(format!(
                "{} +{} -{}",
                out.pick(en, zh),
                delta.more,
                delta.less
            ));
        }
    }
    if watch.shadow.left_out() > 0 {
        let words = out.pick("not followed (--most-cases)", "个未跟踪（--most-cases）");
        parts.push(format!("{} {words}", watch.shadow.left_out()));
    }
    parts.join("; ")
}

/// A difference as a line of JSON.
fn line(told: &Told) -> Value {
    let mut line = match &told.difference {
        Difference::Routed(routes) => {
            let Pair { today, candidate } = routes.as_ref().as_ref().map(routing);
            json!({"what": "routed", "today": today, "candidate": candidate})
        }
        Difference::Fired { which, fired } => {
            let step = match &fired.point {
                FiredPoint::Escalated(step) => Some(step.as_str()),
                FiredPoint::Warned | FiredPoint::Breached => None,
            };
            json!({
                "what": fired.point.name(), "under": which.name(), "clock": fired.clock.as_str(),
                "step": step, "at": fired.at.to_string(), "dueAt": fired.due_at.to_string(),
            })
        }
        Difference::Approval(levels) => {
            let ids =
                |levels: &Vec<LevelId>| -> Value { levels.iter().map(LevelId::as_str).collect() };
            let Pair { today, candidate } = levels.as_ref().map(ids);
            json!({"what": "approval", "today": today, "candidate": candidate})
        }
        Difference::HeldUp {
            which,
            command,
            missing,
        } => {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            json!({
                "what": "held_up", "under": which.name(), "command": command.as_str(),
                "missing": missing,
            })
        }
    };
    line["number"] = json!(&*told.number);
    line
}

fn routing(routing: &Routing) -> Value {
    json!({
        "department": routing.department.as_str(), "handler": routing.handler.as_str(),
        "category": routing.category.as_str(), "urgency": routing.urgency.as_str(),
        "severity": routing.severity.as_str(), "wideImpact": routing.wide_impact,
    })
}
