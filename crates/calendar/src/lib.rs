//! Business calendars: when people work, and when a deadline falls.
//!
//! A [`Calendar`] is made from a [`CalendarSpec`] (policy data, usually TOML) and answers three
//! questions: when is a [`Span`] over ([`Calendar::due`]), how much working time lies between two
//! instants ([`Calendar::elapsed`]), and is this instant working time ([`Calendar::is_working`]).
//!
//! Everything is precomputed over the calendar's validity as a table of open spans with the sum of
//! working time before each, so a question costs two binary searches. Working time is real elapsed
//! time: a night shift over the end of daylight saving time has one hour more.
//!
//! The crate is pure: it reads no clock, and knows nothing of complaints or policies.
//!
//! ```toml
//! zone = "Asia/Shanghai"
//! from = "2026-01-01"
//! to = "2027-12-31"
//!
//! [week]
//! monday = ["09:00-12:00", "13:30-18:00"]
//! tuesday = ["09:00-12:00", "13:30-18:00"]
//!
//! [[holidays]]
//! from = "2026-10-01"
//! to = "2026-10-07"
//! name = "国庆节"
//!
//! [[make_up_days]]                # 调休: works although its weekday does not
//! date = "2026-10-10"
//!
//! [[half_days]]
//! date = "2026-12-24"
//! spans = ["09:00-12:00"]
//! ```

mod amount;
mod build;
mod date;
mod days;
mod error;
mod hours;
mod spec;
mod table;
mod zone;

pub use amount::{Counting, Span, SpanError, Unit};
pub use error::{CalendarError, SpecError};
pub use hours::{Hours, HoursError};
pub use spec::{CalendarSpec, HalfDay, Holiday, MakeUpDay, Week};
pub use table::Calendar;
