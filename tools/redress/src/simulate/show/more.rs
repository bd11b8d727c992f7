//! The smaller tables of a report.

use comfy_table::Color;
use redress_what_if::{Agreement, ClockCounts, Pair};

use super::tables::signed;
use crate::{
    output::{Output, cell},
    simulate::subject::{Subject, label, pick},
};

/// How many rows of a list people are shown; JSON has all.
const SHOWN: usize = 15;

fn title(out: &Output, en: &str, zh: &str) -> anyhow::Result<()> {
    Ok(out.line(&format!("\n{}", out.bold(out.pick(en, zh))))?)
}

/// Clocks that differ, and the steps of their ladders.
pub(super) fn clocks(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let mut differing = subject.report.clocks.iter().filter(|(_, it)| !it.agrees());
    let steps = subject.report.steps.iter().filter(|(_, it)| !it.agrees());
    if let Some(first) = differing.next() {
        title(out, "By clock: today → candidate", "按时限：现行 → 候选")?;
        let labels = ["late", "on_time", "open", "cancelled", "warned"].map(label);
        let mut heads = vec![out.pick("Clock", "时限"), out.pick("Started", "启动")];
        heads.extend(labels.iter().map(|(en, zh)| out.pick(en, zh)));
        let mut grid = out.grid(&heads);
        for (clock, counts) in std::iter::once(first).chain(differing) {
            let change = |of: fn(&ClockCounts) -> u64| cell(arrow(counts.as_ref().map(of)));
            grid.row(vec![
                cell(pick(&subject.clock(clock), out.lang)),
                change(|it| it.started),
                change(|it| it.late),
                change(|it| it.on_time),
                change(|it| it.open),
                change(|it| it.cancelled),
                change(|it| it.warnings),
            ]);
        }
        out.line(&grid.to_string())?;
    }
    for ((clock, step), counts) in steps {
        out.line(&format!(
            "  {} {clock}/{step}: {}",
            out.pick("step", "督办级别"),
            arrow(*counts)
        ))?;
    }
    Ok(())
}

fn arrow(counts: Pair<u64>) -> String {
    if counts.agrees() {
        counts.today.to_string()
    } else {
        format!("{} → {}", counts.today, counts.candidate)
    }
}

/// What goes elsewhere, most often first.
pub(super) fn routing(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let mut moves: Vec<_> = subject.report.moves.iter().collect();
    if moves.is_empty() {
        return Ok(());
    }
    moves.sort_by_key(|(it, count)| (it.axis, std::cmp::Reverse(**count)));
    title(out, "Routed differently", "分派变化")?;
    let mut grid = out.grid(&[]);
    for (it, count) in moves.iter().take(SHOWN) {
        let (en, zh) = label(it.axis.name());
        grid.row(vec![
            cell(out.pick(en, zh)),
            cell(&it.from),
            cell("→"),
            cell(&it.to),
            cell(count),
        ]);
    }
    out.line(&grid.to_string())?;
    rest(moves.len(), out)?;
    let corrections = subject.report.corrections;
    if corrections.made > 0 {
        out.line(&format!(
            "{}: {}; {} {} → {}",
            out.pick("Corrections by people", "人工更正"),
            corrections.made,
            out.pick("not needed under the rules:", "规则可免除："),
            corrections.spared_today,
            corrections.spared_by_candidate
        ))?;
    }
    Ok(())
}

fn rest(all: usize, out: &Output) -> anyhow::Result<()> {
    if all > SHOWN {
        out.line(&format!(
            "  {} {} ({})",
            all - SHOWN,
            out.pick("more", "项未列出"),
            out.pick("all with --json", "完整内容见 --json")
        ))?;
    }
    Ok(())
}

/// Plans that others approve.
pub(super) fn approvals(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let approvals = &subject.report.approvals;
    if approvals.is_empty() {
        return Ok(());
    }
    title(out, "Approved otherwise", "审批变化")?;
    let mut grid = out.grid(&[]);
    let names = |levels: &Vec<redress_policy::LevelId>| {
        let ids: Vec<&str> = levels.iter().map(AsRef::as_ref).collect();
        if ids.is_empty() {
            out.pick("own authority", "本人权限内").to_owned()
        } else {
            ids.join(" > ")
        }
    };
    for (levels, count) in approvals.iter().take(SHOWN) {
        grid.row(vec![
            cell(names(&levels.today)),
            cell("→"),
            cell(names(&levels.candidate)),
            cell(count),
        ]);
    }
    out.line(&grid.to_string())?;
    rest(approvals.len(), out)
}

/// Commands that gates hold up differently.
pub(super) fn procedures(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let held_up = subject.report.held_up.iter();
    let differing: Vec<_> = held_up.filter(|(_, it)| !it.agrees()).collect();
    if differing.is_empty() {
        return Ok(());
    }
    title(out, "Held up by a procedure", "程序要求变化")?;
    let mut grid = out.grid(&[out.pick("Before", "操作"), out.pick("Missing", "缺少"), ""]);
    for ((command, need), counts) in differing.iter().take(SHOWN) {
        grid.row(vec![cell(command), cell(need), cell(arrow(**counts))]);
    }
    out.line(&grid.to_string())?;
    rest(differing.len(), out)
}

/// A few cases behind the figures.
pub(super) fn examples(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let mut grid = out.grid(&[]);
    let mut any = false;
    let mut of_kind = (None, 0);
    for example in subject.report.examples() {
        of_kind = match of_kind {
            (Some(kind), count) if kind == example.kind => (Some(kind), count + 1),
            _ => (Some(example.kind), 1),
        };
        if of_kind.1 > 3 {
            continue;
        }
        any = true;
        let (en, zh) = label(example.kind.name());
        grid.row(vec![
            cell(&example.number),
            cell(out.pick(en, zh)),
            cell(&example.about),
            cell(&example.outcome.today),
            cell("→"),
            cell(&example.outcome.candidate),
        ]);
    }
    if any {
        title(out, "For example", "举例")?;
        out.line(&grid.to_string())?;
    }
    Ok(())
}

/// How far the report can be trusted.
pub(super) fn trust(subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let report = &subject.report;
    for (clock, faults) in &report.faults {
        let words = out.pick("times without an end, such as", "次无法计算期限，例如");
        let line = format!(
            "{clock}: {} {words}: {}",
            arrow(faults.count),
            faults.example
        );
        out.line(&out.paint(&line, Color::Red))?;
    }
    let recorded = &report.recorded;
    let agreement = |it: Agreement| format!("{}/{}", it.agree, it.agree + it.differ);
    if recorded.routings != Agreement::default() {
        let differs = recorded.routings.differ + recorded.clocks.differ > 0;
        let line = format!(
            "{} {} {}, {} {}, {} {}",
            out.pick(
                "As recorded under today's policy:",
                "与现行政策下的记录一致："
            ),
            out.pick("routings", "分派"),
            agreement(recorded.routings),
            out.pick("clocks", "时限"),
            agreement(recorded.clocks),
            out.pick("approvals", "审批"),
            agreement(recorded.approvals),
        );
        let colour = if differs { Color::Yellow } else { Color::Green };
        out.line(&format!("\n{}", out.paint(&line, colour)))?;
    }
    let remarks = [
        (
            recorded.other_version,
            "cases were routed under another version of the policy",
            "个案件按其他版本的政策分派",
        ),
        (
            report.unreadable,
            "complaints whose words nobody can read: routed as recorded",
            "件投诉原文不可读：按记录分派",
        ),
        (
            report.unrouted,
            "complaints not routed yet",
            "件投诉尚未分派",
        ),
    ];
    for (count, en, zh) in remarks {
        if count > 0 {
            out.line(&format!(
                "{} {}",
                signed(' ', count).trim(),
                out.pick(en, zh)
            ))?;
        }
    }
    Ok(())
}
