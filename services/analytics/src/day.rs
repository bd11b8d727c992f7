//! The figures of one registration day.

use std::collections::BTreeMap;

use redress_wire::analytics::{DayFigures, NamedCount};

use crate::Histogram;

/// What complaints are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Where it came from.
    Channel,
    /// Complaint, suggestion, objection, partner relay.
    Kind,
    /// What it is about.
    Category,
    /// Who leads.
    Department,
    /// How urgent.
    Urgency,
    /// How severe.
    Severity,
    /// How far it has got: registered, assigned, accepted, and so on.
    State,
    /// Notifications by means: email, webhook, none.
    Means,
    /// Who has it.
    Handler,
    /// How it ended: closed, withdrawn, rejected, unmeetable, merged.
    Outcome,
    /// What the customer said last.
    Satisfaction,
    /// Departments by the cases that they have and that have not ended.
    DepartmentOpen,
    /// Departments by the cases that are closed there.
    DepartmentClosed,
    /// Departments by the times that a case was opened again there.
    DepartmentReopened,
    /// Departments by the customers who said last that they are not satisfied.
    DepartmentDissatisfied,
}

impl Dimension {
    const ALL: [Self; 15] = [
        Self::Channel,
        Self::Kind,
        Self::Category,
        Self::Department,
        Self::Urgency,
        Self::Severity,
        Self::State,
        Self::Means,
        Self::Handler,
        Self::Outcome,
        Self::Satisfaction,
        Self::DepartmentOpen,
        Self::DepartmentClosed,
        Self::DepartmentReopened,
        Self::DepartmentDissatisfied,
    ];

    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Kind => "kind",
            Self::Category => "category",
            Self::Department => "department",
            Self::Urgency => "urgency",
            Self::Severity => "severity",
            Self::State => "state",
            Self::Means => "means",
            Self::Handler => "handler",
            Self::Outcome => "outcome",
            Self::Satisfaction => "satisfaction",
            Self::DepartmentOpen => "department_open",
            Self::DepartmentClosed => "department_closed",
            Self::DepartmentReopened => "department_reopened",
            Self::DepartmentDissatisfied => "department_dissatisfied",
        }
    }
}

/// Everything counted of the complaints registered on one day. Two can be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Complaints registered.
    pub complaints: u64,
    /// Of these, likely repeats.
    pub repeats: u64,
    /// Clocks that ever ran.
    pub clocks_started: u64,
    /// Clocks that were met in time.
    pub clocks_on_time: u64,
    /// Clocks that were met late or ran past their end.
    pub clocks_late: u64,
    /// Warning points that fired.
    pub warnings: u64,
    /// Clocks that ran past their end.
    pub breaches: u64,
    /// Notifications recorded.
    pub notifications_planned: u64,
    /// Notifications that a receiver has taken.
    pub notifications_delivered: u64,
    /// Notifications given up and not asked for again.
    pub notifications_given_up: u64,
    /// From the registration to the routing.
    pub routing: Histogram,
    /// From the start of the first-response clock to its stop.
    pub first_response: Histogram,
    /// From the time when a clock was to fire to the time it did.
    pub clock_lateness: Histogram,
    /// Events counted.
    pub events: u64,
    /// Times that a case was opened again.
    pub reopenings: u64,
    /// From the registration to the last closing.
    pub resolution: Histogram,
    /// Levels that approved a plan.
    pub approvals_given: u64,
    /// Levels that refused one.
    pub approvals_refused: u64,
    /// Levels that did not answer in time.
    pub approvals_escalated: u64,
    /// Notifications that became needless before they went out.
    pub notifications_dropped: u64,
    /// Extensions granted.
    pub extensions: u64,
    /// Times that a case was put on hold.
    pub holds: u64,
    /// Steps of ladders that were reached.
    pub escalations: u64,
    counts: [BTreeMap<Box<str>, i64>; Dimension::ALL.len()],
}

impl Day {
    /// Adds to the count of a value.
    pub fn add(&mut self, dimension: Dimension, value: &str, count: i64) {
        let counts = &mut self.counts[dimension as usize];
        // Values are few (the policy's), so nearly always the key is there already.
        if let Some(present) = counts.get_mut(value) {
            *present += count;
        } else {
            counts.insert(value.into(), count);
        }
    }

    /// The counts of a dimension, by value.
    pub fn counts(&self, dimension: Dimension) -> impl Iterator<Item = (&str, i64)> {
        self.counts[dimension as usize]
            .iter()
            .map(|(value, &count)| (&**value, count))
    }

    /// Clocks that run and are not past their end.
    pub fn clocks_running(&self) -> u64 {
        self.clocks_started
            .saturating_sub(self.clocks_on_time + self.clocks_late)
    }

    /// Adds the figures of another day or partition.
    pub fn merge(&mut self, other: &Self) {
        self.complaints += other.complaints;
        self.repeats += other.repeats;
        self.clocks_started += other.clocks_started;
        self.clocks_on_time += other.clocks_on_time;
        self.clocks_late += other.clocks_late;
        self.warnings += other.warnings;
        self.breaches += other.breaches;
        self.notifications_planned += other.notifications_planned;
        self.notifications_delivered += other.notifications_delivered;
        self.notifications_given_up += other.notifications_given_up;
        self.routing.merge(&other.routing);
        self.first_response.merge(&other.first_response);
        self.clock_lateness.merge(&other.clock_lateness);
        self.events += other.events;
        self.reopenings += other.reopenings;
        self.approvals_given += other.approvals_given;
        self.approvals_refused += other.approvals_refused;
        self.approvals_escalated += other.approvals_escalated;
        self.notifications_dropped += other.notifications_dropped;
        self.extensions += other.extensions;
        self.holds += other.holds;
        self.escalations += other.escalations;
        self.resolution.merge(&other.resolution);
        for dimension in Dimension::ALL {
            for (value, count) in other.counts(dimension) {
                self.add(dimension, value, count);
            }
        }
    }

    /// As rows and answers between replicas carry it.
    pub fn to_wire(&self, day: u32) -> DayFigures {
        let counts = Dimension::ALL.into_iter().flat_map(|dimension| {
            self.counts(dimension)
                .map(move |(value, count)| NamedCount {
                    dimension: dimension.name().to_owned(),
                    value: value.to_owned(),
                    count,
                })
        });
        DayFigures {
            day,
            complaints: self.complaints,
            repeats: self.repeats,
            counts: counts.collect(),
            clocks_started: self.clocks_started,
            clocks_on_time: self.clocks_on_time,
            clocks_late: self.clocks_late,
            warnings: self.warnings,
            breaches: self.breaches,
            notifications_planned: self.notifications_planned,
            notifications_delivered: self.notifications_delivered,
            notifications_given_up: self.notifications_given_up,
            routing: Some(self.routing.to_wire()),
            first_response: Some(self.first_response.to_wire()),
            clock_lateness: Some(self.clock_lateness.to_wire()),
            events: self.events,
            reopenings: self.reopenings,
            approvals_given: self.approvals_given,
            approvals_refused: self.approvals_refused,
            approvals_escalated: self.approvals_escalated,
            notifications_dropped: self.notifications_dropped,
            extensions: self.extensions,
            holds: self.holds,
            escalations: self.escalations,
            resolution: Some(self.resolution.to_wire()),
        }
    }

    /// Reads what [`to_wire`](Self::to_wire) gave. A dimension of another release is left out.
    pub fn from_wire(wire: &DayFigures) -> Self {
        let histogram = |wire: &Option<redress_wire::analytics::Histogram>| {
            wire.as_ref().map(Histogram::from_wire).unwrap_or_default()
        };
        let mut day = Self {
            complaints: wire.complaints,
            repeats: wire.repeats,
            clocks_started: wire.clocks_started,
            clocks_on_time: wire.clocks_on_time,
            clocks_late: wire.clocks_late,
            warnings: wire.warnings,
            breaches: wire.breaches,
            notifications_planned: wire.notifications_planned,
            notifications_delivered: wire.notifications_delivered,
            notifications_given_up: wire.notifications_given_up,
            routing: histogram(&wire.routing),
            first_response: histogram(&wire.first_response),
            clock_lateness: histogram(&wire.clock_lateness),
            events: wire.events,
            reopenings: wire.reopenings,
            approvals_given: wire.approvals_given,
            approvals_refused: wire.approvals_refused,
            approvals_escalated: wire.approvals_escalated,
            notifications_dropped: wire.notifications_dropped,
            extensions: wire.extensions,
            holds: wire.holds,
            escalations: wire.escalations,
            resolution: histogram(&wire.resolution),
            ..Self::default()
        };
        for count in &wire.counts {
            let known = Dimension::ALL
                .into_iter()
                .find(|d| d.name() == count.dimension);
            if let Some(dimension) = known {
                day.add(dimension, &count.value, count.count);
            }
        }
        day
    }

    /// The dimensions, for answers.
    pub(crate) fn dimensions() -> [Dimension; Dimension::ALL.len()] {
        Dimension::ALL
    }
}
