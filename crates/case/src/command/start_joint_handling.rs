//! Lets several departments work together.

use redress_policy::DepartmentId;

use crate::command::Step;
use crate::stage::Stages;

/// Lets several departments work together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartJointHandling {
    /// Who leads (主责部门); `None`: the department that has the case.
    pub lead: Option<DepartmentId>,
    /// Who assists (配合部门).
    pub supporting: Vec<DepartmentId>,
}

impl Step for StartJointHandling {
    const STAGES: Stages = Stages::WITH_HANDLER;
    const WHILE_HELD: bool = true;
}
