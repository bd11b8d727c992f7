//! The page of the figures, and its last line for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{
    cases::Cases,
    ceiling::Ceiling,
    clocks::Clocks,
    flow::Flow,
    latency::{Latency, RATE},
    many_clocks::ManyClocks,
    memory::{Memory, services_mib},
    replay::Replay,
    simulate::Simulated,
    throughput::Throughput,
};

/// What was measured; what was not asked for is left out.
#[derive(Default)]
pub(super) struct Results {
    pub(super) texts: usize,
    pub(super) throughput: Option<Throughput>,
    pub(super) flow: Option<Flow>,
    pub(super) latency: Option<Latency>,
    pub(super) memory: Option<Memory>,
    /// Open cases when memory was measured.
    pub(super) cases: u64,
    pub(super) replay: Option<Replay>,
    pub(super) clocks: Option<Clocks>,
    pub(super) simulated: Option<Simulated>,
    pub(super) ceiling: Option<Ceiling>,
    /// The same over one stream.
    pub(super) one_stream: Option<Ceiling>,
    pub(super) cases_worked_on: Option<Cases>,
    pub(super) many_clocks: Option<ManyClocks>,
}

impl Results {
    /// One object with the figures; null for what was not measured.
    pub(super) fn json(&self) -> Value {
        let cases = self.cases_worked_on.as_ref();
        let many = self.many_clocks.as_ref();
        json!({
            "complaints_per_second": self.throughput.as_ref().map(|it| it.per_second.round()),
            "ceiling_per_second": self.ceiling.map(|it| it.per_second.round()),
            "one_stream_per_second": self.one_stream.map(|it| it.per_second.round()),
            "answer_p99_ms": self.latency.as_ref().map(|it| tenth(it.times.at_ms(0.99))),
            "rss_mib": self.memory.as_ref().map(|it| services_mib(it).round()),
            "replay_events_per_second": self.replay.map(|it| it.per_second().round()),
            "clock_late_p99_ms": self.clocks.map(|it| tenth(it.p99_ms)),
            "commands_per_second": cases.map(|it| it.spread.per_second.round()),
            "hot_case_commands_per_second": cases.map(|it| it.hot.ahead.round()),
            "command_p99_ms": cases.map(|it| tenth(it.single.times.at_ms(0.99))),
            "list_page_p99_ms": cases.map(|it| tenth(it.quiet.worst_p99_ms())),
            "many_clocks_late_p99_ms": many.map(|it| tenth(it.lateness.read.at_ms(0.99))),
            "many_clocks_mib": many.map(|it| it.mib.1.round()),
            "simulated_events_per_second": self.simulated.map(|it| it.per_second().round()),
        })
    }

    /// The page, in Markdown.
    pub(super) fn page(&self) -> String {
        let mut page = format!(
            "# Bench\n\nMeasured by `make bench`: broker (`sync_interval: always`), five services \
             and the load on one machine.\n\n{}; {} real texts.\n",
            machine(),
            self.texts
        );
        self.throughput_lines(&mut page);
        self.latency_lines(&mut page);
        self.state_lines(&mut page);
        if let Some(cases) = &self.cases_worked_on {
            cases.lines(&mut page);
        }
        self.policy_lines(&mut page);
        if let Some(it) = &self.many_clocks {
            page.push_str(&it.lines());
        }
        let _ = write!(page, "\n{}\n", self.json());
        page
    }

    fn throughput_lines(&self, page: &mut String) {
        if let Some(it) = &self.throughput {
            let _ = writeln!(
                page,
                "\n## Throughput\n\n{:.0} complaints/s end to end, with {} in the stores before: {} \
                 answered in {} s of load with {} under way at once, {:.1} s more until the last one was routed, its clocks \
                 armed, its notifications recorded, and it was counted.\n",
                it.per_second,
                it.before,
                it.tally.total(),
                it.load.as_secs(),
                it.in_flight,
                it.settled_after.as_secs_f64()
            );
            let _ = writeln!(
                page,
                "| stage, in the steady state | complaints/s |\n| --- | ---: |"
            );
            for (stage, rate) in it.stages {
                let _ = writeln!(page, "| {stage} | {rate:.0} |");
            }
            let (first, last) = it.backlog;
            let _ = writeln!(
                page,
                "\nAnswered and not yet counted: {first} when it was warm, {last} at the end."
            );
        }
        if let Some(flow) = &self.flow {
            let _ = writeln!(
                page,
                "\n| service | rounds | blocks | bytes a block |\n| --- | ---: | ---: | ---: |"
            );
            for (service, it) in &flow.services {
                let mean = it.lengths.iter().sum::<usize>() / it.lengths.len().max(1);
                let _ = writeln!(
                    page,
                    "| {service} | {} | {} | {mean} |",
                    it.batches, it.blocks
                );
            }
        }
        self.bare_lines(page);
    }

    fn bare_lines(&self, page: &mut String) {
        if let Some(it) = &self.ceiling {
            let _ = writeln!(
                page,
                "\nThe same flow bare, {} rounds of {} blocks, took {:.1} s: a ceiling of {:.0} \
                 complaints/s{}.",
                it.batches,
                it.blocks,
                it.took.as_secs_f64(),
                it.per_second,
                self.reached(it)
            );
        }
        if let Some(it) = &self.one_stream {
            let _ = writeln!(
                page,
                "Bare over one stream, each round one atomic batch, it took {:.1} s: {:.0} \
                 complaints/s{}.",
                it.took.as_secs_f64(),
                it.per_second,
                self.reached(it)
            );
        }
    }

    fn reached(&self, bare: &Ceiling) -> String {
        let share = self
            .throughput
            .as_ref()
            .map(|it| it.per_second / bare.per_second);
        let told = share.map(|share| format!(", of which {share:.2} is reached"));
        told.unwrap_or_default()
    }

    fn latency_lines(&self, page: &mut String) {
        let Some(it) = &self.latency else { return };
        let _ = writeln!(
            page,
            "\n## Submit to answer at {RATE:.0}/s\n\nOpen loop, {} complaints, each timed from \
             when it was due to be sent. Right after it, on the same disk, a broker without \
             services: rounds of a small block for each partition, one every 10 ms.\n\n| ms | \
             answer | bare round | ratio |\n| --- | ---: | ---: | ---: |",
            it.count
        );
        let bare = it.bare.summary().into_iter();
        for ((name, ms), (_, bare)) in it.times.summary().into_iter().zip(bare) {
            let _ = writeln!(page, "| {name} | {ms:.1} | {bare:.1} | {:.1} |", ms / bare);
        }
    }

    fn state_lines(&self, page: &mut String) {
        if let Some(memory) = &self.memory {
            let _ = writeln!(
                page,
                "\n## Memory\n\nWith {} open cases.\n\n| process | MiB |\n| --- | ---: |",
                self.cases
            );
            for (name, mib) in memory {
                let _ = writeln!(page, "| {name} | {mib:.0} |");
            }
            let _ = writeln!(page, "| the five services | {:.0} |", services_mib(memory));
        }
        if let Some(it) = &self.replay {
            let _ = writeln!(
                page,
                "\n## Replay\n\nThe router's deleted store was back after {:.1} s: {:.0} events, \
                 {:.0} a second from the start of the process.",
                it.took.as_secs_f64(),
                it.events,
                it.per_second()
            );
        }
        if let Some(it) = &self.clocks {
            let _ = writeln!(
                page,
                "\n## Clocks\n\nWith {} clocks armed, {} warnings and breaches fired late by p50 \
                 {:.1} ms, p99 {:.1} ms, at most {:.1} ms.",
                it.armed, it.fired, it.p50_ms, it.p99_ms, it.max_ms
            );
        }
    }
}

impl Results {
    fn policy_lines(&self, page: &mut String) {
        if let Some(it) = &self.simulated {
            let _ = writeln!(
                page,
                "\n## A policy tried on the past\n\n`redress policy simulate` read {} events of {} \
                 cases in {:.1} s ({:.1} s with its start): {:.0} events/s, {:.0} MiB at most.",
                it.events,
                it.cases,
                it.seconds,
                it.whole.as_secs_f64(),
                it.per_second(),
                it.peak_mib
            );
        }
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Processor and cores.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{cores} cores, {}",
        model.map_or("unknown processor", |(_, name)| name)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_last_line_is_one_object_with_all_figures() {
        let replay = Replay {
            events: 500_000.0,
            took: Duration::from_secs(4),
        };
        let page = Results {
            replay: Some(replay),
            ..Results::default()
        }
        .page();
        let last: Value = serde_json::from_str(page.lines().last().expect("a line")).expect("JSON");
        assert!(
            (last["replay_events_per_second"].as_f64().expect("a number") - 125_000.0).abs() < 1.0
        );
        for name in [
            "complaints_per_second",
            "ceiling_per_second",
            "one_stream_per_second",
            "answer_p99_ms",
            "rss_mib",
            "clock_late_p99_ms",
            "commands_per_second",
            "hot_case_commands_per_second",
            "command_p99_ms",
            "list_page_p99_ms",
            "many_clocks_late_p99_ms",
            "many_clocks_mib",
            "simulated_events_per_second",
        ] {
            assert_eq!(last.get(name), Some(&Value::Null), "{name}");
        }
    }
}
