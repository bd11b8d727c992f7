//! `redress calendar show`: a year at a glance.

use comfy_table::Color;
use jiff::civil::Date;
use redress_calendar::{Calendar, Day, DayKind};
use serde_json::json;

use super::with_calendar;
use crate::{
    args::ShowCalendarArgs,
    commands::{Ending, Usage},
    output::{Output, moment},
};

pub(super) fn run(args: &ShowCalendarArgs, out: &Output) -> anyhow::Result<Ending> {
    with_calendar(&args.which, |calendar| {
        let this = calendar.date_of(moment()).year();
        let year = args.year.unwrap_or(this);
        let (first, last) = calendar.validity();
        let from = Date::new(year, 1, 1)?.max(first);
        let to = Date::new(year, 12, 31)?.min(last);
        if to < from {
            let text = format!("the calendar has no {year}: it knows {first} to {last}");
            return Err(Usage::new(text).into());
        }
        if out.json {
            objects(calendar, from, to, out)?;
        } else {
            page(calendar, &args.which.calendar, (from, to), out)?;
        }
        Ok(Ending::Fine)
    })
}

/// Every day from the first to the last.
pub(super) fn days(calendar: &Calendar, from: Date, to: Date) -> impl Iterator<Item = Day<'_>> {
    let dates = from.series(jiff::Span::new().days(1));
    dates
        .take_while(move |date| *date <= to)
        .filter_map(|date| calendar.day(date))
}

/// Working time of a day in seconds.
pub(super) fn worked(day: &Day<'_>) -> i64 {
    let spans = day.open.iter();
    spans
        .map(|open| open.to.duration_since(open.from).as_secs())
        .sum()
}

/// `09:00-12:00, 13:30-18:00`, on the calendar's clocks.
pub(super) fn hours(calendar: &Calendar, day: &Day<'_>) -> String {
    let read = |at| {
        let reading = calendar.zone().to_datetime(at);
        // The end of a day reads as the next one's beginning.
        let next = reading.date() > day.date;
        let form = if next { "24:00" } else { "%H:%M" };
        reading.strftime(form).to_string()
    };
    let spans = day.open.iter();
    let spans = spans.map(|open| format!("{}-{}", read(open.from), read(open.to)));
    spans.collect::<Vec<_>>().join(", ")
}

/// What a day is, in words.
pub(super) fn kind(day: &Day<'_>, out: &Output) -> &'static str {
    let (en, zh) = match day.kind {
        DayKind::Holiday => ("holiday", "假期"),
        DayKind::MakeUp => ("make-up day", "补班"),
        DayKind::HalfDay => ("other hours", "特殊工时"),
        DayKind::Ordinary if day.open.is_empty() => ("day off", "休息日"),
        DayKind::Ordinary => ("working day", "工作日"),
    };
    match out.lang {
        crate::lang::Lang::Zh => zh,
        crate::lang::Lang::En => en,
    }
}

fn objects(calendar: &Calendar, from: Date, to: Date, out: &Output) -> anyhow::Result<()> {
    for day in days(calendar, from, to) {
        let kind = match day.kind {
            DayKind::Ordinary => "ordinary",
            DayKind::Holiday => "holiday",
            DayKind::MakeUp => "make_up",
            DayKind::HalfDay => "half_day",
        };
        out.object(&json!({
            "date": day.date.to_string(),
            "kind": kind,
            "name": day.name,
            "working_seconds": worked(&day),
            "hours": hours(calendar, &day),
        }))?;
    }
    Ok(())
}

fn page(
    calendar: &Calendar,
    id: &str,
    (from, to): (Date, Date),
    out: &Output,
) -> anyhow::Result<()> {
    let name = calendar.name().unwrap_or_default();
    let version = calendar
        .version()
        .map(|v| format!(", {v}"))
        .unwrap_or_default();
    let zone = calendar.zone().iana_name().unwrap_or_default();
    let title = format!("{} {id} {name} ({zone}{version})", from.year());
    out.line(&out.bold(&title))?;
    out.line(&format!("     {}", ruler()))?;
    let (mut all_days, mut all_seconds) = (0, 0);
    for month in 1..=12 {
        let of_month: Vec<_> = days(calendar, from, to)
            .filter(|day| day.date.month() == month)
            .collect();
        if of_month.is_empty() {
            continue;
        }
        let working = of_month.iter().filter(|day| !day.open.is_empty()).count();
        let seconds: i64 = of_month.iter().map(worked).sum();
        out.line(&month_line(&of_month, working, seconds, out))?;
        all_days += working;
        all_seconds += seconds;
    }
    let (days, hours) = (
        out.pick("working days", "个工作日"),
        out.pick("hours", "小时"),
    );
    out.line(&format!(
        "{all_days} {days}, {} {hours}",
        tidy_hours(all_seconds)
    ))?;
    out.line(out.pick(
        "· working day   - day off   * holiday   + make-up day   ~ other hours",
        "· 工作日   - 休息日   * 假期   + 补班   ~ 特殊工时",
    ))?;
    out.line("")?;
    specials(calendar, from, to, out)?;
    remark(calendar, from, to, out)
}

fn ruler() -> String {
    let tens = |day: u8| {
        if day.is_multiple_of(10) {
            (b'0' + day / 10) as char
        } else {
            ' '
        }
    };
    let ones = |day: u8| (b'0' + day % 10) as char;
    let first: String = (1..=31).map(tens).collect();
    let second: String = (1..=31).map(ones).collect();
    format!("{}\n     {second}", first.trim_end())
}

fn month_line(days: &[Day<'_>], working: usize, seconds: i64, out: &Output) -> String {
    let mut strip = " ".repeat(usize::from(days[0].date.day().unsigned_abs()) - 1);
    for day in days {
        strip.push_str(&match (day.kind, day.open.is_empty()) {
            (DayKind::Holiday, _) => out.paint("*", Color::Red),
            (DayKind::MakeUp, _) => out.paint("+", Color::Yellow),
            (DayKind::HalfDay, _) => out.paint("~", Color::Yellow),
            (DayKind::Ordinary, true) => out.paint("-", Color::Grey),
            (DayKind::Ordinary, false) => "·".to_owned(),
        });
    }
    let last = days[days.len() - 1].date.day().unsigned_abs();
    let pad = " ".repeat(31_usize.saturating_sub(usize::from(last)));
    let month = days[0].date.month();
    format!(
        "  {month:02} {strip}{pad} {working:3} {:>7} h",
        tidy_hours(seconds)
    )
}

fn tidy_hours(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if minutes == 0 {
        hours.to_string()
    } else {
        format!("{hours}:{minutes:02}")
    }
}

/// Special days; those that follow each other and mean the same share a line.
fn specials(calendar: &Calendar, from: Date, to: Date, out: &Output) -> anyhow::Result<()> {
    let mut runs: Vec<(Day<'_>, Date)> = Vec::new();
    for day in calendar.special_days(from, to) {
        match runs.last_mut() {
            Some((first, last))
                if last.tomorrow().ok() == Some(day.date)
                    && (first.kind, first.name) == (day.kind, day.name)
                    && day.kind == DayKind::Holiday =>
            {
                *last = day.date;
            }
            _ => runs.push((day.clone(), day.date)),
        }
    }
    let mut grid = out.grid(&[]);
    for (first, last) in runs {
        let form = |date: Date| date.strftime("%m-%d").to_string();
        let dates = if first.date == last {
            format!("{} {}", form(last), weekday(last, out))
        } else {
            format!("{} .. {}", form(first.date), form(last))
        };
        grid.row(vec![
            dates.into(),
            kind(&first, out).into(),
            first.name.unwrap_or_default().into(),
            hours(calendar, &first).into(),
        ]);
    }
    out.line(&grid.to_string())?;
    Ok(())
}

/// `Sat` or 周六.
pub(super) fn weekday(date: Date, out: &Output) -> String {
    match out.lang {
        crate::lang::Lang::En => date.strftime("%a").to_string(),
        crate::lang::Lang::Zh => {
            let names = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
            let at = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
            names[at].to_owned()
        }
    }
}

/// Where holidays are not known yet, the page says so.
pub(super) fn remark(
    calendar: &Calendar,
    from: Date,
    to: Date,
    out: &Output,
) -> anyhow::Result<()> {
    let (first, last) = calendar.announced();
    if to > last || from < first {
        let text = out.pick(
            "holidays are known from {first} to {last} only; outside of it only the week counts",
            "节假日安排仅含 {first} 至 {last}，其余日期只按周计算",
        );
        let text = text.replace("{first}", &first.to_string());
        let text = text.replace("{last}", &last.to_string());
        out.line(&out.paint(&text, Color::Yellow))?;
    }
    Ok(())
}
