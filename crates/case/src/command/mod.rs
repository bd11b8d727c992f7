//! What somebody may want done with a case: one command, one file, with its rejections.

mod accept;
mod add_note;
mod adjust_plan;
mod approve_extension;
mod approve_plan;
mod archive;
mod assess_responsibility;
mod assign;
mod attach_proof;
mod close;
mod close_recall;
mod compile_eight_d;
mod complete_investigation;
mod confirm_result;
mod correct_triage;
mod declare_unmeetable;
mod execute_step;
mod extend;
mod hold;
mod join_recall;
mod merge;
mod offer_plan;
mod open_recall;
mod propose_plan;
mod record_consent;
mod record_corrective_action;
mod record_finding;
mod record_five_w_one_h;
mod record_measure;
mod record_refusal;
mod record_root_cause;
mod record_satisfaction;
mod recuse_approver;
mod refuse_extension;
mod refuse_plan;
mod reject;
mod reopen;
mod request_extension;
mod resume;
mod start_joint_handling;
mod transfer_up;
mod verify;
mod verify_corrective_action;
mod withdraw;

pub use accept::Accept;
pub use add_note::AddNote;
pub use adjust_plan::AdjustPlan;
pub use approve_extension::ApproveExtension;
pub use approve_plan::ApprovePlan;
pub use archive::Archive;
pub use assess_responsibility::AssessResponsibility;
pub use assign::Assign;
pub use attach_proof::AttachProof;
pub use close::Close;
pub use close_recall::CloseRecall;
pub use compile_eight_d::CompileEightD;
pub use complete_investigation::CompleteInvestigation;
pub use confirm_result::ConfirmResult;
pub use correct_triage::CorrectTriage;
pub use declare_unmeetable::DeclareUnmeetable;
pub use execute_step::ExecuteStep;
pub use extend::Extend;
pub use hold::Hold;
pub use join_recall::JoinRecall;
pub use merge::Merge;
pub use offer_plan::OfferPlan;
pub use open_recall::OpenRecall;
pub use propose_plan::ProposePlan;
pub use record_consent::RecordConsent;
pub use record_corrective_action::RecordCorrectiveAction;
pub use record_finding::RecordFinding;
pub use record_five_w_one_h::RecordFiveWOneH;
pub use record_measure::RecordMeasure;
pub use record_refusal::RecordRefusal;
pub use record_root_cause::RecordRootCause;
pub use record_satisfaction::RecordSatisfaction;
pub use recuse_approver::RecuseApprover;
pub use refuse_extension::RefuseExtension;
pub use refuse_plan::RefusePlan;
pub use reject::Reject;
pub use reopen::Reopen;
pub use request_extension::RequestExtension;
pub use resume::Resume;
pub use start_joint_handling::StartJointHandling;
pub use transfer_up::TransferUp;
pub use verify::Verify;
pub use verify_corrective_action::VerifyCorrectiveAction;
pub use withdraw::Withdraw;

use crate::desk::Desk;
use crate::stage::Stages;
use crate::words::words;
use crate::{Change, Rejection};

/// What every command says of itself.
pub(crate) trait Step {
    /// In which stages it is possible at all.
    const STAGES: Stages;
    /// Whether it is possible while the case is on hold.
    const WHILE_HELD: bool = false;

    /// What must be so whatever the command says; stage and rights were looked at.
    fn ready(_desk: &Desk<'_>) -> Result<(), Rejection> {
        Ok(())
    }

    /// What follows from it; everything that does not depend on what it says was looked at.
    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection>;
}

/// Declares the commands, their names and where each is decided.
macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $text:literal $zh:literal,)*) => {
        /// What somebody wants done with a case: one variant for each command of
        /// `case_command.proto`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Command { $($(#[$doc])* $name($name),)* }

        words! {
            /// The name of a command.
            CommandKind { $($(#[$doc])* $name = $text $zh,)* }
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        })*

        impl Command {
            /// Its name.
            pub const fn kind(&self) -> CommandKind {
                match self { $(Self::$name(_) => CommandKind::$name,)* }
            }

            pub(crate) fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
                match self { $(Self::$name(command) => command.decide(desk),)* }
            }
        }

        impl From<CommandKind> for redress_policy::CommandName {
            fn from(command: CommandKind) -> Self {
                match command { $(CommandKind::$name => Self::$name,)* }
            }
        }

        impl CommandKind {
            /// In which stages it is possible at all.
            pub(crate) const fn stages(self) -> Stages {
                match self { $(Self::$name => <$name as Step>::STAGES,)* }
            }

            /// What must be so whatever the command says.
            pub(crate) fn ready(self, desk: &Desk<'_>) -> Result<(), Rejection> {
                match self { $(Self::$name => <$name as Step>::ready(desk),)* }
            }

            /// Whether it is possible while the case is on hold.
            pub(crate) const fn while_held(self) -> bool {
                match self { $(Self::$name => <$name as Step>::WHILE_HELD,)* }
            }
        }
    };
}

commands! {
    /// Gives the case to another department or person; for those who manage.
    Assign = "assign" "分派",
    /// The handler takes the case.
    Accept = "accept" "受理",
    /// Hands the case to the level above, the only way the first responsible person may.
    TransferUp = "transfer_up" "上报",
    /// Lets several departments work together.
    StartJointHandling = "start_joint_handling" "联合处理",
    /// The preliminary verification.
    Verify = "verify" "核实",
    /// Something was found out.
    RecordFinding = "record_finding" "记录调查发现",
    /// Why it happened, and why it was not caught.
    RecordRootCause = "record_root_cause" "记录根本原因",
    /// Answers some of the six questions.
    RecordFiveWOneH = "record_five_w_one_h" "记录5W1H",
    /// Who is responsible.
    AssessResponsibility = "assess_responsibility" "认定责任",
    /// Nothing more has to be found out before a plan is made.
    CompleteInvestigation = "complete_investigation" "完成调查",
    /// What is to be done and what the customer gets.
    ProposePlan = "propose_plan" "提出方案",
    /// A level approves.
    ApprovePlan = "approve_plan" "批准方案",
    /// A level refuses: another plan has to be proposed.
    RefusePlan = "refuse_plan" "驳回方案",
    /// The approver is partial and will not approve in this case.
    RecuseApprover = "recuse_approver" "审批回避",
    /// Tells the customer the plan; again, if they were not reached.
    OfferPlan = "offer_plan" "征询客户",
    /// The customer agreed to the plan.
    RecordConsent = "record_consent" "记录客户同意",
    /// The customer does not want the plan.
    RecordRefusal = "record_refusal" "记录客户不同意",
    /// A new plan after the customer refused the last.
    AdjustPlan = "adjust_plan" "调整方案",
    /// What the customer wishes cannot be met: reason and apology.
    DeclareUnmeetable = "declare_unmeetable" "说明无法满足",
    /// A step of the plan is done.
    ExecuteStep = "execute_step" "执行步骤",
    /// Adds a proof to the case.
    AttachProof = "attach_proof" "附上证明",
    /// The customer confirmed the result.
    ConfirmResult = "confirm_result" "客户确认结果",
    /// How satisfied the customer is; dissatisfied leads to second processing.
    RecordSatisfaction = "record_satisfaction" "记录满意度",
    /// Closes the case with a written notice that answers every item.
    Close = "close" "结案",
    /// Begins second processing.
    Reopen = "reopen" "二次处理",
    /// Puts the case on hold.
    Hold = "hold" "暂停",
    /// Work goes on.
    Resume = "resume" "恢复",
    /// Moves a deadline.
    Extend = "extend" "延期",
    /// Asks for an extension that somebody else approves.
    RequestExtension = "request_extension" "申请延期",
    /// Approves the extension that somebody else asks for.
    ApproveExtension = "approve_extension" "批准延期",
    /// Refuses the extension that somebody else asks for.
    RefuseExtension = "refuse_extension" "驳回延期",
    /// The customer withdraws the complaint.
    Withdraw = "withdraw" "撤诉",
    /// Rejects the complaint as unfounded: reason and appeal.
    Reject = "reject" "不予支持",
    /// Category, urgency or severity are others than was thought.
    CorrectTriage = "correct_triage" "更正分诊",
    /// A repeat: the handling goes on in another case.
    Merge = "merge" "并案",
    /// Adds a note.
    AddNote = "add_note" "添加备注",
    /// Keeps the case; nobody works on it again.
    Archive = "archive" "归档",
    /// Sets up a corrective or preventive action (CAPA).
    RecordCorrectiveAction = "record_corrective_action" "记录纠正预防措施",
    /// Says whether an action works.
    VerifyCorrectiveAction = "verify_corrective_action" "验证措施效果",
    /// A step that the procedure of the case's severity knows.
    RecordMeasure = "record_measure" "记录程序措施",
    /// Compiles the 8D report from what the record holds.
    CompileEightD = "compile_eight_d" "生成8D报告",
    /// Opens the recall of a batch, led by this case.
    OpenRecall = "open_recall" "启动召回",
    /// Takes the case into a recall: its customer is told first.
    JoinRecall = "join_recall" "纳入召回",
    /// Ends the recall that this case leads.
    CloseRecall = "close_recall" "结束召回",
}

impl CommandKind {
    /// The command that has this change as its first; `None` for what only follows others or comes
    /// by itself.
    pub(crate) fn that_led_to(change: &Change) -> Option<Self> {
        Some(match change {
            Change::Assigned { .. } => Self::Assign,
            Change::Accepted => Self::Accept,
            Change::TransferredUp { .. } => Self::TransferUp,
            Change::JointHandlingStarted { .. } => Self::StartJointHandling,
            Change::Verified { .. } => Self::Verify,
            Change::FindingRecorded { .. } => Self::RecordFinding,
            Change::RootCauseRecorded { .. } => Self::RecordRootCause,
            Change::FiveWOneHRecorded { .. } => Self::RecordFiveWOneH,
            Change::ResponsibilityAssessed { .. } => Self::AssessResponsibility,
            Change::InvestigationCompleted => Self::CompleteInvestigation,
            Change::PlanProposed(plan) if plan.adjusts > 0 => Self::AdjustPlan,
            Change::PlanProposed(_) => Self::ProposePlan,
            Change::ApprovalGiven { .. } => Self::ApprovePlan,
            Change::ApprovalRefused { .. } => Self::RefusePlan,
            Change::ApproverRecused { .. } => Self::RecuseApprover,
            Change::PlanOffered { .. } => Self::OfferPlan,
            Change::ConsentGiven { .. } => Self::RecordConsent,
            Change::ConsentRefused { .. } => Self::RecordRefusal,
            Change::DeclaredUnmeetable { .. } => Self::DeclareUnmeetable,
            Change::StepExecuted { .. } => Self::ExecuteStep,
            Change::ProofAttached { .. } => Self::AttachProof,
            Change::ResultConfirmed { .. } => Self::ConfirmResult,
            Change::SatisfactionRecorded { .. } => Self::RecordSatisfaction,
            Change::Closed { .. } => Self::Close,
            Change::Reopened { .. } => Self::Reopen,
            Change::Held { .. } => Self::Hold,
            Change::Resumed { .. } => Self::Resume,
            Change::Extended { .. } => Self::Extend,
            Change::ExtensionRequested { .. } => Self::RequestExtension,
            Change::ExtensionApproved { .. } => Self::ApproveExtension,
            Change::ExtensionRefused { .. } => Self::RefuseExtension,
            Change::Withdrawn { .. } => Self::Withdraw,
            Change::Rejected { .. } => Self::Reject,
            Change::TriageCorrected { .. } => Self::CorrectTriage,
            Change::Merged { .. } => Self::Merge,
            Change::NoteAdded { .. } => Self::AddNote,
            Change::Archived { .. } => Self::Archive,
            Change::CorrectiveActionRecorded { .. } => Self::RecordCorrectiveAction,
            Change::CorrectiveActionVerified { .. } => Self::VerifyCorrectiveAction,
            Change::MeasureRecorded { .. } => Self::RecordMeasure,
            Change::EightDCompiled { .. } => Self::CompileEightD,
            Change::RecallOpened { .. } => Self::OpenRecall,
            Change::RecallJoined { .. } => Self::JoinRecall,
            Change::RecallClosed { .. } => Self::CloseRecall,
            Change::ApprovalEscalated { .. }
            | Change::ExtensionEscalated { .. }
            | Change::PlanApproved { .. }
            | Change::PlanExecuted { .. }
            | Change::Refused { .. } => return None,
        })
    }
}
