//! The clocks of a case (domain.md section 5), without a timer: callers bring the time.
//!
//! - [`ClockSet`]: the clocks of one case. What happens to the case ([`ClockSet::reach`], a hold,
//!   an extension, a correction) gives [`Change`]s, which are recorded.
//! - [`Clock`]: one clock with its points in time: warnings, the end, the steps of its ladder.
//! - [`Deadlines`]: what is due next among the clocks of very many cases. Only the next point of a
//!   clock is armed ([`next_point`]).
//! - [`explain`]: why a clock ends when it ends, row by row.
//!
//! A clock's end follows from where it started, how long is allowed, its pauses and extensions, by
//! one function (`lay`), whoever asks: starting, resuming, correcting and explaining agree.

mod change;
mod clock;
mod deadlines;
mod effect;
mod entry;
pub mod explain;
mod lay;
mod length;
mod point;
mod retarget;
mod set;
mod start;

pub use change::{Cause, Change, ClockMoved, ClockStopped};
pub use clock::{Clock, ClockState, Extension, Pause, Step};
pub use deadlines::{Armed, Deadlines, TooManyClocks};
pub use effect::Stop;
pub use point::{Point, next_point};
pub use set::{ClockSet, Hold};
pub use start::{ClockFault, ClocksStarted, FaultCause};
