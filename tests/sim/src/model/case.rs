//! One case: what must come before what, and what may come once only.

use std::collections::BTreeSet;

use redress_wire::{Payload, cloud_type, intake::ComplaintRegistered};

use super::{Checked, Place, Promise, clocks::Clocks, notices::Notices, work::Work};

/// A case as the log tells it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) number: String,
    pub(super) body_digest: Vec<u8>,
    pub(super) partition: u32,
    pub(super) registered: u64,
    routed: Option<u64>,
    is_repeat: bool,
    pub(super) clocks: Clocks,
    pub(super) notices: Notices,
    pub(super) work: Work,
}

impl Case {
    pub(super) fn registered(place: Place, registered: &ComplaintRegistered) -> Self {
        Self {
            number: registered.number.clone(),
            body_digest: registered.body_digest.clone(),
            partition: place.partition,
            registered: place.sequence,
            routed: None,
            is_repeat: false,
            clocks: Clocks::default(),
            notices: Notices::default(),
            work: Work::default(),
        }
    }

    pub(super) fn event(&mut self, place: Place, at_us: i64, payload: &Payload) -> Checked {
        if place.partition != self.partition {
            let seen = format!("{} is of partition {}", self.number, self.partition);
            return Err((Promise::Order, seen));
        }
        let told = match payload {
            Payload::RepeatLinked(_) if self.is_repeat => twice("linked"),
            Payload::RepeatLinked(_) => {
                self.is_repeat = true;
                Ok(())
            }
            Payload::CaseRouted(_) if self.routed.is_some() => twice("routed"),
            Payload::CaseRouted(routed) => {
                self.routed = Some(place.sequence);
                self.work.routed(&routed.handler);
                place.has_folded(self.registered)
            }
            Payload::ClocksStarted(started) => match self.routed {
                None => Err((
                    Promise::Order,
                    "its clocks start before it is routed".into(),
                )),
                Some(routed) => place
                    .has_folded(routed)
                    .and_then(|()| self.clocks.started(started)),
            },
            payload if cloud_type(payload).starts_with("redress.sla_monitor.") => {
                self.clocks.event(at_us, payload)
            }
            payload if cloud_type(payload).starts_with("redress.notifier.") => place
                .has_folded(self.registered)
                .and_then(|()| self.notices.event(payload)),
            Payload::CaseEvent(fact) => self.work.went_on(place.sequence, fact),
            _ => Ok(()),
        };
        told.map_err(|(promise, seen)| (promise, format!("{}: {seen}", self.number)))
    }

    /// What is missing once all is done, at `now_us`.
    pub(super) fn at_rest(&self, now_us: i64, told: &BTreeSet<String>) -> Vec<(Promise, String)> {
        let mut missing = Vec::new();
        if self.routed.is_none() {
            missing.push((Promise::Order, "was never routed".to_owned()));
        } else if !self.clocks.ran() {
            missing.push((Promise::Order, "has no clocks".to_owned()));
        }
        missing.extend(self.clocks.at_rest(now_us));
        let breached = self.clocks.breached();
        let to_tell = breached.filter(|clock| told.contains(*clock));
        missing.extend(self.notices.at_rest(to_tell));
        let named = |(promise, seen)| (promise, format!("{} {seen}", self.number));
        missing.into_iter().map(named).collect()
    }
}

fn twice(what: &str) -> Checked {
    Err((Promise::Once, format!("{what} twice")))
}
