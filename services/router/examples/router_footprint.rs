//! Measures what cases cost in memory and time:
//! `cargo run --release -p redress-router --example router_footprint`.

use std::time::Instant;

use redress_complaint::ComplaintId;
use redress_router::RouterCore;
use redress_runtime::{Core, Origin, Recorded};
use redress_store::Rows;
use redress_wire::{
    Payload, Service,
    intake::{ComplaintRegistered, Fingerprint},
    log::Event,
    router::CaseRouted,
    sla_monitor::{Clock, ClocksStarted},
};

const CASES: u32 = 100_000;
const PARTITIONS: u32 = 16;
const START_US: i64 = 1_778_119_200_000_000;

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

/// Most customers give phone and mail address, every fourth complaint an order and a batch.
fn registered(case: u32) -> ComplaintRegistered {
    let key = |kind: u8| [&[kind][..], &case.to_be_bytes(), &[7; 11]].concat();
    let fingerprint = Fingerprint {
        customer: key(1),
        further_customer: vec![key(2)],
        order: case.is_multiple_of(4).then_some(case.into()),
        simhash: case.into(),
        ..Fingerprint::default()
    };
    ComplaintRegistered {
        number: format!("CF20260507{case:03}"),
        fingerprint: Some(fingerprint),
        ..ComplaintRegistered::default()
    }
}

fn batch_no(case: u32) -> String {
    if case.is_multiple_of(4) {
        format!("B-2026-{}", case % 500)
    } else {
        String::new()
    }
}

fn events(case: u32) -> [Payload; 3] {
    let at = START_US + i64::from(case) * 1_000;
    let urgency = case as usize % 3;
    let routed = CaseRouted {
        number: format!("CF20260507{case:03}"),
        channel: "email".to_owned(),
        kind: "complaint".to_owned(),
        category: format!("category-{}", case % 20),
        urgency: ["urgent", "normal", "low"][urgency].to_owned(),
        severity: "ordinary".to_owned(),
        department: format!("department-{}", case % 20),
        handler: format!("handler-{}", case % 60),
        registered_at_us: at,
        batch_no: batch_no(case),
        rank: case % 6,
        ..CaseRouted::default()
    };
    let clock = |name: &str, hours: i64| Clock {
        clock: name.to_owned(),
        due_at_us: at + hours * 3_600_000_000,
        ..Clock::default()
    };
    let clocks = vec![
        clock("first_response", 2),
        clock("start", 24),
        clock("result", 48),
    ];
    let started = ClocksStarted {
        clocks,
        ..ClocksStarted::default()
    };
    [
        Payload::ComplaintRegistered(registered(case)),
        Payload::CaseRouted(routed),
        Payload::ClocksStarted(started),
    ]
}

fn main() {
    let mut partitions: Vec<(RouterCore, Rows)> = (0..PARTITIONS)
        .map(|partition| {
            let rows = Rows::in_memory();
            (RouterCore::open(partition, &rows), rows)
        })
        .collect();
    let origin = Origin {
        service: Service::Router,
        partition: 0,
        height: 1,
        index: 0,
    };
    let started = Instant::now();
    for case in 0..CASES {
        let (core, rows) = &mut partitions[(case % PARTITIONS) as usize];
        for payload in events(case) {
            let event = Event {
                complaint_id: ComplaintId::of("email", &case.to_string())
                    .as_bytes()
                    .to_vec(),
                time_us: START_US,
                traceparent: String::new(),
                payload: Some(payload),
            };
            core.evolve(
                rows,
                &Recorded {
                    origin,
                    event: &event,
                },
            );
        }
    }
    let micros = started.elapsed().as_secs_f64() * 1e6 / f64::from(CASES);
    println!("{micros:.1} µs a case to fold, rows in memory included");
    // The rows stay; what is measured is the memory of further cores made from them.
    let before = resident_kib();
    let opened = Instant::now();
    let cores: Vec<RouterCore> = partitions
        .iter()
        .map(|(_, rows)| RouterCore::open(0, rows))
        .collect();
    let open = opened.elapsed();
    let kib = resident_kib() - before;
    println!(
        "{} cores opened in {open:?}: {kib} KiB for {CASES} cases",
        cores.len()
    );
}
