//! Tasks with an owner, and the order in which a process stops.
//!
//! SIGTERM or SIGINT asks for a soft stop: phase after phase ([`Phase`]), tasks are told to stop
//! taking work and to finish what they have. What has not finished within the grace is aborted.
//! The same signal a second time aborts at once; the other one does not, for Ctrl-C reaches a whole
//! process group, and its parent passes on a SIGTERM as well. SIGHUP asks for a reload. A task that panics, fails, or ends
//! although nobody asked it to, stops the process with a non-zero exit code: a process that limps
//! helps nobody, its supervisor starts a whole one.

mod group;
mod outcome;
mod signals;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use group::Group;
pub use outcome::{Failure, Outcome};
pub use signals::{Signal, os_signals};

/// How long a soft stop may take. Orchestrators commonly kill after 30 s; a drain takes
/// milliseconds, so 10 s is ample and leaves room for the flush of traces.
pub const GRACE: Duration = Duration::from_secs(10);

/// The order of stopping: a phase is stopped when the one before has drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Where work comes in: gRPC, NATS requests, the inbox.
    Doors,
    /// Where work is done: rounds, stores, outside effects.
    Work,
    /// What watches over the rest: the admin endpoints, the policy watcher.
    Watch,
}

impl Phase {
    const ALL: [Self; 3] = [Self::Doors, Self::Work, Self::Watch];
}

/// Owns the tasks of a process; clones share them.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    groups: [Group; 3],
    stopping: CancellationToken,
    failure: watch::Sender<Option<Failure>>,
    reload: watch::Sender<u64>,
    grace: Duration,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self::new(GRACE)
    }
}

impl Lifecycle {
    /// A lifecycle without tasks, whose stop may take `grace` before tasks are aborted.
    pub fn new(grace: Duration) -> Self {
        let shared = Shared {
            groups: std::array::from_fn(|_| Group::default()),
            stopping: CancellationToken::new(),
            failure: watch::Sender::new(None),
            reload: watch::Sender::new(0),
            grace,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Runs `task` until its token is cancelled; ending before that, an error or a panic stops
    /// the process. When the grace is over the task is aborted where it awaits.
    pub fn spawn<F, T>(&self, phase: Phase, name: &'static str, task: F)
    where
        F: FnOnce(CancellationToken) -> T,
        T: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.spawn_as(phase, name, true, task);
    }

    /// Like [`Self::spawn`] for a task that may end by itself.
    pub fn spawn_finite<F, T>(&self, phase: Phase, name: &'static str, task: F)
    where
        F: FnOnce(CancellationToken) -> T,
        T: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.spawn_as(phase, name, false, task);
    }

    fn spawn_as<F, T>(&self, phase: Phase, name: &'static str, endless: bool, task: F)
    where
        F: FnOnce(CancellationToken) -> T,
        T: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let group = &self.shared.groups[phase as usize];
        let (stop, abort) = (group.stop.clone(), group.abort.clone());
        let mut running = tokio::spawn(task(stop.clone()).in_current_span());
        let present = group.enter(name);
        let shared = Arc::clone(&self.shared);
        group.tracker.spawn(async move {
            let _present = present;
            let ended = tokio::select! {
                ended = &mut running => ended,
                () = abort.cancelled() => {
                    running.abort();
                    return;
                }
            };
            let reason = match ended {
                Ok(Ok(())) if stop.is_cancelled() || !endless => return,
                Ok(Ok(())) => "ended although nobody asked it to".to_owned(),
                Ok(Err(error)) => format!("{error:#}"),
                Err(panic) => outcome::panic_text(panic),
            };
            shared.fail(Failure { task: name, reason });
        });
    }

    /// Asks for a soft stop, as SIGTERM does.
    pub fn stop(&self) {
        self.shared.stopping.cancel();
    }

    /// Cancelled as soon as a soft stop is asked for, before any phase is stopped.
    pub fn stopping(&self) -> CancellationToken {
        self.shared.stopping.clone()
    }

    /// Counts the reloads asked for by SIGHUP.
    pub fn reloads(&self) -> watch::Receiver<u64> {
        self.shared.reload.subscribe()
    }

    /// Starts with `start`, runs until a signal, a stop or a failure, and drains.
    pub async fn run_until_stopped(
        &self,
        start: impl Future<Output = anyhow::Result<()>>,
        mut signals: mpsc::Receiver<Signal>,
    ) -> Outcome {
        let (start_error, signal) = match self.run(start, &mut signals).await {
            Ok(signal) => (None, signal),
            Err(error) => (Some(error), None),
        };
        self.shared.stopping.cancel();
        let lingering = tokio::select! {
            lingering = self.drain() => lingering,
            () = second_stop(signal, &mut signals) => return Outcome::Aborted,
        };
        match (start_error, self.shared.failure.borrow().clone()) {
            (Some(error), _) => Outcome::NotStarted(error),
            (None, Some(failure)) => Outcome::Failed(failure),
            (None, None) if lingering.is_empty() => Outcome::Stopped,
            (None, None) => Outcome::HardStopped { lingering },
        }
    }

    /// Returns when it is time to stop, with the signal or the error of the start that is why.
    async fn run(
        &self,
        start: impl Future<Output = anyhow::Result<()>>,
        signals: &mut mpsc::Receiver<Signal>,
    ) -> anyhow::Result<Option<&'static str>> {
        tokio::pin!(start);
        let mut started = false;
        let mut failure = self.shared.failure.subscribe();
        loop {
            tokio::select! {
                result = &mut start, if !started => {
                    result?;
                    started = true;
                }
                Some(signal) = signals.recv() => match signal {
                    Signal::Reload => self.shared.reload.send_modify(|count| *count += 1),
                    Signal::Stop(name) => {
                        tracing::info!(signal = name, "{name} received, stopping");
                        return Ok(Some(name));
                    }
                },
                _ = failure.wait_for(Option::is_some) => return Ok(None),
                () = self.shared.stopping.cancelled() => return Ok(None),
            }
        }
    }

    /// Stops phase after phase; gives the names of the tasks that had to be aborted.
    async fn drain(&self) -> Vec<&'static str> {
        let begun = Instant::now();
        let mut lingering = Vec::new();
        for phase in Phase::ALL {
            // Open streams must not eat the time in which the work behind them is saved.
            let share = if phase == Phase::Doors { 2 } else { 1 };
            let group = &self.shared.groups[phase as usize];
            lingering.extend(group.drain(begun + self.shared.grace / share).await);
        }
        lingering
    }
}

impl Shared {
    /// Keeps the first failure; the others are most often its consequences.
    fn fail(&self, failure: Failure) {
        tracing::error!(task = failure.task, "{failure}, the process stops");
        self.failure.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(failure);
            is_first
        });
    }
}

/// Returns at a signal that has come before.
async fn second_stop(first: Option<&'static str>, signals: &mut mpsc::Receiver<Signal>) {
    let mut seen: Vec<_> = first.into_iter().collect();
    loop {
        match signals.recv().await {
            Some(Signal::Stop(name)) if seen.contains(&name) => {
                tracing::warn!(signal = name, "{name} received again, aborting");
                return;
            }
            Some(Signal::Stop(name)) => seen.push(name),
            Some(Signal::Reload) => {}
            None => std::future::pending().await,
        }
    }
}
