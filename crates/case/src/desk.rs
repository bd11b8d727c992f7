//! What a command looks at while it decides: the case, who wants what, and the rules.

use jiff::Timestamp;
use redress_policy::{CaseDesk, NoRight, Procedures, Right, Staff};

use crate::decide::Circumstances;
use crate::rejection::{NotNow, NotYours, Says, Stale};
use crate::{Case, Change, CommandKind, Rejection, gate};

/// After so many refused attempts, further ones on the same case are answered and not recorded: a
/// client in a loop must not fill a case's timeline.
const MOST_REFUSALS: usize = 100;

/// What a command looks at while it decides.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) case: &'a Case,
    pub(crate) cx: &'a Circumstances<'a>,
    pub(crate) command: CommandKind,
}

impl<'a> Desk<'a> {
    pub(crate) fn now(&self) -> Timestamp {
        self.cx.now
    }

    pub(crate) fn staff(&self) -> &'a Staff {
        self.cx.policy.staff()
    }

    pub(crate) fn procedures(&self) -> &'a Procedures {
        self.cx.policy.procedures()
    }

    /// Whether the command is possible at all, whatever it says: rights, stage, what stands
    /// before it, and what the procedure demands first.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        self.right()?;
        self.check_case()
    }

    /// The same without rights.
    pub(crate) fn check_case(&self) -> Result<(), Rejection> {
        if !self.case.is_possible(self.command) {
            return Err(self.not_now());
        }
        self.command.ready(self)?;
        let missing = gate::missing(self);
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.lacking(missing))
    }

    /// The actor's right to give this command.
    pub(crate) fn right(&self) -> Result<Right<'a>, NotYours> {
        self.right_to(self.command)
    }

    /// The actor's right to give another command in the same role.
    pub(crate) fn right_to(&self, command: CommandKind) -> Result<Right<'a>, NotYours> {
        let (id, role) = (&self.cx.actor.id, &self.cx.actor.role);
        let departments = self.case.departments();
        let place = CaseDesk {
            handler: self.case.handler.as_str(),
            departments: &departments,
        };
        let right = self.staff().may(
            id.as_str(),
            role.as_str(),
            command.into(),
            &place,
            self.now(),
        );
        right.map_err(|why| {
            let (id, role) = (id.clone(), role.clone());
            match why {
                NoRight::UnknownPerson => NotYours::UnknownActor { id },
                NoRight::UnknownRole if role.as_str().is_empty() => NotYours::NoRole { id },
                NoRight::UnknownRole | NoRight::RoleNotHeld => NotYours::RoleNotHeld { id, role },
                NoRight::NotGranted => NotYours::MissingRight { role, command },
                NoRight::OutOfReach => NotYours::OutOfScope { id, role },
            }
        })
    }

    /// Refused attempts move no case on: whoever looked before them has seen everything.
    pub(crate) fn expect_version(&self) -> Result<(), Stale> {
        let (current, changed) = (self.case.version, self.case.changed);
        match self.cx.expected_version {
            Some(expected) if expected > current => Err(Stale::Ahead { expected, current }),
            Some(expected) if expected < changed => Err(Stale::Version { expected, current }),
            _ => Ok(()),
        }
    }

    /// The reason, and what is possible instead.
    pub(crate) fn instead(&self, reason: impl Says) -> Rejection {
        Rejection::from(reason).allowing(self.possible())
    }

    /// What the case does not have yet, and what is possible meanwhile.
    pub(crate) fn lacking(&self, missing: Vec<crate::Missing>) -> Rejection {
        let command = self.command;
        let join = |of: fn(&crate::Missing) -> &str, between: &str| {
            missing.iter().map(of).collect::<Vec<_>>().join(between)
        };
        let (en, zh) = (join(|m| &m.en, "; "), join(|m| &m.zh, ";"));
        let rejection = self.instead(NotNow::Missing { command, en, zh });
        rejection.missing(missing)
    }

    /// A refusal for want of a right is recorded with the case, each request once.
    pub(crate) fn recorded(&self, rejection: Rejection) -> Rejection {
        let requests = &self.case.requests;
        let known = requests.is_refused(self.cx.request_id);
        if !rejection.is_for_want_of_right() || known || requests.refusals() >= MOST_REFUSALS {
            return rejection;
        }
        let change = Change::Refused {
            command: self.command.as_str().to_owned(),
            reason: rejection.code.to_owned(),
        };
        rejection.recorded(change)
    }

    fn not_now(&self) -> Rejection {
        let (state, zh) = match &self.case.hold {
            Some(_) => (crate::ON_HOLD, "暂停中"),
            None => (self.case.stage.as_str(), self.case.stage.zh()),
        };
        let command = self.command;
        self.instead(NotNow::Stage { command, state, zh })
    }

    /// What the case allows this actor as it stands.
    fn possible(&self) -> Vec<CommandKind> {
        let possible = |command: &CommandKind| {
            self.case.is_possible(*command) && self.right_to(*command).is_ok()
        };
        CommandKind::ALL.iter().copied().filter(possible).collect()
    }
}
