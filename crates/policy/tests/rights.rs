//! Who may do what under the shipped staff: roles, their reach, delegation, management lines.

mod common;

use common::shipped;
use jiff::{SignedDuration, Timestamp};
use redress_policy::{CaseDesk, CommandName, DepartmentId, NoRight, Policy, Staff};

fn policy() -> Policy {
    Policy::parse(&shipped()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The shipped policy with the head of customer service absent for a week.
fn with_delegation(roles: &str) -> Policy {
    let mut files = shipped();
    let staff = files.get_mut("staff.toml").expect("shipped");
    *staff += "\n[[delegation]]\nfrom = \"customer-service-head\"\nto = \"product-2\"\n\
               since = \"2026-10-01\"\nuntil = 2026-10-07\n";
    *staff += roles;
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn some_day() -> Timestamp {
    at("2026-05-07T09:00:00+08:00")
}

/// A case of `after-sales-tech-1`, with customer service assisting.
fn desk() -> CaseDesk<'static, &'static str> {
    CaseDesk {
        handler: "after-sales-tech-1",
        departments: &["after_sales_tech", "customer_service"],
    }
}

fn may(policy: &Policy, person: &str, role: &str, command: CommandName) -> Result<(), NoRight> {
    let right = policy
        .staff()
        .may(person, role, command, &desk(), some_day());
    right.map(|right| assert_eq!(right.on_behalf_of, None))
}

#[test]
fn the_first_responsible_person_may_work_the_own_case_and_hand_it_only_upwards() {
    let policy = policy();
    let handler = |command| may(&policy, "after-sales-tech-1", "handler", command);
    assert_eq!(handler(CommandName::Accept), Ok(()));
    assert_eq!(handler(CommandName::ProposePlan), Ok(()));
    assert_eq!(handler(CommandName::TransferUp), Ok(()));
    assert_eq!(handler(CommandName::Assign), Err(NoRight::NotGranted));
    assert_eq!(handler(CommandName::ApprovePlan), Err(NoRight::NotGranted));
    assert!(policy.procedures().first_responsible_may_only_transfer_up);
}

#[test]
fn a_handler_does_not_work_the_case_of_another() {
    let policy = policy();
    let other = may(
        &policy,
        "after-sales-tech-2",
        "handler",
        CommandName::Accept,
    );
    assert_eq!(other, Err(NoRight::OutOfReach));
}

#[test]
fn a_handler_of_an_assisting_department_helps_and_one_of_another_does_not() {
    let policy = policy();
    let helps = |person, command| may(&policy, person, "assistant", command);
    assert_eq!(
        helps("customer-service-2", CommandName::RecordFinding),
        Ok(())
    );
    assert_eq!(
        helps("customer-service-2", CommandName::Close),
        Err(NoRight::NotGranted)
    );
    assert_eq!(
        helps("logistics-ops-1", CommandName::RecordFinding),
        Err(NoRight::OutOfReach)
    );
}

#[test]
fn the_head_of_the_department_assigns_its_cases_and_no_others() {
    let policy = policy();
    let assigns = |person| may(&policy, person, "department_head", CommandName::Assign);
    assert_eq!(assigns("after-sales-tech-head"), Ok(()));
    assert_eq!(assigns("logistics-ops-head"), Err(NoRight::OutOfReach));
    assert_eq!(assigns("after-sales-tech-1"), Err(NoRight::RoleNotHeld));
}

#[test]
fn nobody_acts_in_a_role_they_do_not_have() {
    let policy = policy();
    let held = |person, role| may(&policy, person, role, CommandName::ApprovePlan);
    assert_eq!(held("nobody", "director"), Err(NoRight::UnknownPerson));
    assert_eq!(held("director-public", "king"), Err(NoRight::UnknownRole));
    assert_eq!(
        held("director-public", "executive"),
        Err(NoRight::RoleNotHeld)
    );
    assert_eq!(held("director-public", "director"), Ok(()));
    assert_eq!(held("director-public", "system"), Err(NoRight::RoleNotHeld));
}

#[test]
fn the_system_may_do_everything_everywhere() {
    let policy = policy();
    for command in CommandName::ALL {
        assert_eq!(may(&policy, Staff::SYSTEM, Staff::SYSTEM, *command), Ok(()));
    }
}

#[test]
fn everything_that_can_be_done_somebody_may_do() {
    let policy = policy();
    let staff = policy.staff();
    for command in CommandName::ALL {
        let mut people = staff.people().iter().filter(|p| p.id != *Staff::SYSTEM);
        let able = |role| staff.role(role).is_some_and(|r| r.may(*command));
        assert!(
            people.any(|p| p.roles.iter().any(able)),
            "nobody may {command}"
        );
    }
}

#[test]
fn who_stands_in_acts_with_the_reach_of_the_absent_person_while_absent() {
    let policy = with_delegation("");
    let acts = |when| {
        let desk = desk();
        let command = CommandName::Hold;
        policy
            .staff()
            .may("product-2", "department_head", command, &desk, at(when))
            .map(|right| right.on_behalf_of.map(|person| person.id.to_string()))
    };
    // Whole days in the house's zone: from the first one's beginning to the last one's end.
    assert_eq!(acts("2026-09-30T23:59:59+08:00"), Err(NoRight::RoleNotHeld));
    let head = Ok(Some("customer-service-head".to_owned()));
    assert_eq!(acts("2026-10-01T00:00:00+08:00"), head);
    assert_eq!(acts("2026-10-07T23:59:59+08:00"), head);
    assert_eq!(acts("2026-10-08T00:00:00+08:00"), Err(NoRight::RoleNotHeld));
}

#[test]
fn who_stands_in_does_not_reach_where_the_absent_person_does_not() {
    let policy = with_delegation("");
    let desk: CaseDesk<'_, DepartmentId> = CaseDesk {
        handler: "logistics-ops-1",
        departments: &["logistics_ops".into()],
    };
    let when = at("2026-10-03T09:00:00+08:00");
    let right = policy.staff().may(
        "product-2",
        "department_head",
        CommandName::Hold,
        &desk,
        when,
    );
    assert_eq!(right, Err(NoRight::OutOfReach));
}

#[test]
fn only_the_delegated_roles_are_handed_over() {
    let mut files = shipped();
    let staff = files.get_mut("staff.toml").expect("shipped");
    *staff = staff.replacen(
        "roles = [\"customer_service_lead\"]",
        "roles = [\"customer_service_lead\", \"supervisor\"]",
        1,
    );
    *staff += "\n[[delegation]]\nfrom = \"customer-service-lead\"\nto = \"product-2\"\n\
               since = \"2026-10-01\"\nuntil = \"2026-10-07\"\nroles = [\"supervisor\"]\n";
    let policy = Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let when = at("2026-10-03T09:00:00+08:00");
    let acts = |role| {
        let right = policy
            .staff()
            .may("product-2", role, CommandName::Assign, &desk(), when);
        right.map(|right| right.on_behalf_of.is_some())
    };
    assert_eq!(acts("supervisor"), Ok(true));
    assert_eq!(acts("customer_service_lead"), Err(NoRight::RoleNotHeld));
}

#[test]
fn at_a_level_of_the_department_its_head_answers_or_who_stands_in() {
    let policy = with_delegation("");
    let staff = policy.staff();
    let level = policy
        .approvals()
        .levels
        .get("department_head")
        .expect("shipped");
    let ids = |when| -> Vec<(String, Option<String>)> {
        staff
            .approvers(level, "customer_service", at(when))
            .into_iter()
            .map(|a| {
                (
                    a.person.id.to_string(),
                    a.on_behalf_of.map(|p| p.id.to_string()),
                )
            })
            .collect()
    };
    let head = "customer-service-head".to_owned();
    assert_eq!(ids("2026-05-07T09:00:00+08:00"), [(head.clone(), None)]);
    assert_eq!(
        ids("2026-10-03T09:00:00+08:00"),
        [(head.clone(), None), ("product-2".to_owned(), Some(head))]
    );
    let when = at("2026-10-03T09:00:00+08:00");
    let answers = |person, department| {
        let right = staff.may_approve(person, level, department, when);
        right.map(|right| right.on_behalf_of.is_some())
    };
    assert_eq!(
        answers("customer-service-head", "customer_service"),
        Ok(false)
    );
    assert_eq!(answers("product-2", "customer_service"), Ok(true));
    assert_eq!(answers("product-2", "product"), Err(NoRight::OutOfReach));
    assert_eq!(
        answers("product-head", "customer_service"),
        Err(NoRight::OutOfReach)
    );
    assert_eq!(
        answers("product-1", "customer_service"),
        Err(NoRight::RoleNotHeld)
    );
}

#[test]
fn at_a_level_of_the_house_everybody_with_the_role_answers() {
    let policy = policy();
    let level = policy.approvals().levels.get("finance").expect("shipped");
    let approvers = policy.staff().approvers(level, "product", some_day());
    let ids: Vec<_> = approvers.iter().map(|a| a.person.id.as_str()).collect();
    assert_eq!(ids, ["finance-1", "finance-2"]);
}

#[test]
fn handlers_are_people_without_being_listed() {
    let policy = policy();
    let staff = policy.staff();
    for department in policy.departments() {
        for handler in &department.handlers {
            let person = staff.person(&handler.id).expect("every handler");
            assert_eq!(person.department.as_ref(), Some(&department.id));
            assert!(person.holds(Staff::HANDLER) && person.holds("assistant"));
            assert_eq!(
                (&person.name, &person.email),
                (&handler.name, &handler.email)
            );
        }
    }
    let both = staff.person("finance-1").expect("listed for another role");
    assert!(both.holds(Staff::HANDLER) && both.holds("finance"));
}

#[test]
fn above_a_handler_is_the_head_then_the_director_then_the_executive() {
    let policy = policy();
    let staff = policy.staff();
    let ids = |line: Vec<&redress_policy::Person>| -> Vec<String> {
        line.iter().map(|p| p.id.to_string()).collect()
    };
    let above = ["after-sales-tech-head", "director-products", "executive-1"];
    assert_eq!(ids(staff.line("after-sales-tech-2")), above);
    assert_eq!(ids(staff.line_of("after_sales_tech")), above);
    assert_eq!(ids(staff.line("director-products")), ["executive-1"]);
    assert!(staff.line("executive-1").is_empty() && staff.line("nobody").is_empty());
    assert!(staff.line(Staff::SYSTEM).is_empty() && staff.line_of("nowhere").is_empty());
}

#[test]
fn every_department_has_a_head_and_an_executive_above() {
    let policy = policy();
    let staff = policy.staff();
    for department in policy.departments() {
        let head = staff.head(&department.id).expect("checked");
        assert!(head.belongs_to(department.id.as_str()));
        let top = staff.line_of(&department.id).pop().expect("somebody above");
        assert!(top.holds("executive"), "{}", department.id);
    }
}

#[test]
fn a_handler_grants_three_days_alone_and_an_executive_any_time() {
    let policy = policy();
    let grants = |role: &str, hours| {
        let role = policy.staff().role(role).expect("shipped");
        role.may_grant(SignedDuration::from_hours(hours))
    };
    assert!(grants("handler", 72) && !grants("handler", 73));
    assert!(grants("department_head", 15 * 24) && !grants("department_head", 15 * 24 + 1));
    assert!(grants("executive", 365 * 24));
}
