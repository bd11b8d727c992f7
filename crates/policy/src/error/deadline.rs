//! What can be wrong with clocks and their ladders.

/// A fault of `deadlines.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// Nothing of the sort ever happens to a case.
    #[error("nothing called `{found}` happens to a case; known: {known}, measure:<id>")]
    UnknownMoment {
        /// The text found.
        found: String,
        /// What happens.
        known: String,
    },
    /// The clock would run for ever.
    #[error(
        "clock `{clock}` can never stop: what meets it is over when {start} starts it; name \
         something later in `met_by`"
    )]
    NeverStops {
        /// Which.
        clock: String,
        /// What starts it.
        start: String,
    },
    /// More clocks than can be told apart when they run.
    #[error("clock `{clock}` is one too many: a policy has at most {limit} clocks; join some")]
    TooManyClocks {
        /// The first that is too many.
        clock: String,
        /// How many there may be.
        limit: usize,
    },
    /// No case of any day could have this time.
    #[error(
        "`{text}` never ends within calendar `{calendar}` ({problem}); write a shorter time, or \
         extend the calendar"
    )]
    BeyondCalendar {
        /// The time as written.
        text: String,
        /// By which calendar.
        calendar: String,
        /// What the calendar says.
        problem: String,
    },
    /// A step is either before the end or after it.
    #[error("step `{step}` needs one of `before` and `after`; write exactly one")]
    WhenOfStep {
        /// Which.
        step: String,
    },
    /// A ladder that tells nobody.
    #[error(
        "step `{step}` names nobody; add `to`, for example `to = [\"handler\"]` or \
         `to = [\"superior\"]`"
    )]
    NamesNobody {
        /// Which.
        step: String,
    },
    /// Not a way to name somebody.
    #[error(
        "`{found}` names nobody; write handler, head, superior, superior:2 (levels above the \
         handler) or role:<id>"
    )]
    UnknownRecipient {
        /// The text found.
        found: String,
    },
    /// A role that nobody has.
    #[error("nobody has role `{role}`, so nobody is told; give it to somebody in staff.toml")]
    NobodyHasRole {
        /// Which.
        role: String,
    },
    /// Higher than anybody stands.
    #[error(
        "nobody is {levels} levels above any handler; the longest line has {longest}; lower the \
         number, or add a `superior` in staff.toml"
    )]
    NobodyAbove {
        /// How many levels were asked for.
        levels: u8,
        /// How many there are.
        longest: usize,
    },
    /// The measure recurs in no procedure.
    #[error(
        "measure `{measure}` recurs in no procedure, so this clock never runs; add \
         `[[procedure.periodic]]` to procedures.toml, or remove `per_periodic`"
    )]
    NothingPeriodic {
        /// Which.
        measure: String,
    },
    /// A warning that no case would ever get.
    #[error(
        "no target of clock `{clock}` is longer than {warning}, so nobody is ever warned so long \
         before its end; shorten it, or remove it"
    )]
    WarnsTooEarly {
        /// Which.
        clock: String,
        /// How long before the end, as text.
        warning: String,
    },
    /// More warnings or steps than a clock keeps count of.
    #[error("clock `{clock}` has more than {limit} {what}; remove some")]
    TooManyPoints {
        /// Which.
        clock: String,
        /// Warnings or steps.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
}
