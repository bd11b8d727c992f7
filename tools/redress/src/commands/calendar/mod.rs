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
    args::{CalendarAction, CalendarArgs, CheckArgs, WhichCalendar},
    output::Output,
};

pub(crate) fn run(args: &CalendarArgs, out: &Output) -> anyhow::Result<Ending> {
    match &args.action {
        CalendarAction::Check(args) => compare(args, out),
        CalendarAction::Show(args) => show::run(args, out),
        CalendarAction::Due(args) => due::run(args, out),
    }
}

fn compare(args: &CheckArgs, out: &Output) -> anyhow::Result<Ending> {
    match (&args.vectors, &args.days) {
        (Some(file), None) if is_csv(file) => days::run(file, &args.which, out),
        (Some(file), _) => check::run(file, out),
        (None, Some(file)) => days::run(file, &args.which, out),
        (None, None) => Err(Usage::new("name a file of vectors, or one of days").into()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_csv_is_held_against_the_days_without_being_told_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("days.CSV");
        std::fs::write(&file, "date,is_workday\n2026-10-10,1\n").expect("written");
        let args = CheckArgs {
            vectors: Some(file),
            days: None,
            which: WhichCalendar {
                calendar: "house".to_owned(),
                policy_dir: concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy").into(),
            },
        };
        let ending = compare(&args, &Output::plain(Lang::En)).expect("it is read");
        assert_eq!(ending, Ending::Fine);
    }
}
