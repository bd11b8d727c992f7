//! The figures of the whole log, counted anew.

use std::collections::BTreeMap;

use redress_wire::{Payload, analytics};

use super::{Model, Promise};

/// Counts by what they are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    counts: BTreeMap<&'static str, i64>,
    by_value: BTreeMap<(&'static str, String), i64>,
}

impl Figures {
    fn add(&mut self, what: &'static str, count: i64) {
        *self.counts.entry(what).or_default() += count;
    }

    fn add_value(&mut self, dimension: &'static str, value: &str, count: i64) {
        let of = (dimension, value.to_owned());
        *self.by_value.entry(of).or_default() += count;
    }

    pub(super) fn count(&mut self, payload: &Payload) {
        match payload {
            Payload::ComplaintRegistered(e) => {
                self.add("complaints", 1);
                self.add_value("channel", &e.channel, 1);
                self.add_value("kind", &e.kind, 1);
            }
            Payload::RepeatLinked(_) => self.add("repeats", 1),
            Payload::CaseRouted(e) => {
                self.add_value("category", &e.category, 1);
                self.add_value("department", &e.department, 1);
                self.add_value("urgency", &e.urgency, 1);
                self.add_value("severity", &e.severity, 1);
            }
            Payload::ClocksStarted(e) => {
                for clock in &e.clocks {
                    self.add("started", 1);
                    if let Some(met) = clock.met_at_us {
                        let on_time = met <= clock.due_at_us;
                        self.add(if on_time { "on_time" } else { "late" }, 1);
                    }
                }
            }
            // What is no longer asked for counts only if it breached before.
            Payload::ClockStopped(e) if e.cancelled => {
                self.add("started", -i64::from(!e.breached));
            }
            // One that breached counts as late already, until news of its being in time comes.
            Payload::ClockStopped(e) => {
                self.add("on_time", i64::from(e.on_time));
                self.add("late", i64::from(!e.on_time) - i64::from(e.breached));
            }
            Payload::ClockWarned(_) => self.add("warnings", 1),
            Payload::ClockBreached(_) => {
                self.add("breaches", 1);
                self.add("late", 1);
            }
            Payload::NotificationPlanned(e) => {
                self.add("planned", 1);
                self.add_value("means", &e.means, 1);
            }
            Payload::NotificationDelivered(_) => self.add("delivered", 1),
            Payload::NotificationGivenUp(_) => self.add("given_up", 1),
            Payload::NotificationRetried(_) => self.add("given_up", -1),
            _ => {}
        }
    }

    /// Those of a service's answer, as far as they are counted here.
    fn of(answer: &analytics::Figures) -> Self {
        let mut figures = Self::default();
        for (what, count) in [
            ("complaints", answer.complaints),
            ("repeats", answer.repeats),
            (
                "started",
                answer.clocks_on_time + answer.clocks_late + answer.clocks_running,
            ),
            ("on_time", answer.clocks_on_time),
            ("late", answer.clocks_late),
            ("warnings", answer.warnings),
            ("breaches", answer.breaches),
            ("planned", answer.notifications_planned),
            ("delivered", answer.notifications_delivered),
            ("given_up", answer.notifications_given_up),
        ] {
            figures.add(what, count as i64);
        }
        for dimension in &answer.dimensions {
            let counted = [
                "channel",
                "kind",
                "category",
                "department",
                "urgency",
                "severity",
                "means",
            ];
            let Some(name) = counted.into_iter().find(|name| *name == dimension.name) else {
                continue;
            };
            for count in &dimension.counts {
                figures.add_value(name, &count.value, count.count as i64);
            }
        }
        figures
    }

    fn without_zeros(mut self) -> Self {
        self.counts.retain(|_, count| *count != 0);
        self.by_value.retain(|_, count| *count != 0);
        self
    }
}

impl Model {
    /// What analytics answers must be what the log says.
    pub fn compare(&self, answer: &analytics::Figures) {
        self.with(|inner| {
            let counted = inner.figures.clone().without_zeros();
            let answered = Figures::of(answer).without_zeros();
            if counted != answered {
                let seen = format!("the log says {counted:?}, analytics {answered:?}");
                inner.broken(Promise::Figures, seen);
            }
        });
    }
}
