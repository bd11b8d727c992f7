//! What `calendar` understands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use redress_calendar::Span;

/// `redress calendar`.
#[derive(Clone, Debug, Args)]
pub(crate) struct CalendarArgs {
    #[command(subcommand)]
    pub(crate) action: CalendarAction,
}

/// What to do with calendars.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum CalendarAction {
    /// Compare the calendars with facts from elsewhere: vectors of due times, or a list of days
    Check(CheckArgs),
    /// A year at a glance: holidays, make-up days, half days, working time
    Show(ShowCalendarArgs),
    /// When a span is over, and which days count on the way
    Due(DueArgs),
}

/// `redress calendar check`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress calendar check vectors.json            due times of other systems (docs/sla-vectors.md)
  redress calendar check --days workdays.csv     each day of a calendar; columns date, is_workday

The last line is JSON: vectors (or days), agree, differ. Exit code 1 if anything differs whose
meaning is clear.")]
pub(crate) struct CheckArgs {
    /// Vectors: a JSON list, each with its calendar, question and answer (or days, if it is CSV)
    #[arg(value_name = "FILE", required_unless_present = "days")]
    pub(crate) vectors: Option<PathBuf>,
    /// Days instead: CSV with the columns `date` and `is_workday` (0 or 1)
    #[arg(long, value_name = "FILE", conflicts_with = "vectors")]
    pub(crate) days: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: WhichCalendar,
}

/// Which calendar of which policy.
#[derive(Clone, Debug, Args)]
pub(crate) struct WhichCalendar {
    /// Which calendar of the policy
    #[arg(long, value_name = "ID", default_value = "house")]
    pub(crate) calendar: String,
    /// The policy
    #[arg(
        long,
        env = "REDRESS_POLICY_DIR",
        value_name = "DIR",
        default_value = "policy"
    )]
    pub(crate) policy_dir: PathBuf,
}

/// `redress calendar show`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ShowCalendarArgs {
    /// Which year [default: this one]
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1900..=2200))]
    pub(crate) year: Option<i16>,
    #[command(flatten)]
    pub(crate) which: WhichCalendar,
}

/// `redress calendar due`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress calendar due --from 2026-09-28T10:15 --span \"3 working days\"
  redress calendar due --from 2026-09-28T10:15 --span \"3 working days\" --counting from-next-day
  redress calendar due --from 2026-10-09T18:00 --span \"4h working\" --back")]
pub(crate) struct DueArgs {
    /// When it starts: on the calendar's clocks, or with an offset (2026-09-28T10:15+08:00)
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,
    /// How long: "2h", "4h working", "3 working days", "15 calendar days"
    #[arg(long, value_name = "SPAN")]
    pub(crate) span: Span,
    /// Where days begin to count
    #[arg(long, value_enum, value_name = "RULE", default_value = "same-time")]
    pub(crate) counting: CountingRule,
    /// Backwards: `from` is the end, when must it begin
    #[arg(long)]
    pub(crate) back: bool,
    #[command(flatten)]
    pub(crate) which: WhichCalendar,
}

/// Where days begin to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CountingRule {
    /// N days later at the same time of day
    SameTime,
    /// The start day is day one; over when day N closes
    FirstDayCounts,
    /// The day after the start is day one; over when day N closes
    FromNextDay,
    /// So too, and a last day without work passes it on to the next working day
    FromNextDayRolling,
}
