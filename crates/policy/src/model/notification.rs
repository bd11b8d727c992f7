//! `notifications.toml`: which occasion tells whom by which means, and how sending is retried.

use jiff::SignedDuration;

use crate::catalog::entry;
use crate::ids::{ClockId, NotificationId, TemplateId};
use crate::model::deadline::Scope;
use crate::model::words::{Share, words};

words! {
    /// What people are told of.
    Occasion {
        /// Registered under its number.
        Registered = "registered",
        /// A department and a handler got the case.
        Routed = "routed",
        /// A handler accepted it.
        Accepted = "accepted",
        /// A plan was proposed.
        PlanProposed = "plan_proposed",
        /// The plan was carried out.
        Executed = "executed",
        /// Closed with a result.
        Closed = "closed",
        /// Opened again.
        Reopened = "reopened",
        /// Withdrawn by the customer.
        Withdrawn = "withdrawn",
        /// Rejected as unfounded.
        Rejected = "rejected",
        /// A clock comes near its end.
        ClockWarned = "clock_warned",
        /// A clock expired.
        ClockBreached = "clock_breached",
        /// A step of an escalation ladder was reached.
        ClockEscalated = "clock_escalated",
    }
}

words! {
    /// Who is told.
    Audience {
        /// Whoever lodged the complaint.
        Customer = "customer",
        /// The lead department.
        Department = "department",
        /// The handler it is assigned to.
        Handler = "handler",
    }
}

words! {
    /// How they are told.
    Means {
        /// Electronic mail.
        Email = "email",
        /// A signed webhook of the department.
        Webhook = "webhook",
    }
}

/// An occasion, whom it concerns and how they are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Told in events and figures.
    pub id: NotificationId,
    /// When.
    pub on: Occasion,
    /// Clock occasions: only these clocks; empty means all.
    pub clocks: Vec<ClockId>,
    /// Which cases.
    pub scope: Scope,
    /// Whom.
    pub to: Audience,
    /// How.
    pub by: Means,
    /// What it says.
    pub template: TemplateId,
}

/// How sending is retried.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// The wait after the first failure.
    pub initial: SignedDuration,
    /// Each further wait is this many times the one before.
    pub factor: f64,
    /// No wait is longer.
    pub longest: SignedDuration,
    /// Each wait varies by up to this share, so that retries do not march in step.
    pub jitter: Share,
    /// After so many attempts it is given up.
    pub max_attempts: u32,
    /// After so long it is given up.
    pub give_up_after: SignedDuration,
}

impl Retry {
    /// The wait before attempt `after + 1`, without jitter; `after` counts failures from 1.
    pub fn wait(&self, after: u32) -> SignedDuration {
        let exponent = i32::try_from(after.saturating_sub(1))
            .unwrap_or(i32::MAX)
            .min(64);
        let longest = self.longest.as_secs_f64();
        let wait = (self.initial.as_secs_f64() * self.factor.powi(exponent)).min(longest);
        SignedDuration::try_from_secs_f64(wait).unwrap_or(self.longest)
    }
}

entry!(Notification);
