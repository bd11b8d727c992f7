//! What is wrong with a policy, where, and what to do about it.

mod approval;
mod deadline;
mod procedure;
mod staff;

use std::fmt;

pub use approval::ApprovalFault;
pub use deadline::ClockFault;
pub use procedure::ProcedureFault;
pub use staff::StaffFault;

/// One fault in a policy file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {reason}")]
pub struct PolicyError {
    /// The file as named in the map given to `Policy::parse`.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub reason: Reason,
}

/// All faults of a policy, by file and line; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyErrors(pub Vec<PolicyError>);

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// What is wrong: one fact per variant, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file is not TOML.
    #[error("not valid TOML: {0}")]
    Syntax(String),
    /// A file of the policy is not there.
    #[error("the policy has no such file; add it")]
    MissingFile,
    /// A file that no part of the policy reads.
    #[error("no part of the policy reads this file; known: {known}; rename or remove it")]
    UnknownFile {
        /// Names that are read.
        known: String,
    },
    /// A key must be there.
    #[error("`{key}` is missing; add it")]
    MissingKey {
        /// Which.
        key: String,
    },
    /// A key that means nothing here.
    #[error("unknown key `{key}`; known here: {known}; correct or remove it")]
    UnknownKey {
        /// Which.
        key: String,
        /// Which ones are understood.
        known: String,
    },
    /// A value cannot be understood.
    #[error("`{key}`: {problem}; correct the value")]
    BadValue {
        /// Of which key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A text, list or table says nothing.
    #[error("`{key}` is empty; fill it in or remove it")]
    Empty {
        /// Which.
        key: String,
    },
    /// An id or locale has characters that cannot stand in subjects, keys and labels.
    #[error("`{id}` is no id; use lower-case letters, digits, `_` and `-`")]
    BadId {
        /// The text found.
        id: String,
    },
    /// An id is used twice.
    #[error("{what} `{id}` is declared twice, first at {first}; rename or remove one")]
    Duplicate {
        /// Of what sort.
        what: &'static str,
        /// Which.
        id: String,
        /// `file:line` of the first.
        first: String,
    },
    /// A reference leads nowhere.
    #[error("there is no {what} `{id}`; declared: {known}; declare it or refer to another")]
    Dangling {
        /// Of what sort.
        what: &'static str,
        /// Which.
        id: String,
        /// What there is.
        known: String,
    },
    /// A duration is not understood.
    #[error(
        "`{text}` is no duration; write for example \"10s\", \"90m\", \"2h\", \"1h30m\", \"7d\""
    )]
    BadDuration {
        /// The text found.
        text: String,
    },
    /// A duration has a unit that is not known.
    #[error("`{unit}` in `{text}` is no unit of time; use s, m, h or d")]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// The unit found.
        unit: String,
    },
    /// A duration or number must be more than nothing.
    #[error("`{text}` must be greater than zero")]
    NotPositive {
        /// The text found.
        text: String,
    },
    /// A span of a deadline is not understood.
    #[error("{0}")]
    BadSpan(String),
    /// No such time zone.
    #[error("`{zone}` is no time zone of the IANA database; write for example \"Asia/Shanghai\"")]
    BadTimeZone {
        /// The text found.
        zone: String,
    },
    /// A share must lie between nothing and everything.
    #[error("{found} is no share; use a number above 0 and up to 1")]
    BadShare {
        /// The number found.
        found: String,
    },
    /// A rule decides nothing or several things.
    #[error(
        "a rule decides exactly one of category, urgency, severity, wide_impact; found {found}"
    )]
    OneDecision {
        /// How many.
        found: usize,
    },
    /// A rule that can never decide anything.
    #[error(
        "rule `{rule}` can never decide: `{by}` at {first} applies whenever it does; put this rule \
         before that one, or remove one"
    )]
    ShadowedRule {
        /// This rule.
        rule: String,
        /// The one before.
        by: String,
        /// `file:line` of the one before.
        first: String,
    },
    /// A target that no case reaches.
    #[error(
        "no case reaches this target: all of its cases are taken at {first}; put this one before"
    )]
    ShadowedTarget {
        /// `file:line` of those before that take them.
        first: String,
    },
    /// A keyword cannot be wanted and unwanted.
    #[error("keyword `{keyword}` stands twice in this rule; remove one")]
    RepeatedKeyword {
        /// Which.
        keyword: String,
    },
    /// Category rules run before a category exists.
    #[error("a category rule cannot ask for the category; remove `category` from `when`")]
    CategoryAsksCategory,
    /// The clock has no targets.
    #[error("clock `{clock}` has no target; add `[[clock.target]]` or `per_channel = true`")]
    NoTarget {
        /// Which.
        clock: String,
    },
    /// The contact must be one of the handlers.
    #[error("contact `{contact}` is no handler of department `{department}`; name one of: {known}")]
    HandlerElsewhere {
        /// Who.
        contact: String,
        /// Of which department.
        department: String,
        /// Its handlers.
        known: String,
    },
    /// Nobody in the department takes such cases.
    #[error("nobody in department `{department}` takes urgency `{urgency}`; add it to a handler")]
    UrgencyUncovered {
        /// Which department.
        department: String,
        /// Which urgency.
        urgency: String,
    },
    /// A template lacks a language of the house.
    #[error("template `{template}` lacks locale `{locale}`; add `[template.{locale}]`")]
    MissingLanguage {
        /// Which template.
        template: String,
        /// Which locale.
        locale: String,
    },
    /// A template does not compile.
    #[error("the template does not compile: {0}")]
    TemplateSyntax(String),
    /// A template uses a variable that nobody fills.
    #[error("nothing fills `{variable}`; variables: {known}")]
    UnknownVariable {
        /// Which.
        variable: String,
        /// Which ones there are.
        known: String,
    },
    /// Customers have no webhook, and so on.
    #[error("a {to} cannot be told by {by}; use email, or tell the department")]
    NoSuchMeans {
        /// Who.
        to: &'static str,
        /// How.
        by: &'static str,
    },
    /// Only clock occasions have clocks.
    #[error("`{on}` is no occasion of a clock; remove `clocks`, or use clock_warned, …")]
    NoClockOccasion {
        /// Which occasion.
        on: &'static str,
    },
    /// Nothing would ever meet the channel's first response.
    #[error(
        "the first response of channel `{channel}` is met by the acknowledgement, but no \
         notification `on = \"registered\"`, `to = \"customer\"` covers it; add one"
    )]
    NoAcknowledgement {
        /// Which channel.
        channel: String,
    },
    /// Steps must follow each other.
    #[error(
        "step `{step}` does not come later than the step before; the longest `before` stands \
         first, the longest `after` last"
    )]
    LadderOrder {
        /// Which step.
        step: String,
    },
    /// A pack is named for cases that none of a clock's targets means.
    #[error(
        "clock `{clock}` of this pack would run for no case; name the pack for other cases, or leave \
         it out"
    )]
    PackOfNothing {
        /// Which.
        clock: String,
    },
    /// A list of days does not hold together.
    #[error("list of days `{list}`: {problem}")]
    BadDays {
        /// Which.
        list: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file that a list of days refers to is not there.
    #[error("there is no file `{file}` in the policy; add it or correct the name")]
    NoSuchFile {
        /// Its name.
        file: String,
    },
    /// A file of holidays that counts nowhere.
    #[error("no list of days reads this file; name it as `file` of a `[[days]]`, or remove it")]
    UnusedFile,
    /// A calendar does not hold together.
    #[error("calendar `{calendar}`: {problem}")]
    BadCalendar {
        /// Which.
        calendar: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A word or reference stands twice in a list.
    #[error("`{word}` stands twice in `{key}`; remove one")]
    Repeated {
        /// In which list.
        key: String,
        /// Which.
        word: String,
    },
    /// A fault of `staff.toml`.
    #[error(transparent)]
    Staff(#[from] StaffFault),
    /// A fault of `procedures.toml`.
    #[error(transparent)]
    Procedure(#[from] ProcedureFault),
    /// A fault of `approvals.toml`.
    #[error(transparent)]
    Approval(#[from] ApprovalFault),
    /// A fault of `deadlines.toml`.
    #[error(transparent)]
    Clock(#[from] ClockFault),
}
