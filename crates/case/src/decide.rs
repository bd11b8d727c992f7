//! From a command to changes, or to the reason why not.

use jiff::Timestamp;
use redress_policy::Policy;

use crate::rejection::{NotNow, Says, Stale};
use crate::{Actor, Case, Change, Command, CommandKind, Fact, Rejection};

/// What stands around a command.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Who wants it.
    pub actor: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// The rules in force.
    pub policy: &'a Policy,
    /// The caller's own id of this wish; empty: none.
    pub request_id: &'a str,
    /// The version that the caller looked at.
    pub expected_version: Option<u64>,
}

/// What a command looks at while it decides.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) case: &'a Case,
    pub(crate) cx: &'a Circumstances<'a>,
    pub(crate) command: CommandKind,
}

/// What follows from a command: changes in their order, or why nothing does. A request that was
/// answered before gives no change: [`Case::answered`] tells its version.
pub fn decide(
    case: &Case,
    command: &Command,
    cx: &Circumstances<'_>,
) -> Result<Vec<Change>, Rejection> {
    let desk = Desk {
        case,
        cx,
        command: command.kind(),
    };
    if let Some(answer) = case.requests.answered(cx.request_id) {
        return match answer.command {
            Some(earlier) if earlier != desk.command => Err(Stale::Reused { earlier }.into()),
            _ => Ok(Vec::new()),
        };
    }
    desk.expect_version()?;
    desk.check()?;
    command.decide(&desk)
}

/// Turns decided changes into facts, and folds them into the case.
pub fn record(case: &mut Case, changes: Vec<Change>, cx: &Circumstances<'_>) -> Vec<Fact> {
    let fact = |change| {
        let mut fact = Fact {
            version: case.version + 1,
            actor: cx.actor.clone(),
            at: cx.now,
            request_id: cx.request_id.to_owned(),
            policy: cx.policy.version().to_owned(),
            change,
            stand: case.stand(),
        };
        case.evolve(&fact);
        fact.stand = case.stand();
        fact
    };
    changes.into_iter().map(fact).collect()
}

impl Desk<'_> {
    /// Refused attempts move no case on: whoever looked before them has seen everything.
    fn expect_version(&self) -> Result<(), Stale> {
        let (current, changed) = (self.case.version, self.case.changed);
        match self.cx.expected_version {
            Some(expected) if expected > current => Err(Stale::Ahead { expected, current }),
            Some(expected) if expected < changed => Err(Stale::Version { expected, current }),
            _ => Ok(()),
        }
    }

    /// Whether the command is possible at all, whatever it says.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        if self.case.is_possible(self.command) {
            return Ok(());
        }
        Err(self.not_now())
    }

    pub(crate) fn not_now(&self) -> Rejection {
        let (state, zh) = match &self.case.hold {
            Some(_) => (crate::ON_HOLD, "暂停中"),
            None => (self.case.stage.as_str(), self.case.stage.zh()),
        };
        let command = self.command;
        let rejection: Rejection = NotNow::Stage { command, state, zh }.into();
        rejection.allowing(self.possible())
    }

    /// The reason, and what is possible instead.
    pub(crate) fn instead(&self, reason: impl Says) -> Rejection {
        Rejection::from(reason).allowing(self.possible())
    }

    /// What the case allows as it stands.
    pub(crate) fn possible(&self) -> Vec<CommandKind> {
        let possible = |command: &CommandKind| self.case.is_possible(*command);
        CommandKind::ALL.iter().copied().filter(possible).collect()
    }

    pub(crate) fn not_yet(&self) -> Rejection {
        NotNow::NotYet {
            command: self.command,
        }
        .into()
    }
}
