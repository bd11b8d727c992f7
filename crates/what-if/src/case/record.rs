//! What stands in the record of a case, as far as procedures ask for it.

use redress_policy::{CommandName, Milestone, Need};

use crate::happening::Note;

/// The record of a case; the same whatever the policy, since people made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    there: Vec<Need>,
    questions: [bool; 6],
    cause: Cause,
    /// Of each action whether it works, once that was looked at.
    actions: Vec<Option<bool>>,
    closed: bool,
}

/// What is known of the root cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cause {
    whys: bool,
    occurrence: bool,
    escape: bool,
}

/// What a plan and its result fill, and what another plan or a reopening takes away.
const OF_THE_PLAN: [Need; 4] = [Need::Approval, Need::Offer, Need::Consent, Need::Execution];

impl Record {
    pub(crate) fn note(&mut self, note: &Note) {
        match note {
            Note::There(need) => self.there(need.clone()),
            Note::Questions(answered) => {
                for (known, answered) in self.questions.iter_mut().zip(answered) {
                    *known |= answered;
                }
            }
            Note::RootCause {
                whys,
                occurrence,
                escape,
            } => {
                self.cause.whys |= whys;
                self.cause.occurrence |= occurrence;
                self.cause.escape |= escape;
            }
            Note::Responsibility { anybody: true } => self.there(Need::Responsibility),
            Note::Responsibility { anybody: false } => self.gone(&[Need::Responsibility]),
            Note::Action => self.actions.push(None),
            Note::ActionVerified { action, effective } => {
                let index = (*action as usize).checked_sub(1);
                if let Some(known) = index.and_then(|index| self.actions.get_mut(index)) {
                    *known = Some(*effective);
                }
            }
        }
    }

    /// What a moment of the case's life brings or takes.
    pub(crate) fn reach(&mut self, milestone: Milestone) {
        match milestone {
            Milestone::Verified => self.there(Need::Verification),
            Milestone::PlanProposed => {
                self.gone(&OF_THE_PLAN);
                self.there(Need::Plan);
            }
            Milestone::PlanApproved => self.there(Need::Approval),
            Milestone::Offered => self.there(Need::Offer),
            Milestone::CustomerAgreed => self.there(Need::Consent),
            Milestone::Executed => self.there(Need::Execution),
            Milestone::CustomerConfirmed => self.there(Need::Confirmation),
            Milestone::SatisfactionRecorded => self.there(Need::Satisfaction),
            Milestone::Closed => self.closed = true,
            Milestone::Reopened => {
                self.closed = false;
                self.gone(&OF_THE_PLAN);
                self.gone(&[Need::Plan, Need::Confirmation, Need::Satisfaction]);
            }
            _ => {}
        }
    }

    fn there(&mut self, need: Need) {
        if !self.there.contains(&need) {
            self.there.push(need);
        }
    }

    fn gone(&mut self, needs: &[Need]) {
        self.there.retain(|known| !needs.contains(known));
    }

    /// Whether a gate before this command is looked at: those before closing and archiving are for
    /// what was worked through to the customer's confirmation.
    pub(crate) fn is_gated(&self, command: CommandName) -> bool {
        match command {
            CommandName::Close => self.there.contains(&Need::Confirmation) && !self.closed,
            CommandName::Archive => self.closed,
            _ => true,
        }
    }

    /// Whether what a gate asks for is there.
    pub(crate) fn has(&self, need: &Need) -> bool {
        match need {
            Need::FiveWOneH => self.questions.iter().all(|answered| *answered),
            Need::RootCause => self.cause.whys && self.cause.occurrence,
            Need::EscapeCause => self.cause.escape,
            Need::CorrectiveAction => !self.actions.is_empty(),
            Need::CorrectiveActionVerified => self.actions.iter().all(|works| *works == Some(true)),
            // The closing notice brings the answers, and was refused without.
            Need::WrittenAnswers => true,
            need => self.there.contains(need),
        }
    }
}
