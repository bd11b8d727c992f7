//! `redress calendar`: looks into business calendars and compares them with facts from elsewhere.

mod answer;
mod check;
mod days;
mod due;
mod judge;
mod show;
mod vector;

use std::path::Path;

use anyhow::Context as _;
use redress_policy::Policy;

use super::{Ending, Usage, policy};
use crate::{
    args::{CalendarAction, CalendarArgs, WhichCalendar},
    output::Output,
};

pub(crate) fn run(args: &CalendarArgs, out: &Output) -> anyhow::Result<Ending> {
    match &args.action {
        CalendarAction::Check(args) => match (&args.vectors, &args.days) {
            (Some(file), None) if is_csv(file) => days::run(file, &args.which, out),
            (Some(file), _) => check::run(file, out),
            (None, Some(file)) => days::run(file, &args.which, out),
            (None, None) => Err(Usage::new("name a file of vectors, or one of days").into()),
        },
        CalendarAction::Show(args) => show::run(args, out),
        CalendarAction::Due(args) => due::run(args, out),
    }
}

/// Vectors are never written as CSV; days are.
fn is_csv(file: &Path) -> bool {
    file.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv"))
}

/// Reads the policy and asks about one of its calendars.
fn with_calendar<T>(
    which: &WhichCalendar,
    ask: impl FnOnce(&redress_calendar::Calendar) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let policy: Policy = policy::load(&which.policy_dir)?;
    let known = || {
        let ids = policy.calendars().keys().map(ToString::to_string);
        let ids = ids.collect::<Vec<_>>().join(", ");
        Usage::new(format!(
            "there is no calendar {:?}; there are: {ids}",
            which.calendar
        ))
    };
    let id = which.calendar.as_str().into();
    let calendar = policy.calendar(&id).ok_or_else(known)?;
    ask(calendar).with_context(|| format!("calendar {}", which.calendar))
}
