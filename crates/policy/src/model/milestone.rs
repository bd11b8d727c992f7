//! What happens in the life of a case, as far as clocks and letters care.

use std::fmt;

use crate::ids::MeasureId;
use crate::model::words::words;

words! {
    /// What happens in the life of a case, as far as clocks and letters care (domain.md 4).
    Milestone {
        /// The submission reached the platform; the registration tells when.
        Received = "received",
        /// Registered under its number.
        Registered = "registered",
        /// The acknowledgement was delivered to the customer.
        Acknowledged = "acknowledged",
        /// Category, urgency, department and handler are decided.
        Routed = "routed",
        /// A handler accepted the case: work has started.
        Accepted = "accepted",
        /// Handed to the level above.
        TransferredUp = "transferred_up",
        /// Several departments handle it, one of them leads.
        JointHandlingStarted = "joint_handling_started",
        /// The preliminary verification is done: authentic or not, reasonable or not.
        Verified = "verified",
        /// The investigation is complete.
        Investigated = "investigated",
        /// A plan was proposed.
        PlanProposed = "plan_proposed",
        /// Whoever may approve the plan did.
        PlanApproved = "plan_approved",
        /// The plan was put to the customer.
        Offered = "offered",
        /// The customer refused the plan.
        ConsentRefused = "consent_refused",
        /// A new plan was proposed after the customer refused the last.
        Adjusted = "adjusted",
        /// The customer agreed to the plan.
        CustomerAgreed = "customer_agreed",
        /// The customer was told something on the way (a note that the customer may see).
        CustomerInformed = "customer_informed",
        /// The plan was carried out.
        Executed = "executed",
        /// The customer confirmed the result.
        CustomerConfirmed = "customer_confirmed",
        /// The customer said how satisfied they are (满意, 基本满意, 不满意).
        SatisfactionRecorded = "satisfaction_recorded",
        /// A measure of the severity's procedure was recorded, such as a task force.
        MeasureRecorded = "measure_recorded",
        /// Put on hold.
        Held = "held",
        /// Taken up again after a hold.
        Resumed = "resumed",
        /// Closed with a result.
        Closed = "closed",
        /// Opened again for second processing (二次处理).
        Reopened = "reopened",
        /// Withdrawn by the customer.
        Withdrawn = "withdrawn",
        /// Rejected as unfounded.
        Rejected = "rejected",
        /// Declared unmeetable, with reason and apology.
        Unmeetable = "unmeetable",
        /// A repeat: handled on in another case.
        Merged = "merged",
        /// Archived.
        Archived = "archived",
    }
}

impl Milestone {
    /// Whether the handling is over with it, for good or until the case is opened again.
    pub fn ends_the_case(self) -> bool {
        matches!(
            self,
            Self::Closed
                | Self::Withdrawn
                | Self::Rejected
                | Self::Unmeetable
                | Self::Merged
                | Self::Archived
        )
    }

    /// Whether it happens at most once, at or before the routing.
    pub(crate) fn is_of_the_intake(self) -> bool {
        matches!(self, Self::Received | Self::Registered | Self::Routed)
    }
}

/// What a clock waits for: `plan_proposed`, or one measure: `measure:executive_report`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Whenever it happens.
    Milestone(Milestone),
    /// Whenever this measure is recorded.
    Measure(MeasureId),
}

impl Moment {
    /// How a measure is written.
    pub(crate) const MEASURE: &str = "measure:";

    /// The milestone that it is.
    pub fn milestone(&self) -> Milestone {
        match self {
            Self::Milestone(milestone) => *milestone,
            Self::Measure(_) => Milestone::MeasureRecorded,
        }
    }

    /// The moment as `Moment::to_string` wrote it; `None` for what no release has written.
    pub fn read(text: &str) -> Option<Self> {
        match text.strip_prefix(Self::MEASURE) {
            Some(measure) => Some(Self::Measure(MeasureId::new(measure))),
            None => text.parse().ok().map(Self::Milestone),
        }
    }

    /// Whether something that happened is what is waited for: any measure is a recorded measure.
    pub fn is_met_by(&self, happened: &Self) -> bool {
        self == happened
            || *self == Self::Milestone(Milestone::MeasureRecorded)
                && matches!(happened, Self::Measure(_))
    }
}

impl From<Milestone> for Moment {
    fn from(milestone: Milestone) -> Self {
        Self::Milestone(milestone)
    }
}

impl PartialEq<Milestone> for Moment {
    fn eq(&self, other: &Milestone) -> bool {
        *self == Self::Milestone(*other)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Milestone(milestone) => milestone.fmt(f),
            Self::Measure(measure) => write!(f, "{}{measure}", Self::MEASURE),
        }
    }
}
