//! Time that never goes back, whatever somebody does to the machine's clock.
//!
//! Deadlines are instants. If the machine's clock is set back an hour, its readings would let every
//! clock of every case fire an hour late and count as on time what was late, and nobody would be
//! told. So a process takes the machine's time as it starts and follows it forwards; when it is set
//! back, time goes on by the clock that nobody can set (`CLOCK_MONOTONIC`) until the machine's has
//! caught up or the process starts anew, and everybody is told: log, metric, `/readyz`, `redress
//! doctor`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, SystemClock};
use crate::metrics::{Counter, Gauge, Metrics};
use crate::readiness::Readiness;

/// Corrections up to this are waited out: time stands still for as long. Time services that keep a
/// running clock right correct it by less.
const WAITED_OUT: SignedDuration = SignedDuration::from_secs(1);
/// How often it is looked whether somebody has set the clock.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What the remark on `/readyz` is about.
const NOTE: &str = "clock";

/// Since when, on a clock that nobody can set.
pub trait Steady: Send + Sync + 'static {
    /// How long it has been running.
    fn elapsed(&self) -> Duration;
}

impl Steady for Instant {
    fn elapsed(&self) -> Duration {
        Self::elapsed(self)
    }
}

/// The machine's clock, except that it never goes back.
pub struct SteadyClock<W = SystemClock, S = Instant> {
    machine: W,
    steady: S,
    hands: Mutex<Hands>,
}

/// What was last shown, and the pair of readings that time goes on from.
#[derive(Debug, Clone, Copy)]
struct Hands {
    shown: Timestamp,
    machine: Timestamp,
    steady: Duration,
    /// By how much the machine's clock lies behind what is shown; zero while it is followed.
    behind: SignedDuration,
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::of(SystemClock, Instant::now())
    }
}

impl<W: Clock, S: Steady> SteadyClock<W, S> {
    /// A clock over one that can be set and one that cannot.
    pub fn of(machine: W, steady: S) -> Self {
        let (at, since) = (machine.now(), steady.elapsed());
        let hands = Hands {
            shown: at,
            machine: at,
            steady: since,
            behind: SignedDuration::ZERO,
        };
        Self {
            machine,
            steady,
            hands: Mutex::new(hands),
        }
    }

    /// By how much the machine's clock lies behind the time shown; zero unless it was set back.
    pub fn behind(&self) -> SignedDuration {
        self.read().behind
    }

    fn read(&self) -> Hands {
        let mut hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        hands.turn(self.machine.now(), self.steady.elapsed());
        *hands
    }
}

impl Hands {
    fn turn(&mut self, machine: Timestamp, steady: Duration) {
        let passed = SignedDuration::try_from(steady.saturating_sub(self.steady));
        let expected = self
            .machine
            .saturating_add(passed.unwrap_or(SignedDuration::MAX))
            .unwrap_or(self.machine);
        let behind = expected.duration_since(machine);
        if behind > WAITED_OUT {
            (self.shown, self.behind) = (self.shown.max(expected), behind);
            return;
        }
        self.behind = SignedDuration::ZERO;
        if machine >= self.shown {
            (self.shown, self.machine, self.steady) = (machine, machine, steady);
        }
    }
}

impl<W: Clock, S: Steady> Clock for SteadyClock<W, S> {
    fn now(&self) -> Timestamp {
        self.read().shown
    }
}

/// Tells everybody when the clock is set back, and when it has caught up.
pub(crate) struct ClockWatch<W = SystemClock, S = Instant> {
    clock: Arc<SteadyClock<W, S>>,
    readiness: Readiness,
    behind_seconds: Gauge,
    times: Counter,
    told: bool,
}

impl<W: Clock, S: Steady> ClockWatch<W, S> {
    pub(crate) fn new(
        clock: Arc<SteadyClock<W, S>>,
        readiness: Readiness,
        metrics: &Metrics,
    ) -> Self {
        Self {
            clock,
            readiness,
            behind_seconds: metrics.gauge(
                "clock_set_back_seconds",
                "By how much the machine's clock lies behind the time of this process",
            ),
            times: metrics.counter(
                "clock_set_back",
                "How often the machine's clock was set back",
            ),
            told: false,
        }
    }

    /// Looks every second until it is told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        while !stop.is_cancelled() {
            self.look();
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        Ok(())
    }

    fn look(&mut self) {
        let behind = self.clock.behind();
        let seconds = whole_seconds(behind);
        self.behind_seconds.set(seconds);
        if behind.is_zero() {
            if std::mem::take(&mut self.told) {
                tracing::info!("the machine's clock has caught up and is followed again");
            }
            return self.readiness.note(NOTE, None);
        }
        if !std::mem::replace(&mut self.told, true) {
            self.times.inc();
            let why = remark(seconds);
            tracing::error!(clock.set_back_seconds = seconds, "{why}");
            self.readiness.note(NOTE, Some(why));
        }
    }
}

/// To the nearest: the two clocks are read one after the other, so a clock that is set back by an
/// hour may seem to lie some microseconds less behind.
fn whole_seconds(behind: SignedDuration) -> i64 {
    behind
        .saturating_add(SignedDuration::from_millis(500))
        .as_secs()
}

fn remark(seconds: i64) -> String {
    format!(
        "the machine's clock was set back by {seconds} s; this process goes on by the time it had, \
         so that no deadline moves. If that was wrong, set the clock right; if it was right, the \
         times recorded before were {seconds} s ahead: start the process anew to follow the clock"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::clock::ManualClock;

    /// Seconds that have passed, as far as the test says.
    #[derive(Default)]
    struct Passed(AtomicU64);

    impl Steady for Arc<Passed> {
        fn elapsed(&self) -> Duration {
            Duration::from_secs(self.0.load(Ordering::Relaxed))
        }
    }

    struct Desk {
        machine: Arc<ManualClock>,
        passed: Arc<Passed>,
        clock: Arc<SteadyClock<Arc<ManualClock>, Arc<Passed>>>,
    }

    fn noon() -> Timestamp {
        "2026-05-07T12:00:00Z".parse().expect("a time")
    }

    impl Desk {
        fn at_noon() -> Self {
            let machine = Arc::new(ManualClock::new(noon()));
            let passed = Arc::new(Passed::default());
            let clock = Arc::new(SteadyClock::of(machine.clone(), passed.clone()));
            Self {
                machine,
                passed,
                clock,
            }
        }

        /// So many seconds go by.
        fn wait(&self, seconds: u64) {
            self.passed.0.fetch_add(seconds, Ordering::Relaxed);
            self.machine
                .advance(SignedDuration::from_secs(seconds as i64));
        }

        /// Somebody sets the machine's clock.
        fn set(&self, by: i64) {
            self.machine.advance(SignedDuration::from_secs(by));
        }

        fn shows(&self) -> i64 {
            self.clock.now().duration_since(noon()).as_secs()
        }
    }

    #[test]
    fn time_goes_on_while_the_clock_is_an_hour_back_and_follows_it_again_when_that_is_mended() {
        let desk = Desk::at_noon();
        desk.wait(10);
        assert_eq!(desk.shows(), 10);
        desk.set(-3600);
        assert_eq!((desk.shows(), desk.clock.behind().as_secs()), (10, 3600));
        desk.wait(60);
        assert_eq!((desk.shows(), desk.clock.behind().as_secs()), (70, 3600));
        desk.set(3600);
        desk.wait(5);
        assert_eq!((desk.shows(), desk.clock.behind().as_secs()), (75, 0));
    }

    #[test]
    fn a_clock_set_forward_is_followed_at_once() {
        let desk = Desk::at_noon();
        desk.set(7200);
        assert_eq!((desk.shows(), desk.clock.behind().as_secs()), (7200, 0));
    }

    #[test]
    fn a_correction_by_a_second_is_waited_out() {
        let desk = Desk::at_noon();
        desk.wait(10);
        assert_eq!(desk.shows(), 10);
        desk.set(-1);
        assert_eq!((desk.shows(), desk.clock.behind().as_secs()), (10, 0));
        desk.wait(1);
        assert_eq!(desk.shows(), 10);
        desk.wait(3);
        assert_eq!(desk.shows(), 13);
    }

    #[test]
    fn an_hour_is_told_as_an_hour_however_the_two_clocks_were_read() {
        let hour = SignedDuration::from_hours(1);
        let moment = SignedDuration::from_micros(20);
        assert_eq!(whole_seconds(hour - moment), 3600);
        assert_eq!(whole_seconds(hour + moment), 3600);
    }

    #[test]
    fn it_is_told_once_by_remark_and_metric_and_taken_back_when_it_is_mended() {
        let desk = Desk::at_noon();
        let (readiness, metrics) = (Readiness::new(), Metrics::new("sla-monitor"));
        let mut watch = ClockWatch::new(desk.clock.clone(), readiness.clone(), &metrics);
        watch.look();
        assert_eq!(readiness.now().notes().count(), 0);
        desk.set(-3600);
        watch.look();
        desk.wait(1);
        watch.look();
        let now = readiness.now();
        let (about, said) = now.notes().next().expect("a remark");
        assert!(
            about == "clock" && said.contains("set back by 3600 s"),
            "{said}"
        );
        let page = metrics.render();
        assert!(
            page.contains("redress_clock_set_back_total{service=\"sla-monitor\"} 1"),
            "{page}"
        );
        assert!(page.contains("redress_clock_set_back_seconds{service=\"sla-monitor\"} 3600"));
        desk.set(3600);
        watch.look();
        assert_eq!(readiness.now().notes().count(), 0);
    }
}
