//! From moves to commands: what an event names, and what the procedure demands on the way there.

use std::sync::Arc;

use jiff::Timestamp;
use redress_wire::router::{Accept, Actor, Case, Resume, Visibility, case_command::Command};

use super::{
    House, LogEvent, deeds,
    house::Team,
    moves::{Move, Urgency, Wait},
};

/// The severity whose procedure a replay follows.
const SEVERITY: &str = "ordinary";

/// A command and what its being done tells of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deed {
    pub(crate) command: Command,
    pub(crate) actor: Actor,
    pub(crate) tells: Telling,
}

/// What a command that was done is counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// A step on the way, or a note.
    Nothing,
    Reassigned,
    Reopened,
    Resolved,
}

/// How a case was routed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routed {
    team: Team,
    urgency: String,
    severity: String,
    /// A replay before this one has been here.
    touched: bool,
}

/// The state in which routing leaves a case.
const UNTOUCHED: &str = "assigned";

impl From<Case> for Routed {
    fn from(case: Case) -> Self {
        let order = case.work_order.unwrap_or_default();
        Self {
            team: Team {
                department: order.department,
                handler: order.handler,
            },
            urgency: case.urgency,
            severity: case.severity,
            touched: case.state != UNTOUCHED,
        }
    }
}

/// How far the case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Open,
    Executed,
    Closed,
}

/// Steers one case; it takes it that every deed succeeds.
#[derive(Clone, Debug)]
pub(crate) struct Pilot {
    house: Arc<House>,
    now: Timestamp,
    team: Team,
    urgency: String,
    /// As it was routed, until the first event.
    routed_as: Option<String>,
    life: Life,
    /// The handler has accepted it.
    accepted: bool,
    held: bool,
    /// The record of the investigation is complete.
    investigated: bool,
    faults: u32,
    mended: u32,
    deeds: Vec<Deed>,
}

impl Pilot {
    pub(crate) fn new(house: &Arc<House>, mut routed: Routed, now: Timestamp) -> Self {
        if routed.touched {
            // As it is now is not as it was routed; the earlier replay's commands are given again.
            (routed.urgency, routed.severity) = house.usual.clone();
        }
        Self {
            house: house.clone(),
            now,
            team: routed.team,
            urgency: routed.urgency,
            routed_as: Some(routed.severity),
            life: Life::Open,
            accepted: false,
            held: false,
            investigated: false,
            faults: 0,
            mended: 0,
            deeds: Vec::new(),
        }
    }

    /// The commands of an event. The first event is the registration; it may need none.
    pub(crate) fn event(&mut self, event: &LogEvent) -> Vec<Deed> {
        let routed_as = self.routed_as.take();
        let first = routed_as.is_some();
        if routed_as.is_some_and(|severity| severity != SEVERITY) {
            self.by_mover(deeds::triage("", SEVERITY), Telling::Nothing);
        }
        for one in &event.moves {
            self.make(one, &event.label);
        }
        if self.deeds.is_empty() && !first {
            self.note(&event.label);
        }
        std::mem::take(&mut self.deeds)
    }

    fn make(&mut self, one: &Move, label: &str) {
        match one {
            Move::Note(text) => self.note(text),
            Move::Tell(text) => self.by_handler(deeds::note(text, Visibility::Customer)),
            Move::Reassign(group) => self.reassign(group),
            Move::Work => self.work(label),
            Move::Urgency(urgency) => self.urgency(*urgency),
            Move::Wait(wait, text) => self.wait(*wait, text),
            Move::Resolve => self.resolve(label),
            Move::Close => self.close(label),
            Move::Reopen => self.reopen(label),
            Move::Fault(text) => self.fault(text),
            Move::FaultMended => self.fault_mended(label),
        }
    }

    fn by_handler(&mut self, command: Command) {
        self.push(command, self.team.actor(), Telling::Nothing);
    }

    fn by_mover(&mut self, command: Command, tells: Telling) {
        self.push(command, self.house.mover(), tells);
    }

    fn push(&mut self, command: Command, actor: Actor, tells: Telling) {
        self.deeds.push(Deed {
            command,
            actor,
            tells,
        });
    }

    fn note(&mut self, text: &str) {
        self.by_handler(deeds::note(text, Visibility::Internal));
    }

    fn reassign(&mut self, group: &str) {
        if self.life == Life::Closed {
            return self.note(&format!("handed to {group} after its end"));
        }
        let team = self.house.team(group, &self.team).clone();
        self.by_mover(deeds::assign(&team, group), Telling::Reassigned);
        self.team = team;
        self.accepted = false;
    }

    /// Somebody works on it: accepted, not on hold, and open.
    fn work(&mut self, label: &str) {
        if self.life != Life::Open {
            self.reopen(label);
        }
        self.go_on();
        if !self.accepted {
            self.accepted = true;
            self.by_handler(Command::Accept(Accept {}));
        }
    }

    fn go_on(&mut self) {
        if std::mem::take(&mut self.held) {
            self.by_handler(Command::Resume(Resume {}));
        }
    }

    fn urgency(&mut self, urgency: Urgency) {
        let id = urgency.id();
        if self.urgency != id && self.life != Life::Closed {
            id.clone_into(&mut self.urgency);
            self.by_mover(deeds::triage(id, ""), Telling::Nothing);
        }
    }

    fn wait(&mut self, wait: Wait, text: &str) {
        if self.life == Life::Closed {
            return self.note(text);
        }
        self.go_on();
        self.held = true;
        let hold = deeds::hold(wait, text, self.now);
        self.by_handler(hold);
    }

    fn resolve(&mut self, label: &str) {
        if self.life != Life::Open {
            return self.note(label);
        }
        self.work(label);
        if !std::mem::replace(&mut self.investigated, true) {
            for command in deeds::investigation(label, &self.house.party.clone()) {
                self.by_handler(command);
            }
        }
        for command in deeds::solution(label, &self.team.handler, self.now) {
            self.by_handler(command);
        }
        self.life = Life::Executed;
        if let Some(last) = self.deeds.last_mut() {
            last.tells = Telling::Resolved;
        }
    }

    fn close(&mut self, label: &str) {
        self.go_on();
        match std::mem::replace(&mut self.life, Life::Closed) {
            Life::Executed => self.by_handler(deeds::confirm(label)),
            Life::Open => self.by_handler(deeds::withdraw()),
            Life::Closed => return self.note(label),
        }
        self.by_handler(deeds::close(label));
    }

    fn reopen(&mut self, label: &str) {
        let command = match std::mem::replace(&mut self.life, Life::Open) {
            Life::Open => return self.note(label),
            Life::Executed => deeds::dissatisfied(label),
            Life::Closed => deeds::reopen(label),
        };
        self.go_on();
        self.push(command, self.team.actor(), Telling::Reopened);
    }

    fn fault(&mut self, text: &str) {
        if self.life == Life::Open && !self.accepted {
            self.work(text);
        }
        self.faults += 1;
        let fault = deeds::fault(text, &self.team.handler, self.now);
        self.by_handler(fault);
    }

    fn fault_mended(&mut self, label: &str) {
        if self.mended == self.faults {
            return self.note(label);
        }
        self.mended += 1;
        let mended = deeds::mended(self.mended, label);
        self.push(mended, self.house.verifier(), Telling::Nothing);
    }
}

#[cfg(test)]
mod tests;
