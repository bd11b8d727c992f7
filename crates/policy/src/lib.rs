//! The house rules as data: every number, word and route that a rule book decides.
//!
//! [`Policy::parse`] takes the texts of the policy files and gives either a policy in which every
//! reference resolves, or all errors at once, each with file, line, column and what to do.
//! This crate reads no files, knows no clock and decides no case: the folder is watched by the
//! host, rules are applied by `redress-triage`, clocks by `redress-sla`.

mod catalog;
mod error;
mod ids;
mod model;
mod parse;
mod policy;
mod remark;

pub use catalog::{Catalog, Entry};
pub use error::{
    ApprovalFault, ClockFault, PolicyError, PolicyErrors, ProcedureFault, Reason, StaffFault,
};
pub use ids::{
    ApprovalRuleId, BranchId, CalendarId, CategoryId, ChannelId, ClockId, DepartmentId, HandlerId,
    LevelId, MeasureId, NotificationId, PartyId, PauseId, PersonId, PlanStepId, RedressId, RoleId,
    RuleId, SeverityId, StepId, TemplateId, TierId, UrgencyId,
};
pub use model::approval::{
    ApprovalRule, Approvals, Level, LevelScope, Needed, PlanFacts, PlannedRedress,
};
pub use model::category::Category;
pub use model::channel::{Channel, Medium, MetBy};
pub use model::clock_rules::ClockRules;
pub use model::command::CommandName;
pub use model::currency::Currency;
pub use model::deadline::{Allowance, CaseFacts, Clock, PauseReason, Scope, Target, WarnAt};
pub use model::department::{Department, Handler, Webhook};
pub use model::house::{
    CustomerTier, House, Limits, NumberFormat, Organisation, RepeatRule, SeverityLevel,
    UrgencyLevel,
};
pub use model::ladder::{EscalationStep, Recipient, StepAt};
pub use model::milestone::{Milestone, Moment};
pub use model::need::Need;
pub use model::notification::{Audience, Means, Notification, Occasion, Retry};
pub use model::procedure::{
    Branch, Gate, Keep, Measure, Party, Periodic, PlanStepKind, Procedure, Procedures, RedressKind,
};
pub use model::right::{Approver, CaseDesk, NoRight, Right};
pub use model::rule::{Conditions, Decision, Defaults, Rule};
pub use model::staff::{Delegation, Person, Reach, Role, Staff};
pub use model::template::{Template, TemplateText, VARIABLES};
pub use model::words::{Kind, Names, Share, UnknownWord, Wish};
pub use policy::Policy;
pub use remark::Remark;
