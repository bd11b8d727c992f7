//! Names of policy entries: cheap to clone, compared and sorted by their text.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id with this text; whether a policy knows it is asked of the policy.
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The text, as it stands in the policy files and on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }
    )*};
}

id! {
    /// A channel (渠道) such as `phone`.
    ChannelId;
    /// A category (问题分类) such as `product_quality`.
    CategoryId;
    /// A department (部门) such as `after_sales_tech`.
    DepartmentId;
    /// A handler (处理人), unique over all departments.
    HandlerId;
    /// A degree of urgency (紧急程度) such as `urgent`.
    UrgencyId;
    /// A degree of severity (严重程度) such as `major`.
    SeverityId;
    /// A tier of customers (客户级别) such as `vip`.
    TierId;
    /// A triage rule.
    RuleId;
    /// A clock (时限) such as `first_response`.
    ClockId;
    /// A reason for which a clock may pause.
    PauseId;
    /// A step of an escalation ladder such as `urge` (催办).
    StepId;
    /// A business calendar.
    CalendarId;
    /// A notification template.
    TemplateId;
    /// A notification: an occasion, whom it concerns and how they are told.
    NotificationId;
    /// A role (角色) such as `department_head`.
    RoleId;
    /// A person of the house, handlers included: `system` acts for rules and timers.
    PersonId;
    /// A measure that a severity's procedure knows, such as `task_force`.
    MeasureId;
    /// A kind of redress such as `refund` (退款).
    RedressId;
    /// A party that may be responsible, such as `supplier` (供应商).
    PartyId;
    /// A branch of the fishbone diagram, such as `machine` (机).
    BranchId;
    /// A step that plans are made of, such as `goods_returned`.
    PlanStepId;
    /// A rule that says which plans need which approvals.
    ApprovalRuleId;
    /// A level of approval such as `director`.
    LevelId;
}
