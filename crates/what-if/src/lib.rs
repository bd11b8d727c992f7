//! What another policy would have made of the same history.
//!
//! People's deeds and their times are taken as they were; what the policy decides is decided twice,
//! by the policy of today and by a candidate: routing, clocks with their warnings, ends and ladders,
//! approvals, and what procedures demand before a command. Nothing is kept but the difference.
//!
//! - [`Side`]: a policy, ready to be applied; [`Pair`] holds something for both.
//! - [`Replay`]: takes [`Happening`]s in the order of the log, and gives a [`Report`] by department
//!   and week of registration. Reports of several partitions are added up.
//! - [`Shadow`]: the same while it happens: gives each [`Difference`] when it comes up.
//!
//! A happening that was recorded (a routing, a clock's end) is compared with what today's policy
//! makes of it, so that a report says how far it can be trusted ([`Recorded`]).
//!
//! The crate is pure: it knows neither the log nor protobuf and reads no clock.

mod case;
mod happening;
mod pair;
mod recorded;
mod replay;
mod report;
mod shadow;
mod side;
mod week;

pub use case::{Difference, Fired, FiredPoint, Verdict};
pub use happening::{
    Correction, Happening, Note, Planned, RecordedClock, RecordedRouting, Registration, Said, What,
};
pub use pair::{Pair, Which};
pub use recorded::{Agreement, Recorded};
pub use replay::{Ended, Replay, Window};
pub use report::{
    Axis, Cell, ClockCounts, Corrections, Counts, Delta, Example, ExampleKind, Faults, Move, Report,
};
pub use shadow::{Shadow, Told};
pub use side::{Routing, Side};
pub use week::Week;
