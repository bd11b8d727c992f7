//! A change as it was recorded: who, when, and how the case stood after it.

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{CategoryId, DepartmentId, SeverityId, UrgencyId};

use crate::{Actor, Change, PersonId};

/// One fact in the life of a case after its routing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Counts the facts of the case; the routing is 1, so this is 2 or more.
    pub version: u64,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Of the command that led to it; empty for what rules and timers did.
    pub request_id: String,
    /// Version of the policy that it was decided under.
    pub policy: String,
    /// What happened.
    pub change: Change,
    /// How the case stood after it. For those who follow; folding a case does not look at it.
    pub stand: Stand,
}

/// How a case stands, for those who have not followed its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The stage, or `on_hold`.
    pub state: String,
    /// Who leads.
    pub department: DepartmentId,
    /// Who has it.
    pub handler: PersonId,
    /// What it is about.
    pub category: CategoryId,
    /// How soon.
    pub urgency: UrgencyId,
    /// How grave.
    pub severity: SeverityId,
}

/// A case as registration and routing left it: version 1 of its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The complaint.
    pub id: ComplaintId,
    /// Its number.
    pub number: String,
    /// What it is about; empty: not triaged yet.
    pub category: CategoryId,
    /// How soon.
    pub urgency: UrgencyId,
    /// How grave.
    pub severity: SeverityId,
    /// Order of work: 0 first.
    pub rank: u32,
    /// Many people are concerned.
    pub wide_impact: bool,
    /// Who leads.
    pub department: DepartmentId,
    /// Who has it; empty: nobody yet.
    pub handler: PersonId,
    /// The production batch; empty: unknown.
    pub batch_no: String,
    /// How many things the complaint asks for, each to be answered in the closing notice; 0: not
    /// counted, which is one.
    pub items: u32,
    /// When it was routed.
    pub at: Timestamp,
}
