//! From the figures of many partitions and days to one answer.

use std::collections::BTreeMap;

use redress_wire::analytics::{Count, DayFigures, Dimension as Counts, Figures};

use crate::Day;

/// Adds everything up. The caller says as of when.
pub fn total<'a>(days: impl IntoIterator<Item = &'a DayFigures>) -> Figures {
    let mut sum = Day::default();
    let mut by_day: BTreeMap<u32, u64> = BTreeMap::new();
    for day in days {
        sum.merge(&Day::from_wire(day));
        *by_day.entry(day.day).or_default() += day.complaints;
    }
    let decided = sum.clocks_on_time + sum.clocks_late;
    Figures {
        as_of: None,
        complaints: sum.complaints,
        repeats: sum.repeats,
        dimensions: dimensions(&sum, by_day),
        clocks_on_time: sum.clocks_on_time,
        clocks_late: sum.clocks_late,
        clocks_running: sum.clocks_running(),
        on_time_rate: (decided > 0).then(|| sum.clocks_on_time as f64 / decided as f64),
        routing: Some(sum.routing.latency()),
        first_response: Some(sum.first_response.latency()),
        clock_lateness: Some(sum.clock_lateness.latency()),
        notifications_planned: sum.notifications_planned,
        notifications_delivered: sum.notifications_delivered,
        notifications_given_up: sum.notifications_given_up,
        warnings: sum.warnings,
        breaches: sum.breaches,
    }
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
