//! Gives the case to another department or person; for those who manage.

use redress_policy::{DepartmentId, PersonId, Reach};

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection, Stage, Text, input};

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

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        only_upwards(desk)
    }

    fn decide(&self, desk: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        let (department, handler) = self.target(desk)?;
        let case = desk.case;
        if department == case.department && handler == case.handler {
            let id = handler.clone();
            return Err(desk.instead(AssignRejection::HasIt { id }));
        }
        if case.stage != Stage::Triaged {
            input::given("reason", &self.reason)?;
        }
        Ok(vec![Change::Assigned {
            department,
            handler,
            reason: self.reason.clone(),
        }])
    }
}

/// Whether the actor is the first responsible person, who may hand a case only upwards.
pub(crate) fn only_upwards(desk: &Desk<'_>) -> Result<(), Rejection> {
    let actor = desk.cx.actor;
    let first = actor.id == desk.case.handler
        && desk
            .staff()
            .role(&actor.role)
            .is_some_and(|role| role.reach == Reach::OwnCase);
    if first && desk.procedures().first_responsible_may_only_transfer_up {
        let id = actor.id.clone();
        return Err(desk.instead(AssignRejection::OnlyUpwards { id }));
    }
    Ok(())
}

/// The change that gives the case to a department, to whom triage would choose there.
pub(crate) fn hand_to(desk: &Desk<'_>, department: &DepartmentId) -> Option<Change> {
    let handler = chosen(desk, department)?;
    Some(Change::Assigned {
        department: department.clone(),
        handler,
        reason: Text::default(),
    })
}

fn chosen(desk: &Desk<'_>, department: &DepartmentId) -> Option<PersonId> {
    let department = desk.cx.policy.departments().get(department)?;
    let handler = department.assign(&desk.case.id.to_string(), &desk.case.triage.urgency);
    Some(handler.id.as_str().into())
}

/// Whose case it is: as long as nobody has it, its category decides.
fn given_to(desk: &Desk<'_>) -> DepartmentId {
    match desk.case.stage {
        Stage::Triaged => desk.cx.policy.lead(&desk.case.triage.category).id.clone(),
        _ => desk.case.department.clone(),
    }
}

impl Assign {
    fn target(&self, desk: &Desk<'_>) -> Result<(DepartmentId, PersonId), Rejection> {
        let handler = self
            .handler
            .as_ref()
            .map(|id| input::person(desk, id))
            .transpose()?;
        let of_handler = handler.and_then(|person| person.department.clone());
        let department = self.department.clone().or_else(|| of_handler.clone());
        let department = department.unwrap_or_else(|| given_to(desk));
        input::department(desk, &department)?;
        match handler {
            Some(person) if of_handler.is_some_and(|own| own != department) => {
                let id = person.id.clone();
                Err(AssignRejection::OtherDepartment { id, department }.into())
            }
            Some(person) => Ok((department, person.id.clone())),
            None => {
                let chosen = chosen(desk, &department);
                let chosen = chosen.unwrap_or_else(|| desk.case.handler.clone());
                Ok((department, chosen))
            }
        }
    }
}

rejections! {
    /// Why a case is not given to somebody else.
    AssignRejection {
        OnlyUpwards { id: PersonId } => NoRight "only_upwards"
            "{id} is the first responsible person and may hand the case only upwards: transfer_up"
            "{id} 为第一责任人,只能向上转交:请使用 transfer_up",
        HasIt { id: PersonId } => NotAllowedNow "has_it_already"
            "{id} has the case already"
            "本案已由 {id} 负责",
        OtherDepartment { id: PersonId, department: DepartmentId } => Invalid "other_department"
            "{id} does not belong to {department}: name another person, or the person alone"
            "{id} 不属于 {department}:请指定其他人员,或只填写人员",
    }
}
