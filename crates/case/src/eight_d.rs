//! The 8D report: which disciplines the record fills.

use redress_policy::MeasureId;

use crate::words::words;
use crate::{Case, Change};

/// The measure that fills D0, as procedures name it.
const EMERGENCY_RESPONSE: &str = "emergency_response";
/// The measure that fills D3, as procedures name it.
const CONTAINMENT: &str = "containment";

words! {
    /// A discipline of an 8D report.
    Discipline {
        /// Prepare, and respond to the emergency.
        D0 = "D0" "应急准备",
        /// The team.
        D1 = "D1" "成立小组",
        /// The problem described.
        D2 = "D2" "描述问题",
        /// Interim containment.
        D3 = "D3" "临时遏制措施",
        /// Root cause and escape point.
        D4 = "D4" "根本原因与逃逸点",
        /// Permanent corrective action chosen.
        D5 = "D5" "选定永久纠正措施",
        /// Permanent corrective action carried out and verified.
        D6 = "D6" "实施并验证",
        /// Recurrence prevented.
        D7 = "D7" "预防再发",
        /// The work concluded with the customer.
        D8 = "D8" "总结与确认",
    }
}

impl Discipline {
    /// Whether the record of a case fills it.
    pub fn is_complete(self, case: &Case) -> bool {
        let record = &case.record;
        let taken = |measure: &str| record.measures.contains_key(&MeasureId::new(measure));
        match self {
            Self::D0 => record.verification.is_some() || taken(EMERGENCY_RESPONSE),
            Self::D1 => {
                case.joint.is_some() || record.measures.values().any(|m| !m.people.is_empty())
            }
            Self::D2 => record.answered.is_complete(),
            Self::D3 => taken(CONTAINMENT),
            Self::D4 => record.root_cause.occurrence && record.root_cause.escape,
            Self::D5 => record.actions.iter().any(|action| !action.preventive),
            Self::D6 => {
                let mut corrective = record.actions.iter().filter(|action| !action.preventive);
                corrective.any(|action| action.effective == Some(true))
            }
            Self::D7 => record.actions.iter().any(|action| action.preventive),
            // The customer confirms what was carried out, and not before.
            Self::D8 => case.confirmed,
        }
    }

    /// The disciplines that a fact has something to say to, in a report that tells the facts.
    pub fn told_by(change: &Change) -> Vec<Self> {
        match change {
            Change::Verified { .. } => vec![Self::D0],
            Change::MeasureRecorded {
                measure, people, ..
            } => {
                let team = (!people.is_empty()).then_some(Self::D1);
                let own = match measure.as_str() {
                    EMERGENCY_RESPONSE => Some(Self::D0),
                    CONTAINMENT => Some(Self::D3),
                    _ => None,
                };
                own.into_iter().chain(team).collect()
            }
            Change::JointHandlingStarted { .. } => vec![Self::D1],
            Change::FindingRecorded { .. } | Change::FiveWOneHRecorded { .. } => vec![Self::D2],
            Change::RootCauseRecorded { .. } | Change::ResponsibilityAssessed { .. } => {
                vec![Self::D4]
            }
            Change::CorrectiveActionRecorded { preventive, .. } => match preventive {
                true => vec![Self::D7],
                false => vec![Self::D5],
            },
            Change::CorrectiveActionVerified { .. } => vec![Self::D6],
            Change::ResultConfirmed { .. } | Change::SatisfactionRecorded { .. } => vec![Self::D8],
            _ => Vec::new(),
        }
    }

    /// What would fill it, in English and in Chinese.
    pub fn filled_by(self) -> (&'static str, &'static str) {
        match self {
            Self::D0 => ("a verification or an emergency response", "核实或应急响应"),
            Self::D1 => (
                "joint handling, or a measure with people",
                "联合处理或有人员的措施",
            ),
            Self::D2 => ("all answers of 5W1H", "完整的5W1H"),
            Self::D3 => ("the measure containment", "临时遏制措施"),
            Self::D4 => (
                "why it happened and why it was not caught",
                "发生原因与未检出原因",
            ),
            Self::D5 => ("a corrective action", "纠正措施"),
            Self::D6 => (
                "a corrective action verified as effective",
                "经验证有效的纠正措施",
            ),
            Self::D7 => ("a preventive action", "预防措施"),
            Self::D8 => (
                "the plan carried out and the result confirmed",
                "方案执行并经客户确认",
            ),
        }
    }
}
