//! How long a command takes from when it was due to be sent to its answer.

use std::time::{Duration, Instant};

use redress_wire::{Service, router::ExecuteRequest};
use tokio::task::JoinSet;
use tonic::Status;

use super::{RATE, life::Life};
use crate::{
    clients::Clients,
    percentile::{Sorted, Times},
};

/// Commands of the first seconds, while caches fill, are not timed.
const WARM_UP_SECONDS: f64 = 2.0;

/// Times of the answers of single calls, in an open loop.
#[derive(Clone, Debug)]
pub(in super::super) struct Single {
    pub(in super::super) times: Sorted,
    pub(in super::super) count: usize,
    pub(in super::super) refused: u64,
}

pub(super) async fn measure(
    clients: &Clients,
    lives: &mut [Life],
    time: Duration,
) -> anyhow::Result<Single> {
    let client = clients.case_commands()?;
    let started = Instant::now();
    let mut under_way: JoinSet<Result<(usize, Duration), (usize, Status)>> = JoinSet::new();
    let mut found = Single {
        times: Times::default().sorted(),
        count: 0,
        refused: 0,
    };
    let warm = (WARM_UP_SECONDS * RATE) as usize;
    let count = warm + (time.as_secs_f64() * RATE) as usize;
    let mut times = Times::default();
    let mut hear = |heard: Result<(usize, Duration), (usize, Status)>| match heard {
        Ok((number, took)) if number >= warm => {
            times.add(took);
            Ok(())
        }
        Ok(_) => Ok(()),
        Err((_, status)) if is_refusal(&status) => {
            found.refused += 1;
            Ok(())
        }
        Err((_, status)) => Err(clients.explain(Service::Router, &status)),
    };
    for number in 0..count {
        let due = started + Duration::from_secs_f64(number as f64 / RATE);
        tokio::time::sleep_until(due.into()).await;
        // Whoever comes round again has an answer long since: cases are many.
        let at = number % lives.len();
        let command = Some(lives[at].command());
        let mut client = client.clone();
        under_way.spawn(async move {
            let answer = client.execute(ExecuteRequest { command }).await;
            answer
                .map(|_| (number, due.elapsed()))
                .map_err(|status| (number, status))
        });
        while let Some(heard) = under_way.try_join_next() {
            hear(heard?)?;
        }
    }
    while let Some(heard) = under_way.join_next().await {
        hear(heard?)?;
    }
    found.count = times.len();
    found.times = times.sorted();
    Ok(found)
}

/// A case says no; everything else is trouble.
fn is_refusal(status: &Status) -> bool {
    use tonic::Code;
    matches!(
        status.code(),
        Code::FailedPrecondition | Code::PermissionDenied | Code::InvalidArgument | Code::Aborted
    )
}
