//! Which command is possible in which stage: every pair, and what a refusal says.

mod common;

use std::collections::BTreeSet;

use common::lives::{at, held};
use common::{commands, executive, given, lives, policy, service_lead, start};
use redress_case::{Actor, Command, CommandKind, RejectionKind, Stage, next_steps};

/// As domain.md section 4 has it: the stages in which a command is possible at all. Written out,
/// so that a change of the rules has to be made twice.
fn possible_in(command: CommandKind) -> &'static [&'static str] {
    const WITH_HANDLER: &[&str] = &[
        "assigned",
        "accepted",
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "consent_refused",
        "customer_agreed",
        "executing",
        "executed",
        "customer_confirmed",
        "reopened",
    ];
    const OPEN: &[&str] = &[
        "registered",
        "triaged",
        "assigned",
        "accepted",
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "consent_refused",
        "customer_agreed",
        "executing",
        "executed",
        "customer_confirmed",
        "reopened",
    ];
    const RECORD: &[&str] = &[
        "accepted",
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "consent_refused",
        "customer_agreed",
        "executing",
        "executed",
        "customer_confirmed",
        "reopened",
        "closed",
    ];
    const WITH_HANDLER_AND_CLOSED: &[&str] = &[
        "assigned",
        "accepted",
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "consent_refused",
        "customer_agreed",
        "executing",
        "executed",
        "customer_confirmed",
        "reopened",
        "closed",
    ];
    const BEFORE_CONSENT: &[&str] = &[
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "consent_refused",
        "reopened",
    ];
    const NOT_ARCHIVED: &[&str] = &[
        "registered",
        "triaged",
        "assigned",
        "accepted",
        "verified",
        "investigated",
        "plan_proposed",
        "plan_approved",
        "offered",
        "consent_refused",
        "customer_agreed",
        "executing",
        "executed",
        "customer_confirmed",
        "reopened",
        "closed",
        "withdrawn",
        "rejected",
        "unmeetable",
        "merged",
    ];
    match command {
        CommandKind::Assign => &OPEN[1..],
        CommandKind::Accept
        | CommandKind::TransferUp
        | CommandKind::StartJointHandling
        | CommandKind::Hold
        | CommandKind::Extend => WITH_HANDLER,
        // A case that is not on hold is not resumed.
        CommandKind::Resume => &[],
        CommandKind::Verify => &["accepted", "verified", "reopened"],
        CommandKind::RecordFinding
        | CommandKind::RecordRootCause
        | CommandKind::RecordFiveWOneH
        | CommandKind::AssessResponsibility
        | CommandKind::RecordCorrectiveAction
        | CommandKind::VerifyCorrectiveAction
        | CommandKind::CompileEightD => RECORD,
        CommandKind::CompleteInvestigation => &["verified", "reopened"],
        CommandKind::ProposePlan => &["investigated", "reopened"],
        CommandKind::ApprovePlan | CommandKind::RefusePlan | CommandKind::RecuseApprover => {
            &["plan_proposed"]
        }
        CommandKind::OfferPlan => &["plan_approved", "offered"],
        CommandKind::RecordConsent | CommandKind::RecordRefusal => &["offered"],
        CommandKind::AdjustPlan => &["consent_refused"],
        CommandKind::DeclareUnmeetable => &[
            "verified",
            "investigated",
            "plan_proposed",
            "plan_approved",
            "offered",
            "consent_refused",
            "customer_agreed",
            "executing",
            "reopened",
        ],
        CommandKind::ExecuteStep => &["customer_agreed", "executing"],
        CommandKind::AttachProof => NOT_ARCHIVED.split_last().expect("merged").1,
        CommandKind::ConfirmResult => &["executed"],
        CommandKind::RecordSatisfaction => &["executed", "customer_confirmed", "closed"],
        CommandKind::Close => &["customer_confirmed", "withdrawn", "rejected", "unmeetable"],
        CommandKind::Reopen => &["closed", "withdrawn", "rejected", "unmeetable"],
        CommandKind::Withdraw | CommandKind::CorrectTriage | CommandKind::Merge => OPEN,
        CommandKind::Reject => BEFORE_CONSENT,
        CommandKind::AddNote | CommandKind::CloseRecall => NOT_ARCHIVED,
        CommandKind::Archive => &["closed", "merged"],
        CommandKind::RecordMeasure | CommandKind::OpenRecall => WITH_HANDLER_AND_CLOSED,
        CommandKind::JoinRecall => &[
            "registered",
            "triaged",
            "assigned",
            "accepted",
            "verified",
            "investigated",
            "plan_proposed",
            "plan_approved",
            "offered",
            "consent_refused",
            "customer_agreed",
            "executing",
            "executed",
            "customer_confirmed",
            "reopened",
            "closed",
            "withdrawn",
            "rejected",
            "unmeetable",
            "merged",
            "archived",
        ],
    }
}

#[test]
fn every_command_is_possible_in_its_stages_and_in_no_other() {
    for stage in Stage::ALL {
        let case = at(*stage).case;
        for command in CommandKind::ALL {
            let expected = possible_in(*command).contains(&stage.as_str());
            assert_eq!(
                case.is_possible(*command),
                expected,
                "{command} while {stage}"
            );
        }
    }
}

#[test]
fn in_every_wrong_stage_a_command_is_refused_and_told_what_is_allowed_now() {
    let mut refused = 0;
    for stage in Stage::ALL {
        for command in commands::every_command() {
            let given = at(*stage);
            if possible_in(command.kind()).contains(&stage.as_str()) {
                continue;
            }
            let allowed = allowed_while(*stage);
            let before = given.case.clone();
            let when = given.when(&Actor::system(), command.clone());
            assert_eq!(when.given.case, before, "a refusal changes nothing");
            let rejection = when.then_refused(RejectionKind::NotAllowedNow, "not_allowed_now");
            assert_eq!(rejection.allowed_now.to_vec(), allowed);
            for language in [rejection.en(), rejection.zh()] {
                assert!(language.contains(command.kind().as_str()), "{language}");
                for allowed in &allowed {
                    assert!(language.contains(allowed.as_str()), "{language}");
                }
            }
            assert!(rejection.en().contains(stage.as_str()), "{rejection}");
            assert!(rejection.zh().contains(stage.zh()), "{}", rejection.zh());
            refused += 1;
        }
    }
    assert!(refused > 350, "only {refused} pairs were tried");
}

fn allowed_while(stage: Stage) -> Vec<CommandKind> {
    let possible = |command: &CommandKind| possible_in(*command).contains(&stage.as_str());
    CommandKind::ALL.iter().copied().filter(possible).collect()
}

#[test]
fn on_hold_a_case_takes_in_what_comes_and_does_not_move_on() {
    let while_held: BTreeSet<&str> = [
        "assign",
        "transfer_up",
        "start_joint_handling",
        "record_finding",
        "record_root_cause",
        "record_five_w_one_h",
        "assess_responsibility",
        "recuse_approver",
        "attach_proof",
        "resume",
        "extend",
        "withdraw",
        "correct_triage",
        "merge",
        "add_note",
        "record_corrective_action",
        "verify_corrective_action",
        "record_measure",
        "compile_eight_d",
        "open_recall",
        "join_recall",
        "close_recall",
    ]
    .into();
    for command in commands::every_command() {
        let kind = command.kind();
        let given = given([lives::verified(), vec![held()]].concat());
        let possible = given.case.is_possible(kind);
        let at_all =
            kind == CommandKind::Resume || possible_in(kind).contains(&given.stage().as_str());
        assert_eq!(
            possible,
            at_all && while_held.contains(kind.as_str()),
            "{kind}"
        );
        if !possible {
            let refused = given.when(&Actor::system(), command);
            let refused = refused.then_refused(RejectionKind::NotAllowedNow, "not_allowed_now");
            assert!(
                refused.en().contains("while the case is on_hold"),
                "{refused}"
            );
            assert!(refused.allowed_now.contains(&CommandKind::AddNote));
        }
    }
}

#[test]
fn a_good_command_of_each_kind_is_there_to_be_tested() {
    let kinds: Vec<CommandKind> = commands::every_command()
        .iter()
        .map(Command::kind)
        .collect();
    assert_eq!(kinds, CommandKind::ALL);
}

#[test]
fn what_is_allowed_now_is_told_for_the_role_that_asks() {
    let refused = at(Stage::Closed)
        .when(&executive(), commands::offer())
        .refused();
    assert!(
        refused.allowed_now.contains(&CommandKind::Reopen),
        "{refused}"
    );
    assert!(
        !refused.allowed_now.contains(&CommandKind::Archive),
        "{refused}"
    );
    let refused = at(Stage::Closed)
        .when(&service_lead(), commands::offer())
        .refused();
    assert!(
        refused.allowed_now.contains(&CommandKind::Archive),
        "{refused}"
    );
}

#[test]
fn the_system_may_everything_that_a_stage_allows() {
    let steps = next_steps(&at(Stage::Closed).case, &Actor::system(), start(), policy());
    let allowed = steps
        .iter()
        .filter(|step| step.allowed)
        .map(|step| step.command);
    let expected = [
        "record_finding",
        "record_root_cause",
        "record_five_w_one_h",
        "assess_responsibility",
        "attach_proof",
        "record_satisfaction",
        "reopen",
        "add_note",
        "archive",
        "record_corrective_action",
        "record_measure",
        "compile_eight_d",
        "open_recall",
        "join_recall",
    ];
    let allowed: Vec<&str> = allowed.map(CommandKind::as_str).collect();
    assert_eq!(allowed, expected);
}
