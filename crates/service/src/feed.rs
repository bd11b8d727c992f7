//! The feed for outside subscribers: which events are wanted, and its publisher.

use std::{fmt, str::FromStr, sync::Arc};

use clap::Args;
use redress_host::{Host, Phase};
use redress_log_nats::{Broker, NatsPeers};
use redress_runtime::{Core, FeedParts, Handle, TokioTasks, publish_feed};
use redress_wire::feed::EVENTS;

use crate::ServiceArgs;

/// What outsiders usually want: what comes in, where it goes, and what happens to it. The beats of
/// the clocks and the single notifications are many, and are there for who asks for them.
const NOT_USUAL: [&str; 14] = [
    "clocks_started",
    "clock_stopped",
    "clock_warned",
    "clock_paused",
    "clock_resumed",
    "clock_moved",
    "escalation_acknowledged",
    "notification_planned",
    "notification_attempted",
    "notification_delivered",
    "notification_retried",
    "notification_dropped",
    "command_refused",
    "repeat_linked",
];

/// The events that are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedEvents(Vec<&'static str>);

impl WantedEvents {
    /// Whether an event is published.
    pub fn has(&self, event: &str) -> bool {
        self.0.contains(&event)
    }
}

impl FromStr for WantedEvents {
    type Err = String;

    /// Reads `usual`, `all`, `none`, or names; `-name` takes one out again.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut wanted = Vec::new();
        for word in text.split(',').map(str::trim) {
            let (name, out) = word
                .strip_prefix('-')
                .map_or((word, false), |name| (name, true));
            let named: Vec<&'static str> = match name {
                "all" => EVENTS.to_vec(),
                "usual" => EVENTS
                    .into_iter()
                    .filter(|e| !NOT_USUAL.contains(e))
                    .collect(),
                "none" => Vec::new(),
                _ => EVENTS.into_iter().filter(|event| *event == name).collect(),
            };
            if named.is_empty() && name != "none" {
                let known = EVENTS.join(", ");
                return Err(format!("`{name}` is none of usual, all, none, {known}"));
            }
            wanted.retain(|event| !named.contains(event));
            if !out {
                wanted.extend(named);
            }
        }
        Ok(Self(wanted))
    }
}

impl fmt::Display for WantedEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

/// Publishes the events of the partitions owned here. Without a wanted event nothing runs.
pub(crate) fn start<C: Core, X: Args + Clone + Send + Sync + 'static>(
    host: &Host<ServiceArgs<X>>,
    broker: &Broker,
    handle: &Handle<C, NatsPeers>,
) {
    let wanted = host.settings.own.runtime.events.clone();
    if !C::DECIDES || wanted.0.is_empty() {
        return;
    }
    let owner = handle.clone();
    let parts = FeedParts {
        log: broker.log(),
        feed: broker.feed(),
        service: C::SERVICE,
        partitions: handle.partitions(),
        owns: Arc::new(move |partition| owner.owns(partition)),
        wanted: Arc::new(move |event| wanted.has(event)),
        clock: host.clock.clone(),
        tasks: Arc::new(TokioTasks),
        published: host
            .metrics
            .counter("feed_events", "Events published for outsiders"),
    };
    host.lifecycle
        .spawn(Phase::Work, "feed", |stop| async move {
            publish_feed(parts, stop).await;
            Ok(())
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> WantedEvents {
        text.parse().expect("these events exist")
    }

    #[test]
    fn events_are_chosen_by_name_and_taken_out_again() {
        let chosen = wanted("case_closed, clock_breached");
        assert!(chosen.has("case_closed") && chosen.has("clock_breached"));
        assert!(!chosen.has("case_routed"));
        assert!(!wanted("all,-case_closed").has("case_closed"));
        assert!(wanted("none") == WantedEvents(Vec::new()));
    }

    #[test]
    fn the_usual_events_are_those_of_cases_and_of_deadlines_missed() {
        let usual = wanted("usual");
        for event in [
            "complaint_registered",
            "case_routed",
            "case_closed",
            "clock_breached",
        ] {
            assert!(usual.has(event), "{event}");
        }
        assert!(
            NOT_USUAL
                .iter()
                .all(|event| EVENTS.contains(event) && !usual.has(event))
        );
    }

    #[test]
    fn an_event_that_does_not_exist_is_refused_with_those_that_do() {
        let refused = "case_clozed"
            .parse::<WantedEvents>()
            .expect_err("there is none");
        assert!(
            refused.contains("`case_clozed`") && refused.contains("case_closed"),
            "{refused}"
        );
    }
}
