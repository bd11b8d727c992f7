//! What replicas, partitions and cases cost, and how long their moves take.

mod cost;
mod moves;
mod page;
mod restart;
mod size;

use std::collections::BTreeMap;

use super::{BenchArgs, load, rig::Rig};
use crate::output::Output;

pub(super) use restart::ready;

pub(super) use page::section;

use self::{
    cost::Cost,
    moves::{Moves, StoodBy},
    restart::Restarts,
    size::Size,
};

/// Replicas of each service whose cost is compared.
const REPLICAS: [usize; 3] = [1, 2, 4];
/// Partitions of the installation that shows what a partition takes.
const MANY_PARTITIONS: u32 = 64;

/// Everything that was measured.
#[derive(Debug, Default)]
pub(super) struct Scaling {
    /// By replicas of each service.
    costs: BTreeMap<usize, Cost>,
    moves: Moves,
    /// Resident MiB of each process, with few partitions and with many, and no case.
    partitions: [(u32, Vec<(String, f64)>); 2],
    cases: u64,
    size: Size,
    restarts: Restarts,
    /// With all cases in.
    stood_by: StoodBy,
}

pub(super) async fn measure(
    args: &BenchArgs,
    texts: &[load::Text],
    out: &Output,
) -> anyhow::Result<Scaling> {
    let mut scaling = Scaling::default();
    // There and back: what the machine gains or loses in speed meanwhile meets all alike.
    for replicas in REPLICAS.into_iter().chain(REPLICAS.into_iter().rev()) {
        out.say(&format!("cost: {replicas} replicas of each service"));
        let mut rig = Rig::start(args, &args.policy_dir, out).await?;
        rig.scale_all(replicas).await?;
        let mut load = load::Load::new(texts);
        let cost = cost::measure(&rig, &mut load).await?;
        let earlier = scaling.costs.remove(&replicas);
        if replicas == REPLICAS[1] && earlier.is_none() {
            out.say("moves: replicas end and are killed");
            scaling.moves = moves::measure(&mut rig).await?;
        }
        let cost = match earlier {
            Some(earlier) => earlier.mean(&cost),
            None => cost,
        };
        scaling.costs.insert(replicas, cost);
        rig.stop().await;
    }
    out.say(&format!("partitions: {MANY_PARTITIONS}"));
    scaling.partitions[1] = idle(args, Some(MANY_PARTITIONS), out).await?;
    scaling.partitions[0] = idle(args, None, out).await?;
    out.say(&format!("cases: {}", args.cases));
    let mut rig = Rig::start(args, &args.policy_dir, out).await?;
    let mut load = load::Load::new(texts);
    super::throughput::fill(args, &rig, &mut load).await?;
    scaling.cases = load.made;
    scaling.size = size::measure(&rig)?;
    scaling.restarts = restart::measure(&mut rig, out).await?;
    out.say("standby: a router is killed");
    scaling.stood_by = moves::stood_by(&mut rig).await?;
    rig.stop().await;
    Ok(scaling)
}

/// What the processes keep without a case.
async fn idle(
    args: &BenchArgs,
    partitions: Option<u32>,
    out: &Output,
) -> anyhow::Result<(u32, Vec<(String, f64)>)> {
    /// The number of partitions unless something else is said.
    const USUAL: u32 = 8;
    let rig = Rig::start_with(args, &args.policy_dir, partitions, out).await?;
    let memory = super::memory::measure(&rig)?;
    rig.stop().await;
    Ok((partitions.unwrap_or(USUAL), memory))
}
