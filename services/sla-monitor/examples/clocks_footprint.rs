//! Measures what cases cost in memory and time:
//! `cargo run --release -p redress-sla-monitor --example clocks_footprint`.

use std::{collections::BTreeMap, path::Path, time::Instant};

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_runtime::{Context, Core, NumberDesk, Origin, Recorded};
use redress_sla_monitor::{Rulebook, SlaMonitorCore, parse_rules};
use redress_store::Rows;
use redress_wire::{Payload, Service, log::Event, router::CaseRouted};

const CASES: u32 = 100_000;
const PARTITIONS: u32 = 16;

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .unwrap_or_default()
}

fn read(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder)
        .expect("the policy folder")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            read(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy();
            into.insert(name.into_owned(), text);
        }
    }
}

fn routed(case: u32, now: Timestamp) -> Event {
    let urgency = ["urgent", "normal", "normal", "low"][case as usize % 4];
    let routed = CaseRouted {
        number: format!("CF20260507{case:03}"),
        channel: "email".to_owned(),
        kind: "complaint".to_owned(),
        category: "product_quality".to_owned(),
        urgency: urgency.to_owned(),
        severity: "ordinary".to_owned(),
        department: ["logistics_ops", "after_sales_tech"][case as usize % 2].to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        received_at_us: now.as_microsecond() + i64::from(case) * 1_000,
        registered_at_us: now.as_microsecond() + i64::from(case) * 1_000,
        ..CaseRouted::default()
    };
    Event {
        complaint_id: ComplaintId::of("email", &case.to_string())
            .as_bytes()
            .to_vec(),
        time_us: now.as_microsecond(),
        traceparent: String::new(),
        payload: Some(Payload::CaseRouted(routed)),
    }
}

/// A case is routed and put under its clocks.
fn take(
    core: &mut SlaMonitorCore,
    rows: &mut Rows,
    event: &Event,
    rules: &Rulebook,
    now: Timestamp,
) {
    let origin = Origin {
        service: Service::Router,
        partition: 0,
        height: 1,
        index: 0,
    };
    let recorded = Recorded { origin, event };
    core.evolve(rows, &recorded);
    let mut numbers = NumberDesk::opened([]);
    let mut cx = Context {
        partition: 0,
        now,
        rules,
        numbers: &mut numbers,
    };
    for draft in core.react(rows, &recorded, &mut cx).expect("clocks") {
        let event = Event {
            complaint_id: draft.complaint_id,
            payload: Some(draft.payload),
            ..event.clone()
        };
        core.evolve(
            rows,
            &Recorded {
                origin,
                event: &event,
            },
        );
    }
    core.seal(rows);
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    let rules = parse_rules(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let now: Timestamp = "2026-05-07T10:00:00+08:00".parse().expect("a time");
    let mut partitions: Vec<(SlaMonitorCore, Rows)> = (0..PARTITIONS)
        .map(|partition| {
            let rows = Rows::in_memory();
            (SlaMonitorCore::open(partition, &rows), rows)
        })
        .collect();
    let started = Instant::now();
    for case in 0..CASES {
        let (core, rows) = &mut partitions[(case % PARTITIONS) as usize];
        take(core, rows, &routed(case, now), &rules, now);
    }
    let micros = started.elapsed().as_secs_f64() * 1e6 / f64::from(CASES);
    println!("{micros:.1} µs a case, rows in memory included");
    // The rows stay; what is measured is the memory of further cores made from them.
    let before = resident_kib();
    let opened = Instant::now();
    let cores: Vec<SlaMonitorCore> = partitions
        .iter()
        .map(|(_, rows)| SlaMonitorCore::open(0, rows))
        .collect();
    let open = opened.elapsed();
    let kib = resident_kib() - before;
    println!(
        "{} cores opened in {open:?}: {kib} KiB for {CASES} cases",
        cores.len()
    );
}
