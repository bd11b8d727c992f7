use std::{collections::BTreeMap, ops::RangeInclusive};

use redress_runtime::{Context, Core, Draft, Recorded, Refusal};
use redress_store::Rows;
use redress_wire::{
    Service,
    analytics::{Answer, Command, DayFigures, Found, Query},
};
use tonic::Code;

use crate::{Day, fold, rows, stands::Stands};

/// Days kept in memory between rounds. Events are of cases registered today or, for clocks, some
/// days ago; a day that is needed again is read from its row.
const KEPT_DAYS: usize = 16;

/// The figures of a partition.
pub struct AnalyticsCore {
    /// Days that were touched lately; the changed ones are newer than their rows until the round
    /// is sealed.
    days: BTreeMap<u32, Kept>,
    /// Events counted, for every day, those not in memory included.
    revisions: BTreeMap<u32, u64>,
    stands: Stands,
    /// Counts rounds, to know which days were not touched for long.
    round: u64,
}

struct Kept {
    figures: Day,
    changed: bool,
    touched: u64,
}

impl Kept {
    fn read(rows: &Rows, day: u32) -> Self {
        let stored = rows::get(rows, day);
        Self {
            figures: stored.as_ref().map(Day::from_wire).unwrap_or_default(),
            changed: false,
            touched: 0,
        }
    }
}

impl AnalyticsCore {
    fn forget_what_rests(&mut self) {
        while self.days.len() > KEPT_DAYS {
            let oldest = self.days.iter().min_by_key(|(_, kept)| kept.touched);
            let Some(day) = oldest.map(|(&day, _)| day) else {
                return;
            };
            self.days.remove(&day);
        }
    }

    fn figures(&self, rows: &Rows, day: u32) -> Option<DayFigures> {
        match self.days.get(&day) {
            Some(kept) => Some(kept.figures.to_wire(day)),
            None => rows::get(rows, day),
        }
    }
}

impl Core for AnalyticsCore {
    const SERVICE: Service = Service::Analytics;
    const READS: &'static [Service] = &[
        Service::Intake,
        Service::Router,
        Service::SlaMonitor,
        Service::Notifier,
    ];
    const DECIDES: bool = false;
    const SCHEMA: u32 = 2;

    type Rules = ();
    type Command = Command;
    type Answer = Answer;
    type Query = Query;
    type Found = Found;
    type Effect = ();

    fn open(_partition: u32, rows: &Rows) -> Self {
        let revisions = rows::revisions(rows).into_iter().collect();
        Self {
            days: BTreeMap::new(),
            revisions,
            stands: Stands::default(),
            round: 0,
        }
    }

    fn evolve(&mut self, rows: &mut Rows, recorded: &Recorded<'_>) {
        let Some(payload) = &recorded.event.payload else {
            return;
        };
        let Some(day) = fold::day_of_event(payload) else {
            return;
        };
        let kept = self
            .days
            .entry(day)
            .or_insert_with(|| Kept::read(rows, day));
        let stands = (&mut self.stands, &*rows);
        fold::fold(&mut kept.figures, stands, recorded.event, payload);
        kept.changed = true;
        kept.touched = self.round;
    }

    fn seal(&mut self, rows: &mut Rows) {
        for (&day, kept) in self.days.iter_mut().filter(|(_, kept)| kept.changed) {
            rows::put(rows, day, &kept.figures);
            self.revisions.insert(day, kept.figures.events);
            kept.changed = false;
        }
        self.stands.seal(rows);
        self.round += 1;
        self.forget_what_rests();
    }

    fn react(
        &self,
        _rows: &Rows,
        _recorded: &Recorded<'_>,
        _cx: &mut Context<'_, ()>,
    ) -> Result<Vec<Draft>, String> {
        Ok(Vec::new())
    }

    fn decide(
        &self,
        _rows: &Rows,
        _command: &Command,
        _cx: &mut Context<'_, ()>,
    ) -> Result<(Vec<Draft>, Answer), Refusal> {
        Err(Refusal::new(
            Code::Unimplemented,
            "analytics takes no commands",
        ))
    }

    fn query(&self, rows: &Rows, query: &Query, _cx: &Context<'_, ()>) -> Result<Found, Refusal> {
        let asked = self.revisions.range(range(query));
        let revision = asked.clone().map(|(_, events)| events).sum();
        let days = if query.revision_only {
            Vec::new()
        } else {
            asked
                .filter_map(|(&day, _)| self.figures(rows, day))
                .collect()
        };
        Ok(Found { days, revision })
    }
}

/// The days asked for; 0 is no bound.
fn range(query: &Query) -> RangeInclusive<u32> {
    let to = if query.to_day == 0 {
        u32::MAX
    } else {
        query.to_day
    };
    // A range that ends before it starts would panic in the map.
    query.from_day.min(to)..=to
}
