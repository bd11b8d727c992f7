//! Waits until everything is routed, by the figures of analytics, and compares figures.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use redress_wire::{
    Service,
    analytics::{Figures, GetFiguresRequest},
};

use crate::{clients::Clients, output::Output};

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Counts at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Cases that have a department.
    pub(crate) routed: u64,
    /// Count by value, by dimension.
    pub(crate) dimensions: BTreeMap<String, BTreeMap<String, u64>>,
}

/// The figures of all days.
pub(crate) async fn figures(clients: &Clients) -> anyhow::Result<Counts> {
    let answer = clients
        .analytics()?
        .get_figures(GetFiguresRequest::default())
        .await;
    let figures = answer.map_err(|status| clients.explain(Service::Analytics, &status))?;
    Ok(counts(&figures.into_inner()))
}

fn counts(figures: &Figures) -> Counts {
    let dimensions: BTreeMap<String, BTreeMap<String, u64>> = figures
        .dimensions
        .iter()
        .map(|one| {
            let counts = one
                .counts
                .iter()
                .map(|count| (count.value.clone(), count.count));
            (one.name.clone(), counts.collect())
        })
        .collect();
    let routed = dimensions
        .get("department")
        .map_or(0, |counts| counts.values().sum());
    Counts { routed, dimensions }
}

/// Waits until this many are routed, or patience ends.
pub(crate) async fn wait(
    clients: &Clients,
    wanted: u64,
    patience: Duration,
    out: &Output,
) -> anyhow::Result<Counts> {
    let started = Instant::now();
    let mut said = false;
    loop {
        let now = figures(clients).await?;
        if now.routed >= wanted || started.elapsed() > patience {
            return Ok(now);
        }
        if !said && started.elapsed() > Duration::from_secs(2) {
            let left = wanted - now.routed;
            out.say(&format!(
                "{} {left}",
                out.pick("waiting to be routed:", "等待分派：")
            ));
            said = true;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What was added to each count.
pub(crate) fn difference(
    before: &Counts,
    after: &Counts,
) -> BTreeMap<String, BTreeMap<String, u64>> {
    let empty = BTreeMap::new();
    let mut went = BTreeMap::new();
    for (name, counts) in &after.dimensions {
        let earlier = before.dimensions.get(name).unwrap_or(&empty);
        let added = counts.iter().filter_map(|(value, count)| {
            let more = count.saturating_sub(earlier.get(value).copied().unwrap_or(0));
            (more > 0).then(|| (value.clone(), more))
        });
        went.insert(name.clone(), added.collect());
    }
    went
}

#[cfg(test)]
mod tests {
    use redress_wire::analytics::{Count, Dimension};

    use super::*;

    fn departments(counts: &[(&str, u64)]) -> Counts {
        let count = |(value, count): &(&str, u64)| Count {
            value: (*value).into(),
            count: *count,
        };
        let counts_of = counts.iter().map(count).collect();
        let dimensions = vec![Dimension {
            name: "department".to_owned(),
            counts: counts_of,
        }];
        counts_of_figures(dimensions)
    }

    fn counts_of_figures(dimensions: Vec<Dimension>) -> Counts {
        counts(&Figures {
            dimensions,
            ..Figures::default()
        })
    }

    #[test]
    fn what_went_where_is_what_was_added() {
        let before = departments(&[("quality", 3), ("service", 1)]);
        let after = departments(&[("quality", 5), ("service", 1), ("network", 2)]);
        assert_eq!((before.routed, after.routed), (4, 8));
        let went = difference(&before, &after);
        let wanted = [("network".to_owned(), 2), ("quality".to_owned(), 2)];
        assert_eq!(went["department"], BTreeMap::from(wanted));
    }
}
