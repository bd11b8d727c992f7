//! Laws that hold for every sequence of commands and of facts.

mod common;

use std::collections::{BTreeSet, VecDeque};
use std::sync::OnceLock;

use common::commands::*;
use common::*;
use proptest::prelude::*;
use redress_case::*;

/// Everybody who does something in these tests.
fn actors() -> Vec<Actor> {
    let mut actors = vec![
        handler(),
        head(),
        director(),
        other_director(),
        executive(),
        finance(),
    ];
    actors.extend([quality(), service_lead(), Actor::system()]);
    actors.push(Actor::new(COLLEAGUE, "handler"));
    actors.push(Actor::new("logistics-ops-1", "assistant"));
    actors.push(Actor::new("business-1", "business"));
    actors.push(Actor::new("mallory", "handler"));
    actors
}

/// Good commands and spoilt ones.
fn commands() -> Vec<Command> {
    let mut commands = every_command();
    commands.extend([
        verify(false, false),
        moderate_plan().into(),
        considerable_plan().into(),
        plan(vec![unpriced("exchange")], &["goods_returned"]).into(),
        adjust(considerable_plan()),
        execute(1),
        execute(7),
        satisfied(Satisfaction::Dissatisfied),
        close(0),
        hold("waiting_for_customer", None).into(),
        hold("force_majeure", None).into(),
        extend("30 working days", None),
        correct(None, None, Some("major")),
        correct(Some("logistics"), None, None),
        assign(Some("finance"), None),
        measure("task_force"),
        measure("nothing"),
        action(true),
        verify_action(3, false),
        close_recall(3, 1),
    ]);
    for id in [
        "emergency_response",
        "special_team",
        "executive_coordination",
        "crisis_plan",
    ] {
        commands.push(measure(id));
    }
    commands
}

/// A step of a random life: a command of somebody after some minutes, or only the minutes.
fn step() -> impl Strategy<Value = (usize, usize, i64)> {
    (0..commands().len(), 0..actors().len(), 0..2000_i64)
}

/// Lets a random life happen, timers included, and looks at the case after each step.
fn live(steps: &[(usize, usize, i64)], mut look: impl FnMut(&Given)) -> Given {
    let (commands, actors) = (commands(), actors());
    let mut given = given([]);
    for (command, actor, minutes) in steps {
        given = given.after(jiff::SignedDuration::from_mins(*minutes));
        for change in expire(&given.case, given.now, given.policy()) {
            given = given.and_then(&Actor::system(), change);
        }
        given = given
            .when(&actors[*actor], commands[*command].clone())
            .given;
        look(&given);
    }
    given
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_sequence_of_commands_leads_to_an_undeclared_state(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        live(&steps, |given| {
            let state = given.case.state();
            let declared = state.parse::<Stage>().is_ok() || state == ON_HOLD;
            assert!(declared, "{state}");
            assert!(given.case.hold.is_none() || !given.case.stage.has_ended());
            let last = given.facts.last().map_or(1, |fact| fact.version);
            assert_eq!(given.case.version, last);
        });
    }

    #[test]
    fn versions_have_no_gap_and_facts_tell_how_the_case_stood(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let given = live(&steps, |_| ());
        let mut case = Case::open(&opening());
        for (fact, version) in given.facts.iter().zip(2..) {
            prop_assert_eq!(fact.version, version);
            case.evolve(fact);
            prop_assert_eq!(&fact.stand, &case.stand());
        }
    }

    #[test]
    fn replaying_the_facts_gives_the_case_that_lived(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let given = live(&steps, |_| ());
        let mut replayed = Case::open(&opening());
        given.facts.iter().for_each(|fact| replayed.evolve(fact));
        prop_assert_eq!(&replayed, &given.case);
        prop_assert_eq!(due(&replayed), due(&given.case));
    }

    #[test]
    fn deciding_changes_nothing_and_says_the_same_twice(
        steps in prop::collection::vec(step(), 1..40), next in step(),
    ) {
        let given = live(&steps, |_| ());
        let (command, actor) = (&commands()[next.0], &actors()[next.1]);
        let first = given.decided(actor, command);
        prop_assert_eq!(first, given.decided(actor, command));
    }

    #[test]
    fn what_is_due_happens_once_and_not_before(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        live(&steps, |given| {
            let Some(at) = due(&given.case) else {
                return;
            };
            let before = at - jiff::SignedDuration::from_micros(1);
            assert_eq!(expire(&given.case, before, given.policy()), []);
            let changes = expire(&given.case, at, given.policy());
            assert!(!changes.is_empty(), "something is due and nothing happens");
            let mut case = given.case.clone();
            let cx = Circumstances {
                actor: &Actor::system(),
                now: at,
                policy: given.policy(),
                request_id: "",
                expected_version: None,
            };
            record(&mut case, changes, &cx);
            assert!(due(&case).is_none_or(|next| next > at), "it would happen for ever");
        });
    }

    #[test]
    fn folding_takes_any_facts_in_any_order(
        order in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u32, 0..9_u32), 0..60),
    ) {
        let every = every_change_once();
        let mut case = Case::open(&opening());
        for (version, (index, plan, item)) in order.iter().enumerate() {
            let change = with_numbers(index.get(every).clone(), *plan, *item);
            let fact = Fact {
                version: version as u64,
                actor: handler(),
                at: start() + hours(i64::from(*item) - 4),
                request_id: format!("r-{item}"),
                policy: String::new(),
                change,
                stand: case.stand(),
            };
            case.evolve(&fact);
            let state = case.state();
            prop_assert!(state.parse::<Stage>().is_ok() || state == ON_HOLD);
            for command in CommandKind::ALL {
                case.is_possible(*command);
            }
            expire(&case, start() + hours(24 * 365), policy());
        }
        next_steps(&case, &head(), start(), policy());
    }
}

fn every_change_once() -> &'static [Change] {
    static EVERY: OnceLock<Vec<Change>> = OnceLock::new();
    EVERY.get_or_init(every_change)
}

/// Every change that the lives and commands of these tests know.
fn every_change() -> Vec<Change> {
    let mut changes: Vec<Change> = Stage::ALL.iter().flat_map(|s| lives::up_to(*s)).collect();
    for stage in Stage::ALL {
        for command in commands() {
            changes.extend(
                lives::at(*stage)
                    .decided(&Actor::system(), &command)
                    .into_iter()
                    .flatten(),
            );
        }
    }
    changes.push(lives::held());
    changes.push(Change::Refused {
        command: "close".to_owned(),
        reason: "missing_right".to_owned(),
    });
    let names: BTreeSet<&str> = changes.iter().map(Change::name).collect();
    let level = "department_head";
    changes.extend([
        Change::ApproverRecused {
            plan: 1,
            level: level.into(),
            reason: text("x"),
        },
        Change::ApprovalRefused {
            plan: 1,
            level: level.into(),
            on_behalf_of: None,
            reason: text("x"),
        },
        Change::ApprovalGiven {
            plan: 1,
            level: level.into(),
            on_behalf_of: None,
            text: text("x"),
        },
        Change::ApprovalEscalated {
            plan: 1,
            level: level.into(),
            to: lives::head_level(),
        },
        Change::RecallClosed {
            report: text("x"),
            affected: 1,
            finished: 1,
        },
    ]);
    assert!(names.len() > 30, "{names:?}");
    changes
}

/// The same change of another plan, step or action: of one that is not there, mostly.
fn with_numbers(change: Change, number: u32, item: u32) -> Change {
    match change {
        Change::StepExecuted { text, .. } => Change::StepExecuted {
            plan: number,
            step: item,
            text,
        },
        Change::PlanApproved { .. } => Change::PlanApproved { plan: number },
        Change::PlanExecuted { .. } => Change::PlanExecuted { plan: number },
        Change::CorrectiveActionVerified {
            effective, text, ..
        } => Change::CorrectiveActionVerified {
            action: item,
            effective,
            text,
        },
        other => other,
    }
}

/// From here a case gets to an end by these commands; the procedure's own ways, not only that the
/// customer gives up.
fn way_to_an_end(given: Given, allowed: &dyn Fn(&Command) -> bool) -> Vec<CommandKind> {
    let commands: Vec<Command> = commands().into_iter().filter(|c| allowed(c)).collect();
    let mut seen = BTreeSet::from([format!("{:?}", shape(&given.case))]);
    let mut open = VecDeque::from([(given, Vec::new())]);
    while let Some((given, way)) = open.pop_front() {
        for (actor, command) in commands
            .iter()
            .flat_map(|c| actors_of_the_case().map(move |a| (a, c)))
        {
            let when = clone_of(&given).when(&actor, command.clone());
            if when.outcome.is_err() {
                continue;
            }
            let mut way: Vec<CommandKind> = way.clone();
            way.push(command.kind());
            if when.given.stage().has_ended() {
                return way;
            }
            if seen.insert(format!("{:?}", shape(&when.given.case))) {
                open.push_back((when.given, way));
            }
        }
    }
    Vec::new()
}

fn actors_of_the_case() -> impl Iterator<Item = Actor> {
    [
        handler(),
        head(),
        director(),
        executive(),
        finance(),
        quality(),
    ]
    .into_iter()
}

/// What the search tells states apart by.
fn shape(case: &Case) -> (Stage, bool, Option<Progress>, usize, Record) {
    let plan = case.plan.as_ref();
    let open = plan.map_or(0, |plan| {
        plan.levels.iter().filter(|level| level.is_open()).count()
    });
    let mut record = case.record.clone();
    record.findings = record.findings.min(1);
    record.evidence = 0;
    record
        .measures
        .values_mut()
        .for_each(|measure| measure.times = 1);
    (
        case.stage,
        case.hold.is_some(),
        plan.map(|plan| plan.progress),
        open,
        record,
    )
}

fn clone_of(given: &Given) -> Given {
    given_case(&opening(), []).like(given)
}

#[test]
fn from_every_open_stage_a_withdrawal_ends_the_case() {
    for stage in Stage::ALL
        .iter()
        .copied()
        .filter(|stage| !stage.has_ended())
    {
        let given = lives::at(stage).when(&Actor::system(), withdraw());
        assert!(given.then_stage(Stage::Withdrawn).stage().has_ended());
    }
}

#[test]
fn from_every_open_stage_the_procedure_itself_leads_to_the_closing() {
    let by_procedure = |command: &Command| {
        use CommandKind as K;
        let aside = [
            K::Withdraw,
            K::Merge,
            K::Reject,
            K::DeclareUnmeetable,
            K::Hold,
        ];
        let aside = aside.contains(&command.kind());
        let spoilt = *command == satisfied(Satisfaction::Dissatisfied);
        let roundabout = matches!(
            command.kind(),
            K::AddNote
                | K::AttachProof
                | K::CorrectTriage
                | K::Extend
                | K::OpenRecall
                | K::JoinRecall
                | K::CloseRecall
                | K::StartJointHandling
                | K::Assign
                | K::TransferUp
                | K::RecordCorrectiveAction
                | K::VerifyCorrectiveAction
                | K::RecordMeasure
                | K::CompileEightD
                | K::RecordRootCause
                | K::RefusePlan
                | K::RecuseApprover
        );
        !aside && !spoilt && !roundabout
    };
    let with_handler = Stage::ALL
        .iter()
        .copied()
        .filter(|stage| !stage.has_ended() && !matches!(stage, Stage::Registered | Stage::Triaged));
    for stage in with_handler {
        let way = way_to_an_end(lives::at(stage), &by_procedure);
        assert_eq!(way.last(), Some(&CommandKind::Close), "{stage}: {way:?}");
    }
}
