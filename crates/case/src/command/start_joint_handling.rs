//! Lets several departments work together.

use redress_policy::DepartmentId;

use crate::command::{Step, assign};
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, CommandKind, Rejection, input};

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

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let lead = self
            .lead
            .clone()
            .unwrap_or_else(|| desk.case.department.clone());
        input::few("supporting_departments", &self.supporting)?;
        if self.supporting.is_empty() {
            return Err(JointRejection::NobodySupports {}.into());
        }
        let mut named = vec![&lead];
        for department in &self.supporting {
            if named.contains(&department) {
                let department = department.clone();
                return Err(JointRejection::NamedTwice { department }.into());
            }
            named.push(department);
        }
        for department in &named {
            input::department(desk, department)?;
        }
        let mut changes = vec![Change::JointHandlingStarted {
            lead: lead.clone(),
            supporting: self.supporting.clone(),
        }];
        if lead != desk.case.department {
            assign::only_upwards(desk)?;
            desk.right_to(CommandKind::Assign)?;
            changes.extend(assign::hand_to(desk, &lead));
        }
        Ok(changes)
    }
}

rejections! {
    /// Why departments do not work together.
    JointRejection {
        NobodySupports {} => Invalid "nobody_supports"
            "no department assists: name at least one supporting department"
            "未指定配合部门:请至少指定一个",
        NamedTwice { department: DepartmentId } => Invalid "named_twice"
            "{department} is named twice: a department leads or assists, once"
            "部门 {department} 重复:每个部门只能主责或配合一次",
    }
}
