//! Starts again what died.

use std::time::{Duration, Instant};

use redress_wire::Service;

use super::{Plan, Running, start_broker, start_service};
use crate::{commands::Ending, output::Output};

const LOOK_EVERY: Duration = Duration::from_millis(200);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// A process that lived this long did not die of its start.
const SETTLED: Duration = Duration::from_secs(30);

/// What is known of one process' deaths.
#[derive(Clone, Copy, Debug)]
struct Deaths {
    pause: Duration,
    started: Instant,
    again_at: Option<Instant>,
}

impl Deaths {
    fn new() -> Self {
        Self {
            pause: FIRST_PAUSE,
            started: Instant::now(),
            again_at: None,
        }
    }

    /// It is dead: gives the pause when this is news, doubled if it died young.
    fn dead(&mut self, now: Instant) -> Option<Duration> {
        if self.again_at.is_some() {
            return None;
        }
        let lived = now.duration_since(self.started);
        self.pause = if lived > SETTLED {
            FIRST_PAUSE
        } else {
            (self.pause * 2).min(LONGEST_PAUSE)
        };
        self.again_at = Some(now + self.pause);
        Some(self.pause)
    }

    fn is_time(&self, now: Instant) -> bool {
        self.again_at.is_some_and(|at| at <= now)
    }

    fn started_again(&mut self, now: Instant) {
        self.started = now;
        self.again_at = None;
    }
}

/// Looks after the broker and the services for ever.
pub(super) async fn keep_running(
    running: &mut Running,
    plan: &Plan,
    out: &Output,
) -> anyhow::Result<Ending> {
    let mut deaths = [Deaths::new(); Service::ALL.len() + 1];
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Running { broker, services } = &mut *running;
        let children = services.iter_mut().chain(broker);
        for (child, deaths) in children.zip(&mut deaths) {
            let Some(status) = child.ended() else {
                continue;
            };
            let now = Instant::now();
            if let Some(pause) = deaths.dead(now) {
                let (name, log) = (&child.name, child.log.display());
                out.complain(&format!(
                    "{name} ended ({status}), again in {pause:?}; see {log}"
                ));
            }
            if deaths.is_time(now) {
                let service = plan
                    .services
                    .iter()
                    .find(|one| one.service.name() == child.name);
                match (service, &plan.broker) {
                    (Some(settings), _) => *child = start_service(settings)?,
                    (None, Some(config)) => *child = start_broker(config)?,
                    (None, None) => {}
                }
                deaths.started_again(now);
                out.say(&format!(
                    "{} {}",
                    child.name,
                    out.pick("is started again", "已重新启动")
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_dies_young_is_left_alone_longer_each_time() {
        let now = Instant::now();
        let mut deaths = Deaths::new();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            pauses.push(deaths.dead(now).expect("news"));
            assert_eq!(deaths.dead(now), None);
            deaths.started_again(now);
        }
        assert_eq!(pauses[0], Duration::from_secs(1));
        assert_eq!(pauses[1], Duration::from_secs(2));
        assert_eq!(pauses[7], LONGEST_PAUSE);
        assert_eq!(deaths.dead(now + SETTLED * 2), Some(FIRST_PAUSE));
    }
}
