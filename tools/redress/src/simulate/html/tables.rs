//! The tables of the page.

use std::fmt::Write as _;

use redress_what_if::{Cell, ClockCounts, Delta};

use super::text::{counted, escaped, names, words};
use crate::simulate::subject::{Subject, label};

/// Rows of a table that may be long.
const SHOWN: usize = 200;

pub(super) fn all(subject: &Subject) -> String {
    [
        cells(subject),
        clocks(subject),
        moves(subject),
        approvals(subject),
        gates(subject),
        examples(subject),
        total(subject),
        notes(subject),
    ]
    .concat()
}

/// A table under a title; nothing without rows. Columns of words stand left.
fn section(title: (&str, &str), heads: &[Head<'_>], body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!(
        "<section><h2>{}</h2>{}</section>",
        words(title),
        table(heads, body)
    )
}

fn table(heads: &[Head<'_>], body: &str) -> String {
    let mut row = String::new();
    for head in heads {
        let _ = match head {
            Head::Words(title) => write!(row, "<th class=\"text\">{}</th>", words(*title)),
            Head::Count(title) => write!(row, "<th>{}</th>", words(*title)),
        };
    }
    format!(
        "<div class=\"wide\"><table><thead><tr>{row}</tr></thead><tbody>{body}</tbody></table></div>"
    )
}

/// A column.
#[derive(Clone, Copy)]
enum Head<'a> {
    Words((&'a str, &'a str)),
    Count((&'a str, &'a str)),
}

use Head::{Count, Words};

/// A row; the cells of the columns with words first, then those with counts.
fn row(told: &[String], counts: &[String]) -> String {
    let mut row = String::from("<tr>");
    for cell in told {
        let _ = write!(row, "<td class=\"text\">{cell}</td>");
    }
    for cell in counts {
        let _ = write!(row, "<td>{cell}</td>");
    }
    row + "</tr>"
}

/// What comes and goes, case by case.
fn change(delta: Delta) -> String {
    let mut text = String::new();
    if delta.more > 0 {
        let _ = write!(
            text,
            " <span class=\"more\">+{}</span>",
            counted(delta.more)
        );
    }
    if delta.less > 0 {
        let _ = write!(
            text,
            " <span class=\"less\">−{}</span>",
            counted(delta.less)
        );
    }
    text
}

fn total(subject: &Subject) -> String {
    let total = subject.report.total();
    let (today, candidate) = (
        total.counts.today.figures(),
        total.counts.candidate.figures(),
    );
    let mut body = String::new();
    for ((name, before), (_, after)) in today.into_iter().zip(candidate) {
        body += &row(&[words(label(name))], &[counted(before), counted(after)]);
    }
    let rate = |of: Option<f64>| of.map_or_else(String::new, |it| format!("{:.1} %", it * 100.0));
    let rates = total
        .counts
        .as_ref()
        .map(|counts| rate(counts.on_time_rate()));
    body += &row(
        &[words(("On-time rate", "及时率"))],
        &[rates.today, rates.candidate],
    );
    let heads = [
        Words(("", "")),
        Count(("Today", "现行")),
        Count(("Candidate", "候选")),
    ];
    section(("In all", "合计"), &heads, &body)
}

/// All weeks and departments: figures of both, and what comes and goes. Those without a difference
/// are folded away.
fn cells(subject: &Subject) -> String {
    let (mut differing, mut same) = (String::new(), String::new());
    for ((week, department), cell) in &subject.report.cells {
        let body = if cell.differs() {
            &mut differing
        } else {
            &mut same
        };
        let name = names(&subject.department(department));
        *body += &cell_row(&week.to_string(), &name, cell);
    }
    let heads = [
        Words(("Week", "周")),
        Words(("Department", "部门")),
        Count(("Cases", "案件")),
        Count(label("late")),
        Count(label("warned")),
        Count(label("escalated")),
        Count(label("approvals")),
        Count(("Held up", "程序未满足")),
    ];
    let title = ("By week of registration and department", "按登记周与部门");
    if differing.is_empty() || same.is_empty() {
        return section(title, &heads, &(differing + &same));
    }
    format!(
        "<section><h2>{}</h2>{}<details><summary>{}</summary>{}</details></section>",
        words(title),
        table(&heads, &differing),
        words(("Without a difference", "无差异")),
        table(&heads, &same)
    )
}

fn cell_row(week: &str, department: &str, cell: &Cell) -> String {
    let both = |of: fn(&redress_what_if::Counts) -> u64, delta: Delta| {
        let counts = cell.counts.as_ref().map(of);
        if counts.agrees() {
            counted(counts.today) + &change(delta)
        } else {
            let (before, after) = (counted(counts.today), counted(counts.candidate));
            format!("{before} → {after}{}", change(delta))
        }
    };
    row(
        &[week.to_owned(), department.to_owned()],
        &[
            both(|it| it.cases, cell.routed),
            both(|it| it.late, cell.late),
            both(|it| it.warned, cell.warned),
            both(|it| it.escalated, cell.escalated),
            change(cell.approvals),
            change(cell.held_up),
        ],
    )
}

fn clocks(subject: &Subject) -> String {
    let mut body = String::new();
    for (clock, counts) in &subject.report.clocks {
        let figures = |of: fn(&ClockCounts) -> u64| {
            let counts = counts.as_ref().map(of);
            if counts.agrees() {
                counted(counts.today)
            } else {
                format!("{} → {}", counted(counts.today), counted(counts.candidate))
            }
        };
        body += &row(
            &[names(&subject.clock(clock))],
            &[
                figures(|it| it.started),
                figures(|it| it.on_time),
                figures(|it| it.late),
                figures(|it| it.open),
                figures(|it| it.cancelled),
                figures(|it| it.warnings),
            ],
        );
    }
    let heads = [
        Words(("Clock", "时限")),
        Count(("Started", "启动")),
        Count(label("on_time")),
        Count(label("late")),
        Count(label("open")),
        Count(label("cancelled")),
        Count(("Warnings", "预警")),
    ];
    section(
        ("By clock: today → candidate", "按时限：现行 → 候选"),
        &heads,
        &body,
    )
}

fn moves(subject: &Subject) -> String {
    let mut moves: Vec<_> = subject.report.moves.iter().collect();
    moves.sort_by_key(|(it, count)| (it.axis, std::cmp::Reverse(**count)));
    let mut body = String::new();
    for (it, count) in moves.into_iter().take(SHOWN) {
        body += &row(
            &[
                words(label(it.axis.name())),
                escaped(&it.from),
                escaped(&it.to),
            ],
            &[counted(*count)],
        );
    }
    let heads = [
        Words(("", "")),
        Words(("Today", "现行")),
        Words(("Candidate", "候选")),
        Count(("Cases", "案件")),
    ];
    section(("Routed differently", "分派变化"), &heads, &body)
}

fn approvals(subject: &Subject) -> String {
    let listed = |levels: &Vec<redress_policy::LevelId>| {
        let ids: Vec<&str> = levels.iter().map(AsRef::as_ref).collect();
        if ids.is_empty() {
            words(("own authority", "本人权限内"))
        } else {
            escaped(&ids.join(" › "))
        }
    };
    let mut body = String::new();
    for (levels, count) in subject.report.approvals.iter().take(SHOWN) {
        body += &row(
            &[listed(&levels.today), listed(&levels.candidate)],
            &[counted(*count)],
        );
    }
    let heads = [
        Words(("Today", "现行")),
        Words(("Candidate", "候选")),
        Count(("Plans", "方案")),
    ];
    section(("Approved otherwise", "审批变化"), &heads, &body)
}

fn gates(subject: &Subject) -> String {
    let mut body = String::new();
    let differing = subject.report.held_up.iter().filter(|(_, it)| !it.agrees());
    for ((command, need), counts) in differing {
        body += &row(
            &[escaped(command.as_str()), escaped(&need.to_string())],
            &[counted(counts.today), counted(counts.candidate)],
        );
    }
    let heads = [
        Words(("Before", "操作")),
        Words(("Missing", "缺少")),
        Count(("Today", "现行")),
        Count(("Candidate", "候选")),
    ];
    section(("Held up by a procedure", "程序要求变化"), &heads, &body)
}

fn examples(subject: &Subject) -> String {
    let mut body = String::new();
    for example in subject.report.examples() {
        body += &row(
            &[
                escaped(&example.number),
                words(label(example.kind.name())),
                escaped(&example.about),
                escaped(&example.outcome.today),
                escaped(&example.outcome.candidate),
            ],
            &[],
        );
    }
    let heads = [
        Words(("Number", "编号")),
        Words(("", "")),
        Words(("", "")),
        Words(("Today", "现行")),
        Words(("Candidate", "候选")),
    ];
    section(("For example", "举例"), &heads, &body)
}

fn notes(subject: &Subject) -> String {
    let recorded = subject.report.recorded;
    let mut notes = format!(
        "<p>{}</p>",
        words((
            "A case counts in the week of its registration, at the department that the policy gives \
             it to. What people did, and when, is taken as it was.",
            "案件计入登记所在周及政策所分派的部门；人员的操作及其时间按历史原样采用。",
        ))
    );
    let compared = recorded.routings.agree + recorded.routings.differ;
    if compared > 0 {
        let clocks = recorded.clocks;
        let _ = write!(
            notes,
            "<p>{} {}/{}, {} {}/{}</p>",
            words((
                "As recorded under today's policy: routings",
                "与现行政策下的记录一致：分派",
            )),
            counted(recorded.routings.agree),
            counted(compared),
            words(("clocks", "时限")),
            counted(clocks.agree),
            counted(clocks.agree + clocks.differ)
        );
    }
    for (clock, faults) in &subject.report.faults {
        let _ = write!(
            notes,
            "<p class=\"more\">{}: {} / {}: {}</p>",
            names(&subject.clock(clock)),
            faults.count.today,
            faults.count.candidate,
            escaped(&faults.example)
        );
    }
    notes
}
