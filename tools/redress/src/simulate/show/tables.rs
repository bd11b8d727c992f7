//! A report as tables for people.

use comfy_table::Color;
use jiff::{Timestamp, tz::TimeZone};
use redress_what_if::{Cell, Counts, Delta};

use super::more;
use crate::{
    output::{Output, cell},
    simulate::subject::{Subject, label, pick},
};

/// What stands in the first table, with the change that belongs to it.
const FIGURES: [&str; 13] = [
    "cases",
    "clocks",
    "on_time",
    "late",
    "open",
    "cancelled",
    "warned",
    "breached",
    "escalated",
    "plans",
    "to_approve",
    "levels",
    "held_up",
];

/// The whole report.
pub(crate) fn tables(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    head(subject, out)?;
    total(subject, out)?;
    cells(subject, out)?;
    more::clocks(subject, out)?;
    more::routing(subject, out)?;
    more::approvals(subject, out)?;
    more::procedures(subject, out)?;
    more::examples(subject, out)?;
    more::trust(subject, out)
}

fn head(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let zone = &subject.sides.today.policy().house().time_zone;
    let (since, until) = (subject.window.since, subject.window.until);
    out.line(&out.bold(&format!(
        "{}: {} – {}",
        out.pick("Policy tried on the past", "政策试算"),
        local(since, zone, out),
        local(until, zone, out)
    )))?;
    let side = |word: &str, dir: &str, version: &str| format!("{word} {dir} ({version})");
    out.line(&format!(
        "{}   {}",
        side(
            out.pick("today", "现行"),
            &subject.dirs.today,
            subject.version(|it| &it.today)
        ),
        side(
            out.pick("candidate", "候选"),
            &subject.dirs.candidate,
            subject.version(|it| &it.candidate)
        ),
    ))?;
    out.line(&format!(
        "{} {}, {} {} {:.2} s ({:.0}/s)\n",
        subject.report.cases,
        out.pick("cases", "个案件"),
        subject.events,
        out.pick("events in", "个事件，用时"),
        subject.seconds,
        subject.per_second()
    ))?;
    Ok(())
}

fn local(at: Timestamp, zone: &TimeZone, out: &Output) -> String {
    if at == Timestamp::UNIX_EPOCH {
        return out.pick("the beginning", "最早").to_owned();
    }
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn total(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let total = subject.report.total();
    let mut grid = out.grid(&[
        "",
        out.pick("Today", "现行"),
        out.pick("Candidate", "候选"),
        out.pick("New", "新增"),
        out.pick("Gone", "减少"),
    ]);
    let figures = |counts: &Counts| counts.figures();
    let (today, candidate) = (
        figures(&total.counts.today),
        figures(&total.counts.candidate),
    );
    for name in FIGURES {
        let count = |of: &[(&str, u64)]| {
            let found = of.iter().find(|(known, _)| *known == name);
            found.map_or(0, |(_, count)| *count)
        };
        let (en, zh) = label(name);
        let mut row = vec![
            cell(out.pick(en, zh)),
            cell(count(&today)),
            cell(count(&candidate)),
        ];
        if let Some(delta) = delta_of(&total, name) {
            row.push(cell(signed('+', delta.more)));
            row.push(cell(signed('-', delta.less)));
        }
        grid.row(row);
    }
    let rate = |counts: &Counts| {
        counts
            .on_time_rate()
            .map_or_else(|| "-".to_owned(), percent)
    };
    grid.row(vec![
        cell(out.pick("On-time rate", "及时率")),
        cell(rate(&total.counts.today)),
        cell(rate(&total.counts.candidate)),
    ]);
    out.line(&grid.to_string())?;
    if !subject.report.has_differences() {
        let words = out.pick("No difference.", "没有差异。");
        out.line(&out.paint(words, Color::Green))?;
    }
    Ok(())
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

pub(super) fn signed(sign: char, count: u64) -> String {
    if count == 0 {
        String::new()
    } else {
        format!("{sign}{count}")
    }
}

fn delta_of(total: &Cell, figure: &str) -> Option<Delta> {
    let name = match figure {
        "cases" => "routed",
        "to_approve" => "approvals",
        other => other,
    };
    let found = total.deltas().into_iter().find(|(known, _)| *known == name);
    found.map(|(_, delta)| delta)
}

/// Weeks and departments in which something differs.
fn cells(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let differing = subject.report.cells.iter().filter(|(_, it)| it.differs());
    let mut grid = out.grid(&[
        out.pick("Week", "周"),
        out.pick("Department", "部门"),
        out.pick("Cases", "案件"),
        "",
        out.pick("Missed", "超时"),
        "",
        out.pick("Warned", "预警"),
        "",
        out.pick("Escalated", "升级督办"),
        "",
        out.pick("Approvals", "审批变化"),
        out.pick("Held up", "程序未满足"),
    ]);
    let mut any = false;
    for ((week, department), it) in differing {
        any = true;
        let Counts {
            cases,
            late,
            warned,
            escalated,
            ..
        } = it.counts.today;
        grid.row(vec![
            cell(week),
            cell(pick(&subject.department(department), out.lang)),
            cell(cases),
            cell(came_and_went(it.routed)),
            cell(late),
            cell(came_and_went(it.late)),
            cell(warned),
            cell(came_and_went(it.warned)),
            cell(escalated),
            cell(came_and_went(it.escalated)),
            cell(came_and_went(it.approvals)),
            cell(came_and_went(it.held_up)),
        ]);
    }
    if any {
        let words = out.pick(
            "By week of registration and department: today's figures, and what comes and goes",
            "按登记周与部门：现行数值及增减",
        );
        out.line(&format!("\n{}", out.bold(words)))?;
        out.line(&grid.to_string())?;
    }
    Ok(())
}

fn came_and_went(delta: Delta) -> String {
    let parts = [signed('+', delta.more), signed('-', delta.less)];
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}
