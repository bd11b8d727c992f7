//! What history consists of.

use jiff::Timestamp;
use redress_calendar::Span;
use redress_policy::{ClockId, CommandName, Kind, Moment, Need, PauseId, PlannedRedress, Wish};

/// Something that happened to a case.
#[derive(Clone, Copy, Debug)]
pub struct Happening<'a> {
    /// When it was decided.
    pub at: Timestamp,
    /// What.
    pub what: What<'a>,
}

/// What happened to a case. What one fact means in several respects comes as several of these, at
/// the same time: a command that its gate is asked about, then what it brings, then the moment that
/// clocks wait for.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// The complaint was registered.
    Registered(Registration<'a>),
    /// The case was given to a department, and its clocks begin.
    Routed(RecordedRouting<'a>),
    /// The acknowledgement reached the customer. The first one counts.
    Acknowledged,
    /// Clocks may wait for it.
    Reached(&'a Moment),
    /// The case was put on hold.
    Held(&'a PauseId),
    /// It was taken up again.
    Resumed,
    /// One clock, or every one, got more time.
    Extended {
        /// Which; `None`: every one that runs.
        clock: Option<&'a ClockId>,
        /// How much.
        by: Span,
    },
    /// People said that it is something else than the rules had said.
    Corrected(Correction<'a>),
    /// This department has it now.
    HandedTo(&'a str),
    /// A plan was proposed.
    Proposed(Planned<'a>),
    /// Somebody gave this command, and it was carried out.
    Asked(CommandName),
    /// Something that procedures ask for stands in the record from now on.
    Noted(&'a Note),
    /// What became of a clock, as it was recorded.
    Clock(RecordedClock<'a>),
}

/// A complaint as it was registered.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// The id in text, which handlers are chosen by.
    pub id: &'a str,
    /// The case's number.
    pub number: &'a str,
    /// When the platform got it.
    pub received_at: Timestamp,
    /// The channel's id.
    pub channel: &'a str,
    /// The kind.
    pub kind: Kind,
    /// What the customer wishes.
    pub wish: Option<Wish>,
    /// Product or service.
    pub product: &'a str,
    /// How many pieces.
    pub quantity: Option<u64>,
    /// The customer's tier; empty if none is known.
    pub tier: &'a str,
    /// The customer's words; `None` if nobody can read them any more. It is not kept.
    pub text: Option<&'a str>,
}

/// A routing as it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedRouting<'a> {
    /// Version of the policy that decided.
    pub policy: &'a str,
    /// What it is about.
    pub category: &'a str,
    /// How urgent.
    pub urgency: &'a str,
    /// How severe.
    pub severity: &'a str,
    /// Whether it concerns many.
    pub wide_impact: bool,
    /// The lead department.
    pub department: &'a str,
    /// Who gets it.
    pub handler: &'a str,
}

/// What people corrected; `None` was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Correction<'a> {
    /// What it is about.
    pub category: Option<&'a str>,
    /// How urgent.
    pub urgency: Option<&'a str>,
    /// How severe.
    pub severity: Option<&'a str>,
}

/// A plan.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// What the customer gets.
    pub redress: &'a [PlannedRedress<'a>],
    /// Its steps, in order.
    pub steps: &'a [&'a str],
    /// The levels that had to approve it, as recorded; `None` if nothing was.
    pub levels: Option<&'a [&'a str]>,
}

/// Something in the record of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Something that is there, and that nothing takes away but a reopening.
    There(Need),
    /// Which of who, what, when, why, where, how many are answered by it.
    Questions([bool; 6]),
    /// A root cause.
    RootCause {
        /// Has a chain of whys.
        whys: bool,
        /// Says why it happened.
        occurrence: bool,
        /// Says why it was not caught.
        escape: bool,
    },
    /// Who is responsible was assessed.
    Responsibility {
        /// Somebody is.
        anybody: bool,
    },
    /// A corrective action, the next by number.
    Action,
    /// A corrective action was looked at.
    ActionVerified {
        /// Which, from 1.
        action: u32,
        /// Whether it works.
        effective: bool,
    },
}

/// What became of a clock, as it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedClock<'a> {
    /// Which clock of the policy.
    pub clock: &'a str,
    /// What became of it.
    pub said: Said,
}

/// What was recorded of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It started.
    Started {
        /// When.
        at: Timestamp,
        /// The last instant on time.
        due_at: Timestamp,
        /// It was met already.
        met_at: Option<Timestamp>,
    },
    /// It got another end.
    Moved {
        /// Its start, if that is another one too.
        started_at: Option<Timestamp>,
        /// The last instant on time.
        due_at: Timestamp,
    },
    /// It ended.
    Stopped {
        /// When.
        at: Timestamp,
        /// Not after its end.
        on_time: bool,
        /// No longer asked for.
        cancelled: bool,
    },
    /// A warning was given.
    Warned,
    /// Its end passed.
    Breached,
    /// A step of its ladder was reached.
    Escalated,
}
