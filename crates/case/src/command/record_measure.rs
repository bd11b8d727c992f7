//! A step that the procedure of the case's severity knows.

use redress_policy::{MeasureId, RoleId};

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Evidence, Rejection, Stage, Text, input};

/// A step that the procedure of the case's severity knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordMeasure {
    /// Of the policy, such as `task_force`.
    pub measure: MeasureId,
    /// In words.
    pub text: Text,
    /// Who took part.
    pub people: Vec<String>,
    /// What proves it.
    pub evidence: Vec<Evidence>,
}

impl Step for RecordMeasure {
    const STAGES: Stages = Stages::WITH_HANDLER.and(&[Stage::Closed]);
    const WHILE_HELD: bool = true;

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let measure = &self.measure;
        let known = input::entry("measure", measure.as_str(), &desk.procedures().measures)?;
        let role = &desk.cx.actor.role;
        if !known.may_be_recorded_by(role.as_str()) {
            let by: Vec<&str> = known.by.iter().map(AsRef::as_ref).collect();
            let (measure, role, by) = (measure.clone(), role.clone(), by.join(", "));
            return Err(MeasureRejection::ByOthers { measure, role, by }.into());
        }
        input::given("text", &self.text)?;
        input::few("people", &self.people)?;
        self.people
            .iter()
            .try_for_each(|person| input::word("people", person))?;
        input::evidence(&self.evidence)?;
        Ok(vec![Change::MeasureRecorded {
            measure: measure.clone(),
            text: self.text.clone(),
            people: self.people.clone(),
            evidence: self.evidence.clone(),
        }])
    }
}

rejections! {
    /// Why a measure is not recorded.
    MeasureRejection {
        ByOthers { measure: MeasureId, role: RoleId, by: String } => NoRight "measure_of_others"
            "{measure} is recorded by {by}, not by {role}"
            "{measure} 须由 {by} 记录,{role} 不可记录",
    }
}
