//! Laws that hold for every sequence of commands and of facts.

mod common;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use common::commands::*;
use common::random::{commands, life, live, step};
use common::*;
use proptest::prelude::*;
use redress_case::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_sequence_of_commands_leads_to_an_undeclared_state(
        life in life(120),
    ) {
        live(&life, |given| {
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
        life in life(80),
    ) {
        let given = live(&life, |_| ());
        let mut case = Case::open(&opening());
        for (fact, version) in given.facts.iter().zip(2..) {
            prop_assert_eq!(fact.version, version);
            case.evolve(fact);
            prop_assert_eq!(&fact.stand, &case.stand());
        }
    }

    #[test]
    fn replaying_the_facts_gives_the_case_that_lived(
        life in life(120),
    ) {
        let given = live(&life, |_| ());
        let mut replayed = Case::open(&opening());
        given.facts.iter().for_each(|fact| replayed.evolve(fact));
        prop_assert_eq!(&replayed, &given.case);
        prop_assert_eq!(due(&replayed), due(&given.case));
    }

    #[test]
    fn deciding_changes_nothing_and_says_the_same_twice(
        life in life(40), next in step(),
    ) {
        let given = live(&life, |_| ());
        let (command, actor) = (&commands()[next.0], &common::random::actors()[next.1]);
        let first = given.decided(actor, command);
        prop_assert_eq!(first, given.decided(actor, command));
    }

    #[test]
    fn what_is_due_happens_once_and_not_before(
        life in life(60),
    ) {
        live(&life, |given| {
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
        Change::ExtensionEscalated {
            request: 1,
            level: level.into(),
            to: lives::head_level(),
            not_asked: Vec::new(),
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
