//! What a case's record holds, as far as procedures ask for it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{Change, FiveWOneH, MeasureId};

/// What the investigation and what follows from it has brought together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The last verification: authentic, reasonable.
    pub verification: Option<(bool, bool)>,
    /// How many findings.
    pub findings: u32,
    /// How many pieces of evidence stand with findings, measures and as proofs.
    pub evidence: u32,
    /// Which of the six questions are answered.
    pub answered: Answered,
    /// The root cause.
    pub root_cause: RootCause,
    /// Whether it is known who is responsible.
    pub responsibility: bool,
    /// Whether an investigation was completed.
    pub investigated: bool,
    /// Corrective and preventive actions.
    pub actions: Vec<Action>,
    /// Measures that were taken.
    pub measures: BTreeMap<MeasureId, Measure>,
    /// Whether an 8D report was compiled.
    pub eight_d: bool,
}

/// Which of the six questions (5W1H) are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answered([bool; 6]);

/// The questions as people are told them.
const QUESTIONS: [(&str, &str); 6] = [
    ("who", "何人"),
    ("what", "何事"),
    ("when", "何时"),
    ("why", "何因"),
    ("where", "何地"),
    ("how many", "数量"),
];

/// What is known of the root cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RootCause {
    /// The longest chain of whys.
    pub whys: usize,
    /// Why it happened is known.
    pub occurrence: bool,
    /// Why it was not caught is known.
    pub escape: bool,
}

/// A corrective or preventive action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Who carries it out.
    pub owner: String,
    /// Until when.
    pub due_at: Timestamp,
    /// Prevents others of its kind.
    pub preventive: bool,
    /// Whether it works, once that was looked at.
    pub effective: Option<bool>,
}

/// A measure that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// How often.
    pub times: u32,
    /// When last.
    pub last_at: Option<Timestamp>,
    /// Who took part.
    pub people: BTreeSet<String>,
}

impl Record {
    /// What was brought together.
    pub(super) fn apply(&mut self, change: &Change, at: Timestamp) {
        #[rustfmt::skip]
        match change {
            Change::Verified { authentic, reasonable, .. } => {
                self.verification = Some((*authentic, *reasonable));
            }
            Change::InvestigationCompleted => self.investigated = true,
            Change::FindingRecorded { evidence, .. } => {
                self.findings += 1;
                self.evidence += evidence.len() as u32;
            }
            Change::RootCauseRecorded { whys, occurrence, escape, .. } => {
                let cause = &mut self.root_cause;
                cause.whys = cause.whys.max(whys.len());
                cause.occurrence |= !occurrence.is_empty();
                cause.escape |= !escape.is_empty();
            }
            Change::FiveWOneHRecorded { answers } => self.answered.add(answers),
            Change::ResponsibilityAssessed { parties, .. } => {
                self.responsibility = !parties.is_empty();
            }
            Change::ProofAttached { .. } => self.evidence += 1,
            Change::EightDCompiled { .. } => self.eight_d = true,
            Change::MeasureRecorded { measure, people, evidence, .. } => {
                self.evidence += evidence.len() as u32;
                let measure = self.measures.entry(measure.clone()).or_default();
                measure.times += 1;
                measure.last_at = Some(at);
                measure.people.extend(people.iter().cloned());
            }
            other => self.apply_to_actions(other),
        };
    }

    fn apply_to_actions(&mut self, change: &Change) {
        #[rustfmt::skip]
        match change {
            Change::CorrectiveActionRecorded { owner, due_at, preventive, .. } => {
                self.actions.push(Action {
                    owner: owner.clone(),
                    due_at: *due_at,
                    preventive: *preventive,
                    effective: None,
                });
            }
            Change::CorrectiveActionVerified { action, effective, .. } => {
                let at = (*action as usize).checked_sub(1);
                if let Some(action) = at.and_then(|at| self.actions.get_mut(at)) {
                    action.effective = Some(*effective);
                }
            }
            _ => {}
        };
    }
}

impl Answered {
    /// Those answered before, and those answered now.
    pub(crate) fn add(&mut self, answers: &FiveWOneH) {
        for (answered, text) in self.0.iter_mut().zip(answers.in_order()) {
            *answered |= !text.is_empty();
        }
    }

    /// Whether all six are answered.
    pub fn is_complete(self) -> bool {
        self.0.iter().all(|answered| *answered)
    }

    /// The questions without an answer, in English and in Chinese.
    pub fn missing(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let open = self.0.into_iter().zip(QUESTIONS);
        open.filter(|(answered, _)| !answered)
            .map(|(_, question)| question)
    }
}
