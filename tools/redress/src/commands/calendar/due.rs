//! `redress calendar due`: when a span is over, and why.

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::DateTime;
use redress_calendar::{Calendar, Counting};
use serde_json::json;

use super::show::{days, hours, kind, remark, weekday, worked};
use super::with_calendar;
use crate::{
    args::{CountingRule, DueArgs},
    commands::{Ending, Usage},
    output::{Output, cell},
};

/// Longer ways are shown as their beginning and their end.
const MOST_DAYS_SHOWN: usize = 31;

pub(super) fn run(args: &DueArgs, out: &Output) -> anyhow::Result<Ending> {
    with_calendar(&args.which, |calendar| {
        let from = instant(calendar, &args.from)?;
        let counting = Counting::from(args.counting);
        let to = if args.back {
            calendar.before(from, args.span, counting)
        } else {
            calendar.due(from, args.span, counting)
        };
        let to = to.with_context(|| format!("{} from {}", args.span, args.from))?;
        tell(calendar, args, (from, to), out)?;
        Ok(Ending::Fine)
    })
}

impl From<CountingRule> for Counting {
    fn from(rule: CountingRule) -> Self {
        match rule {
            CountingRule::SameTime => Self::SameTime,
            CountingRule::FirstDayCounts => Self::FirstDayCounts,
            CountingRule::FromNextDay => Self::FromNextDay,
            CountingRule::FromNextDayRolling => Self::FromNextDayRolling,
        }
    }
}

/// On the calendar's clocks, or with an offset.
fn instant(calendar: &Calendar, text: &str) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let reading: Option<DateTime> = text.parse().ok();
    let instant = reading.and_then(|reading| calendar.instant_of(reading.date(), reading.time()));
    let wrong = || Usage::new(format!("{text:?} is no time: write 2026-09-28T10:15"));
    instant.ok_or_else(|| wrong().into())
}

fn tell(
    calendar: &Calendar,
    args: &DueArgs,
    (from, to): (Timestamp, Timestamp),
    out: &Output,
) -> anyhow::Result<()> {
    let shown = |at: Timestamp| {
        let zoned = at.to_zoned(calendar.zone().clone());
        zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    };
    let (first, last) = (from.min(to), from.max(to));
    // Beyond the calendar only wall time and calendar days can be told.
    let work = calendar
        .elapsed(first, last)
        .map(|work| work.as_secs())
        .ok();
    let counted = calendar.working_days_between(first, last).ok();
    if out.json {
        out.object(&json!({
            "from": from.to_string(), "span": args.span.to_string(), "back": args.back,
            "answer": to.to_string(), "local": shown(to),
            "working_seconds_between": work, "working_days_between": counted,
        }))?;
        return Ok(());
    }
    let label = if args.back {
        out.pick("begin by", "最迟开始")
    } else {
        out.pick("due", "到期")
    };
    let date = calendar.date_of(to);
    let answer = format!("{} {}", shown(to), weekday(date, out));
    out.line(&format!("{label} {}", out.bold(&answer)))?;
    let mut grid = out.grid(&[
        out.pick("Day", "日期"),
        "",
        out.pick("Kind", "类型"),
        out.pick("Name", "名称"),
        out.pick("Hours", "工作时间"),
        out.pick("Counted", "计入"),
    ]);
    let (first_day, last_day) = (calendar.date_of(first), calendar.date_of(last));
    for row in rows(calendar, (first, last), out) {
        grid.row(row.into_iter().map(cell).collect());
    }
    out.line(&grid.to_string())?;
    remark(calendar, first_day, last_day, out)
}

/// A row for each day on the way: what it is, and how much of its working time lies in between.
fn rows(
    calendar: &Calendar,
    (first, last): (Timestamp, Timestamp),
    out: &Output,
) -> Vec<[String; 6]> {
    let (from, to) = (calendar.date_of(first), calendar.date_of(last));
    let row = |day: redress_calendar::Day<'_>| {
        let spans = day.open.first().zip(day.open.last());
        let inside = spans.map_or(0, |(open, close)| {
            let (open, close) = (open.from.max(first), close.to.min(last));
            let inside = (open < close).then(|| calendar.elapsed(open, close).ok());
            inside.flatten().map_or(0, |work| work.as_secs())
        });
        [
            day.date.to_string(),
            weekday(day.date, out),
            kind(&day, out).to_owned(),
            day.name.unwrap_or_default().to_owned(),
            hours(calendar, &day),
            counted(inside, worked(&day)),
        ]
    };
    let mut rows: Vec<_> = days(calendar, from, to).map(row).collect();
    if rows.len() > MOST_DAYS_SHOWN {
        let left_out = rows.len() - MOST_DAYS_SHOWN;
        let tail = rows.split_off(rows.len() - MOST_DAYS_SHOWN / 2);
        rows.truncate(MOST_DAYS_SHOWN - tail.len());
        let text = format!("… {left_out} {}", out.pick("days more", "天略"));
        rows.push([
            text,
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
        rows.extend(tail);
    }
    rows
}

/// `4h30m`, with `of` how much the day has, if it is not all.
fn counted(inside: i64, whole: i64) -> String {
    let text = |seconds: i64| {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        match (minutes, seconds % 60) {
            (0, 0) => format!("{hours}h"),
            (_, 0) => format!("{hours}h{minutes:02}m"),
            (_, seconds) => format!("{hours}h{minutes:02}m{seconds:02}s"),
        }
    };
    match (inside, whole) {
        (_, 0) => String::new(),
        (inside, whole) if inside == whole => text(whole),
        (inside, whole) => format!("{} / {}", text(inside), text(whole)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::WhichCalendar;
    use crate::lang::Lang;

    fn due(from: &str, span: &str, counting: CountingRule, back: bool) -> anyhow::Result<Ending> {
        let args = DueArgs {
            from: from.to_owned(),
            span: span.parse().expect("a span"),
            counting,
            back,
            which: WhichCalendar {
                calendar: "house".to_owned(),
                policy_dir: concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy").into(),
            },
        };
        run(&args, &Output::plain(Lang::En))
    }

    #[test]
    fn a_question_is_answered_and_a_wrong_one_is_told() {
        let rule = CountingRule::FromNextDay;
        let fine = due("2026-09-28T10:15", "3 working days", rule, false);
        assert_eq!(fine.expect("an answer"), Ending::Fine);
        let fine = due("2026-09-28T10:15:00+08:00", "4h working", rule, true);
        assert_eq!(fine.expect("an answer"), Ending::Fine);
        let wrong = due("yesterday", "2h", rule, false).expect_err("no time");
        assert!(
            wrong.chain().any(<dyn std::error::Error>::is::<Usage>),
            "{wrong:#}"
        );
        let beyond = due("2028-12-29T10:15", "3 working days", rule, false).expect_err("beyond");
        assert!(
            format!("{beyond:#}").contains("last day 2028-12-31"),
            "{beyond:#}"
        );
    }

    #[test]
    fn each_day_on_the_way_is_counted_as_far_as_it_lies_in_between() {
        let policy = crate::commands::policy::load(
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy").as_ref(),
        );
        let policy = policy.expect("the shipped policy");
        let calendar = policy.calendar(&"house".into()).expect("shipped");
        let at = |text: &str| instant(calendar, text).expect("a time");
        let way = (at("2026-09-30T17:00"), at("2026-10-08T10:00"));
        let rows = rows(calendar, way, &Output::plain(Lang::En));
        let counted: Vec<_> = rows
            .iter()
            .map(|row| (row[2].as_str(), row[5].as_str()))
            .collect();
        assert_eq!(counted[0], ("working day", "1h / 7h30m"));
        assert_eq!(counted[1..8], [("holiday", ""); 7]);
        assert_eq!(counted[8], ("working day", "1h / 7h30m"));
    }
}
