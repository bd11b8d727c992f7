//! The life of a case as a pure state machine (domain.md sections 3 and 4).
//!
//! - [`decide()`]: a [`Command`] and its [`Circumstances`] give [`Change`]s, or a [`Rejection`]
//!   that says what is possible instead.
//! - [`record`]: changes become [`Fact`]s with versions and are folded into the [`Case`].
//! - [`Case::evolve`]: folds any fact; replaying the facts of a case gives the case.
//! - [`next_steps`]: what somebody may do next, and what is missing for the rest.
//! - [`due`] and [`expire`]: what happens by itself, approvals that nobody answers, holds that end.
//!
//! The rules stand in the policy: procedures, levels of approval, staff. This crate reads no clock,
//! knows neither the log nor protobuf, and keeps no texts.

mod actor;
mod approval;
mod case;
mod change;
mod command;
mod decide;
mod desk;
mod eight_d;
mod extension;
mod fact;
mod gate;
mod input;
mod money;
mod next;
mod rejection;
mod stage;
mod text;
mod timer;
mod value;
mod words;

pub use actor::{Actor, SYSTEM};
pub use case::{
    Action, Answered, AskedExtension, Case, CurrentPlan, Joint, Level, Measure, ON_HOLD, OnHold,
    PlannedStep, Progress, Recall, Record, RootCause,
};
pub use change::{Change, Plan, Triage};
pub use command::*;
pub use decide::{Circumstances, decide, record};
pub use eight_d::Discipline;
pub use fact::{Fact, Opening, Stand};
pub use money::{Money, MoneyFault};
pub use next::{NextStep, next_steps, still_missing};
pub use redress_policy::{BranchId, LevelId, MeasureId, PartyId, PersonId, RedressId, RoleId};
pub use rejection::{Missing, Rejection, RejectionKind};
pub use stage::Stage;
pub use text::{LONGEST_TEXT, Text, TextTooLong};
pub use timer::{due, expire, periodic_due};
pub use value::{
    ApprovalLevel, Evidence, FiveWOneH, OtherCase, PlanStep, Redress, Satisfaction, Visibility,
};
pub use words::UnknownWord;
