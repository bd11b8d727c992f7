//! The state of a case: what decisions need, folded from its facts. Texts are not kept,
//! but for the reason of an extension that waits for its approval.

mod evolve;
mod extension;
mod plan;
mod record;
mod requests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use redress_complaint::ComplaintId;
use redress_policy::{DepartmentId, PauseId};

pub use extension::AskedExtension;
pub use plan::{CurrentPlan, Level, PlannedStep, Progress};
pub use record::{Action, Answered, Measure, Record, RootCause};
pub(crate) use requests::Requests;

use crate::change::Triage;
use crate::{CommandKind, Opening, PersonId, Satisfaction, Stage, Stand};

/// What the state of a case is called while it is on hold.
pub const ON_HOLD: &str = "on_hold";

/// A case as its facts left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The complaint.
    pub id: ComplaintId,
    /// Its number.
    pub number: String,
    /// Counts its facts; the routing is 1.
    pub version: u64,
    /// The last version that changed something: refused attempts do not.
    pub changed: u64,
    /// How far it has come.
    pub stage: Stage,
    /// Category, urgency and severity.
    pub triage: Triage,
    /// Order of work: 0 first.
    pub rank: u32,
    /// Many people are concerned.
    pub wide_impact: bool,
    /// Who leads.
    pub department: DepartmentId,
    /// Who has it; empty: nobody yet.
    pub handler: PersonId,
    /// Who accepted it, and when, since it was given to its handler.
    pub accepted: Option<(PersonId, Timestamp)>,
    /// When work on it began.
    pub first_accepted_at: Option<Timestamp>,
    /// The production batch; empty: unknown.
    pub batch_no: String,
    /// How many items the closing notice has to answer, at least 1.
    pub items: u32,
    /// Counts the rounds of processing from 1.
    pub round: u32,
    /// Set while it is on hold.
    pub hold: Option<OnHold>,
    /// How long it was on hold so far, for each reason.
    pub paused: BTreeMap<PauseId, SignedDuration>,
    /// Departments that work together on it.
    pub joint: Option<Joint>,
    /// How often a deadline was moved.
    pub extensions: u32,
    /// How often somebody asked for an extension.
    pub extension_requests: u32,
    /// The extension that waits for an approval.
    pub extension: Option<AskedExtension>,
    /// What the investigation and what follows from it has brought together.
    pub record: Record,
    /// How many plans there were.
    pub plans: u32,
    /// The plan of this round, if there is one.
    pub plan: Option<CurrentPlan>,
    /// Who will not approve in this case.
    pub recused: BTreeSet<PersonId>,
    /// Whether the customer confirmed the result of this round.
    pub confirmed: bool,
    /// What the customer said of this round.
    pub satisfaction: Option<Satisfaction>,
    /// The recall that it leads.
    pub recall: Option<Recall>,
    /// The recalls that it belongs to: case that leads, and batch.
    pub recalls: Vec<(ComplaintId, String)>,
    /// The case that its handling goes on in.
    pub merged_into: Option<ComplaintId>,
    /// Until when it has to be kept, once archived.
    pub keep_until: Option<Timestamp>,
    pub(crate) requests: Requests,
}

/// A case on hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnHold {
    /// For which reason of the policy.
    pub pause: PauseId,
    /// Since when.
    pub since: Timestamp,
    /// When it resumes by itself.
    pub until: Option<Timestamp>,
}

/// Departments that work together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joint {
    /// Who leads (主责部门).
    pub lead: DepartmentId,
    /// Who assists (配合部门).
    pub supporting: Vec<DepartmentId>,
}

/// The recall that a case leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    /// Of which batch.
    pub batch_no: String,
    /// Whether it is over.
    pub closed: bool,
}

impl Case {
    /// A case as registration and routing left it.
    pub fn open(opening: &Opening) -> Self {
        let triage = Triage {
            category: opening.category.clone(),
            urgency: opening.urgency.clone(),
            severity: opening.severity.clone(),
        };
        Self {
            id: opening.id,
            number: opening.number.clone(),
            version: 1,
            changed: 1,
            stage: first_stage(opening),
            triage,
            rank: opening.rank,
            wide_impact: opening.wide_impact,
            department: opening.department.clone(),
            handler: opening.handler.clone(),
            accepted: None,
            first_accepted_at: None,
            batch_no: opening.batch_no.clone(),
            items: opening.items.max(1),
            round: 1,
            hold: None,
            paused: BTreeMap::new(),
            joint: None,
            extensions: 0,
            extension_requests: 0,
            extension: None,
            record: Record::default(),
            plans: 0,
            plan: None,
            recused: BTreeSet::new(),
            confirmed: false,
            satisfaction: None,
            recall: None,
            recalls: Vec::new(),
            merged_into: None,
            keep_until: None,
            requests: Requests::default(),
        }
    }

    /// As the state is called on the wire: the stage, or `on_hold`.
    pub fn state(&self) -> &'static str {
        if self.hold.is_some() {
            ON_HOLD
        } else {
            self.stage.as_str()
        }
    }

    /// How it stands, for those who have not followed its life.
    pub fn stand(&self) -> Stand {
        Stand {
            state: self.state().to_owned(),
            department: self.department.clone(),
            handler: self.handler.clone(),
            category: self.triage.category.clone(),
            urgency: self.triage.urgency.clone(),
            severity: self.triage.severity.clone(),
        }
    }

    /// The version that the command with this request id led to, if there was one: the same
    /// request gets the same answer.
    pub fn answered(&self, request_id: &str) -> Option<u64> {
        self.requests
            .answered(request_id)
            .map(|answer| answer.version)
    }

    /// Every department that works on it: the one that has it first.
    pub fn departments(&self) -> Vec<&str> {
        let mut departments = vec![self.department.as_str()];
        if let Some(joint) = &self.joint {
            departments.push(joint.lead.as_str());
            departments.extend(joint.supporting.iter().map(AsRef::<str>::as_ref));
        }
        departments
    }

    /// Whether the command is possible at all as the case stands; rights and what the procedure
    /// demands are another question.
    pub fn is_possible(&self, command: CommandKind) -> bool {
        command.stages().contains(self.stage)
            && (self.hold.is_none() || command.while_held())
            && (self.hold.is_some() || command != CommandKind::Resume)
    }
}

fn first_stage(opening: &Opening) -> Stage {
    let nobody = opening.handler.as_str().is_empty();
    match opening.category.as_str() {
        "" => Stage::Registered,
        _ if nobody => Stage::Triaged,
        _ => Stage::Assigned,
    }
}
