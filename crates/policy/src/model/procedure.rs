//! `procedures.toml`: what each severity demands, and the words of investigations and plans.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Catalog, Entry, entry};
use crate::ids::{BranchId, MeasureId, PartyId, PlanStepId, RedressId, RoleId, SeverityId};
use crate::model::command::CommandName;
use crate::model::need::Need;
use crate::model::words::Names;

/// The procedures of all severities and what they refer to.
#[derive(Clone, Debug)]
pub struct Procedures {
    /// Whether the first responsible person (第一责任人) may hand a case only upwards.
    pub first_responsible_may_only_transfer_up: bool,
    /// How long archived cases are kept.
    pub keep: Keep,
    /// What people record besides the usual steps.
    pub measures: Catalog<Measure>,
    /// Kinds of redress.
    pub redress: Catalog<RedressKind>,
    /// Who may be responsible.
    pub parties: Catalog<Party>,
    /// Branches of the fishbone diagram (人机料法环测).
    pub branches: Catalog<Branch>,
    /// Steps that plans are made of; a plan may have others.
    pub steps: Catalog<PlanStepKind>,
    pub(crate) by_severity: Catalog<Procedure>,
}

/// The procedure of one severity (domain.md section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Whose procedure; there is exactly one for each severity.
    pub severity: SeverityId,
    /// Its names.
    pub name: Names,
    /// What must stand in the record before which command; at most one gate per command.
    pub gates: Vec<Gate>,
    /// Measures that recur while the case is open.
    pub periodic: Vec<Periodic>,
}

/// What must stand in the record before a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Before which command.
    pub before: CommandName,
    /// What must be there, in the order of the file; never empty.
    pub needs: Vec<Need>,
}

/// A measure that recurs while the case is open, such as the executives' report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Periodic {
    /// Which.
    pub measure: MeasureId,
    /// Wall time after the acceptance, and after each one recorded.
    pub every: SignedDuration,
}

/// A measure that procedures demand, such as a task force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Told in the event.
    pub id: MeasureId,
    /// Its names.
    pub name: Names,
    /// Who may record it, acting in one of these roles.
    pub by: Vec<RoleId>,
}

/// A kind of redress (赔偿方式).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedressKind {
    /// As in plans.
    pub id: RedressId,
    /// Its names.
    pub name: Names,
    /// Whether an amount belongs to it; without one it has none.
    pub priced: bool,
}

/// A party that may be responsible (责任方).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// As in the assessment.
    pub id: PartyId,
    /// Its names.
    pub name: Names,
}

/// A branch of the fishbone diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// As in the root cause.
    pub id: BranchId,
    /// Its names.
    pub name: Names,
}

/// A step that plans are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStepKind {
    /// As in plans.
    pub id: PlanStepId,
    /// Its names.
    pub name: Names,
}

/// How long something is kept, in calendar units of the house's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Whole years.
    pub years: u16,
    /// Further months.
    pub months: u16,
    /// Further days.
    pub days: u16,
}

impl Keep {
    /// Until when something of that time is kept; the end of time if no date is so late.
    pub fn until(&self, from: Timestamp, zone: &TimeZone) -> Timestamp {
        let span = jiff::Span::new()
            .years(self.years.min(9_999))
            .months(self.months)
            .days(self.days);
        from.to_zoned(zone.clone())
            .checked_add(span)
            .map_or(Timestamp::MAX, |until| until.timestamp())
    }
}

impl Procedures {
    /// The procedure of a severity; `None` only for a severity that the house does not have.
    pub fn of(&self, severity: impl AsRef<str>) -> Option<&Procedure> {
        self.by_severity.get(severity)
    }

    /// All procedures in file order.
    pub fn all(&self) -> &Catalog<Procedure> {
        &self.by_severity
    }

    /// What must stand in the record of a case of that severity before a command.
    pub fn needs_before(&self, severity: impl AsRef<str>, command: CommandName) -> &[Need] {
        self.of(severity)
            .map_or(&[], |procedure| procedure.needs_before(command))
    }
}

impl Procedure {
    /// What must stand in the record before a command.
    pub fn needs_before(&self, command: CommandName) -> &[Need] {
        let gate = self.gates.iter().find(|gate| gate.before == command);
        gate.map_or(&[], |gate| &gate.needs)
    }

    /// Whether some gate asks for it.
    pub fn asks_for(&self, need: &Need) -> bool {
        self.gates.iter().any(|gate| gate.needs.contains(need))
    }
}

impl Periodic {
    /// When the next is due: after the last one recorded, or after the acceptance.
    pub fn due_at(&self, last: Timestamp) -> Timestamp {
        last.checked_add(self.every).unwrap_or(Timestamp::MAX)
    }
}

impl Measure {
    /// Whether somebody in this role may record it.
    pub fn may_be_recorded_by(&self, role: &str) -> bool {
        self.by.iter().any(|by| by.as_str() == role)
    }
}

impl Entry for Procedure {
    fn key(&self) -> &str {
        self.severity.as_str()
    }
}

entry!(Measure, RedressKind, Party, Branch, PlanStepKind);
