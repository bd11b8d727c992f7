//! The stages of a case's life (domain.md section 4), and the sets of them that commands name.

use crate::words::words;

words! {
    /// How far a case has come. Hold, joint handling, extension and recall lie over it.
    Stage {
        /// Under its number; no category yet.
        Registered = "registered" "已登记",
        /// Category, urgency and severity are decided; nobody has it yet.
        Triaged = "triaged" "已分诊",
        /// Somebody has it.
        Assigned = "assigned" "已分派",
        /// The handler has accepted it.
        Accepted = "accepted" "已受理",
        /// Whether it is authentic and reasonable is known.
        Verified = "verified" "已核实",
        /// The investigation is complete.
        Investigated = "investigated" "已调查",
        /// A plan waits for approval.
        PlanProposed = "plan_proposed" "方案待审批",
        /// Whoever had to approve the plan did.
        PlanApproved = "plan_approved" "方案已批准",
        /// The customer was told the plan.
        Offered = "offered" "已征询客户",
        /// The customer does not want the plan: it is adjusted.
        ConsentRefused = "consent_refused" "客户不同意",
        /// The customer agreed to the plan.
        CustomerAgreed = "customer_agreed" "客户已同意",
        /// Some steps of the plan are done.
        Executing = "executing" "执行中",
        /// All steps of the plan are done.
        Executed = "executed" "已执行",
        /// The customer confirmed the result.
        CustomerConfirmed = "customer_confirmed" "客户已确认",
        /// Closed with a written notice.
        Closed = "closed" "已结案",
        /// Kept, and not worked on again.
        Archived = "archived" "已归档",
        /// Second processing (二次处理).
        Reopened = "reopened" "二次处理",
        /// Withdrawn by the customer.
        Withdrawn = "withdrawn" "已撤诉",
        /// Rejected as unfounded.
        Rejected = "rejected" "不予支持",
        /// What the customer wishes cannot be met.
        Unmeetable = "unmeetable" "无法满足",
        /// A repeat: its handling goes on in another case.
        Merged = "merged" "已并入",
    }
}

use Stage::{
    Accepted, Archived, Assigned, Closed, ConsentRefused, CustomerAgreed, CustomerConfirmed,
    Executed, Executing, Investigated, Merged, Offered, PlanApproved, PlanProposed, Registered,
    Rejected, Reopened, Triaged, Unmeetable, Verified, Withdrawn,
};

impl Stage {
    /// Whether the case has ended; some ends can be followed by second processing.
    pub const fn has_ended(self) -> bool {
        matches!(
            self,
            Closed | Archived | Withdrawn | Rejected | Unmeetable | Merged
        )
    }
}

/// A set of stages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stages(u32);

impl Stages {
    pub(crate) const fn of(stages: &[Stage]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < stages.len() {
            set |= 1 << stages[at] as u32;
            at += 1;
        }
        Self(set)
    }

    pub(crate) const fn and(self, stages: &[Stage]) -> Self {
        Self(self.0 | Self::of(stages).0)
    }

    pub(crate) const fn without(self, stages: &[Stage]) -> Self {
        Self(self.0 & !Self::of(stages).0)
    }

    pub(crate) const fn contains(self, stage: Stage) -> bool {
        self.0 & (1 << stage as u32) != 0
    }

    /// Every stage.
    pub(crate) const ALL: Self = Self::of(Stage::ALL);
    /// Not ended.
    pub(crate) const OPEN: Self =
        Self::ALL.without(&[Closed, Archived, Withdrawn, Rejected, Unmeetable, Merged]);
    /// Open, and somebody has it.
    pub(crate) const WITH_HANDLER: Self = Self::OPEN.without(&[Registered, Triaged]);
    /// Open, and somebody works on it.
    pub(crate) const IN_WORK: Self = Self::WITH_HANDLER.without(&[Assigned]);
    /// When the record of the investigation grows: causes may be found after the customer was
    /// served, as an 8D report has it.
    pub(crate) const RECORD: Self = Self::IN_WORK.and(&[Closed]);
    /// Verified, and nothing is promised to the customer yet.
    pub(crate) const BEFORE_CONSENT: Self = Self::of(&[
        Verified,
        Investigated,
        PlanProposed,
        PlanApproved,
        Offered,
        ConsentRefused,
        Reopened,
    ]);
    /// A plan is promised and not yet carried out.
    pub(crate) const EXECUTION: Self = Self::of(&[CustomerAgreed, Executing]);
    /// After the plan was carried out.
    pub(crate) const AFTER_EXECUTION: Self = Self::of(&[Executed, CustomerConfirmed, Closed]);
    /// Ends that second processing can follow.
    pub(crate) const REOPENABLE: Self = Self::of(&[Closed, Withdrawn, Rejected, Unmeetable]);
    /// The verification may still change.
    pub(crate) const VERIFIABLE: Self = Self::of(&[Accepted, Verified, Reopened]);
}
