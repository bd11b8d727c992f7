//! Waits until every service is ready, with a live checklist.

use std::time::{Duration, Instant};

use anyhow::bail;
use futures::future::try_join_all;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use redress_wire::Service;

use super::Child;
use crate::{admin, args::Addresses, output::Output};

const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Rebuilding a big store from the log takes its time.
const READY_WITHIN: Duration = Duration::from_mins(10);

/// Waits until all of them are ready, showing what each one waits for.
pub(crate) async fn wait_until_ready(
    children: &mut [Child],
    at: &Addresses,
    out: &Output,
) -> anyhow::Result<()> {
    let list = MultiProgress::new();
    if !out.terminal || out.json {
        list.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("  {spinner} {prefix:12} {wide_msg}")?;
    let waits = children.iter_mut().map(|child| {
        let bar = list.add(ProgressBar::new_spinner().with_style(style.clone()));
        bar.set_prefix(child.name.clone());
        bar.enable_steady_tick(LOOK_EVERY);
        wait(child, at, out, bar)
    });
    try_join_all(waits).await.map(drop)
}

async fn wait(
    child: &mut Child,
    at: &Addresses,
    out: &Output,
    bar: ProgressBar,
) -> anyhow::Result<()> {
    let started = Instant::now();
    let service: Service = child.name.parse()?;
    loop {
        if let Some(status) = child.ended() {
            bar.finish_with_message("ended");
            let (name, words) = (&child.name, child.last_lines());
            bail!("{name} ended before it was ready ({status}); its last words:\n{words}");
        }
        let seconds = started.elapsed().as_secs_f64();
        match admin::readiness(at.admin(service)).await {
            Some(state) if state.ready => {
                let done = format!("{} ({seconds:.1} s)", out.pick("ready", "就绪"));
                bar.finish_with_message(done.clone());
                if bar.is_hidden() {
                    out.say(&format!("  {:12} {done}", child.name));
                }
                return Ok(());
            }
            Some(state) => bar.set_message(state.reasons()),
            None => bar.set_message(out.pick("starting", "启动中").to_owned()),
        }
        if started.elapsed() > READY_WITHIN {
            bail!(
                "{service} is not ready after {READY_WITHIN:?}; see {}",
                child.log.display()
            );
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
