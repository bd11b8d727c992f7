//! The three procedures from end to end: ordinary, important, major.

mod common;

use common::commands::*;
use common::*;
use redress_case::*;

fn of_severity(severity: &str) -> Given {
    let mut opening = opening();
    opening.severity = severity.into();
    given_case(&opening, [])
}

/// What a command lacks, as the caller is told.
fn lacks(given: &Given, actor: &Actor, command: &Command) -> Vec<String> {
    match given.decided(actor, command) {
        Ok(_) => Vec::new(),
        Err(refused) => refused
            .missing
            .iter()
            .map(|missing| missing.en.clone())
            .collect(),
    }
}

fn work(given: Given, steps: Vec<(Actor, Command)>) -> Given {
    steps
        .into_iter()
        .fold(given, |given, (actor, command)| given.done(&actor, command))
}

#[test]
fn an_ordinary_complaint_goes_from_assignment_to_archive() {
    let me = handler;
    let given = work(
        of_severity("ordinary"),
        vec![
            (me(), accept()),
            (me(), verify(true, true)),
            (me(), finding()),
            (me(), five_w_one_h(all_answers())),
            (me(), responsibility()),
            (me(), complete_investigation()),
            (me(), small_plan().into()),
            (me(), offer()),
            (me(), consent()),
            (me(), execute(0)),
            (me(), proof()),
            (me(), confirm()),
            (me(), satisfied(Satisfaction::Satisfied)),
            (me(), close(1)),
            (me(), archive()),
        ],
    );
    assert_eq!(given.stage(), Stage::Archived);
    let keep_until = given.case.keep_until.expect("a time").to_string();
    assert!(
        keep_until.starts_with("2028-03-09"),
        "two years, {keep_until}"
    );
    let states: Vec<&str> = given
        .facts
        .iter()
        .map(|fact| fact.stand.state.as_str())
        .collect();
    let expected = [
        "accepted",
        "verified",
        "verified",
        "verified",
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "customer_agreed",
        "executing",
        "executed",
        "executed",
        "customer_confirmed",
        "customer_confirmed",
        "closed",
        "archived",
    ];
    assert_eq!(states, expected);
}

#[test]
fn an_important_complaint_is_investigated_by_a_task_force() {
    important_with_a_plan();
}

fn important_with_a_plan() -> Given {
    let me = handler;
    let given = work(
        of_severity("important"),
        vec![
            (me(), accept()),
            (me(), verify(true, true)),
            (me(), finding()),
            (me(), five_w_one_h(all_answers())),
            (me(), responsibility()),
        ],
    );
    let investigation = complete_investigation();
    let missing = lacks(&given, &me(), &investigation);
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert_eq!(missing[0], "root cause: why it happened, the chain of whys");
    assert!(missing[1].starts_with("measure task_force by department_head, director"));
    work(
        given,
        vec![
            (me(), root_cause("pressed cold", "")),
            (head(), measure("task_force")),
            (me(), investigation),
            (me(), small_plan().into()),
            (head(), approve()),
            (director(), approve()),
        ],
    )
}

#[test]
fn an_important_plan_is_evaluated_and_its_result_given_by_an_executive() {
    let me = handler;
    let given = important_with_a_plan();
    assert!(lacks(&given, &me(), &offer())[0].starts_with("measure plan_evaluation"));
    let given = work(
        given,
        vec![
            (quality(), measure("plan_evaluation")),
            (me(), offer()),
            (me(), consent()),
        ],
    );
    assert!(lacks(&given, &me(), &execute(0))[0].starts_with("measure executive_coordination"));
    let given = work(
        given,
        vec![
            (executive(), measure("executive_coordination")),
            (me(), execute(0)),
        ],
    );
    assert!(lacks(&given, &me(), &confirm())[0].starts_with("measure executive_feedback"));
    let given = work(
        given,
        vec![
            (executive(), measure("executive_feedback")),
            (executive(), confirm()),
        ],
    );
    let missing = lacks(&given, &me(), &close(1));
    assert_eq!(missing.len(), 3, "{missing:?}");
    assert_eq!(
        missing[..2],
        ["the customer's satisfaction", "a corrective action"]
    );
    assert!(missing[2].starts_with("measure executive_report"));
    let given = work(
        given,
        vec![
            (me(), satisfied(Satisfaction::MostlySatisfied)),
            (me(), action(false)),
            (head(), measure("executive_report")),
            (me(), close(1)),
        ],
    );
    let unverified = "every corrective action verified as effective";
    assert_eq!(lacks(&given, &me(), &archive()), [unverified]);
    let given = given.done(&quality(), verify_action(1, false));
    assert_eq!(
        lacks(&given, &me(), &archive()),
        [unverified],
        "it had no effect"
    );
    let given = work(
        given,
        vec![(quality(), verify_action(1, true)), (me(), archive())],
    );
    assert_eq!(given.stage(), Stage::Archived);
}

#[test]
fn a_major_complaint_is_responded_to_at_once_and_contained() {
    major_investigated();
}

fn major_investigated() -> Given {
    let me = handler;
    let given = work(of_severity("major"), vec![(me(), accept())]);
    assert!(lacks(&given, &me(), &verify(true, true))[0].starts_with("measure emergency_response"));
    let given = work(
        given,
        vec![
            (head(), measure("emergency_response")),
            (me(), verify(true, true)),
            (me(), finding()),
            (me(), five_w_one_h(all_answers())),
            (me(), responsibility()),
            (me(), root_cause("pressed cold", "")),
        ],
    );
    let missing = lacks(&given, &me(), &complete_investigation());
    assert_eq!(missing[0], "root cause: why it was not caught");
    assert_eq!(missing.len(), 3, "special team, containment: {missing:?}");
    work(
        given,
        vec![
            (me(), root_cause("", "no test of temperature")),
            (director(), measure("special_team")),
            (me(), measure("containment")),
            (me(), complete_investigation()),
        ],
    )
}

#[test]
fn a_major_complaint_has_a_crisis_plan_and_is_looked_back_on_at_the_end() {
    let me = handler;
    let given = major_investigated();
    assert_eq!(lacks(&given, &me(), &small_plan().into()).len(), 2);
    let given = work(
        given,
        vec![
            (executive(), measure("executive_coordination")),
            (director(), measure("crisis_plan")),
            (me(), small_plan().into()),
            (head(), approve()),
            (director(), approve()),
            (executive(), approve()),
            (director(), measure("plan_evaluation")),
            (me(), offer()),
            (me(), consent()),
            (me(), execute(0)),
            (executive(), measure("executive_feedback")),
            (executive(), confirm()),
            (me(), satisfied(Satisfaction::Satisfied)),
            (me(), action(true)),
        ],
    );
    assert_eq!(
        lacks(&given, &me(), &close(1)).len(),
        3,
        "report, media, regulator"
    );
    let given = work(
        given,
        vec![
            (director(), measure("executive_report")),
            (director(), measure("media_communication")),
            (director(), measure("regulator_communication")),
            (me(), close(1)),
        ],
    );
    assert_eq!(
        lacks(&given, &me(), &archive()).len(),
        3,
        "actions, post-mortem, similar cases"
    );
    let given = work(
        given,
        vec![
            (quality(), verify_action(1, true)),
            (quality(), measure("post_mortem")),
            (quality(), measure("similar_cases")),
            (me(), archive()),
        ],
    );
    assert_eq!(given.stage(), Stage::Archived);
}

#[test]
fn what_was_withdrawn_needs_no_consent_to_be_closed() {
    let given = of_severity("major").done(&handler(), withdraw());
    given.when(&handler(), close(1)).then_stage(Stage::Closed);
}

#[test]
fn a_measure_is_recorded_by_those_whose_it_is() {
    let given = of_severity("important").when(&handler(), measure("task_force"));
    let refused = given.then_refused(RejectionKind::NoRight, "measure_of_others");
    assert!(
        refused
            .en()
            .contains("department_head, director, executive"),
        "{refused}"
    );
    let unknown = of_severity("important").when(&head(), measure("a_party"));
    unknown.then_refused(RejectionKind::Invalid, "unknown_word");
}

#[test]
fn next_steps_say_for_every_command_whether_it_is_possible_and_what_is_missing() {
    let given = work(
        of_severity("ordinary"),
        vec![(handler(), accept()), (handler(), verify(true, true))],
    );
    let steps = next_steps(&given.case, &handler(), given.now, given.policy());
    assert_eq!(steps.len(), CommandKind::ALL.len());
    let of = |kind| {
        steps
            .iter()
            .find(|step| step.command == kind)
            .expect("a step")
    };
    assert!(of(CommandKind::RecordFinding).allowed);
    let completion = of(CommandKind::CompleteInvestigation);
    assert!(!completion.allowed);
    assert_eq!(
        completion.missing[1].en,
        "5W1H: who, what, when, why, where, how many"
    );
    assert_eq!(
        completion.missing[1].zh,
        "5W1H:何人、何事、何时、何因、何地、数量"
    );
    let assignment = of(CommandKind::Assign).reason.as_ref().expect("a reason");
    assert!(
        assignment.en.contains("may not assign"),
        "{}",
        assignment.en
    );
    assert!(
        steps
            .iter()
            .flat_map(|s| &s.reason)
            .all(|why| !why.en.contains("possible now"))
    );
    let closing = of(CommandKind::Close).reason.as_ref().expect("a reason");
    assert!(
        closing.in_locale("zh-CN").contains("已核实"),
        "{}",
        closing.zh
    );
}

#[test]
fn what_is_still_missing_is_told_once_for_the_steps_that_the_stage_allows() {
    let given = work(of_severity("important"), vec![(handler(), accept())]);
    assert_eq!(
        missing_in(&given),
        Vec::<String>::new(),
        "nothing stands before the verification"
    );
    let given = work(
        given,
        vec![(handler(), verify(true, true)), (handler(), finding())],
    );
    let missing = missing_in(&given);
    assert_eq!(missing.len(), 4, "{missing:?}");
    assert!(missing[0].starts_with("5W1H: who"), "{missing:?}");
}

fn missing_in(given: &Given) -> Vec<String> {
    let cx = Circumstances {
        actor: &handler(),
        now: given.now,
        policy: given.policy(),
        request_id: "",
        expected_version: None,
    };
    still_missing(&given.case, &cx)
        .into_iter()
        .map(|missing| missing.en)
        .collect()
}

#[test]
fn what_next_steps_allow_is_what_good_commands_achieve() {
    for stage in Stage::ALL {
        for actor in [handler(), head(), quality(), executive(), Actor::system()] {
            let given = lives::at(*stage);
            let steps = next_steps(&given.case, &actor, given.now, given.policy());
            for (command, step) in every_command().iter().zip(&steps) {
                let outcome = given.decided(&actor, command);
                let refused = outcome.as_ref().err();
                let about_input = refused.is_some_and(|refused| {
                    matches!(
                        refused.code,
                        "measure_of_others" | "unknown_action" | "step_done"
                    )
                });
                let context = format!("{actor:?} {} while {stage}: {refused:?}", step.command);
                assert!(about_input || step.allowed == outcome.is_ok(), "{context}");
            }
        }
    }
}

#[test]
fn reports_to_the_executives_recur_while_the_case_is_open() {
    let given = of_severity("major").done(&handler(), accept());
    let accepted_at = given.now;
    let report = MeasureId::from("executive_report");
    let due = periodic_due(&given.case, policy());
    assert_eq!(due, [(report.clone(), accepted_at + hours(24))]);
    let given = given
        .after(hours(20))
        .done(&head(), measure("executive_report"));
    assert_eq!(
        periodic_due(&given.case, policy()),
        [(report, given.now + hours(24))]
    );
    let given = given.done(&handler(), withdraw());
    assert_eq!(periodic_due(&given.case, policy()), []);
    assert_eq!(periodic_due(&of_severity("ordinary").case, policy()), []);
}
