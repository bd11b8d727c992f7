//! What can happen to a case: one variant for each change of `case_event.proto`.

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{
    BranchId, CategoryId, ClockId, DepartmentId, LevelId, MeasureId, PartyId, PauseId, PersonId,
    SeverityId, UrgencyId,
};

use crate::value::{
    ApprovalLevel, Evidence, FiveWOneH, PlanStep, Redress, Satisfaction, Visibility,
};
use crate::{Discipline, Text};

/// What was proposed to the approvers and will be to the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Counts the plans of the case from 1.
    pub number: u32,
    /// The plan that it adjusts after the customer refused it; 0: none.
    pub adjusts: u32,
    /// What is to be done, by whom, until when.
    pub steps: Vec<PlanStep>,
    /// What the customer gets.
    pub redress: Vec<Redress>,
    /// Who has to approve, in order; empty: within the proposer's own authority.
    pub levels: Vec<ApprovalLevel>,
    /// The plan in words.
    pub text: Text,
    /// Similar closed cases that were looked at, by number.
    pub similar: Vec<String>,
}

/// The axes of triage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triage {
    /// What it is about.
    pub category: CategoryId,
    /// How soon.
    pub urgency: UrgencyId,
    /// How grave; decides the procedure.
    pub severity: SeverityId,
}

/// Something that happened to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Given to another department or person.
    Assigned {
        /// Who leads now.
        department: DepartmentId,
        /// Who has it now.
        handler: PersonId,
        /// Why.
        reason: Text,
    },
    /// The handler has accepted the case.
    Accepted,
    /// Handed to the level above.
    TransferredUp {
        /// Who leads now.
        department: DepartmentId,
        /// Who has it now.
        handler: PersonId,
        /// Why.
        reason: Text,
    },
    /// Departments work together on it.
    JointHandlingStarted {
        /// Who leads (主责部门).
        lead: DepartmentId,
        /// Who assists (配合部门).
        supporting: Vec<DepartmentId>,
    },
    /// The preliminary verification.
    Verified {
        /// Whether it is authentic.
        authentic: bool,
        /// Whether it is reasonable.
        reasonable: bool,
        /// In words.
        text: Text,
    },
    /// Something was found out.
    FindingRecorded {
        /// What.
        text: Text,
        /// What proves it.
        evidence: Vec<Evidence>,
    },
    /// Why it happened and why it was not caught.
    RootCauseRecorded {
        /// The branch of the fishbone.
        branch: BranchId,
        /// The chain of whys, first the nearest.
        whys: Vec<Text>,
        /// Why it happened.
        occurrence: Text,
        /// Why it was not caught.
        escape: Text,
    },
    /// Answers of the six questions.
    FiveWOneHRecorded {
        /// Those that were given.
        answers: FiveWOneH,
    },
    /// Who is responsible.
    ResponsibilityAssessed {
        /// The parties.
        parties: Vec<PartyId>,
        /// In words.
        text: Text,
    },
    /// The investigation is complete.
    InvestigationCompleted,
    /// A plan was proposed.
    PlanProposed(Plan),
    /// A level approved.
    ApprovalGiven {
        /// Of which plan.
        plan: u32,
        /// Which level.
        level: LevelId,
        /// Who had delegated to the actor.
        on_behalf_of: Option<PersonId>,
        /// In words.
        text: Text,
    },
    /// A level refused: another plan has to be proposed.
    ApprovalRefused {
        /// Of which plan.
        plan: u32,
        /// Which level.
        level: LevelId,
        /// Who had delegated to the actor.
        on_behalf_of: Option<PersonId>,
        /// Why.
        reason: Text,
    },
    /// The actor is partial in this case and will not approve in it.
    ApproverRecused {
        /// Of which plan.
        plan: u32,
        /// Which level.
        level: LevelId,
        /// Why.
        reason: Text,
    },
    /// Nobody answers at a level: the level above is asked instead.
    ApprovalEscalated {
        /// Of which plan.
        plan: u32,
        /// The level that was asked.
        level: LevelId,
        /// Who is asked instead.
        to: ApprovalLevel,
    },
    /// Every level has approved.
    PlanApproved {
        /// Which plan.
        plan: u32,
    },
    /// The customer was told the plan.
    PlanOffered {
        /// Which plan.
        plan: u32,
        /// By phone, email, …
        means: String,
        /// In words.
        text: Text,
    },
    /// The customer agreed.
    ConsentGiven {
        /// To which plan.
        plan: u32,
        /// By phone, email, …
        means: String,
        /// Object of the proof, such as a recording; empty if none.
        proof: String,
    },
    /// The customer refused: the plan is adjusted.
    ConsentRefused {
        /// Which plan.
        plan: u32,
        /// Why.
        reason: Text,
    },
    /// What the customer wishes cannot be met.
    DeclaredUnmeetable {
        /// Why.
        reason: Text,
        /// How the house apologises.
        apology: Text,
    },
    /// A step of the plan is done.
    StepExecuted {
        /// Of which plan.
        plan: u32,
        /// Index in the plan, from 0.
        step: u32,
        /// In words.
        text: Text,
    },
    /// All steps are done.
    PlanExecuted {
        /// Of which plan.
        plan: u32,
    },
    /// A proof was added to the case.
    ProofAttached {
        /// Which.
        proof: Evidence,
    },
    /// The customer confirmed the result.
    ResultConfirmed {
        /// By phone, email, …
        means: String,
        /// In words.
        text: Text,
    },
    /// The customer said how satisfied they are.
    SatisfactionRecorded {
        /// How.
        satisfaction: Satisfaction,
        /// In words.
        text: Text,
    },
    /// Closed with a written notice.
    Closed {
        /// By email, SMS, letter, phone.
        means: String,
        /// One for each item of the complaint.
        answers: Vec<Text>,
        /// The notice.
        text: Text,
    },
    /// Second processing begins (二次处理).
    Reopened {
        /// Counts the rounds of processing; the second is 2.
        round: u32,
        /// Why.
        reason: Text,
    },
    /// Put on hold.
    Held {
        /// Of the policy.
        pause: PauseId,
        /// Why.
        reason: Text,
        /// Object of the evidence; empty if none is demanded.
        evidence: String,
        /// When it resumes by itself; `None`: when told.
        until: Option<Timestamp>,
    },
    /// Work goes on.
    Resumed {
        /// What it was held for.
        pause: PauseId,
    },
    /// A deadline was moved.
    Extended {
        /// `None`: every running one.
        clock: Option<ClockId>,
        /// By how much, as in policy files: `5 working days`.
        by: String,
        /// Why.
        reason: Text,
        /// Object of the evidence; empty if none.
        evidence: String,
        /// Who approved it, when it was above the actor's limit.
        approved_by: Option<PersonId>,
    },
    /// Somebody asked for an extension above their limit.
    ExtensionRequested {
        /// Counts the requests of the case from 1.
        request: u32,
        /// `None`: every running one.
        clock: Option<ClockId>,
        /// By how much, as in policy files: `5 working days`.
        by: String,
        /// Why.
        reason: Text,
        /// Object of the evidence; empty if none.
        evidence: String,
        /// Who is asked; `None` only in facts that do not say.
        asked: Option<ApprovalLevel>,
        /// Who asked, and who stepped back: they do not answer, whatever their role.
        not_asked: Vec<PersonId>,
    },
    /// Nobody has answered for the extension: the level above is asked instead.
    ExtensionEscalated {
        /// Which request.
        request: u32,
        /// The level that was asked.
        level: LevelId,
        /// Who is asked instead.
        to: ApprovalLevel,
        /// Who asked, and who stepped back: they do not answer, whatever their role.
        not_asked: Vec<PersonId>,
    },
    /// Somebody else approved it; that the deadline was moved follows.
    ExtensionApproved {
        /// Which request.
        request: u32,
        /// Who asked for it; empty only in facts that do not say.
        requester: PersonId,
        /// Who had delegated to the actor.
        on_behalf_of: Option<PersonId>,
        /// In words.
        text: Text,
    },
    /// Somebody else refused it: the deadline stays.
    ExtensionRefused {
        /// Which request.
        request: u32,
        /// Who asked for it; empty only in facts that do not say.
        requester: PersonId,
        /// Who had delegated to the actor.
        on_behalf_of: Option<PersonId>,
        /// Why.
        reason: Text,
    },
    /// Withdrawn by the customer.
    Withdrawn {
        /// Why.
        reason: Text,
    },
    /// Rejected as unfounded.
    Rejected {
        /// Why.
        reason: Text,
        /// How the customer may appeal.
        appeal: Text,
    },
    /// Category, urgency or severity are others than was thought.
    TriageCorrected {
        /// As it was; `None` only in facts that do not say.
        before: Option<Triage>,
        /// As it is now.
        now: Triage,
        /// Why.
        reason: Text,
        /// Order of work: 0 first.
        rank: u32,
        /// As triage found it.
        wide_impact: bool,
    },
    /// A repeat: its handling goes on in another case.
    Merged {
        /// The id of the other.
        into: ComplaintId,
        /// The number of the other.
        number: String,
    },
    /// A note.
    NoteAdded {
        /// Who reads it.
        visibility: Visibility,
        /// In words.
        text: Text,
    },
    /// Kept, and not worked on again.
    Archived {
        /// Until when it has to be kept.
        keep_until: Timestamp,
    },
    /// A corrective or preventive action was set up (CAPA).
    CorrectiveActionRecorded {
        /// Counts the actions of the case from 1.
        action: u32,
        /// What is to be done.
        text: Text,
        /// Person or department.
        owner: String,
        /// Until when.
        due_at: Timestamp,
        /// Prevents others of its kind, instead of correcting this one.
        preventive: bool,
    },
    /// It was looked at whether an action works.
    CorrectiveActionVerified {
        /// Which action.
        action: u32,
        /// Whether it does.
        effective: bool,
        /// In words.
        text: Text,
    },
    /// A step that the procedure of the case's severity knows.
    MeasureRecorded {
        /// Of the policy, such as `task_force`.
        measure: MeasureId,
        /// In words.
        text: Text,
        /// Who took part.
        people: Vec<String>,
        /// What proves it.
        evidence: Vec<Evidence>,
    },
    /// The 8D report as it stood.
    EightDCompiled {
        /// What the record fills.
        complete: Vec<Discipline>,
        /// What it does not.
        missing: Vec<Discipline>,
    },
    /// Somebody tried what they may not.
    Refused {
        /// Such as `approve_plan`.
        command: String,
        /// Such as `missing_right`.
        reason: String,
    },
    /// The case leads the recall of a batch (召回).
    RecallOpened {
        /// Which batch.
        batch_no: String,
        /// What the customers are told.
        text: Text,
    },
    /// The case belongs to a recall.
    RecallJoined {
        /// The id of the case that leads it.
        recall: ComplaintId,
        /// The number of the case that leads it.
        number: String,
        /// Which batch.
        batch_no: String,
        /// What the customer is told.
        text: Text,
    },
    /// The recall is over.
    RecallClosed {
        /// The closing report.
        report: Text,
        /// Cases of the batch.
        affected: u64,
        /// Of them ended.
        finished: u64,
    },
}

impl Change {
    /// As the field of the event is called: `plan_proposed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Assigned { .. } => "assigned",
            Self::Accepted => "accepted",
            Self::TransferredUp { .. } => "transferred_up",
            Self::JointHandlingStarted { .. } => "joint_handling_started",
            Self::Verified { .. } => "verified",
            Self::FindingRecorded { .. } => "finding_recorded",
            Self::RootCauseRecorded { .. } => "root_cause_recorded",
            Self::FiveWOneHRecorded { .. } => "five_w_one_h_recorded",
            Self::ResponsibilityAssessed { .. } => "responsibility_assessed",
            Self::InvestigationCompleted => "investigation_completed",
            Self::PlanProposed(_) => "plan_proposed",
            Self::ApprovalGiven { .. } => "approval_given",
            Self::ApprovalRefused { .. } => "approval_refused",
            Self::ApproverRecused { .. } => "approver_recused",
            Self::ApprovalEscalated { .. } => "approval_escalated",
            Self::PlanApproved { .. } => "plan_approved",
            Self::PlanOffered { .. } => "plan_offered",
            Self::ConsentGiven { .. } => "consent_given",
            Self::ConsentRefused { .. } => "consent_refused",
            Self::DeclaredUnmeetable { .. } => "declared_unmeetable",
            Self::StepExecuted { .. } => "step_executed",
            Self::PlanExecuted { .. } => "plan_executed",
            Self::ProofAttached { .. } => "proof_attached",
            Self::ResultConfirmed { .. } => "result_confirmed",
            Self::SatisfactionRecorded { .. } => "satisfaction_recorded",
            Self::Closed { .. } => "closed",
            Self::Reopened { .. } => "reopened",
            Self::Held { .. } => "held",
            Self::Resumed { .. } => "resumed",
            Self::Extended { .. } => "extended",
            Self::ExtensionRequested { .. } => "extension_requested",
            Self::ExtensionEscalated { .. } => "extension_escalated",
            Self::ExtensionApproved { .. } => "extension_approved",
            Self::ExtensionRefused { .. } => "extension_refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Rejected { .. } => "rejected",
            Self::TriageCorrected { .. } => "triage_corrected",
            Self::Merged { .. } => "merged",
            Self::NoteAdded { .. } => "note_added",
            Self::Archived { .. } => "archived",
            Self::CorrectiveActionRecorded { .. } => "corrective_action_recorded",
            Self::CorrectiveActionVerified { .. } => "corrective_action_verified",
            Self::MeasureRecorded { .. } => "measure_recorded",
            Self::EightDCompiled { .. } => "eight_d_compiled",
            Self::Refused { .. } => "command_refused",
            Self::RecallOpened { .. } => "recall_opened",
            Self::RecallJoined { .. } => "recall_joined",
            Self::RecallClosed { .. } => "recall_closed",
        }
    }
}
