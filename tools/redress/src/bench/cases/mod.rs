//! Work on cases, with as many open as `--cases` says: commands a second on one hot case and
//! across many, how long a command takes, and how long the first page of a work list takes.

mod hot;
mod life;
mod lists;
mod page;
mod people;
mod single;
mod spread;

use std::time::Duration;

use super::{
    BenchArgs,
    load::{Load, Text},
    memory,
    rig::Rig,
    throughput::fill,
};
use crate::{commands::policy, output::Output};
pub(super) use hot::Hot;
use life::{Life, Words};
pub(super) use lists::Lists;
pub(super) use single::Single;
pub(super) use spread::Spread;

/// So many cases are worked on at once; with fewer, all that there are.
const WORKED_ON: usize = 10_000;
/// Commands a second while their answers are timed: some hundred people who each do something
/// every second, and well below what the machine can do.
pub(super) const RATE: f64 = 500.0;

/// What working on cases costs.
#[derive(Clone, Debug)]
pub(super) struct Cases {
    /// Cases that were there.
    pub(super) open: u64,
    /// Of them worked on.
    pub(super) worked_on: usize,
    /// MiB of the five services when the cases were in, and of router alone.
    pub(super) services_mib: f64,
    pub(super) router_mib: f64,
    /// Lists while nothing else happens, and while commands come in at [`RATE`].
    pub(super) quiet: Lists,
    pub(super) busy: Lists,
    pub(super) single: Single,
    pub(super) spread: Spread,
    pub(super) hot: Hot,
}

pub(super) async fn measure(
    args: &BenchArgs,
    texts: &[Text],
    out: &Output,
) -> anyhow::Result<Cases> {
    let words = Words::of(&policy::load(&args.policy_dir)?)?;
    let rig = Rig::start(args, &args.policy_dir, out).await?;
    out.say(&format!("cases: {} are lodged", args.cases));
    let mut load = Load::new(texts);
    fill(args, &rig, &mut load).await?;
    let memory = memory::measure(&rig)?;
    let router = memory.iter().find(|(name, _)| name == "router");
    let clients = rig.clients();
    let mut workers = people::who_works(&clients, WORKED_ON + 1).await?;
    let hot_one = workers.pop();
    let (Some(hot_one), false) = (hot_one, workers.is_empty()) else {
        anyhow::bail!("there is nothing to work on; give more --cases");
    };

    out.say("cases: first pages of work lists");
    let quiet = lists::measure(&clients, &workers, lists::enough()).await?;
    out.say(&format!("cases: {RATE:.0} commands a second, and lists"));
    let seconds = Duration::from_secs(args.seconds);
    let mut lives: Vec<Life> = workers.iter().map(|case| Life::new(&words, case)).collect();
    let single = single::measure(&clients, &mut lives, seconds);
    let busy = lists::measure(&clients, &workers, lists::for_a_while(seconds));
    let (single, busy) = tokio::try_join!(single, busy)?;
    out.say("cases: as many commands as it takes, over all of them");
    let spread = spread::measure(&clients, lives, seconds).await?;
    out.say("cases: as many commands as it takes, on one");
    let hot = hot::measure(&clients, &hot_one, seconds).await?;
    rig.stop().await;
    Ok(Cases {
        open: load.made,
        worked_on: workers.len(),
        services_mib: memory::services_mib(&memory),
        router_mib: router.map_or(0.0, |(_, mib)| *mib),
        quiet,
        busy,
        single,
        spread,
        hot,
    })
}
