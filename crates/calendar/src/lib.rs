//! Business calendars: when people work, and when a deadline falls.
//!
//! A [`Calendar`] is made from a [`CalendarSpec`] (policy data, usually TOML) and lists of days that
//! calendars share ([`DayList`], from TOML or iCalendar), and answers: when is a [`Span`] over
//! ([`Calendar::due`]), when must it begin to be over in time ([`Calendar::before`]), how much
//! working time and how many working days lie between two instants ([`Calendar::elapsed`],
//! [`Calendar::working_days_between`]), is this instant working time ([`Calendar::is_working`]), and
//! what is this day and why ([`Calendar::day`]).
//!
//! Everything is precomputed over the calendar's validity as a table of open spans with the sum of
//! working time before each, so a question costs a few binary searches. Working time is real elapsed
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
//!
//! [[periods]]                     # 夏令作息: another week for a while
//! from = "2026-06-01"
//! to = "2026-08-31"
//! [periods.week]
//! monday = ["08:00-12:00", "15:00-18:00"]
//! ```

mod amount;
mod back;
mod build;
mod date;
mod day;
mod days;
mod error;
mod hints;
mod hours;
mod ics;
mod list;
mod spec;
mod specials;
mod table;
mod zone;

pub use amount::{Counting, Span, SpanError, Unit};
pub use date::{MonthDay, WrittenDate};
pub use day::{Day, DayKind, OpenSpan};
pub use error::{CalendarError, Part, SpecError, SpecFault};
pub use hours::{Hours, HoursError};
pub use ics::{IcsError, IcsFault, IcsWords};
pub use list::DayList;
pub use spec::{CalendarSpec, DayListSpec, HalfDay, Holiday, MakeUpDay, Period, Week};
pub use table::Calendar;
