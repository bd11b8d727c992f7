//! Gives the case to another department or person; for those who manage.

use redress_policy::DepartmentId;

use crate::command::Step;
use crate::stage::Stages;
use crate::{PersonId, Stage, Text};

/// Gives the case to another department or person; for those who manage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assign {
    /// Who is to lead; `None`: the department that has the case.
    pub department: Option<DepartmentId>,
    /// Who is to have it; `None`: one of the department's, as triage would choose.
    pub handler: Option<PersonId>,
    /// Why.
    pub reason: Text,
}

impl Step for Assign {
    const STAGES: Stages = Stages::OPEN.without(&[Stage::Registered]);
    const WHILE_HELD: bool = true;
}
