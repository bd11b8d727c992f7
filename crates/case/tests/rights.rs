//! Who may, what is recorded of those who may not, versions, and requests that come twice.

mod common;

use common::commands::*;
use common::lives::{accepted, at, verified};
use common::*;
use redress_case::*;

fn circumstances<'a>(given: &Given, actor: &'a Actor, request_id: &'a str) -> Circumstances<'a> {
    Circumstances {
        actor,
        now: given.now,
        policy: given.policy(),
        request_id,
        expected_version: None,
    }
}

/// What decides and records the way a service does: the changes of a refusal too.
fn ask(
    given: &mut Given,
    actor: &Actor,
    command: &Command,
    request_id: &str,
    expected_version: Option<u64>,
) -> Result<Vec<Change>, Rejection> {
    let mut cx = circumstances(given, actor, request_id);
    cx.expected_version = expected_version;
    let outcome = decide(&given.case, command, &cx);
    let changes = match &outcome {
        Ok(changes) => changes.clone(),
        Err(refused) => refused
            .record
            .iter()
            .map(|change| (**change).clone())
            .collect(),
    };
    let facts = record(&mut given.case, changes, &cx);
    given.facts.extend(facts);
    outcome
}

#[test]
fn nobody_acts_who_is_not_of_the_house() {
    let stranger = Actor::new("mallory", "handler");
    let given = given(accepted()).when(&stranger, verify(true, true));
    let refused = given.then_refused(RejectionKind::NoRight, "unknown_actor");
    assert!(refused.en().contains("staff.toml"), "{refused}");
}

#[test]
fn somebody_acts_in_a_role_that_they_have() {
    for (actor, code) in [
        (Actor::new(HANDLER, "executive"), "role_not_held"),
        (Actor::new(HANDLER, "emperor"), "role_not_held"),
        (Actor::new(HANDLER, ""), "no_role"),
    ] {
        let refused = given(accepted()).when(&actor, verify(true, true));
        refused.then_refused(RejectionKind::NoRight, code);
    }
}

#[test]
fn a_role_does_what_the_policy_lets_it() {
    let given = given(accepted()).when(&finance(), verify(true, true));
    let refused = given.then_refused(RejectionKind::NoRight, "missing_right");
    assert_eq!(
        refused.en(),
        "the role finance may not verify: ask somebody whose role may"
    );
}

#[test]
fn a_handler_works_their_own_cases() {
    let colleague = Actor::new(COLLEAGUE, "handler");
    let given = given(accepted()).when(&colleague, verify(true, true));
    given.then_refused(RejectionKind::NoRight, "out_of_scope");
}

#[test]
fn every_command_without_the_right_is_refused_whatever_the_stage() {
    let nobody = Actor::new("mallory", "handler");
    for stage in Stage::ALL {
        for command in every_command() {
            let refused = at(*stage)
                .decided(&nobody, &command)
                .expect_err("nobody may");
            assert_eq!(refused.code, "unknown_actor");
            assert!(
                refused.allowed_now.is_empty(),
                "a stranger learns nothing of the case"
            );
        }
    }
}

#[test]
fn a_refused_attempt_is_recorded_with_who_tried_what() {
    let mut given = given(accepted());
    let refused = ask(&mut given, &finance(), &verify(true, true), "r-1", None);
    let recorded = Change::Refused {
        command: "verify".to_owned(),
        reason: "missing_right".to_owned(),
    };
    assert_eq!(
        refused.expect_err("no right").record.as_deref(),
        Some(&recorded)
    );
    let fact = given.facts.last().expect("a fact");
    assert_eq!(
        (&fact.change, fact.actor.id.as_str()),
        (&recorded, "finance-1")
    );
    assert_eq!((fact.version, fact.stand.state.as_str()), (3, "accepted"));
}

#[test]
fn the_same_refused_request_is_recorded_once() {
    let mut given = given(accepted());
    for _ in 0..3 {
        let refused = ask(&mut given, &finance(), &verify(true, true), "r-1", None);
        assert_eq!(refused.expect_err("no right").code, "missing_right");
    }
    assert_eq!(given.case.version, 3);
}

#[test]
fn a_client_in_a_loop_does_not_fill_the_timeline() {
    let mut given = given(accepted());
    for attempt in 0..300 {
        let request = format!("r-{attempt}");
        let refused = ask(&mut given, &finance(), &verify(true, true), &request, None);
        assert_eq!(refused.expect_err("no right").code, "missing_right");
    }
    assert_eq!(given.case.version, 102);
}

#[test]
fn other_refusals_are_answered_and_not_recorded() {
    let mut given = given(accepted());
    let early = ask(&mut given, &handler(), &close(1), "r-1", None).expect_err("too early");
    assert_eq!((early.record, given.case.version), (None, 2));
}

#[test]
fn of_two_people_who_looked_at_the_same_version_the_second_is_told_the_current_one() {
    let mut given = given(verified());
    let seen = given.case.version;
    let first = ask(&mut given, &handler(), &finding(), "r-1", Some(seen));
    assert!(first.is_ok());
    let second = ask(&mut given, &head(), &finding(), "r-2", Some(seen)).expect_err("stale");
    assert_eq!(
        (second.kind, second.code),
        (RejectionKind::Conflict, "stale_version")
    );
    assert!(second.en().contains("from version 3 to 4"), "{second}");
    let current = Some(given.case.version);
    let again = ask(&mut given, &head(), &finding(), "r-2", current);
    assert!(
        again.is_ok(),
        "the second can try again under the same request id"
    );
}

#[test]
fn a_version_that_the_case_does_not_have_yet_is_refused() {
    let mut given = given(verified());
    let ahead = ask(&mut given, &handler(), &finding(), "r-1", Some(99)).expect_err("ahead");
    assert_eq!(
        (ahead.kind, ahead.code),
        (RejectionKind::Conflict, "unknown_version")
    );
}

#[test]
fn refused_attempts_of_others_make_nobodys_version_stale() {
    let mut given = given(verified());
    let seen = given.case.version;
    let refused = ask(&mut given, &finance(), &verify(true, true), "r-1", None);
    assert!(refused.is_err() && given.case.version == seen + 1);
    let actor = handler();
    for expected in [seen, seen + 1] {
        let cx = Circumstances {
            expected_version: Some(expected),
            ..circumstances(&given, &actor, "r-2")
        };
        assert!(decide(&given.case, &finding(), &cx).is_ok());
    }
}

#[test]
fn the_same_request_again_changes_nothing_and_has_the_first_answer() {
    let mut given = given(verified());
    let first = ask(&mut given, &handler(), &finding(), "r-1", Some(3)).expect("recorded");
    assert_eq!(first.len(), 1);
    let version = given.case.version;
    ask(
        &mut given,
        &handler(),
        &note(Visibility::Internal),
        "r-2",
        None,
    )
    .expect("recorded");
    let again = ask(&mut given, &handler(), &finding(), "r-1", Some(3)).expect("answered");
    assert_eq!(again, []);
    assert_eq!(given.case.answered("r-1"), Some(version));
    assert_eq!(given.case.answered("r-3"), None);
    assert_eq!(given.case.record.findings, 1);
}

#[test]
fn the_answer_to_a_command_with_two_changes_is_the_version_of_the_second() {
    let mut given = given(lives::executed());
    let command = satisfied(Satisfaction::Dissatisfied);
    ask(&mut given, &handler(), &command, "r-1", None).expect("recorded");
    assert_eq!(given.case.answered("r-1"), Some(given.case.version));
    assert_eq!(
        ask(&mut given, &handler(), &command, "r-1", None),
        Ok(Vec::new())
    );
    assert_eq!(given.case.round, 2);
}

#[test]
fn a_request_id_is_not_used_for_two_wishes() {
    let mut given = given(verified());
    ask(&mut given, &handler(), &finding(), "r-1", None).expect("recorded");
    let other = ask(&mut given, &handler(), &withdraw(), "r-1", None).expect_err("used");
    assert_eq!(
        (other.kind, other.code),
        (RejectionKind::Conflict, "request_id_reused")
    );
    assert!(other.en().contains("record_finding"), "{other}");
}

#[test]
fn without_a_request_id_every_command_counts_for_itself() {
    let mut given = given(verified());
    for _ in 0..2 {
        ask(&mut given, &handler(), &finding(), "", None).expect("recorded");
    }
    assert_eq!(given.case.record.findings, 2);
    assert_eq!(given.case.answered(""), None);
}

#[test]
fn facts_tell_who_what_when_and_how_the_case_stood_after_them() {
    let mut given = given(accepted());
    given.now += hours(1);
    ask(
        &mut given,
        &head(),
        &assign(None, Some(COLLEAGUE)),
        "r-1",
        None,
    )
    .expect("assigned");
    let fact = given.facts.last().expect("a fact");
    assert_eq!(
        (fact.version, fact.at, fact.request_id.as_str()),
        (3, given.now, "r-1")
    );
    assert_eq!(
        (fact.actor.clone(), fact.policy.as_str()),
        (head(), policy().version())
    );
    let stand = Stand {
        state: "assigned".to_owned(),
        department: "after_sales_tech".into(),
        handler: COLLEAGUE.into(),
        category: "product_quality".into(),
        urgency: "normal".into(),
        severity: "ordinary".into(),
    };
    assert_eq!(fact.stand, stand);
}
