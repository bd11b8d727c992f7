//! The clocks of a case (domain.md section 5), without a timer: callers bring the time.
//!
//! - [`start_clocks`]: which clocks a milestone starts, when each warns, ends and escalates.
//! - [`ClockSet`]: the clocks of one case and what has become of them.
//! - [`Deadlines`]: what is due next among the clocks of very many cases.
//!
//! A clock has points in time: warnings, the breach, the steps of its ladder. Only its next point
//! is armed. When it has fired, [`Clock::fired`] says so and [`Clock::next_point`] is armed:
//!
//! ```text
//! start_clocks → ClockSet::start → Deadlines::arm ⟲ Deadlines::expire → Clock::fired
//!                ClockSet::stop  → Deadlines::disarm
//! ```

mod clock;
mod deadlines;
mod entry;
mod set;
mod start;
mod stop;

pub use clock::{Clock, ClockState, Point};
pub use deadlines::{Armed, Deadlines, TooManyClocks};
pub use set::{ClockSet, ClockStopped};
pub use start::{ClockFault, ClockStarted, ClocksStarted, FaultCause, start_clocks};
pub use stop::{Stop, stop_of};
