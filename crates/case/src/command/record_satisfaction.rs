//! How satisfied the customer is; dissatisfied leads to second processing.

use crate::command::Step;
use crate::desk::Desk;
use crate::stage::Stages;
use crate::{Change, Rejection, Satisfaction, Text};

/// How satisfied the customer is; dissatisfied leads to second processing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSatisfaction {
    /// How.
    pub satisfaction: Satisfaction,
    /// In words.
    pub text: Text,
}

impl Step for RecordSatisfaction {
    const STAGES: Stages = Stages::AFTER_EXECUTION;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let mut changes = vec![Change::SatisfactionRecorded {
            satisfaction: self.satisfaction,
            text: self.text.clone(),
        }];
        if self.satisfaction == Satisfaction::Dissatisfied {
            changes.push(Change::Reopened {
                round: desk.case.round.saturating_add(1),
                reason: self.text.clone(),
            });
        }
        Ok(changes)
    }
}
