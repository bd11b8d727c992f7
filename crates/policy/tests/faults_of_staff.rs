//! Every sort of fault of roles, people and delegations is found, at its line.

mod common;
mod fault;

use common::errors_with;
use fault::one_error;
use redress_policy::{Reason, StaffFault};

/// The last entry of the file, which further entries are put behind.
const LAST: &str = "email = \"general-office-head@redress.example\"\n";

/// The one fault of the shipped staff with further entries, on the line where `at` stands.
#[track_caller]
fn with_entries(entries: &str, at: &str) -> StaffFault {
    let to = format!("{LAST}\n{entries}");
    staff_fault(one_error("staff.toml", LAST, &to, at))
}

#[track_caller]
fn staff_fault(reason: Reason) -> StaffFault {
    match reason {
        Reason::Staff(fault) => fault,
        other => panic!("no fault of the staff: {other}"),
    }
}

fn delegation(from: &str, to: &str, since: &str, until: &str) -> String {
    format!(
        "[[delegation]]\nfrom = \"{from}\"\nto = \"{to}\"\nsince = \"{since}\"\nuntil = \"{until}\"\n"
    )
}

#[test]
fn a_role_can_only_do_what_there_is() {
    let reason = one_error(
        "staff.toml",
        "\"record_finding\", \"attach_proof\", \"execute_step\"",
        "\"record_finding\", \"fly\", \"execute_step\"",
        "\"fly\"",
    );
    assert!(
        matches!(&reason, Reason::BadValue { key, problem } if key == "may" && problem.contains("record_finding")),
        "{reason}"
    );
}

#[test]
fn a_command_stands_once_in_a_role() {
    let reason = one_error(
        "staff.toml",
        "\"attach_proof\", \"execute_step\", \"add_note\"",
        "\"attach_proof\", \"execute_step\",\n\"attach_proof\"",
        "\"attach_proof\"]",
    );
    assert!(matches!(reason, Reason::Repeated { word, .. } if word == "attach_proof"));
}

#[test]
fn a_role_says_what_it_may_and_where() {
    let reason = one_error(
        "staff.toml",
        "may = [\"*\"]\n",
        "",
        "[[role]]\nid = \"system\"",
    );
    let key = "may".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
    let reason = one_error(
        "staff.toml",
        "scope = \"own_case\"",
        "scope = \"everywhere\"",
        "\"everywhere\"",
    );
    assert!(matches!(reason, Reason::BadValue { key, .. } if key == "scope"));
}

#[test]
fn a_limit_for_holds_is_at_least_a_day() {
    let reason = one_error(
        "staff.toml",
        "hold_days = 3",
        "hold_days = 0",
        "hold_days = 0",
    );
    assert!(matches!(reason, Reason::NotPositive { .. }));
}

#[test]
fn the_roles_of_handlers_and_of_the_system_must_be_there() {
    for (from, role) in [
        ("id = \"handler\"", "handler"),
        ("id = \"system\"", "system"),
    ] {
        let errors = errors_with("staff.toml", from, "id = \"renamed\"");
        let missing = |e: &Reason| matches!(e, Reason::Staff(StaffFault::NoRole { role: r, .. }) if *r == role);
        assert!(
            errors
                .iter()
                .any(|e| e.file == "staff.toml" && missing(&e.reason)),
            "{errors:#?}"
        );
    }
}

#[test]
fn a_person_has_a_role_that_exists() {
    let reason = one_error(
        "staff.toml",
        "roles = [\"supervisor\"]",
        "roles = [\"wizard\"]",
        "\"wizard\"",
    );
    assert!(matches!(reason, Reason::Dangling { what: "role", .. }));
    let reason = one_error(
        "staff.toml",
        "roles = [\"supervisor\"]\n",
        "",
        "[[person]]\nid = \"supervisor-1\"",
    );
    let key = "roles".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
}

#[test]
fn only_handlers_go_without_a_name() {
    let reason = one_error(
        "staff.toml",
        "name = \"包正\"\n",
        "",
        "[[person]]\nid = \"supervisor-1\"",
    );
    let key = "name".to_owned();
    assert_eq!(reason, Reason::MissingKey { key });
}

#[test]
fn nobody_is_listed_twice() {
    let to =
        format!("{LAST}\n[[person]]\nid = \"quality-1\"\nname = \"李\"\nroles = [\"quality\"]\n");
    let reason = one_error("staff.toml", LAST, &to, "\"quality-1\"\nname = \"李\"");
    assert!(matches!(reason, Reason::Duplicate { what: "person", .. }));
}

#[test]
fn nobody_is_called_system() {
    let fault = with_entries(
        "[[person]]\nid =\"system\"\nname = \"李\"\nroles = [\"quality\"]\n",
        "id =\"system\"",
    );
    assert_eq!(fault, StaffFault::SystemIsTaken);
}

#[test]
fn a_handler_stays_in_the_own_department() {
    let fault = with_entries(
        "[[person]]\nid = \"product-1\"\ndepartment =\"marketing\"\n",
        "department =\"marketing\"",
    );
    let (person, department) = ("product-1".to_owned(), "product".to_owned());
    assert_eq!(fault, StaffFault::OtherDepartment { person, department });
}

#[test]
fn a_role_for_the_own_department_needs_one() {
    let fault = with_entries(
        "[[person]]\nid = \"guest\"\nname = \"李\"\nroles = [\"assistant\"]\n",
        "[[person]]\nid = \"guest\"",
    );
    let (person, role) = ("guest".to_owned(), "assistant".to_owned());
    assert_eq!(fault, StaffFault::NoDepartment { person, role });
}

#[test]
fn every_department_has_a_head() {
    let reason = one_error(
        "staff.toml",
        "department = \"product\"\nroles = [\"department_head\"]",
        "department = \"product\"\nroles = [\"supervisor\"]",
        "# Who may do what",
    );
    let department = "product".to_owned();
    assert_eq!(staff_fault(reason), StaffFault::NoHead { department });
}

#[test]
fn a_superior_must_exist() {
    let reason = one_error(
        "staff.toml",
        "superior = \"executive-2\"",
        "superior = \"nobody\"",
        "\"nobody\"",
    );
    assert!(matches!(reason, Reason::Dangling { what: "person", .. }));
}

#[test]
fn nobody_is_above_themselves() {
    let from = "roles = [\"executive\"]\nemail = \"executive-1@";
    let to = "roles = [\"executive\"]\nsuperior =\"director-products\"\nemail = \"executive-1@";
    let reason = one_error("staff.toml", from, to, "superior =\"director-products\"");
    let StaffFault::SuperiorCircle { person, circle } = staff_fault(reason) else {
        panic!("another fault");
    };
    assert_eq!(person, "executive-1");
    assert_eq!(circle, "executive-1 → director-products → executive-1");
    let to = "roles = [\"executive\"]\nsuperior =\"executive-1\"\nemail = \"executive-1@";
    let reason = one_error("staff.toml", from, to, "superior =\"executive-1\"");
    assert!(matches!(
        staff_fault(reason),
        StaffFault::SuperiorCircle { .. }
    ));
}

#[test]
fn the_head_of_a_department_cannot_be_below_its_handlers() {
    let reason = one_error(
        "staff.toml",
        "roles = [\"department_head\"]\nsuperior = \"director-products\"",
        "roles = [\"department_head\"]\nsuperior = \"after-sales-tech-1\"",
        "\"after-sales-tech-1\"",
    );
    assert!(matches!(
        staff_fault(reason),
        StaffFault::SuperiorCircle { .. }
    ));
}

#[test]
fn a_delegation_is_between_people_there_are() {
    let entry = delegation("director-public", "nobody", "2026-10-01", "2026-10-07");
    let to = format!("{LAST}\n{entry}");
    let reason = one_error("staff.toml", LAST, &to, "\"nobody\"");
    assert!(matches!(reason, Reason::Dangling { what: "person", .. }));
}

#[test]
fn a_delegation_ends_after_it_begins() {
    let entry = delegation(
        "director-public",
        "director-service",
        "2026-10-07",
        "2026-10-01",
    );
    let fault = with_entries(&entry, "until = \"2026-10-01\"");
    assert!(matches!(fault, StaffFault::EndsBeforeItBegins { .. }));
}

#[test]
fn a_time_of_a_delegation_is_a_date_or_an_instant() {
    for wrong in ["soon", "2026-13-01", "2026-10-01T08:00:00"] {
        let entry = delegation("director-public", "director-service", wrong, "2027-01-01");
        let to = format!("{LAST}\n{entry}");
        let reason = one_error("staff.toml", LAST, &to, &format!("\"{wrong}\""));
        assert!(
            matches!(&reason, Reason::BadValue { key, .. } if key == "since"),
            "{reason}"
        );
    }
}

#[test]
fn nobody_stands_in_for_themselves() {
    let entry = delegation(
        "director-public",
        "director-public",
        "2026-10-01",
        "2026-10-07",
    );
    let fault = with_entries(&entry, "\"director-public\"\nsince");
    assert!(matches!(fault, StaffFault::DelegatesToSelf { .. }));
}

#[test]
fn nobody_delegates_a_role_they_do_not_have() {
    let mut entry = delegation(
        "director-public",
        "director-service",
        "2026-10-01",
        "2026-10-07",
    );
    entry.push_str("roles =[\"executive\"]\n");
    let fault = with_entries(&entry, "roles =[\"executive\"]");
    assert!(matches!(fault, StaffFault::DelegatesForeignRole { role, .. } if role == "executive"));
}

#[test]
fn delegations_of_one_role_do_not_overlap() {
    let first = delegation(
        "director-public",
        "director-service",
        "2026-10-01",
        "2026-10-07",
    );
    let same_day = delegation(
        "director-public",
        "director-banking",
        "2026-10-07",
        "2026-10-09",
    );
    let fault = with_entries(
        &format!("{first}\n{same_day}"),
        "[[delegation]]\nfrom = \"director-public\"\nto = \"director-banking\"",
    );
    assert!(matches!(fault, StaffFault::OverlappingDelegation { role, .. } if role == "director"));
    let next_day = delegation(
        "director-public",
        "director-banking",
        "2026-10-08",
        "2026-10-09",
    );
    let to = format!("{LAST}\n{first}\n{next_day}");
    assert_eq!(errors_with("staff.toml", LAST, &to), []);
}

#[test]
fn delegations_do_not_run_in_a_circle() {
    let round = [
        delegation(
            "director-public",
            "director-service",
            "2026-10-01",
            "2026-10-07",
        ),
        delegation(
            "director-service",
            "director-banking",
            "2026-10-05",
            "2026-10-09",
        ),
        delegation(
            "director-banking",
            "director-public",
            "2026-10-07",
            "2026-10-08",
        ),
    ];
    let fault = with_entries(
        &round.join("\n"),
        "[[delegation]]\nfrom = \"director-banking\"",
    );
    let StaffFault::DelegationCircle { circle, role } = fault else {
        panic!("another fault");
    };
    assert_eq!(role, "director");
    assert_eq!(
        circle,
        "director-banking → director-public → director-service → director-banking"
    );
    let one_after_the_other = [
        delegation(
            "director-public",
            "director-service",
            "2026-10-01",
            "2026-10-07",
        ),
        delegation(
            "director-service",
            "director-public",
            "2026-10-08",
            "2026-10-09",
        ),
    ];
    let to = format!("{LAST}\n{}", one_after_the_other.join("\n"));
    assert_eq!(errors_with("staff.toml", LAST, &to), []);
}
