//! From the figures of many partitions and days to one answer.

use std::collections::BTreeMap;

use redress_wire::analytics::{Count, DayFigures, Dimension as Counts, Figures};

use crate::{Day, Dimension, life::SATISFACTION};

/// Adds everything up. The caller says as of when.
pub fn total<'a>(days: impl IntoIterator<Item = &'a DayFigures>) -> Figures {
    let mut sum = Day::default();
    let mut by_day: BTreeMap<u32, u64> = BTreeMap::new();
    for day in days {
        sum.merge(&Day::from_wire(day));
        *by_day.entry(day.day).or_default() += day.complaints;
    }
    let rate = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let count = |dimension, value| count(&sum, dimension, value);
    let outcome = |value| count(Dimension::Outcome, value);
    let [satisfied, mostly, not] = SATISFACTION.map(|word| count(Dimension::Satisfaction, word));
    Figures {
        as_of: None,
        complaints: sum.complaints,
        repeats: sum.repeats,
        dimensions: dimensions(&sum, by_day),
        clocks_on_time: sum.clocks_on_time,
        clocks_late: sum.clocks_late,
        clocks_running: sum.clocks_running(),
        on_time_rate: rate(sum.clocks_on_time, sum.clocks_on_time + sum.clocks_late),
        routing: Some(sum.routing.latency()),
        first_response: Some(sum.first_response.latency()),
        clock_lateness: Some(sum.clock_lateness.latency()),
        notifications_planned: sum.notifications_planned,
        notifications_delivered: sum.notifications_delivered,
        notifications_given_up: sum.notifications_given_up,
        warnings: sum.warnings,
        breaches: sum.breaches,
        satisfied,
        mostly_satisfied: mostly,
        dissatisfied: not,
        satisfaction_rate: rate(satisfied + mostly, satisfied + mostly + not),
        reopenings: sum.reopenings,
        repeat_rate: rate(sum.repeats, sum.complaints),
        resolution: Some(sum.resolution.latency()),
        approvals_given: sum.approvals_given,
        approvals_refused: sum.approvals_refused,
        approvals_escalated: sum.approvals_escalated,
        notifications_dropped: sum.notifications_dropped,
        closed: outcome("closed"),
        withdrawn: outcome("withdrawn"),
        rejected: outcome("rejected"),
        unmeetable: outcome("unmeetable"),
        merged: outcome("merged"),
        extensions: sum.extensions,
        holds: sum.holds,
        escalations: sum.escalations,
    }
}

fn count(day: &Day, dimension: Dimension, value: &str) -> u64 {
    let mut counts = day.counts(dimension);
    let found = counts.find(|(counted, _)| *counted == value);
    found.map_or(0, |(_, count)| u64::try_from(count).unwrap_or_default())
}

/// Largest count first, as people read them; days in their order.
fn dimensions(sum: &Day, by_day: BTreeMap<u32, u64>) -> Vec<Counts> {
    let mut dimensions: Vec<Counts> = Day::dimensions()
        .into_iter()
        .map(|dimension| {
            let counted = sum.counts(dimension).filter(|&(_, count)| count > 0);
            let mut counts: Vec<Count> = counted
                .map(|(value, count)| Count {
                    value: value.to_owned(),
                    count: count as u64,
                })
                .collect();
            counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            Counts {
                name: dimension.name().to_owned(),
                counts,
            }
        })
        .collect();
    let days = by_day.into_iter().filter(|&(_, count)| count > 0);
    let counts = days
        .map(|(day, count)| Count {
            value: day.to_string(),
            count,
        })
        .collect();
    dimensions.push(Counts {
        name: "day".to_owned(),
        counts,
    });
    dimensions
}
