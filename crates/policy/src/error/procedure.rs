//! What can be wrong with procedures, gates and measures.

/// A fault of `procedures.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureFault {
    /// Cases of that severity would have no procedure.
    #[error(
        "severity `{severity}` has no procedure; add `[[procedure]]` with `severity = \"{severity}\"`"
    )]
    NoProcedure {
        /// Which.
        severity: String,
    },
    /// A gate asks for something that no record has.
    #[error("a gate cannot need `{need}`; it may need: {known}, or measure:<id>")]
    UnknownNeed {
        /// The text found.
        need: String,
        /// What there is.
        known: String,
    },
    /// Two gates before one command.
    #[error("`{before}` has a gate at {first} already; put all needs into that one")]
    SecondGate {
        /// Before which command.
        before: &'static str,
        /// `file:line` of the first.
        first: String,
    },
    /// What the gate asks for only comes after it.
    #[error(
        "no case passes this gate: `{before}` needs `{need}`, which comes only after it: {circle}; \
         ask for it later"
    )]
    GateCircle {
        /// Before which command.
        before: &'static str,
        /// Which need.
        need: String,
        /// From the command back to the command.
        circle: String,
    },
    /// Nobody could ever fill the need.
    #[error(
        "no case passes this gate: nobody may `{command}`, which fills `{need}`; give somebody a \
         role that may"
    )]
    NobodyFills {
        /// Which need.
        need: String,
        /// What fills it.
        command: &'static str,
    },
    /// A role that may record a measure must be able to.
    #[error(
        "role `{role}` may not `record_measure`; add that to what it may do in staff.toml, or name \
         another role"
    )]
    MayNotRecord {
        /// Which role.
        role: String,
    },
    /// Nobody could ever record the measure.
    #[error("nobody has a role that may record measure `{measure}`: {roles}; give it to somebody")]
    NobodyRecords {
        /// Which measure.
        measure: String,
        /// Who may, as what.
        roles: String,
    },
    /// A time for keeping is not understood.
    #[error(
        "`{text}` is no time for keeping; write for example \"2 years\", \"30 months\", \
         \"1 year 6 months\""
    )]
    BadKeep {
        /// The text found.
        text: String,
    },
}
