//! `notifications.toml`: which occasion tells whom by which means, and how sending is retried.

use jiff::SignedDuration;

use crate::catalog::entry;
use crate::ids::{ClockId, NotificationId, TemplateId};
use crate::model::deadline::Scope;
use crate::model::words::{Share, words};

words! {
    /// What people are told of (domain.md sections 4 and 6).
    Occasion {
        /// Registered under its number.
        Registered = "registered",
        /// A department and a handler got the case.
        Routed = "routed",
        /// It was given to another department or person.
        Assigned = "assigned",
        /// A handler accepted it.
        Accepted = "accepted",
        /// It was handed to the level above.
        TransferredUp = "transferred_up",
        /// Several departments handle it together (配合部门).
        JointHandling = "joint_handling",
        /// A plan was proposed.
        PlanProposed = "plan_proposed",
        /// A level is asked to approve a plan: the first, the next, or the one above that is
        /// asked instead.
        ApprovalWanted = "approval_wanted",
        /// A level refused a plan.
        ApprovalRefused = "approval_refused",
        /// Every level approved the plan.
        PlanApproved = "plan_approved",
        /// The plan was offered to the customer.
        PlanOffered = "plan_offered",
        /// The customer agreed.
        ConsentGiven = "consent_given",
        /// The customer did not agree.
        ConsentRefused = "consent_refused",
        /// The plan was carried out.
        Executed = "executed",
        /// Closed with a result.
        Closed = "closed",
        /// Closed, and the customer has not said yet how satisfied they are.
        SatisfactionWanted = "satisfaction_wanted",
        /// The customer said how satisfied they are.
        SatisfactionRecorded = "satisfaction_recorded",
        /// Opened again (二次处理).
        Reopened = "reopened",
        /// Put on hold.
        Held = "held",
        /// Goes on after a hold.
        Resumed = "resumed",
        /// A level is asked to approve an extension: the first, or the one above that is asked
        /// instead.
        ExtensionWanted = "extension_wanted",
        /// An extension that somebody asked for was approved.
        ExtensionApproved = "extension_approved",
        /// An extension that somebody asked for was refused.
        ExtensionRefused = "extension_refused",
        /// A clock got more time; told with its new end.
        Extended = "extended",
        /// Declared unmeetable, with reason and apology.
        Unmeetable = "unmeetable",
        /// Withdrawn by the customer.
        Withdrawn = "withdrawn",
        /// Rejected as unfounded.
        Rejected = "rejected",
        /// Category, urgency or severity was corrected.
        TriageCorrected = "triage_corrected",
        /// Handled on in another case.
        Merged = "merged",
        /// Somebody wrote to the customer.
        Note = "note",
        /// The case leads the recall of a batch (召回).
        RecallOpened = "recall_opened",
        /// The case was taken into a recall.
        RecallJoined = "recall_joined",
        /// The recall is over.
        RecallClosed = "recall_closed",
        /// A clock comes near its end.
        ClockWarned = "clock_warned",
        /// A clock expired.
        ClockBreached = "clock_breached",
        /// A step of an escalation ladder was reached (催办, 督办, 通报).
        ClockEscalated = "clock_escalated",
        /// A clock got another end for another reason than an extension.
        ClockMoved = "clock_moved",
    }
}

impl Occasion {
    /// Whether it is of one clock, so that `clocks` can narrow it.
    pub fn is_of_clock(self) -> bool {
        matches!(
            self,
            Self::ClockWarned
                | Self::ClockBreached
                | Self::ClockEscalated
                | Self::ClockMoved
                | Self::Extended
        )
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
        /// The departments that join in (配合部门).
        Supporting = "supporting",
        /// Those who may approve at the level that is asked for a plan or an extension.
        Approver = "approver",
        /// Who asked for an extension.
        Requester = "requester",
        /// Those up the line whom an escalation names.
        Superior = "superior",
    }
}

impl Audience {
    /// The only occasions that know who that is; none: every occasion does.
    pub fn only_on(self) -> &'static [Occasion] {
        match self {
            Self::Customer | Self::Department | Self::Handler => &[],
            Self::Supporting => &[Occasion::JointHandling],
            Self::Approver => &[Occasion::ApprovalWanted, Occasion::ExtensionWanted],
            Self::Requester => &[Occasion::ExtensionApproved, Occasion::ExtensionRefused],
            Self::Superior => &[Occasion::ClockEscalated],
        }
    }
}

words! {
    /// How they are told.
    Means {
        /// Electronic mail.
        Email = "email",
        /// A signed webhook of the department.
        Webhook = "webhook",
        /// Whatever reaches them: a department by its webhook, else by mail; a person by mail, else
        /// through the department; a customer by the means they prefer, else by mail.
        Any = "any",
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
    /// Waits so long before it goes out; none: goes out at once.
    pub after: Option<SignedDuration>,
    /// What makes it needless while it waits.
    pub dropped_by: Vec<Occasion>,
    /// Goes out before everything else that waits for the same receivers (recall).
    pub first: bool,
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
