//! What a gate of a procedure may ask for.

use std::fmt;

use crate::ids::MeasureId;
use crate::model::command::CommandName;

/// Something that must stand in a case's record before a gate opens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Found authentic and reasonable, or not.
    Verification,
    /// At least one finding.
    Finding,
    /// All of who, what, when, why, where, how many (5W1H).
    FiveWOneH,
    /// Why it happened: a 5-Why chain.
    RootCause,
    /// Why it was not caught.
    EscapeCause,
    /// Who is responsible.
    Responsibility,
    /// A plan.
    Plan,
    /// The plan is approved at every level that it needs.
    Approval,
    /// The plan was put to the customer.
    Offer,
    /// The customer agreed to it.
    Consent,
    /// Every step of it was carried out.
    Execution,
    /// The customer confirmed the result.
    Confirmation,
    /// The customer said how satisfied they are.
    Satisfaction,
    /// The closing notice answers every item.
    WrittenAnswers,
    /// At least one corrective action.
    CorrectiveAction,
    /// Every corrective action was verified and had effect.
    CorrectiveActionVerified,
    /// The 8D report.
    EightD,
    /// A measure of the procedure, written `measure:<id>`.
    Measure(MeasureId),
}

impl Need {
    /// Every need but measures, with its word in policy files.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("verification", Self::Verification),
        ("finding", Self::Finding),
        ("five_w_one_h", Self::FiveWOneH),
        ("root_cause", Self::RootCause),
        ("escape_cause", Self::EscapeCause),
        ("responsibility", Self::Responsibility),
        ("plan", Self::Plan),
        ("approval", Self::Approval),
        ("offer", Self::Offer),
        ("consent", Self::Consent),
        ("execution", Self::Execution),
        ("confirmation", Self::Confirmation),
        ("satisfaction", Self::Satisfaction),
        ("written_answers", Self::WrittenAnswers),
        ("corrective_action", Self::CorrectiveAction),
        ("corrective_action_verified", Self::CorrectiveActionVerified),
        ("eight_d", Self::EightD),
    ];

    /// The need with this word; `None` for measures and unknown words.
    pub fn of_word(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, need)| need.clone())
    }

    /// The command that fills it.
    pub fn met_by(&self) -> CommandName {
        match self {
            Self::Verification => CommandName::Verify,
            Self::Finding => CommandName::RecordFinding,
            Self::FiveWOneH => CommandName::RecordFiveWOneH,
            Self::RootCause | Self::EscapeCause => CommandName::RecordRootCause,
            Self::Responsibility => CommandName::AssessResponsibility,
            Self::Plan => CommandName::ProposePlan,
            Self::Approval => CommandName::ApprovePlan,
            Self::Offer => CommandName::OfferPlan,
            Self::Consent => CommandName::RecordConsent,
            Self::Execution => CommandName::ExecuteStep,
            Self::Confirmation => CommandName::ConfirmResult,
            Self::Satisfaction => CommandName::RecordSatisfaction,
            Self::WrittenAnswers => CommandName::Close,
            Self::CorrectiveAction => CommandName::RecordCorrectiveAction,
            Self::CorrectiveActionVerified => CommandName::VerifyCorrectiveAction,
            Self::EightD => CommandName::CompileEightD,
            Self::Measure(_) => CommandName::RecordMeasure,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Measure(id) = self {
            return write!(f, "measure:{id}");
        }
        let word = Self::WORDS.iter().find(|(_, need)| need == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}
