//! What a complaint without contact costs that goes to a department without a webhook: `cargo run
//! --release -p redress-notifier --example hot_path`. Rounds of 100 complaints, rows in memory.

use std::{path::Path, time::Instant};

use redress_host::policy_dir::read;
use redress_notifier::{NotifierCore, Rules};
use redress_runtime::{Context, Core as _, NumberDesk, Origin, Recorded};
use redress_store::{Mark, Rows};
use redress_wire::{
    Payload, Service, event::timestamp, intake::ComplaintRegistered, log::Event, router::CaseRouted,
};

const ROUNDS: u32 = 1_000;

fn main() -> anyhow::Result<()> {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let rules = Rules::parse(&read(&policy)?)?;
    let mut rows = Rows::in_memory();
    let mut core = NotifierCore::open(0, &rows);
    let mut numbers = NumberDesk::default();
    let mut spent = std::time::Duration::ZERO;
    for round in 0..ROUNDS {
        let events: Vec<Event> = (0..100).flat_map(|n| story(round * 100 + n)).collect();
        let started = Instant::now();
        for event in &events {
            core.evolve(&mut rows, &recorded(event));
        }
        for event in &events {
            let mut cx = Context {
                partition: 0,
                now: timestamp(0),
                rules: &rules,
                numbers: &mut numbers,
            };
            let drafts = core
                .react(&rows, &recorded(event), &mut cx)
                .map_err(anyhow::Error::msg)?;
            for draft in drafts {
                let own = Event {
                    complaint_id: draft.complaint_id,
                    payload: Some(draft.payload),
                    ..Event::default()
                };
                core.evolve(&mut rows, &recorded(&own));
            }
        }
        core.seal(&mut rows);
        rows.commit(Mark {
            own_seq: 1,
            own_hash: [0; 32],
            consumed: 1,
            schema: 1,
            log: [0; 16],
        })?;
        spent += started.elapsed();
    }
    let each = spent.as_secs_f64() * 1e6 / f64::from(ROUNDS * 100);
    println!(
        "{each:.2} µs per complaint, {} rows for {} complaints",
        rows.unflushed_rows(),
        ROUNDS * 100
    );
    Ok(())
}

fn recorded(event: &Event) -> Recorded<'_> {
    let origin = Origin {
        service: Service::Intake,
        partition: 0,
        height: 1,
        index: 0,
    };
    Recorded { origin, event }
}

fn story(case: u32) -> [Event; 2] {
    let number = format!("CF20260501{case:03}");
    let event = |payload| Event {
        complaint_id: u128::from(case).to_be_bytes().to_vec(),
        payload: Some(payload),
        ..Event::default()
    };
    let registered = ComplaintRegistered {
        number: number.clone(),
        channel: "app".to_owned(),
        kind: "complaint".to_owned(),
        locale: "zh-CN".to_owned(),
        ..ComplaintRegistered::default()
    };
    let routed = CaseRouted {
        number,
        category: "product_quality".to_owned(),
        urgency: "normal".to_owned(),
        severity: "ordinary".to_owned(),
        department: "after_sales_tech".to_owned(),
        handler: "after-sales-tech-1".to_owned(),
        ..CaseRouted::default()
    };
    [
        event(Payload::ComplaintRegistered(registered)),
        event(Payload::CaseRouted(routed)),
    ]
}
