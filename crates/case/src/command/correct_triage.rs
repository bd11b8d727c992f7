//! Category, urgency or severity are others than was thought.

use redress_policy::{CategoryId, SeverityId, UrgencyId};
use redress_triage::order_of_work;

use crate::change::Triage;
use crate::command::{Step, assign};
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, CommandKind, Rejection, Stage, Text, input};

/// Category, urgency or severity are others than was thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectTriage {
    /// `None`: as it is.
    pub category: Option<CategoryId>,
    /// `None`: as it is.
    pub urgency: Option<UrgencyId>,
    /// `None`: as it is.
    pub severity: Option<SeverityId>,
    /// Why.
    pub reason: Text,
}

impl Step for CorrectTriage {
    const STAGES: Stages = Stages::OPEN;
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let (case, policy) = (desk.case, desk.cx.policy);
        let now = self.corrected(desk)?;
        if now == case.triage {
            return Err(TriageRejection::Same {}.into());
        }
        input::given("reason", &self.reason)?;
        let moved = moved(desk, &now)?;
        let rank = order_of_work(policy, &now.urgency, case.wide_impact);
        let mut changes = vec![Change::TriageCorrected {
            before: Some(case.triage.clone()),
            now,
            reason: self.reason.clone(),
            rank: rank.into(),
            wide_impact: case.wide_impact,
        }];
        changes.extend(moved);
        Ok(changes)
    }
}

impl CorrectTriage {
    /// The axes as they are to be; an axis that was never decided gets the policy's default.
    fn corrected(&self, desk: &Desk<'_>) -> Result<Triage, Rejection> {
        let policy = desk.cx.policy;
        let (before, default) = (&desk.case.triage, policy.defaults());
        let category = self.category.as_ref().unwrap_or(&before.category);
        let category = if category.as_str().is_empty() {
            &default.category
        } else {
            category
        };
        let urgency = self.urgency.as_ref().unwrap_or(&before.urgency);
        let urgency = if urgency.as_str().is_empty() {
            &default.urgency
        } else {
            urgency
        };
        let severity = self.severity.as_ref().unwrap_or(&before.severity);
        let severity = if severity.as_str().is_empty() {
            &default.severity
        } else {
            severity
        };
        input::entry("category", category.as_str(), policy.categories())?;
        input::entry("urgency", urgency.as_str(), &policy.house().urgencies)?;
        input::entry("severity", severity.as_str(), &policy.house().severities)?;
        Ok(Triage {
            category: category.clone(),
            urgency: urgency.clone(),
            severity: severity.clone(),
        })
    }
}

/// Another category may be another department's: the case goes there, which only those may who
/// assign. The first responsible person would hand it sideways.
fn moved(desk: &Desk<'_>, now: &Triage) -> Result<Option<Change>, Rejection> {
    let case = desk.case;
    let lead = &desk.cx.policy.lead(&now.category).id;
    let same = now.category == case.triage.category || *lead == case.department;
    if same || matches!(case.stage, Stage::Registered | Stage::Triaged) {
        return Ok(None);
    }
    assign::only_upwards(desk)?;
    desk.right_to(CommandKind::Assign)?;
    Ok(assign::hand_to(desk, lead))
}

rejections! {
    /// Why triage is not corrected.
    TriageRejection {
        Same {} => Invalid "nothing_changes"
            "category, urgency and severity are so already: say which is another"
            "分类、紧急程度、严重程度均未改变:请填写要更正的内容",
    }
}
