//! Figures as a page for people.

use redress_wire::analytics::{Figures, Latency};

use crate::{
    lang::Lang,
    output::{Output, at, cell},
};

/// Values of a dimension that are shown; the rest is summed up.
const SHOWN: usize = 12;
pub(super) fn page(figures: &Figures, out: &Output) -> String {
    let title = out.bold(out.pick("Redress, live figures", "Redress 实时统计"));
    let summary = summary(figures, out);
    let latencies = latencies(figures, out);
    let mut text = format!(
        "{title}  {}\n\n{summary}\n\n{latencies}\n",
        at(figures.as_of.as_ref())
    );
    for name in [
        "department",
        "category",
        "urgency",
        "severity",
        "channel",
        "state",
        "outcome",
        "satisfaction",
        "department_open",
        "handler",
    ] {
        if let Some(line) = dimension(figures, name, out) {
            text.push('\n');
            text.push_str(&line);
        }
    }
    text
}

fn summary(figures: &Figures, out: &Output) -> String {
    let mut grid = out.grid(&[]);
    for (en, zh, value) in handling(figures).into_iter().chain(telling(figures)) {
        grid.row(vec![cell(out.pick(en, zh)), cell(value)]);
    }
    grid.to_string()
}

type Row = (&'static str, &'static str, String);

fn percent(rate: Option<f64>) -> String {
    rate.map_or("-".to_owned(), |rate| format!("{:.1} %", rate * 100.0))
}

/// Several figures in one cell.
fn figures_of(figures: &[u64]) -> String {
    let words: Vec<String> = figures.iter().map(u64::to_string).collect();
    words.join(", ")
}

fn handling(figures: &Figures) -> [Row; 7] {
    let Figures {
        satisfied,
        mostly_satisfied,
        dissatisfied,
        ..
    } = *figures;
    let satisfaction = format!(
        "{} ({})",
        percent(figures.satisfaction_rate),
        figures_of(&[satisfied, mostly_satisfied, dissatisfied])
    );
    let ends = [
        figures.closed,
        figures.withdrawn,
        figures.rejected,
        figures.unmeetable,
    ];
    let approvals = [
        figures.approvals_given,
        figures.approvals_refused,
        figures.approvals_escalated,
    ];
    [
        ("Complaints", "投诉", figures.complaints.to_string()),
        (
            "Likely repeats (重复投诉率)",
            "疑似重复、重复投诉率",
            format!("{}, {}", figures.repeats, percent(figures.repeat_rate)),
        ),
        (
            "Closed, withdrawn, rejected, unmeetable",
            "结案、撤诉、不予支持、无法满足",
            figures_of(&ends),
        ),
        (
            "Opened again (二次处理)",
            "二次处理",
            figures.reopenings.to_string(),
        ),
        (
            "Satisfaction (satisfied, mostly, not)",
            "满意度（满意、基本满意、不满意）",
            satisfaction,
        ),
        (
            "Approvals given, refused, unanswered",
            "审批：通过、驳回、逾期",
            figures_of(&approvals),
        ),
        (
            "Extensions, holds",
            "延期、暂停",
            figures_of(&[figures.extensions, figures.holds]),
        ),
    ]
}

fn telling(figures: &Figures) -> [Row; 4] {
    let notifications = [
        figures.notifications_planned,
        figures.notifications_delivered,
        figures.notifications_given_up,
        figures.notifications_dropped,
    ];
    [
        (
            "On time (处理及时率)",
            "处理及时率",
            percent(figures.on_time_rate),
        ),
        (
            "Clocks running",
            "运行中时限",
            figures.clocks_running.to_string(),
        ),
        (
            "Warnings, breaches, escalations",
            "预警、超时、升级（催办/督办/通报）",
            figures_of(&[figures.warnings, figures.breaches, figures.escalations]),
        ),
        (
            "Notifications planned, delivered, given up, dropped",
            "通知：计划、送达、放弃、取消",
            figures_of(&notifications),
        ),
    ]
}

fn latencies(figures: &Figures, out: &Output) -> String {
    let labels = match out.lang {
        Lang::En => ["Latency", "count", "p50", "p90", "p99", "max"],
        Lang::Zh => ["时延", "次数", "p50", "p90", "p99", "最大"],
    };
    let mut grid = out.grid(&labels);
    let rows = [
        (out.pick("routing", "分派"), &figures.routing),
        (
            out.pick("first response", "首次响应"),
            &figures.first_response,
        ),
        (out.pick("resolution", "办结"), &figures.resolution),
        (
            out.pick("clock lateness", "时限触发延迟"),
            &figures.clock_lateness,
        ),
    ];
    for (name, latency) in rows {
        let Latency {
            count,
            p50_seconds,
            p90_seconds,
            p99_seconds,
            max_seconds,
        } = latency.unwrap_or_default();
        let mut cells = vec![cell(name), cell(count)];
        cells
            .extend([p50_seconds, p90_seconds, p99_seconds, max_seconds].map(|s| cell(seconds(s))));
        grid.row(cells);
    }
    grid.to_string()
}

/// Seconds in the unit that suits them.
fn seconds(value: f64) -> String {
    match value {
        v if v < 1.0 => format!("{:.1} ms", v * 1000.0),
        v if v < 120.0 => format!("{v:.1} s"),
        v if v < 7_200.0 => format!("{:.1} min", v / 60.0),
        v if v < 172_800.0 => format!("{:.1} h", v / 3_600.0),
        v => format!("{:.1} d", v / 86_400.0),
    }
}

/// `department: quality 12, service 3`, the most frequent first.
fn dimension(figures: &Figures, name: &str, out: &Output) -> Option<String> {
    let counts = &figures
        .dimensions
        .iter()
        .find(|one| one.name == name)?
        .counts;
    let mut counts: Vec<_> = counts
        .iter()
        .map(|one| (one.count, one.value.as_str()))
        .collect();
    counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let rest: u64 = counts.iter().skip(SHOWN).map(|(count, _)| count).sum();
    let mut words: Vec<String> = counts
        .iter()
        .take(SHOWN)
        .map(|(count, value)| format!("{value} {count}"))
        .collect();
    if rest > 0 {
        words.push(format!("{} {rest}", out.pick("others", "其他")));
    }
    Some(format!(
        "{}  {}",
        out.paint(name, comfy_table::Color::Cyan),
        words.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use redress_wire::analytics::{Count, Dimension};

    use super::*;

    #[test]
    fn a_dimension_shows_its_largest_counts_first() {
        let count = |value: &str, count| Count {
            value: value.to_owned(),
            count,
        };
        let counts = vec![count("service", 3), count("quality", 12)];
        let dimensions = vec![Dimension {
            name: "department".to_owned(),
            counts,
        }];
        let figures = Figures {
            dimensions,
            ..Figures::default()
        };
        let line = dimension(&figures, "department", &Output::plain(Lang::En));
        assert_eq!(line.as_deref(), Some("department  quality 12, service 3"));
    }

    #[test]
    fn the_page_shows_a_dash_when_no_clock_ended() {
        let text = page(&Figures::default(), &Output::plain(Lang::Zh));
        let line = text
            .lines()
            .find(|line| line.contains("处理及时率"))
            .expect("a line");
        assert!(line.trim_end().ends_with('-'), "{line}");
    }

    #[test]
    fn the_page_shows_how_cases_ended_and_what_customers_said() {
        let figures = Figures {
            closed: 4,
            withdrawn: 1,
            reopenings: 2,
            satisfied: 2,
            mostly_satisfied: 1,
            dissatisfied: 1,
            satisfaction_rate: Some(0.75),
            ..Figures::default()
        };
        let text = page(&figures, &Output::plain(Lang::Zh));
        for words in ["4, 1, 0, 0", "75.0 % (2, 1, 1)", "二次处理"] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }

    #[test]
    fn seconds_are_shown_in_the_unit_that_suits_them() {
        assert_eq!(seconds(0.0123), "12.3 ms");
        assert_eq!(seconds(3.0), "3.0 s");
        assert_eq!(seconds(600.0), "10.0 min");
        assert_eq!(seconds(7_200.0), "2.0 h");
        assert_eq!(seconds(864_000.0), "10.0 d");
    }
}
