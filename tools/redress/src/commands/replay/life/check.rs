//! Reads every case's timeline back and compares it with the log once more.

use futures::{StreamExt as _, stream};
use redress_wire::{
    Service,
    router::{GetTimelineRequest, TimelineEntry},
};

use super::{Ended, report::Differences};
use crate::{clients::Clients, lifecycle::Tally};

/// Questions under way at once.
const AT_ONCE: usize = 64;

pub(super) async fn all(
    clients: &Clients,
    lives: &[Ended],
    differences: &mut Differences,
) -> anyhow::Result<()> {
    let asked = stream::iter(lives).map(|life| async move {
        let request = GetTimelineRequest {
            name: life.id.clone(),
        };
        let answer = clients.case_queries()?.get_timeline(request).await;
        let answer = answer.map_err(|status| clients.explain(Service::Router, &status))?;
        anyhow::Ok((life, told(&answer.into_inner().entries, life.log)))
    });
    let mut asked = asked.buffered(AT_ONCE);
    while let Some(compared) = asked.next().await {
        let (life, timeline) = compared?;
        for (figure, log, timeline) in life.log.differences(&timeline) {
            let text = format!("{}: {figure}: log {log}, timeline {timeline}", life.case);
            differences.tell(&text);
        }
    }
    Ok(())
}

/// What a timeline says; it does not know which of its entries are the log's events.
fn told(entries: &[TimelineEntry], log: Tally) -> Tally {
    let count = |event: &str| entries.iter().filter(|entry| entry.event == event).count() as u64;
    Tally {
        cases: 1,
        events: log.events,
        reassigned: count("assigned"),
        reopened: count("reopened"),
        resolved: count("plan_executed").min(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_is_counted_by_its_events() {
        let entry = |event: &str| TimelineEntry {
            event: event.to_owned(),
            ..TimelineEntry::default()
        };
        let events = [
            "assigned",
            "plan_executed",
            "reopened",
            "assigned",
            "plan_executed",
        ];
        let entries: Vec<_> = events.iter().map(|event| entry(event)).collect();
        let told = told(&entries, Tally::default());
        assert_eq!((told.reassigned, told.reopened, told.resolved), (2, 1, 1));
    }
}
