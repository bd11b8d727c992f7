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

pub use catalog::{Catalog, Entry};
pub use error::{PolicyError, PolicyErrors, Reason};
pub use ids::{
    CalendarId, CategoryId, ChannelId, ClockId, DepartmentId, HandlerId, NotificationId, PauseId,
    RuleId, SeverityId, StepId, TemplateId, UrgencyId,
};
pub use model::category::Category;
pub use model::channel::{Channel, Medium, MetBy};
pub use model::deadline::{
    Allowance, CaseFacts, Clock, EscalationStep, Milestone, PauseReason, Scope, Target, WarnAt,
};
pub use model::department::{Department, Handler, Webhook};
pub use model::house::{
    House, Limits, NumberFormat, Organisation, RepeatRule, SeverityLevel, UrgencyLevel,
};
pub use model::notification::{Audience, Means, Notification, Occasion, Retry};
pub use model::rule::{Conditions, Decision, Defaults, Rule};
pub use model::template::{Template, TemplateText, VARIABLES};
pub use model::words::{Kind, Names, Share, UnknownWord, Wish};
pub use policy::Policy;
