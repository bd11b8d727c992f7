//! `redress calendar check --days`: every day of a calendar against a list from elsewhere.

use std::path::Path;

use anyhow::Context as _;
use jiff::civil::Date;
use redress_calendar::{Calendar, DayKind};
use serde::Deserialize;
use serde_json::json;

use super::with_calendar;
use crate::{args::WhichCalendar, commands::Ending, output::Output};

/// A row; further columns do not matter.
#[derive(Deserialize)]
struct Row {
    date: Date,
    is_workday: u8,
}

pub(super) fn run(file: &Path, which: &WhichCalendar, out: &Output) -> anyhow::Result<Ending> {
    with_calendar(which, |calendar| compare(file, calendar, out))
}

fn compare(file: &Path, calendar: &Calendar, out: &Output) -> anyhow::Result<Ending> {
    let mut rows = csv::Reader::from_path(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let (mut days, mut differ) = (0_usize, 0_usize);
    for row in rows.deserialize::<Row>() {
        // The error names the line.
        let row = row.with_context(|| format!("in {}", file.display()))?;
        days += 1;
        let expected = match row.is_workday {
            0 => false,
            1 => true,
            other => anyhow::bail!(
                "in {}: {}: is_workday is {other}: write 1 for a working day, 0 for any other",
                file.display(),
                row.date
            ),
        };
        let Some(day) = calendar.day(row.date) else {
            differ += 1;
            tell(row.date, "is not in the calendar", out)?;
            continue;
        };
        let works = !day.open.is_empty();
        if works != expected {
            differ += 1;
            let kind = match day.kind {
                DayKind::Ordinary => "an ordinary day",
                DayKind::Holiday => "a holiday",
                DayKind::MakeUp => "a make-up day",
                DayKind::HalfDay => "a half day",
            };
            let works = if works { "works" } else { "does not work" };
            tell(
                row.date,
                &format!("{works} here ({kind}), there not so"),
                out,
            )?;
        }
    }
    out.object(&json!({"days": days, "agree": days - differ, "differ": differ}))?;
    Ok(if differ == 0 && days > 0 {
        Ending::Fine
    } else {
        Ending::Problems
    })
}

fn tell(date: Date, what: &str, out: &Output) -> anyhow::Result<()> {
    if out.json {
        out.object(&json!({"date": date.to_string(), "difference": what}))?;
    } else {
        out.line(&format!("{date} {what}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn check(text: &str) -> anyhow::Result<Ending> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("days.csv");
        std::fs::write(&file, text).expect("written");
        let which = WhichCalendar {
            calendar: "house".to_owned(),
            policy_dir: concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy").into(),
        };
        run(&file, &which, &Output::plain(Lang::En))
    }

    #[test]
    fn days_that_agree_are_fine_and_a_day_that_differs_is_a_problem() {
        let header = "date,weekday,is_workday\n";
        let agree = format!("{header}2026-10-10,Sat,1\n2026-10-01,Thu,0\n2026-10-09,Fri,1\n");
        assert_eq!(check(&agree).expect("read"), Ending::Fine);
        let differ = format!("{agree}2026-10-11,Sun,1\n");
        assert_eq!(check(&differ).expect("read"), Ending::Problems);
        let outside = format!("{agree}2017-12-31,Sun,0\n");
        assert_eq!(check(&outside).expect("read"), Ending::Problems);
        assert_eq!(
            check(header).expect("read"),
            Ending::Problems,
            "no day is no agreement"
        );
    }

    #[test]
    fn a_broken_row_is_told_with_its_line() {
        let error = check("date,is_workday\n2026-10-10,1\n2026-10-32,1\n").expect_err("no date");
        assert!(format!("{error:#}").contains("line: 3"), "{error:#}");
        let error = check("date,is_workday\n2026-10-10,1\n2026-10-11,2\n").expect_err("no answer");
        let told = format!("{error:#}");
        assert!(
            told.contains("2026-10-11") && told.contains("is 2"),
            "{told}"
        );
    }
}
