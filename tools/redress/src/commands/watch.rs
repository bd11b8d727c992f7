//! `redress watch`: live figures.

use redress_wire::{
    Service,
    analytics::{Figures, GetFiguresRequest, Latency, WatchFiguresRequest},
};

use super::Ending;
use crate::{
    args::{Global, WatchArgs},
    clients::Clients,
    lang::Lang,
    output::{Output, at, cell, message_to_json},
};

/// Values of a dimension that are shown; the rest is summed up.
const SHOWN: usize = 12;
/// Goes to the top left and clears what is below.
const TOP_LEFT: &str = "\u{1b}[H\u{1b}[J";

pub(crate) async fn run(args: &WatchArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let explain = |status| clients.explain(Service::Analytics, &status);
    if args.once {
        let request = GetFiguresRequest {
            from_day: args.from,
            to_day: args.to,
        };
        let figures = clients
            .analytics()?
            .get_figures(request)
            .await
            .map_err(explain)?;
        return show(&figures.into_inner(), out, false).map(|()| Ending::Fine);
    }
    let request = WatchFiguresRequest {
        from_day: args.from,
        to_day: args.to,
        interval_ms: args.interval,
    };
    let mut client = clients.analytics_stream()?;
    let stream = client.watch_figures(request).await.map_err(explain)?;
    let mut stream = stream.into_inner();
    loop {
        let next = tokio::select! {
            next = stream.message() => next.map_err(explain)?,
            ended = tokio::signal::ctrl_c() => return Ok(ended.map(|()| Ending::Fine)?),
        };
        let Some(figures) = next else {
            return Ok(Ending::Fine);
        };
        show(&figures, out, true)?;
    }
}

fn show(figures: &Figures, out: &Output, live: bool) -> anyhow::Result<()> {
    if out.json || (live && !out.terminal) {
        return Ok(out.object(&message_to_json("redress.analytics.v1.Figures", figures))?);
    }
    let top = if live { TOP_LEFT } else { "" };
    Ok(out.line(&format!("{top}{}", page(figures, out)))?)
}

fn page(figures: &Figures, out: &Output) -> String {
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
    ] {
        if let Some(line) = dimension(figures, name, out) {
            text.push('\n');
            text.push_str(&line);
        }
    }
    text
}

fn summary(figures: &Figures, out: &Output) -> String {
    let rate = figures
        .on_time_rate
        .map_or("-".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
    let rows = [
        ("Complaints", "投诉", figures.complaints.to_string()),
        ("Likely repeats", "疑似重复", figures.repeats.to_string()),
        ("On time (处理及时率)", "处理及时率", rate),
        (
            "Clocks running",
            "运行中时限",
            figures.clocks_running.to_string(),
        ),
        (
            "Warnings, breaches",
            "预警、超时",
            format!("{}, {}", figures.warnings, figures.breaches),
        ),
        (
            "Notifications planned, delivered, given up",
            "通知：计划、送达、放弃",
            format!(
                "{}, {}, {}",
                figures.notifications_planned,
                figures.notifications_delivered,
                figures.notifications_given_up
            ),
        ),
    ];
    let mut grid = out.grid(&[]);
    for (en, zh, value) in rows {
        grid.row(vec![cell(out.pick(en, zh)), cell(value)]);
    }
    grid.to_string()
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
        v => format!("{:.1} min", v / 60.0),
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
    fn seconds_are_shown_in_the_unit_that_suits_them() {
        assert_eq!(seconds(0.0123), "12.3 ms");
        assert_eq!(seconds(3.0), "3.0 s");
        assert_eq!(seconds(600.0), "10.0 min");
    }
}
