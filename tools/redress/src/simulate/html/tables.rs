//! The tables of the page.

use std::fmt::Write as _;

use redress_what_if::{Cell, Delta};

use super::text::{escaped, names, words};
use crate::simulate::subject::{Subject, label};

/// Rows of a table that may be long.
const SHOWN: usize = 200;

pub(super) fn all(subject: &Subject) -> String {
    [
        total(subject),
        cells(subject),
        clocks(subject),
        moves(subject),
        approvals(subject),
        gates(subject),
        examples(subject),
        notes(subject),
    ]
    .concat()
}

fn section(title: (&str, &str), heads: &[String], body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    let mut row = String::new();
    for head in heads {
        let _ = write!(row, "<th>{head}</th>");
    }
    format!(
        "<h2>{}</h2><div class=\"wide\"><table><thead><tr>{row}</tr></thead><tbody>{body}</tbody>\
         </table></div>",
        words(title)
    )
}

fn heads(titles: &[(&str, &str)]) -> Vec<String> {
    titles.iter().map(|title| words(*title)).collect()
}

fn row(cells: &[String]) -> String {
    let mut row = String::from("<tr>");
    for cell in cells {
        let _ = write!(row, "<td>{cell}</td>");
    }
    row + "</tr>"
}

fn change(delta: Delta) -> String {
    let mut text = String::new();
    if delta.more > 0 {
        let _ = write!(text, "<span class=\"more\">+{}</span> ", delta.more);
    }
    if delta.less > 0 {
        let _ = write!(text, "<span class=\"less\">−{}</span>", delta.less);
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
        let cells = [words(label(name)), before.to_string(), after.to_string()];
        body += &row(&cells);
    }
    let rate = |of: Option<f64>| of.map_or_else(String::new, |it| format!("{:.1} %", it * 100.0));
    let rates = total
        .counts
        .as_ref()
        .map(|counts| rate(counts.on_time_rate()));
    body += &row(&[
        words(("On-time rate", "及时率")),
        rates.today,
        rates.candidate,
    ]);
    section(
        ("In all", "合计"),
        &heads(&[("", ""), ("Today", "现行"), ("Candidate", "候选")]),
        &body,
    )
}

/// All weeks and departments: figures of both, and what comes and goes.
fn cells(subject: &Subject) -> String {
    let mut body = String::new();
    for ((week, department), cell) in &subject.report.cells {
        body += &cell_row(
            &week.to_string(),
            &names(&subject.department(department)),
            cell,
        );
    }
    let titles = [
        ("Week", "周"),
        ("Department", "部门"),
        ("Cases", "案件"),
        ("Routed elsewhere", "分派变化"),
        ("Missed", "超时"),
        ("", ""),
        ("Warned", "预警"),
        ("", ""),
        ("Escalated", "升级督办"),
        ("", ""),
        ("Approved otherwise", "审批变化"),
        ("Held up", "程序未满足"),
    ];
    section(
        ("By week of registration and department", "按登记周与部门"),
        &heads(&titles),
        &body,
    )
}

fn cell_row(week: &str, department: &str, cell: &Cell) -> String {
    let both = |of: fn(&redress_what_if::Counts) -> u64| {
        let counts = cell.counts.as_ref().map(of);
        if counts.agrees() {
            counts.today.to_string()
        } else {
            format!("{} → {}", counts.today, counts.candidate)
        }
    };
    row(&[
        week.to_owned(),
        department.to_owned(),
        both(|it| it.cases),
        change(cell.routed),
        both(|it| it.late),
        change(cell.late),
        both(|it| it.warned),
        change(cell.warned),
        both(|it| it.escalated),
        change(cell.escalated),
        change(cell.approvals),
        change(cell.held_up),
    ])
}

fn clocks(subject: &Subject) -> String {
    let mut body = String::new();
    for (clock, counts) in &subject.report.clocks {
        for (name, it) in [
            (("Today", "现行"), counts.today),
            (("Candidate", "候选"), counts.candidate),
        ] {
            body += &row(&[
                names(&subject.clock(clock)),
                words(name),
                it.started.to_string(),
                it.on_time.to_string(),
                it.late.to_string(),
                it.open.to_string(),
                it.cancelled.to_string(),
                it.warnings.to_string(),
            ]);
        }
    }
    let titles = [
        ("Clock", "时限"),
        ("", ""),
        ("Started", "启动"),
        label("on_time"),
        label("late"),
        label("open"),
        label("cancelled"),
        ("Warnings", "预警"),
    ];
    section(("By clock", "按时限"), &heads(&titles), &body)
}

fn moves(subject: &Subject) -> String {
    let mut moves: Vec<_> = subject.report.moves.iter().collect();
    moves.sort_by_key(|(it, count)| (it.axis, std::cmp::Reverse(**count)));
    let mut body = String::new();
    for (it, count) in moves.into_iter().take(SHOWN) {
        body += &row(&[
            words(label(it.axis.name())),
            escaped(&it.from),
            escaped(&it.to),
            count.to_string(),
        ]);
    }
    section(
        ("Routed differently", "分派变化"),
        &heads(&[
            ("", ""),
            ("Today", "现行"),
            ("Candidate", "候选"),
            ("Cases", "案件"),
        ]),
        &body,
    )
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
        body += &row(&[
            listed(&levels.today),
            listed(&levels.candidate),
            count.to_string(),
        ]);
    }
    section(
        ("Approved otherwise", "审批变化"),
        &heads(&[("Today", "现行"), ("Candidate", "候选"), ("Plans", "方案")]),
        &body,
    )
}

fn gates(subject: &Subject) -> String {
    let mut body = String::new();
    let differing = subject.report.held_up.iter().filter(|(_, it)| !it.agrees());
    for ((command, need), counts) in differing {
        body += &row(&[
            escaped(command.as_str()),
            escaped(&need.to_string()),
            counts.today.to_string(),
            counts.candidate.to_string(),
        ]);
    }
    section(
        ("Held up by a procedure", "程序要求变化"),
        &heads(&[
            ("Before", "操作"),
            ("Missing", "缺少"),
            ("Today", "现行"),
            ("Candidate", "候选"),
        ]),
        &body,
    )
}

fn examples(subject: &Subject) -> String {
    let mut body = String::new();
    for example in subject.report.examples() {
        body += &row(&[
            escaped(&example.number),
            words(label(example.kind.name())),
            escaped(&example.about),
            escaped(&example.outcome.today),
            escaped(&example.outcome.candidate),
        ]);
    }
    section(
        ("For example", "举例"),
        &heads(&[
            ("Number", "编号"),
            ("", ""),
            ("", ""),
            ("Today", "现行"),
            ("Candidate", "候选"),
        ]),
        &body,
    )
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
            "<p>{} {}/{compared}, {} {}/{}</p>",
            words((
                "As recorded under today's policy: routings",
                "与现行政策下的记录一致：分派",
            )),
            recorded.routings.agree,
            words(("clocks", "时限")),
            clocks.agree,
            clocks.agree + clocks.differ
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
