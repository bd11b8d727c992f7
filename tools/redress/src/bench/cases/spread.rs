//! Commands a second over many cases, each of which waits for its answers.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use redress_wire::router::{CaseCommand, ExecuteRefusal, ExecuteResponse};

use super::life::Life;
use crate::{
    case::many::{Lane, carry_out},
    clients::Clients,
    lang::Lang,
};

/// Caches fill and rounds find their size.
const WARM_UP_SHARE: f64 = 0.2;

/// What the run gave.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Spread {
    pub(in super::super) per_second: f64,
    /// Commands that were timed, and of all commands those that were refused.
    pub(in super::super) commands: u64,
    pub(in super::super) refused: u64,
}

pub(super) async fn measure(
    clients: &Clients,
    lives: Vec<Life>,
    time: Duration,
) -> anyhow::Result<Spread> {
    let now = Instant::now();
    let run = Rc::new(Run {
        warm: now + time.mul_f64(WARM_UP_SHARE),
        ends: now + time,
        counted: Cell::new(0),
        refused: Cell::new(0),
        last: Cell::new(now),
    });
    let width = lives.len();
    let lanes = lives.into_iter().map(|life| Worker {
        life,
        run: run.clone(),
    });
    carry_out(clients, lanes, (width, Lang::En), drop).await?;
    let seconds = run.last.get().duration_since(run.warm).as_secs_f64();
    anyhow::ensure!(
        run.counted.get() > 0,
        "the run was too short; give more --seconds"
    );
    Ok(Spread {
        per_second: run.counted.get() as f64 / seconds.max(1e-3),
        commands: run.counted.get(),
        refused: run.refused.get(),
    })
}

struct Run {
    warm: Instant,
    ends: Instant,
    counted: Cell<u64>,
    refused: Cell<u64>,
    last: Cell<Instant>,
}

struct Worker {
    life: Life,
    run: Rc<Run>,
}

impl Lane for Worker {
    fn next(&mut self) -> Option<CaseCommand> {
        (Instant::now() < self.run.ends).then(|| self.life.command())
    }

    fn answered(&mut self, answer: Result<ExecuteResponse, ExecuteRefusal>) {
        let now = Instant::now();
        if answer.is_err() {
            self.run.refused.set(self.run.refused.get() + 1);
        } else if now >= self.run.warm {
            self.run.counted.set(self.run.counted.get() + 1);
            self.run.last.set(now);
        }
    }
}
