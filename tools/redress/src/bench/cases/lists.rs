//! How long the first page of a work list takes.

use std::time::{Duration, Instant};

use redress_wire::{
    Service,
    router::{CaseOrder, ListCasesRequest},
};

use super::people::Worked;
use crate::{
    clients::Clients,
    percentile::{Sorted, Times},
};

/// Pages of each list when nothing else happens: enough for a 99th percentile that ten pages are
/// above.
const ENOUGH: usize = 1000;
/// Asked before anything is timed.
const WARM_UP: usize = 20;
/// Somebody looks again after this, while commands come in: some ten pages a second.
const PAUSE: Duration = Duration::from_millis(20);

/// Times of the first pages, by what was listed.
#[derive(Clone, Debug)]
pub(in super::super) struct Lists(pub(in super::super) Vec<(&'static str, Sorted)>);

impl Lists {
    /// The slowest list's 99th percentile, in milliseconds.
    pub(in super::super) fn worst_p99_ms(&self) -> f64 {
        let each = self.0.iter().map(|(_, times)| times.at_ms(0.99));
        each.fold(0.0, f64::max)
    }
}

/// How long pages are asked for.
pub(super) enum Until {
    Pages(usize),
    Over(Instant),
}

pub(super) fn enough() -> Until {
    Until::Pages(ENOUGH)
}

pub(super) fn for_a_while(time: Duration) -> Until {
    Until::Over(Instant::now() + time)
}

/// Asks for one page after the other, of each list in turn.
pub(super) async fn measure(
    clients: &Clients,
    workers: &[Worked],
    until: Until,
) -> anyhow::Result<Lists> {
    let mut router = clients.router()?;
    let mut times = vec![Times::default(); NAMES.len()];
    for turn in 0.. {
        let ends = match until {
            Until::Pages(most) => turn == most + WARM_UP,
            Until::Over(at) => turn > WARM_UP && Instant::now() >= at,
        };
        if ends {
            break;
        }
        for (kind, times) in times.iter_mut().enumerate() {
            let asked = asked(kind, &workers[turn % workers.len()]);
            let started = Instant::now();
            let page = router.list_cases(asked).await;
            let took = started.elapsed();
            let page = page.map_err(|status| clients.explain(Service::Router, &status))?;
            // A handler may have closed the last of the own cases.
            let empty = page.get_ref().cases.is_empty() && kind != OF_A_HANDLER;
            anyhow::ensure!(!empty, "the list {} is empty", NAMES[kind]);
            if turn >= WARM_UP {
                times.add(took);
            }
        }
        if matches!(until, Until::Over(_)) {
            tokio::time::sleep(PAUSE).await;
        }
    }
    let times = times.into_iter().map(Times::sorted);
    Ok(Lists(NAMES.into_iter().zip(times).collect()))
}

const NAMES: [&str; 4] = [
    "all work, the most urgent first",
    "all work by due time",
    "of a department",
    "of a handler",
];
const OF_A_HANDLER: usize = 3;

fn asked(kind: usize, worked: &Worked) -> ListCasesRequest {
    let mut asked = ListCasesRequest::default();
    match kind {
        0 => {}
        1 => asked.order_by = CaseOrder::Due.into(),
        2 => asked.department.clone_from(&worked.department),
        _ => asked.handler.clone_from(&worked.handler),
    }
    asked
}
