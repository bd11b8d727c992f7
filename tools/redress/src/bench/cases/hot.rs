//! Commands a second on one case: one after the other, and sent without waiting for answers.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::{SinkExt as _, channel::mpsc};
use redress_wire::{
    Service,
    router::{ExecuteManyRequest, execute_many_response::Outcome},
};

use super::{life::Life, people::Worked};
use crate::clients::Clients;

/// Commands on the way at once, of a caller who does not wait.
const AHEAD: usize = 512;
/// A case has some hundred facts in its life; one with far more is none that anybody has seen.
const MOST: u64 = 20_000;

/// What the runs gave.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Hot {
    /// Commands a second when each waits for the answer of the one before.
    pub(in super::super) one_by_one: f64,
    /// Commands a second when many are on the way.
    pub(in super::super) ahead: f64,
    /// How many of those there were.
    pub(in super::super) commands: u64,
}

pub(super) async fn measure(
    clients: &Clients,
    case: &Worked,
    time: Duration,
) -> anyhow::Result<Hot> {
    let mut notes = Life::notes(case);
    let (one_by_one, _) = stream(clients, &mut notes, 1, time / 4).await?;
    let (ahead, commands) = stream(clients, &mut notes, AHEAD, time).await?;
    Ok(Hot {
        one_by_one,
        ahead,
        commands,
    })
}

/// Commands a second over one stream with so many on the way; every one has to be done, in order.
async fn stream(
    clients: &Clients,
    life: &mut Life,
    ahead: usize,
    time: Duration,
) -> anyhow::Result<(f64, u64)> {
    let (mut requests, receiver) = mpsc::channel(ahead);
    let (started, mut sent, mut heard, mut version) = (Instant::now(), 0, 0, 0);
    let mut next = |position: u64| ExecuteManyRequest {
        position,
        command: Some(life.command()),
    };
    requests.send(next(0)).await?;
    let answers = clients.case_commands_stream()?.execute_many(receiver).await;
    let explain = |status| clients.explain(Service::Router, &status);
    let mut answers = answers.map_err(explain)?.into_inner();
    loop {
        let goes_on = started.elapsed() < time && sent + 1 < MOST;
        while goes_on && sent + 1 - heard < ahead as u64 {
            sent += 1;
            requests.send(next(sent)).await?;
        }
        let answer = answers.message().await.map_err(explain)?;
        let answer = answer.context("router ended the stream before all was answered")?;
        anyhow::ensure!(answer.position == heard, "answers come out of order");
        let Some(Outcome::Done(done)) = answer.outcome else {
            anyhow::bail!("a note was refused: {:?}", answer.outcome);
        };
        anyhow::ensure!(done.version > version, "versions do not ascend");
        version = done.version;
        heard += 1;
        if heard > sent {
            if !goes_on {
                break;
            }
            sent += 1;
            requests.send(next(sent)).await?;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok((heard as f64 / seconds.max(1e-3), heard))
}
