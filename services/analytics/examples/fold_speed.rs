//! How fast figures are folded, rows included: `cargo run --release -p redress-analytics --example
//! fold_speed`. Prints events per second for rounds of 500 events, the size of a busy 50 ms.

use std::time::Instant;

use redress_analytics::AnalyticsCore;
use redress_runtime::{Core as _, Origin, Recorded};
use redress_store::{Mark, Rows};
use redress_wire::{
    Payload, Service, intake::ComplaintRegistered, log::Event, notifier::NotificationPlanned,
    router::CaseRouted, sla_monitor,
};

const CASES: u32 = 200_000;

fn main() {
    let mut rows = Rows::in_memory();
    let mut core = AnalyticsCore::open(0, &rows);
    let (mut events, mut folded) = (Vec::new(), 0_u64);
    let mut spent = std::time::Duration::ZERO;
    for case in 0..CASES {
        events.extend(story(case));
        if events.len() >= 500 {
            let started = Instant::now();
            for event in &events {
                let origin = Origin {
                    service: Service::Intake,
                    partition: 0,
                    height: 1,
                    index: 0,
                };
                core.evolve(&mut rows, &Recorded { origin, event });
            }
            core.seal(&mut rows);
            let mark = Mark {
                own_seq: 0,
                own_hash: [0; 32],
                consumed: 1,
                schema: 1,
                log: [0; 16],
            };
            rows.commit(mark).expect("memory does not fail");
            spent += started.elapsed();
            folded += events.len() as u64;
            events.clear();
        }
    }
    let per_second = folded as f64 / spent.as_secs_f64();
    println!(
        "{folded} events in {:.2} s: {per_second:.0} events/s",
        spent.as_secs_f64()
    );
}

/// The usual events of a complaint.
fn story(case: u32) -> Vec<Event> {
    let number = format!("CF202605{:02}{case:06}", 1 + case % 3);
    let channel = ["app", "email", "phone", "web"][case as usize % 4];
    let department = format!("department_{}", case % 12);
    let time_us = i64::from(case) * 200;
    let event = |after: i64, payload| Event {
        time_us: time_us + after,
        payload: Some(payload),
        ..Event::default()
    };
    let registered = ComplaintRegistered {
        number: number.clone(),
        channel: channel.to_owned(),
        kind: "complaint".to_owned(),
        ..Default::default()
    };
    let routed = CaseRouted {
        number: number.clone(),
        category: department.clone(),
        department,
        urgency: "normal".to_owned(),
        severity: "ordinary".to_owned(),
        registered_at_us: time_us,
        ..Default::default()
    };
    let clock = |id: &str, met_at_us| sla_monitor::Clock {
        clock: id.to_owned(),
        started_at_us: time_us,
        due_at_us: time_us + 1_000_000,
        met_at_us,
        ..Default::default()
    };
    let clocks = vec![
        clock("first_response", Some(time_us)),
        clock("start", None),
        clock("result", None),
    ];
    let started = sla_monitor::ClocksStarted {
        number: number.clone(),
        clocks,
        ..Default::default()
    };
    let planned = NotificationPlanned {
        number,
        means: "none".to_owned(),
        ..Default::default()
    };
    vec![
        event(0, Payload::ComplaintRegistered(registered)),
        event(
            5_000 + i64::from(case % 977) * 13,
            Payload::CaseRouted(routed),
        ),
        event(9_000, Payload::ClocksStarted(started)),
        event(9_500, Payload::NotificationPlanned(planned.clone())),
        event(9_500, Payload::NotificationPlanned(planned)),
    ]
}
