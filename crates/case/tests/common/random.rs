//! Random lives: good and spoilt commands of many people, minutes or days apart.

use proptest::prelude::*;
use redress_case::*;

use super::commands::*;
use super::*;

/// Everybody who does something in these tests.
pub fn actors() -> Vec<Actor> {
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
pub fn commands() -> Vec<Command> {
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
        request_extension("20 working days"),
        approve_extension(2),
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
pub fn step() -> impl Strategy<Value = (usize, usize, i64)> {
    (0..commands().len(), 0..actors().len(), 0..2000_i64)
}

/// A random life: from a stage that an ordinary life has led to, so many steps on.
#[derive(Clone, Debug)]
pub struct Life {
    from: Stage,
    steps: Vec<(usize, usize, i64)>,
}

/// Lives of at most so many steps.
pub fn life(most: usize) -> impl Strategy<Value = Life> {
    let stages = Stage::ALL.iter().copied();
    let stages = stages.filter(|stage| !matches!(stage, Stage::Registered | Stage::Triaged));
    let from = prop::sample::select(stages.collect::<Vec<_>>());
    let life = (from, prop::collection::vec(step(), 1..most));
    life.prop_map(|(from, steps)| Life { from, steps })
}

/// Lets a random life happen, timers included, and looks at the case after each step.
pub fn live(life: &Life, mut look: impl FnMut(&Given)) -> Given {
    let (commands, actors) = (commands(), actors());
    let mut given = lives::at(life.from);
    for (command, actor, minutes) in &life.steps {
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
