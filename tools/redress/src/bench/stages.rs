//! How far complaints are, by the figures of analytics: what it counted is in the log.

use std::time::{Duration, Instant};

use redress_wire::{
    Service,
    analytics::{Figures, GetFiguresRequest},
};

use crate::clients::Clients;

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Complaints that reached each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stages {
    /// Registered and counted.
    pub(super) counted: u64,
    pub(super) routed: u64,
    /// Clocks started: several for each complaint.
    pub(super) clocks: u64,
    /// Notifications planned: several for each complaint.
    pub(super) notified: u64,
}

impl Stages {
    pub(super) async fn now(clients: &Clients) -> anyhow::Result<Self> {
        Ok(Self::of(&figures(clients).await?))
    }

    fn of(figures: &Figures) -> Self {
        let department = figures
            .dimensions
            .iter()
            .find(|one| one.name == "department");
        Self {
            counted: figures.complaints,
            routed: department.map_or(0, |one| one.counts.iter().map(|count| count.count).sum()),
            clocks: figures.clocks_on_time + figures.clocks_late + figures.clocks_running,
            notified: figures.notifications_planned,
        }
    }
}

/// The figures of all days.
pub(super) async fn figures(clients: &Clients) -> anyhow::Result<Figures> {
    let answer = clients
        .analytics()?
        .get_figures(GetFiguresRequest::default())
        .await;
    let figures = answer.map_err(|status| clients.explain(Service::Analytics, &status))?;
    Ok(figures.into_inner())
}

/// Waits until this many are counted and routed and nothing moves any more; says since when.
/// `patience` is for a count that stands still, and for the quiet once all are in.
pub(super) async fn settled(
    clients: &Clients,
    complaints: u64,
    patience: Duration,
) -> anyhow::Result<(Stages, Instant)> {
    let mut moved = Instant::now();
    let mut quiet_since = moved;
    let mut before = Stages::default();
    loop {
        let now = Stages::now(clients).await?;
        if (now.counted, now.routed) != (before.counted, before.routed) {
            moved = Instant::now();
        }
        if now != before {
            quiet_since = Instant::now();
        } else if now.counted >= complaints && now.routed >= complaints {
            return Ok((now, quiet_since));
        }
        anyhow::ensure!(
            moved.elapsed() < patience,
            "of {complaints} complaints {} are counted and {} routed, {patience:?} without a new \
             one: {now:?}",
            now.counted,
            now.routed
        );
        before = now;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use redress_wire::analytics::{Count, Dimension};

    use super::*;

    #[test]
    fn stages_are_read_from_the_figures() {
        let counts = vec![
            Count {
                value: "a".into(),
                count: 2,
            },
            Count {
                value: "b".into(),
                count: 3,
            },
        ];
        let figures = Figures {
            complaints: 6,
            clocks_running: 10,
            clocks_late: 1,
            notifications_planned: 12,
            dimensions: vec![Dimension {
                name: "department".into(),
                counts,
            }],
            ..Figures::default()
        };
        let wanted = Stages {
            counted: 6,
            routed: 5,
            clocks: 11,
            notified: 12,
        };
        assert_eq!(Stages::of(&figures), wanted);
    }
}
