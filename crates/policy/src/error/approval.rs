//! What can be wrong with approvals.

/// A fault of `approvals.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalFault {
    /// No such currency.
    #[error("`{code}` is no currency of ISO 4217; write for example \"CNY\"")]
    UnknownCurrency {
        /// The text found.
        code: String,
    },
    /// Amounts of redress are never negative.
    #[error("{amount} is negative; write an amount of 0 or more in the currency's smallest unit")]
    NegativeAmount {
        /// The number found.
        amount: i64,
    },
    /// Nothing is above the one and up to the other.
    #[error("no amount is above {above} and at most {up_to}; raise `up_to` or lower `above`")]
    NoAmount {
        /// The lower end.
        above: u64,
        /// The upper end.
        up_to: u64,
    },
    /// An amount can never be reached.
    #[error(
        "rule `{rule}` can never fire: no kind of redress in `kinds` has a price; remove `above`, \
         or add a kind with `priced = true`"
    )]
    Priceless {
        /// Which rule.
        rule: String,
    },
    /// Earlier rules take all plans of this one.
    #[error(
        "rule `{rule}` can never fire: earlier rules take all its plans ({by}); put it before \
         them, or remove it"
    )]
    ShadowedRule {
        /// This rule.
        rule: String,
        /// Id and `file:line` of those before.
        by: String,
    },
    /// The role of a level cannot approve.
    #[error(
        "role `{role}` may not `{command}`; add that to what it may do in staff.toml, or name \
         another role"
    )]
    MayNotApprove {
        /// Which role.
        role: String,
        /// What it would have to do.
        command: &'static str,
    },
    /// Plans would wait at the level for ever.
    #[error("nobody can answer at level `{level}`: nobody has role `{role}`; give it to somebody")]
    NobodyApproves {
        /// Which level.
        level: String,
        /// The role it asks for.
        role: String,
    },
    /// Plans of some departments would wait at the level for ever.
    #[error(
        "nobody can answer at level `{level}` in department {departments}: nobody there has role \
         `{role}`; give it to somebody there, or say `scope = \"house\"`"
    )]
    NobodyApprovesThere {
        /// Which level.
        level: String,
        /// The role it asks for.
        role: String,
        /// Where nobody has it.
        departments: String,
    },
    /// A time to answer without a consequence, or a consequence without a time.
    #[error("`answer_within` and `escalates_to` belong together; add the other, or remove this")]
    HalfEscalation,
    /// Levels escalate to each other in a circle.
    #[error("level `{level}` escalates to itself: {circle}; correct one `escalates_to`")]
    EscalationCircle {
        /// Which level.
        level: String,
        /// From the level to the level again.
        circle: String,
    },
    /// A level that no rule asks for.
    #[error("no rule and no level leads to level `{level}`; name it in `levels`, or remove it")]
    UnusedLevel {
        /// Which.
        level: String,
    },
    /// Either somebody approves, or nobody has to.
    #[error("rule `{rule}` has `levels` and says `within_own_authority`; remove one of them")]
    LevelsWithinOwnAuthority {
        /// Which rule.
        rule: String,
    },
    /// The rule demands nothing of a plan that the proposer must not do alone.
    #[error("rule `{rule}` has steps that only a rule with `levels` can demand; add `levels`")]
    StepsWithoutLevels {
        /// Which rule.
        rule: String,
    },
}
