//! Drives the core of one partition as the runtime does.

#![allow(dead_code, reason = "not every test file drives everything")]

use redress_analytics::{AnalyticsCore, total};
use redress_runtime::{Context, Core as _, NumberDesk, Origin, Recorded};
use redress_store::{Mark, Rows};
use redress_wire::{
    Service,
    analytics::{Figures, Query},
    log::Event,
};

/// One partition, driven as the runtime drives it.
pub(crate) struct Partition {
    pub(crate) core: AnalyticsCore,
    pub(crate) rows: Rows,
}

impl Partition {
    pub(crate) fn new() -> Self {
        let rows = Rows::in_memory();
        Self {
            core: AnalyticsCore::open(0, &rows),
            rows,
        }
    }

    pub(crate) fn fold(&mut self, events: &[Event]) {
        for event in events {
            let origin = Origin {
                service: Service::Intake,
                partition: 0,
                height: 1,
                index: 0,
            };
            self.core
                .evolve(&mut self.rows, &Recorded { origin, event });
        }
    }

    pub(crate) fn commit(&mut self) {
        self.core.seal(&mut self.rows);
        let mark = Mark {
            own_seq: 0,
            own_hash: [0; 32],
            consumed: 1,
            schema: 1,
            log: [0; 16],
        };
        self.rows.commit(mark).expect("memory does not fail");
    }

    /// As after a crash: the memory is gone, the rows are there.
    pub(crate) fn restart(&mut self) {
        self.core = AnalyticsCore::open(0, &self.rows);
    }

    /// Takes back what was folded since the last commit.
    pub(crate) fn roll_back(&mut self) {
        self.core.seal(&mut self.rows);
        self.rows.rollback();
        self.restart();
    }

    pub(crate) fn after(rounds: &[&[Event]]) -> Self {
        let mut partition = Self::new();
        for round in rounds {
            partition.fold(round);
            partition.commit();
        }
        partition
    }

    pub(crate) fn ask(&self, query: Query) -> redress_wire::analytics::Found {
        let mut numbers = NumberDesk::default();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let cx = Context {
            partition: 0,
            now,
            rules: &(),
            numbers: &mut numbers,
        };
        self.core
            .query(&self.rows, &query, &cx)
            .expect("it answers every question")
    }

    pub(crate) fn figures(&self) -> Figures {
        total(&self.ask(Query::default()).days)
    }
}

pub(crate) fn count(figures: &Figures, dimension: &str, value: &str) -> u64 {
    let found = figures
        .dimensions
        .iter()
        .find(|d| d.name == dimension)
        .expect("a dimension");
    found
        .counts
        .iter()
        .find(|c| c.value == value)
        .map_or(0, |c| c.count)
}
