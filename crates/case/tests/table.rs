//! Which command is possible in which stage: every pair, and what a refusal says.

mod common;

use std::collections::BTreeSet;

use common::lives::{at, held};
use common::{commands, executive, given, lives, policy, service_lead, start};
use redress_case::{Actor, Command, CommandKind, RejectionKind, Stage, next_steps};

/// As domain.md section 4 has it: the stages in which a command is possible at all. Written out,
/// so that a change of the rules has to be made twice. The columns are those of [`Stage::ALL`]:
/// (1) registered, triaged, assigned, accepted, verified, investigated, (7) plan proposed, plan
/// approved, offered, consent refused, customer agreed, executing, executed, customer confirmed,
/// (15) closed, archived, reopened, withdrawn, rejected, unmeetable, merged. A case that is not on
/// hold is not resumed.
const TABLE: &str = "
assign                    .xxxxx xxxxxxxx ..x....
accept                    ..xxxx xxxxxxxx ..x....
transfer_up               ..xxxx xxxxxxxx ..x....
start_joint_handling      ..xxxx xxxxxxxx ..x....
verify                    ...xx. ........ ..x....
record_finding            ...xxx xxxxxxxx x.x....
record_root_cause         ...xxx xxxxxxxx x.x....
record_five_w_one_h       ...xxx xxxxxxxx x.x....
assess_responsibility     ...xxx xxxxxxxx x.x....
complete_investigation    ....x. ........ ..x....
propose_plan              .....x xx...... ..x....
approve_plan              ...... x....... .......
refuse_plan               ...... x....... .......
recuse_approver           ...... x....... .......
offer_plan                ...... .xx..... .......
record_consent            ...... ..x..... .......
record_refusal            ...... ..x..... .......
adjust_plan               ...... ...x.... .......
declare_unmeetable        ....xx xxxxxx.. ..x....
execute_step              ...... ....xx.. .......
attach_proof              xxxxxx xxxxxxxx x.xxxx.
confirm_result            ...... ......x. .......
record_satisfaction       ...... ......xx x......
close                     ...... .......x ...xxx.
reopen                    ...... ........ x..xxx.
hold                      ..xxxx xxxxxxxx ..x....
resume                    ...... ........ .......
extend                    ..xxxx xxxxxxxx ..x....
request_extension         ..xxxx xxxxxxxx ..x....
approve_extension         ..xxxx xxxxxxxx ..x....
refuse_extension          ..xxxx xxxxxxxx ..x....
withdraw                  xxxxxx xxxxxxxx ..x....
reject                    ....xx xxxx.... ..x....
correct_triage            xxxxxx xxxxxxxx ..x....
merge                     xxxxxx xxxxxxxx ..x....
add_note                  xxxxxx xxxxxxxx x.xxxxx
archive                   ...... ........ x.....x
record_corrective_action  ...xxx xxxxxxxx x.x....
verify_corrective_action  ...xxx xxxxxxxx x.x....
record_measure            ..xxxx xxxxxxxx x.x....
compile_eight_d           ...xxx xxxxxxxx x.x....
open_recall               ..xxxx xxxxxxxx x.x....
join_recall               xxxxxx xxxxxxxx xxxxxxx
close_recall              xxxxxx xxxxxxxx x.xxxxx
";

/// Whether the table allows the command in the stage.
fn possible(command: CommandKind, stage: Stage) -> bool {
    let mut rows = TABLE.lines().filter_map(|row| row.split_once(' '));
    let row = rows
        .find(|(name, _)| *name == command.as_str())
        .expect("a row")
        .1;
    let mut cells = row.chars().filter(|cell| !cell.is_whitespace());
    let column = Stage::ALL
        .iter()
        .position(|s| *s == stage)
        .expect("a stage");
    assert_eq!(cells.clone().count(), Stage::ALL.len(), "{command}");
    cells.nth(column) == Some('x')
}

#[test]
fn every_command_is_possible_in_its_stages_and_in_no_other() {
    for stage in Stage::ALL {
        let case = at(*stage).case;
        for command in CommandKind::ALL {
            let expected = possible(*command, *stage);
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
            if possible(command.kind(), *stage) {
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
    let allowed = |command: &CommandKind| possible(*command, stage);
    CommandKind::ALL.iter().copied().filter(allowed).collect()
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
        "request_extension",
        "approve_extension",
        "refuse_extension",
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
        let is_possible = given.case.is_possible(kind);
        let at_all = kind == CommandKind::Resume || possible(kind, given.stage());
        assert_eq!(
            is_possible,
            at_all && while_held.contains(kind.as_str()),
            "{kind}"
        );
        if !is_possible {
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
