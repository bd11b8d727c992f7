//! A case can always reach an end: when the customer gives up, and by the procedure itself.

mod common;

use std::collections::{BTreeSet, VecDeque};

use common::commands::*;
use common::random::{commands, life, live};
use common::*;
use proptest::prelude::*;
use redress_case::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn from_every_state_that_can_be_reached_a_withdrawal_ends_the_case(
        life in life(80),
    ) {
        live(&life, |given| {
            let outcome = given.decided(&Actor::system(), &withdraw());
            assert_eq!(outcome.is_ok(), !given.stage().has_ended());
        });
    }

    #[test]
    fn from_every_state_that_can_be_reached_steady_work_leads_to_an_end(
        life in life(80),
    ) {
        let mut given = live(&life, |_| ());
        let reached = given.case.clone();
        for _ in 0..80 {
            if given.stage().has_ended() {
                break;
            }
            given = work_on(given);
        }
        let end = given.stage();
        prop_assert!(end.has_ended(), "stuck in {} from {:?}", end, reached);
    }
}

/// One step of somebody who wants the case to be done: what is missing is brought, then the next
/// step of the procedure is taken.
fn work_on(given: Given) -> Given {
    if given.case.hold.is_some() {
        return given.done(&Actor::system(), resume());
    }
    let given = bring_what_is_missing(given);
    let given = match given.stage() {
        Stage::Assigned => accept_or_give_on(given),
        Stage::PlanProposed => answer_or_wait(given),
        Stage::CustomerConfirmed => tried(given, satisfied(Satisfaction::Satisfied)),
        Stage::CustomerAgreed | Stage::Executing => carry_out(given),
        _ => given,
    };
    let next: Command = match given.stage() {
        Stage::Accepted => verify(true, true),
        Stage::Reopened if given.case.record.verification.is_none() => verify(true, true),
        Stage::Reopened if given.case.record.investigated => plan_ahead(&given).into(),
        Stage::Verified | Stage::Reopened => complete_investigation(),
        Stage::Investigated => plan_ahead(&given).into(),
        Stage::PlanApproved => offer(),
        Stage::Offered => consent(),
        Stage::ConsentRefused => adjust(plan_ahead(&given)),
        Stage::Executed => confirm(),
        Stage::CustomerConfirmed => close(1),
        _ => return given,
    };
    // A plan of a case that became graver is proposed again.
    let given = tried(given, next);
    match given.stage() {
        Stage::PlanApproved => {
            let plan = plan_ahead(&given);
            tried(given, plan)
        }
        _ => given,
    }
}

/// Its steps are to be done within three days from now.
fn plan_ahead(given: &Given) -> ProposePlan {
    let mut plan = small_plan();
    for step in &mut plan.steps {
        step.due_at = Some(given.now + hours(72));
    }
    plan
}

/// By the system, whose role may everything; a refusal changes nothing.
fn tried(given: Given, command: impl Into<Command>) -> Given {
    given.when(&Actor::system(), command).given
}

fn bring_what_is_missing(mut given: Given) -> Given {
    given = tried(given, finding());
    given = tried(given, five_w_one_h(all_answers()));
    given = tried(given, responsibility());
    given = tried(given, root_cause("pressed cold", "no test of temperature"));
    if given.case.record.actions.is_empty() {
        let action = RecordCorrectiveAction {
            text: text("watch the heater"),
            owner: HANDLER.to_owned(),
            due_at: Some(given.now + hours(24 * 7)),
            preventive: false,
        };
        given = tried(given, action);
    }
    let policy = given.policy();
    for measure in &policy.procedures().measures {
        if given.case.record.measures.contains_key(&measure.id) {
            continue;
        }
        let command = commands::measure(measure.id.as_str());
        for role in &measure.by {
            given = by_somebody(given, role, &command).0;
        }
    }
    given
}

/// The first holder of the role whom the command is allowed; whether there was one.
fn by_somebody(given: Given, role: &RoleId, command: &Command) -> (Given, bool) {
    let staff = given.policy().staff();
    for person in staff.holders(role.as_str()) {
        let actor = Actor::new(person.id.as_str(), role.as_str());
        if given.decided(&actor, command).is_ok() {
            return (given.done(&actor, command.clone()), true);
        }
    }
    (given, false)
}

fn accept_or_give_on(given: Given) -> Given {
    let person = given.policy().staff().person(&given.case.handler);
    let roles = person
        .map(|person| person.roles.clone())
        .unwrap_or_default();
    for role in roles {
        let actor = Actor::new(given.case.handler.as_str(), role.as_str());
        if given.decided(&actor, &accept()).is_ok() {
            return given.done(&actor, accept());
        }
    }
    tried(given, assign(None, Some(HANDLER)))
}

/// Somebody answers; or nobody is there and the level above is asked; or nobody will ever answer
/// and the customer is told that it cannot be met.
fn answer_or_wait(mut given: Given) -> Given {
    let plan = given.case.plan.as_ref();
    let role = plan
        .and_then(|plan| plan.level())
        .map(|level| level.asked.role.clone());
    if let Some(role) = role {
        let (after, answered) = by_somebody(given, &role, &approve());
        if answered {
            return after;
        }
        given = after;
    }
    let Some(at) = due(&given.case) else {
        return tried(given, commands::unmeetable());
    };
    given.now = given.now.max(at);
    for change in expire(&given.case, given.now, given.policy()) {
        given = given.and_then(&Actor::system(), change);
    }
    given
}

fn carry_out(mut given: Given) -> Given {
    let steps = given.case.plan.as_ref().map_or(0, |plan| plan.steps.len());
    for step in 0..steps {
        given = tried(given, execute(step as u32));
    }
    given
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
                | K::RequestExtension
                | K::ApproveExtension
                | K::RefuseExtension
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
