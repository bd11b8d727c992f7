//! `redress.analytics.v1.Analytics`: figures once, or whenever they change.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{Stream, stream};
use redress_host::{Clock, Nothing};
use redress_log::Peers;
use redress_runtime::{Handle, Refusal, Violation};
use redress_service::Wired;
use redress_wire::{
    analytics::{
        Figures, Found, GetFiguresRequest, Query, WatchFiguresRequest,
        analytics_server::{Analytics, AnalyticsServer},
    },
    event::proto_time,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, service::Routes};

use crate::{AnalyticsCore, figures};

/// The shortest and the usual time between two figures of a watch.
const SHORTEST_MS: u32 = 100;
const USUAL_MS: u32 = 1_000;
/// A watch rests at least this many times as long as its last look took, so that watching a long
/// range of days takes no more than a tenth of the owners' time.
const REST: u32 = 9;

/// The service's gRPC routes.
///
/// # Errors
/// None.
pub async fn doors(wired: Wired<AnalyticsCore, Nothing>) -> anyhow::Result<Routes> {
    let stopping = wired.host.lifecycle.stopping();
    let door = Door::new(wired.handle, wired.host.clock.clone(), stopping);
    Ok(Routes::new(AnalyticsServer::new(door)))
}

/// The gRPC service.
pub struct Door<P: Peers> {
    handle: Handle<AnalyticsCore, P>,
    clock: Arc<dyn Clock>,
    stopping: CancellationToken,
}

impl<P: Peers> Clone for Door<P> {
    fn clone(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            clock: self.clock.clone(),
            stopping: self.stopping.clone(),
        }
    }
}

impl<P: Peers> Door<P> {
    /// A door to the figures; watches end when `stopping` is cancelled.
    pub fn new(
        handle: Handle<AnalyticsCore, P>,
        clock: Arc<dyn Clock>,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            handle,
            clock,
            stopping,
        }
    }

    async fn figures(&self, query: &Query) -> Result<Figures, Refusal> {
        let found = self.handle.query_all(query).await?;
        let days = found
            .iter()
            .flat_map(|(_, found): &(u32, Found)| &found.days);
        let as_of = proto_time(self.clock.now().as_microsecond());
        Ok(Figures {
            as_of: Some(as_of),
            ..figures::total(days)
        })
    }

    /// By partition: events only ever add up, so equal numbers are equal figures.
    async fn revisions(&self, query: &Query) -> Result<Vec<u64>, Refusal> {
        let query = Query {
            revision_only: true,
            ..*query
        };
        let found = self.handle.query_all(&query).await?;
        Ok(found.into_iter().map(|(_, found)| found.revision).collect())
    }
}

#[tonic::async_trait]
impl<P: Peers> Analytics for Door<P> {
    async fn get_figures(
        &self,
        request: Request<GetFiguresRequest>,
    ) -> Result<Response<Figures>, Status> {
        let request = request.into_inner();
        let query = query(request.from_day, request.to_day)?;
        Ok(Response::new(self.figures(&query).await?))
    }

    type WatchFiguresStream = Pin<Box<dyn Stream<Item = Result<Figures, Status>> + Send>>;

    async fn watch_figures(
        &self,
        request: Request<WatchFiguresRequest>,
    ) -> Result<Response<Self::WatchFiguresStream>, Status> {
        let request = request.into_inner();
        let watch = Watch {
            door: self.clone(),
            query: query(request.from_day, request.to_day)?,
            interval: interval(request.interval_ms)?,
            told: None,
            rest: Duration::ZERO,
        };
        // The caller's reading drives it, so nothing is left behind when the caller goes.
        let told = stream::unfold(Some(watch), |watch| async {
            let mut watch = watch?;
            match watch.next().await {
                Ok(figures) => figures.map(|figures| (Ok(figures), Some(watch))),
                Err(refusal) => Some((Err(refusal.into()), None)),
            }
        });
        Ok(Response::new(Box::pin(told)))
    }
}

/// One caller's watch.
struct Watch<P: Peers> {
    door: Door<P>,
    query: Query,
    interval: Duration,
    /// The revisions of the figures told last.
    told: Option<Vec<u64>>,
    rest: Duration,
}

impl<P: Peers> Watch<P> {
    /// The next figures that differ from those told last; none when the process stops.
    async fn next(&mut self) -> Result<Option<Figures>, Refusal> {
        loop {
            let stopping = self.door.stopping.clone();
            tokio::select! {
                () = stopping.cancelled() => return Ok(None),
                () = sleep(self.rest) => {}
            }
            let started = Instant::now();
            let revisions = self.door.revisions(&self.query).await?;
            let changed = self.told.as_ref() != Some(&revisions);
            let figures = if changed {
                Some(self.door.figures(&self.query).await?)
            } else {
                None
            };
            self.rest = self.interval.max(started.elapsed() * REST);
            if figures.is_some() {
                self.told = Some(revisions);
                return Ok(figures);
            }
        }
    }
}

fn query(from_day: u32, to_day: u32) -> Result<Query, Refusal> {
    let mut violations = Vec::new();
    for (field, day) in [("from_day", from_day), ("to_day", to_day)] {
        if day != 0 && !is_day(day) {
            violations.push(violation(
                field,
                "must be a day as yyyymmdd, or 0 for no bound",
            ));
        }
    }
    if violations.is_empty() && to_day != 0 && from_day > to_day {
        violations.push(violation("to_day", "must not be before from_day"));
    }
    if violations.is_empty() {
        Ok(Query {
            from_day,
            to_day,
            revision_only: false,
        })
    } else {
        Err(Refusal::invalid("these days cannot be counted", violations))
    }
}

fn is_day(day: u32) -> bool {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return false;
    };
    i16::try_from(year).is_ok_and(|year| jiff::civil::Date::new(year, month, day).is_ok())
}

fn interval(asked_ms: u32) -> Result<Duration, Refusal> {
    match asked_ms {
        0 => Ok(Duration::from_millis(USUAL_MS.into())),
        SHORTEST_MS.. => Ok(Duration::from_millis(asked_ms.into())),
        _ => {
            let rule = violation(
                "interval_ms",
                "must be at least 100, or 0 for the usual 1000",
            );
            Err(Refusal::invalid(
                "figures cannot be told that often",
                vec![rule],
            ))
        }
    }
}

fn violation(field: &str, description: &str) -> Violation {
    Violation {
        field: field.to_owned(),
        description: description.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_do_not_exist_are_refused_by_name() {
        for (from, to, field) in [
            (20_260_230, 0, "from_day"),
            (0, 1, "to_day"),
            (20_260_502, 20_260_501, "to_day"),
        ] {
            assert_eq!(query(from, to).unwrap_err().violations[0].field, field);
        }
        assert!(query(0, 0).is_ok());
        assert!(query(20_260_501, 20_260_501).is_ok());
    }

    #[test]
    fn a_watch_is_not_faster_than_ten_times_a_second() {
        assert_eq!(interval(99).unwrap_err().violations[0].field, "interval_ms");
        assert_eq!(interval(100).unwrap(), Duration::from_millis(100));
        assert_eq!(interval(0).unwrap(), Duration::from_secs(1));
    }
}
