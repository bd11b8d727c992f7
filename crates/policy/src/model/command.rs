//! What can be done with a case, by the names that roles and gates use.

use crate::model::words::words;

words! {
    /// A command on a case (domain.md section 4), named as in `CaseCommand` on the wire.
    CommandName {
        /// Give the case to another department or person.
        Assign = "assign",
        /// Accept the assignment: work starts.
        Accept = "accept",
        /// Hand the case to the level above.
        TransferUp = "transfer_up",
        /// Let other departments assist (主责 / 配合).
        StartJointHandling = "start_joint_handling",
        /// Say whether the complaint is authentic and reasonable.
        Verify = "verify",
        /// Record what was found, with evidence.
        RecordFinding = "record_finding",
        /// Record a 5-Why chain on a branch of the fishbone.
        RecordRootCause = "record_root_cause",
        /// Record who, what, when, why, where, how many.
        RecordFiveWOneH = "record_five_w_one_h",
        /// Say who is responsible.
        AssessResponsibility = "assess_responsibility",
        /// End the investigation.
        CompleteInvestigation = "complete_investigation",
        /// Propose a plan.
        ProposePlan = "propose_plan",
        /// Approve the plan at a level.
        ApprovePlan = "approve_plan",
        /// Refuse the plan at a level.
        RefusePlan = "refuse_plan",
        /// Step back as an approver who is partial in this case.
        RecuseApprover = "recuse_approver",
        /// Put the plan to the customer.
        OfferPlan = "offer_plan",
        /// Record that the customer agrees.
        RecordConsent = "record_consent",
        /// Record that the customer refuses.
        RecordRefusal = "record_refusal",
        /// Propose another plan after a refusal.
        AdjustPlan = "adjust_plan",
        /// Declare the wish unmeetable, with reason and apology.
        DeclareUnmeetable = "declare_unmeetable",
        /// Carry out a step of the plan.
        ExecuteStep = "execute_step",
        /// Attach a proof.
        AttachProof = "attach_proof",
        /// Confirm the result with the customer.
        ConfirmResult = "confirm_result",
        /// Record how satisfied the customer is.
        RecordSatisfaction = "record_satisfaction",
        /// Close with a written notice.
        Close = "close",
        /// Open again for second processing (二次处理).
        Reopen = "reopen",
        /// Put on hold.
        Hold = "hold",
        /// Take up again.
        Resume = "resume",
        /// Extend a clock.
        Extend = "extend",
        /// Ask for an extension above one's own limit.
        RequestExtension = "request_extension",
        /// Approve an extension that somebody else asks for.
        ApproveExtension = "approve_extension",
        /// Refuse an extension that somebody else asks for.
        RefuseExtension = "refuse_extension",
        /// Record that the customer withdraws.
        Withdraw = "withdraw",
        /// Reject as unfounded, with reason and appeal.
        Reject = "reject",
        /// Correct category, urgency or severity.
        CorrectTriage = "correct_triage",
        /// Merge as a repeat into another case.
        Merge = "merge",
        /// Add a note, internal or to the customer.
        AddNote = "add_note",
        /// Archive.
        Archive = "archive",
        /// Record a corrective or preventive action.
        RecordCorrectiveAction = "record_corrective_action",
        /// Say whether a corrective action had effect.
        VerifyCorrectiveAction = "verify_corrective_action",
        /// Record a measure of the severity's procedure.
        RecordMeasure = "record_measure",
        /// Compile the 8D report.
        CompileEightD = "compile_eight_d",
        /// Open the recall of a batch (召回).
        OpenRecall = "open_recall",
        /// Take the case into a recall.
        JoinRecall = "join_recall",
        /// Close the recall with its report.
        CloseRecall = "close_recall",
    }
}

impl CommandName {
    /// The command that has to come before this one in every case, whatever the procedure says.
    ///
    /// It is the main line of domain.md section 4, and what a gate must not turn around.
    pub fn comes_after(self) -> Option<Self> {
        Some(match self {
            Self::Verify
            | Self::RecordFinding
            | Self::RecordRootCause
            | Self::RecordFiveWOneH
            | Self::AssessResponsibility => Self::Accept,
            Self::CompleteInvestigation => Self::Verify,
            Self::ProposePlan => Self::CompleteInvestigation,
            Self::ApprovePlan | Self::RefusePlan | Self::RecuseApprover => Self::ProposePlan,
            Self::OfferPlan => Self::ApprovePlan,
            Self::RecordConsent | Self::RecordRefusal => Self::OfferPlan,
            Self::AdjustPlan => Self::RecordRefusal,
            Self::ExecuteStep => Self::RecordConsent,
            Self::ConfirmResult | Self::RecordSatisfaction => Self::ExecuteStep,
            Self::Close => Self::ConfirmResult,
            Self::Reopen | Self::Archive => Self::Close,
            Self::Resume => Self::Hold,
            Self::ApproveExtension | Self::RefuseExtension => Self::RequestExtension,
            Self::VerifyCorrectiveAction => Self::RecordCorrectiveAction,
            Self::CloseRecall => Self::OpenRecall,
            _ => return None,
        })
    }
}
